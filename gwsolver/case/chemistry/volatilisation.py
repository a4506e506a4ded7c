"""``[volatilisation]``: loss from the uppermost water to the air."""

from typing import Annotated

import numpy as np
from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced
from gwsolver.core.units import convert
from gwsolver.reactions.volatilisation import Volatile, Volatilisation

TABLE = "volatilisation"
LEAST_DEPTH = 0.1  # the unsaturated zone is taken to be at least this thick [m]


class VolatilisationTable(Sourced):
    """``[volatilisation]``: which species go, through what."""

    species: Annotated[list[str], Field(min_length=1)]
    water_content: Annotated[Quantity, quantity("-", minimum=0.0, maximum=1.0)]
    fringe: Annotated[Quantity | None, quantity("m", minimum=0.0)] = None

    def setting(self, context: Context) -> Volatilisation:
        """Return the setting in the model's units; the land surface is the top of the uppermost cells."""
        grid, mobile = context.grid, next(iter(context.models.values())).mobile
        surface = np.full(int(grid.column.max()) + 1, -np.inf)
        np.maximum.at(surface, grid.column, grid.top)
        found = (self._volatile(name, context) for name in self.species)
        return Volatilisation(
            tuple(v for v in found if v is not None), grid.column, grid.layer, grid.area, grid.bottom,
            surface[grid.column], mobile.porosity, self.water_content.to("-"),
            context.number(TABLE, -1, "fringe", self.fringe, "length") or 0.0,
            convert(LEAST_DEPTH, "m", context.units.symbol("length")),
        )

    @staticmethod
    def _volatile(name: str, context: Context) -> Volatile | None:
        species = context.species(TABLE, -1, "species", name)
        known = context.components.get(species)
        unit = context.units.symbol("length2/time")
        if known is None or known.henry is None or known.diffusion_air is None or known.diffusion_water is None:
            context.problem(TABLE, -1, "species", f"Henry's constant and diffusion of {name!r} are not all known",
                            "Add it to a file named by [reactions] components, or say what component it is.")
            return None
        return Volatile(species, known.henry_dimensionless or 0.0, known.value("diffusion_air", unit),
                        known.value("diffusion_water", unit))
