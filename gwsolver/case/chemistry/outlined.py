"""Tables that lie somewhere on the map: under an outline of their own, or that of a [[source]]."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.tables import Point, Sourced
from gwsolver.case.words import nearest
from gwsolver.core.outline import outline_cells

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class OutlinedTable(Sourced):
    """What such tables share."""

    name: str = Field(min_length=1)
    place: str = ""
    polygon: list[Point] = []
    layers: list[Annotated[int, Field(ge=1)]] = []

    def cells(self, table: str, i: int, context: Context) -> tuple[Ints, Floats] | None:
        """Return the cells under the outline and its plan area in each; None, and a problem, if there are none."""
        polygon = self.polygon
        if self.place:
            if polygon:
                context.problem(table, i, "place", "'place' and 'polygon' exclude each other")
            if self.place not in context.outlines:
                near, known = nearest(self.place, context.outlines), ", ".join(context.outlines) or "none"
                context.problem(table, i, "place", f"there is no [[source]] {self.place!r} with a polygon",
                                f"Did you mean {near!r}?" if near else f"There are: {known}.")
                return None
            polygon = context.outlines[self.place]
        if len(polygon) < 3:
            context.problem(table, i, "polygon", f"{self.name!r} needs 'place', or a polygon of three corners or more")
            return None
        found = outline_cells(context.grid, polygon, tuple(n - 1 for n in self.layers))
        if not found[0].size:
            where = f" of layers {', '.join(map(str, self.layers))}" if self.layers else ""
            context.problem(table, i, "polygon" if self.polygon else "place",
                            f"{self.name!r} lies outside the active cells{where}")
            return None
        return found
