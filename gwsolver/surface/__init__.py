"""Networks of rivers, reservoirs, deltas and lakes: water and salt, for many members at once."""
