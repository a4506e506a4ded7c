"""Boundary packages, one file each: their columns and their equations."""
