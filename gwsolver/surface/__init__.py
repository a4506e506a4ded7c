"""Networks of rivers, reservoirs and lakes (comes with the surface-water module)."""
