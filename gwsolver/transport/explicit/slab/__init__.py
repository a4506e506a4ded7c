"""Structured grids slab by slab, in single precision but for mass: the fast path."""
