"""Which cells lie at a point of the map."""

from gwsolver.core.regions import cells_at, plan_cells_at

__all__ = ["cells_at", "plan_cells_at"]
