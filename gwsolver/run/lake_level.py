"""At which level a lake of a case covers a given area."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gwsolver.case import Case
from gwsolver.core.errors import InputError, Problem
from gwsolver.surface.hypsometry import Hypsometry, joined


@dataclass(frozen=True)
class LevelOfArea:
    """A level and what the area's uncertainty makes of it.

    Attributes
    ----------
    level : float
        [m]
    standard_error : float
        That of the area over dA/dh [m]; the table's own errors are not in it.
    """

    level: float
    standard_error: float


def level_of_area(case: Case, lakes: Sequence[str], area: float, standard_error: float = 0.0) -> LevelOfArea:
    """Return the level of a lake, or of several basins that stand at one level, by their stage tables.

    Parameters
    ----------
    case : Case
        With [surface].
    lakes : sequence of str
        Names of lakes or reservoirs; of several the areas are added.
    area, standard_error : float
        Of all of them together [m2].

    Raises
    ------
    InputError
        If there is no such lake, or the tables do not cover the area at one level.
    """
    assert case.surface is not None
    tables = {node.name: node.table for node in case.surface.settings if hasattr(node, "table")}
    wrong = [Problem("lake", value=name, allowed=f"one of {', '.join(tables)}") for name in lakes if name not in tables]
    if wrong:
        raise InputError(wrong)
    table = _scaled(case, lakes, tables)
    names, km2 = " and ".join(lakes), 1e-6 * table.area
    if not table.area[0] <= area <= table.area[-1]:
        raise InputError([Problem(f"area of {names}", value=f"{1e-6 * area:g} km2",
                                  allowed=f"[{km2[0]:g}, {km2[-1]:g}]",
                                  hint="The stage table covers no more. Does the image show the same lake?")])
    place = int(np.clip(np.searchsorted(table.area, area, side="right") - 1, 0, table.slope.size - 1))
    slope = float(table.slope[place])
    if slope == 0.0:
        raise InputError([Problem(
            f"the area of {names} is the same from {table.level[place]:g} to {table.level[place + 1]:g} m: no level "
            "follows from it", value=f"{1e-6 * area:g} km2")])
    level = float(table.level[place]) + (area - float(table.area[place])) / slope
    return LevelOfArea(level, standard_error / slope)


def _scaled(case: Case, lakes: Sequence[str], tables: dict[str, Hypsometry]) -> Hypsometry:
    """Return the tables as one, each with the factor of its lake."""
    assert case.surface is not None
    factors = {node.name: float(np.mean(getattr(node, "area_factor", 1.0))) for node in case.surface.settings}
    own = [Hypsometry(tables[name].level, factors[name] * tables[name].area, name=name) for name in lakes]
    return own[0] if len(own) == 1 else joined(own)
