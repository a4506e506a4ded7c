"""``[oil.lens]``: a round lens that a spill at the surface makes, once it has come through the unsaturated zone."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.moments import When
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Table
from gwsolver.core.outline import disc_cells
from gwsolver.core.regions import cells_at
from gwsolver.reactions.sources.lens_schedule import LensSchedule, oil_conductivity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TABLE = "oil"
WATER = 1000.0  # kg/m3


class LensTable(Table):
    """The spill, and what it goes through; thickness and saturation of the lens are those of its ``[[oil]]``."""

    x: float
    y: float
    spilled: Annotated[Quantity, quantity("m3", minimum=0.0)]
    spill_area: Annotated[Quantity, quantity("m2", minimum=0.0)]
    start: When = None
    duration: Annotated[Quantity, quantity("d", minimum=0.0)]
    depth_to_water: Annotated[Quantity, quantity("m", minimum=0.0)]
    residual: Annotated[Quantity, quantity("-", minimum=0.0, maximum=1.0)]
    hydraulic_conductivity: Annotated[Quantity, quantity("m/d", minimum=0.0)]
    viscosity_ratio: Annotated[float, Field(gt=0.0)]
    relative_permeability: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0


def lens_of(
    i: int, table: LensTable, thickness: float, saturation: float, density: float, layers: list[int], context: Context
) -> tuple[LensSchedule, Ints, Floats] | None:
    """Return when oil arrives at the water table, the cells of its lens and the lens's plan area in each.

    None, and a problem, if no oil arrives or the lens lies outside the active cells.

    Parameters
    ----------
    i : int
        Number of the oil body.
    table : LensTable
    thickness : float
        Of the zone with oil [L].
    saturation : float
        Of the oil in it and in the front that comes down [-].
    density : float
        Of the oil [M/L**3].
    layers : list of int
        One-based; empty: the uppermost active cells.
    context : Context
    """
    before = len(context.problems)
    units = {"spilled": "length3", "spill_area": "length2", "duration": "time", "depth_to_water": "length",
             "hydraulic_conductivity": "length/time"}
    n = {key: context.number(TABLE, i, "lens", getattr(table, key), unit) or 0.0 for key, unit in units.items()}
    middle = cells_at(context.grid, table.x, table.y, tuple(layers))
    if not middle.size:
        context.problem(TABLE, i, "lens", f"there is no active cell at x = {table.x:g}, y = {table.y:g}"
                        + (f" in layers {', '.join(map(str, layers))}" if layers else ""))
        return None
    porosity = float(next(iter(context.models.values())).mobile.porosity[middle[0]])
    area, density_ratio = n["spill_area"], density / context.concentration(WATER, "kg/m3")
    schedule = LensSchedule(
        area, n["spilled"] / area if area > 0.0 else 0.0, n["duration"], n["depth_to_water"], porosity,
        table.residual.to("-"), saturation, oil_conductivity(
            n["hydraulic_conductivity"], density_ratio, table.viscosity_ratio, table.relative_permeability),
        density, 0.0 if table.start is None else context.moment(TABLE, i, "lens", table.start))
    for wrong in schedule.problems():
        context.problem(TABLE, i, "lens", wrong.what.replace("source", "lens:"), wrong.hint, value=wrong.value,
                        allowed=wrong.allowed)
    if len(context.problems) > before:
        return None
    if schedule.volume <= 0.0:
        context.problem(
            TABLE, i, "lens", "no oil reaches the water table: spilled per area",
            "The unsaturated zone keeps residual times porosity times depth_to_water.",
            value=f"{schedule.depth:g}", allowed=f"more than {schedule.retained:g}")
        return None
    cells, areas = disc_cells(context.grid, (table.x, table.y), schedule.radius(thickness),
                              tuple(layer - 1 for layer in layers))
    return schedule, cells, areas
