"""Oil where there is no water to dissolve in at the start: it would lie there untouched until a water table comes."""

from collections.abc import Iterable

import numpy as np

from gwsolver.core.errors import Problem
from gwsolver.core.grid import Grid
from gwsolver.core.steps import FlowStep
from gwsolver.reactions.oil.body import OilBody

DRY = -1e29  # heads of cells that are dry lie below


def dry_oil(bodies: Iterable[OilBody], grid: Grid, flow: FlowStep, file: str = "") -> list[Problem]:
    """Return a problem for each body that has oil in cells without water when it comes there.

    Parameters
    ----------
    bodies : iterable of OilBody
        Only those count that are there from the start, or begin to leak in this flow step.
    grid : Grid
    flow : FlowStep
        The first one.
    file : str
        That names the bodies.
    """
    found = []
    for body in bodies:
        leaks = any(leak.rate.integral(flow.start, flow.end) > 0.0 for leak in body.leaks)
        cells = body.cells if leaks else body.cells[body.mass > 0.0]
        dry = cells[flow.saturation_start[cells] <= 0.0]
        if dry.size == 0:
            continue
        cell, head = int(dry[0]), float(flow.head_start[dry[0]])
        found.append(Problem(
            "oil lies in a cell that is dry at the start: its head", file, package=f"[[oil]] {body.name}",
            cell=grid.describe(cell), value="none" if head < DRY else f"{head:.6g}",
            allowed=f"above its bottom, {grid.bottom[cell]:.6g} ({dry.size:,} of {cells.size:,} cells are dry)",
            hint=_advice(cell, grid, flow)))
    return found


def _advice(cell: int, grid: Grid, flow: FlowStep) -> str:
    """Return what to do: name the layer below in which the water table stands."""
    column = np.flatnonzero((grid.column == grid.column[cell]) & (flow.saturation_start > 0.0))
    below = column[grid.top[column] <= grid.bottom[cell]]
    if below.size and grid.kind != "disu":
        layer = int(grid.layer[below[np.argmax(grid.top[below])]]) + 1
        return f"The water table stands in layer {layer} there: write layers = [{layer}]."
    return "Place the oil where the water table stands, or let it leak once water is there (leak_start)."
