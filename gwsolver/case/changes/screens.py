"""Where a well of a scenario draws from: cells at a point of the map, their parts of its rate."""

from collections.abc import Iterator, Sequence

import numpy as np

from gwsolver.case.changes.site import Fault
from gwsolver.core.grid import Floats, Ints
from gwsolver.core.regions import in_layers, plan_cells_at
from gwsolver.core.simulation import FlowModel


def screen(model: FlowModel, x: float, y: float, layers: Sequence[int]) -> tuple[Ints, Floats]:
    """Return the cells of a well and their parts of its rate, by hydraulic conductivity times wet thickness.

    Wet is what the initial heads fill of convertible cells; where they fill none of them, the whole thickness counts.
    The sum of the parts is one; without layers it is the uppermost active cell.
    """
    cells = in_layers(model.grid, plan_cells_at(model.grid, x, y), layers)
    if not layers:
        cells = cells[np.argsort(-model.grid.top[cells], kind="stable")][:1]
    full = model.grid.thickness[cells]
    filled = np.clip(model.initial_head[cells] - model.grid.bottom[cells], 0.0, full)
    wet = np.where(model.conductivity.cell_type[cells] != 0, filled, full)
    transmissivity = model.conductivity.k[cells] * (wet if wet.any() else full)
    return cells, transmissivity / transmissivity.sum()


def screen_faults(model: FlowModel, x: float, y: float, layers: Sequence[int]) -> Iterator[Fault]:
    """Yield what is wrong with the place of a well."""
    grid = model.grid
    plan = plan_cells_at(grid, x, y)
    if not in_layers(grid, plan).size:
        points = np.column_stack(grid.to_map(*grid.vertices.T)) if len(grid.vertices) else np.zeros((0, 2))
        reach = (f"The model covers x = {points[:, 0].min():.9g} to {points[:, 0].max():.9g} and y = "
                 f"{points[:, 1].min():.9g} to {points[:, 1].max():.9g}.") if points.size else ""
        yield Fault("x", f"no active cell at x = {x:.12g}, y = {y:.12g}", reach)
        return
    here = set((grid.layer[in_layers(grid, plan)] + 1).tolist())
    missing = [k for k in layers if k not in here]
    if missing and grid.kind != "disu":
        yield Fault("layers", f"no active cell at x = {x:.12g}, y = {y:.12g} in layer "
                    f"{', '.join(map(str, missing))}", f"Active there: {', '.join(map(str, sorted(here)))}.")
