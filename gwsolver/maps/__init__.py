"""Plume maps and charts; the only room that imports matplotlib."""
