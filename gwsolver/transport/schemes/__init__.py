"""Advection schemes, one file each."""
