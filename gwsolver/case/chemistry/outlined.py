"""Tables that lie somewhere on the map: under an outline of their own, a disc, or the outline of a [[source]]."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Point, Sourced, Table
from gwsolver.core.errors import nearest
from gwsolver.core.outline import disc_cells, outline_cells

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class DiscTable(Table):
    """``disc = { x = 510300, y = 5379200, radius = "7 m" }``: a round outline."""

    x: float
    y: float
    radius: Annotated[Quantity, quantity("m", minimum=0.0)]


class OutlinedTable(Sourced):
    """What such tables share."""

    name: str = Field(min_length=1)
    place: str = ""
    polygon: list[Point] = []
    disc: DiscTable | None = None
    layers: list[Annotated[int, Field(ge=1)]] = []

    def cells(self, table: str, i: int, context: Context) -> tuple[Ints, Floats] | None:
        """Return the cells under the outline and its plan area in each; None, and a problem, if there are none."""
        given = [key for key in ("place", "polygon", "disc") if getattr(self, key)]
        if len(given) > 1:
            context.problem(table, i, given[0], f"'{given[0]}' and '{given[1]}' exclude each other")
            return None
        if not given:
            context.problem(table, i, "name", f"{self.name!r} needs a 'place', a 'polygon' or a 'disc'")
            return None
        found = self._under_disc(table, i, context) if self.disc else self._under_polygon(table, i, context)
        if found is not None and not found[0].size:
            where = f" of layers {', '.join(map(str, self.layers))}" if self.layers else ""
            context.problem(table, i, given[0], f"{self.name!r} lies outside the active cells{where}")
            return None
        return found

    @property
    def _zero_based(self) -> tuple[int, ...]:
        return tuple(layer - 1 for layer in self.layers)

    def _under_disc(self, table: str, i: int, context: Context) -> tuple[Ints, Floats] | None:
        assert self.disc is not None
        radius = context.number(table, i, "disc", self.disc.radius, "length")
        if radius is not None and radius <= 0.0:
            context.problem(table, i, "disc", "radius of the disc", value=f"{radius:g}", allowed="(0, inf)")
        return disc_cells(context.grid, (self.disc.x, self.disc.y), radius, self._zero_based) if radius else None

    def _under_polygon(self, table: str, i: int, context: Context) -> tuple[Ints, Floats] | None:
        polygon = self.polygon
        if self.place:
            if self.place not in context.outlines:
                near, known = nearest(self.place, context.outlines), ", ".join(context.outlines) or "none"
                context.problem(table, i, "place", f"there is no [[source]] {self.place!r} with a polygon",
                                f"Did you mean {near!r}?" if near else f"There are: {known}.")
                return None
            polygon = context.outlines[self.place]
        if len(polygon) < 3:
            context.problem(table, i, "polygon", f"the polygon of {self.name!r} needs three corners or more")
            return None
        return outline_cells(context.grid, polygon, self._zero_based)
