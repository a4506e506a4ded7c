"""Whether the numbers of a saved flow step are numbers, lie in the grid, and close every cell's water balance."""

import mmap
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import Problem
from gwsolver.core.grid import Grid
from gwsolver.core.steps import FlowStep
from gwsolver.modflow.saved_binary import LIST, Record
from gwsolver.modflow.saved_grid import FlowOrder
from gwsolver.modflow.saved_index import SavedStep

Floats = NDArray[np.float64]

DRY, NO_FLOW = -1e30, 1e30
_HINT_SAVE = "Put SAVE_FLOWS into the options of the flow model's name file, so that every package saves its flows."
_HINT_ORDER = "The connections are in another order: name the binary grid file (GWFGRID)."
_HINT_DOMAIN = "The cell was not active in the flow model, but is in the transport model."


def number_problems(file: str, view: mmap.mmap, records: Sequence[Record], words: str) -> list[Problem]:
    """Return a problem for each record that holds NaN or infinity."""
    problems = []
    for record in records:
        data = record.read(view)
        values = np.column_stack([data["rate"], data["aux"]]) if record.method == LIST else data[:, None]
        bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if bad.size:
            row = int(bad[0])
            at = record.offset + row * record.item.itemsize
            problems.append(Problem(
                f"{record.text} of {words} holds {bad.size:,} values that are not numbers, first entry "
                f"{row + 1:,} at byte {at:,}", file=file, value=f"{values[row][~np.isfinite(values[row])][0]:g}",
                allowed="finite numbers"))
    return problems


def place_problems(file: str, view: mmap.mmap, step: SavedStep, grid: Grid) -> list[Problem]:
    """Return a problem for each list with an entry outside the grid or in a cell that is not active."""
    problems = []
    for record in (r for r in step.budget if r.method == LIST):
        node = record.read(view)["node"]
        rate = record.read(view)["rate"]
        name = f"{record.text} ({record.package}) of {step.words}"
        wrong = np.flatnonzero((node < 1) | (node > grid.n_nodes))
        if wrong.size:
            row = int(wrong[0])
            problems.append(Problem(
                f"{name}, entry {row + 1:,} (byte {record.offset + row * record.item.itemsize:,}), names node",
                file=file, value=int(node[row]), allowed=f"1 to {grid.n_nodes}"))
            continue
        off = np.flatnonzero((grid.cell_of_node[node - 1] < 0) & (rate != 0.0))
        if off.size:
            problems.append(Problem(f"{name} acts on a cell that is not active in the transport model", file=file,
                                    cell=grid.describe_node(int(node[off[0]]) - 1)))
    return problems


def head_problems(file: str, head: Floats, step: SavedStep, grid: Grid) -> list[Problem]:
    """Return a problem if a cell has MODFLOW's mark of inactive cells for its head; shape of head (cell,)."""
    marked = np.flatnonzero((np.abs(head) >= 1e29) & (head != DRY))
    if marked.size == 0:
        return []
    cell = int(marked[0])
    return [Problem(f"the head of {step.words}", file=file, value=f"{head[cell]:g}", cell=grid.describe(cell),
                    hint=_HINT_DOMAIN)]


def balance(flow: FlowStep, grid: Grid) -> tuple[Floats, Floats]:
    """Return the sum of all flows into each cell, and half the sum of their sizes (its throughput).

    Returns
    -------
    residual, throughput : ndarray of float64, shape (cell,)
        [L**3/T].
    """
    n, m, q = grid.face_cells[:, 0], grid.face_cells[:, 1], flow.face_flow
    total = flow.storage_specific + flow.storage_yield
    size = np.abs(flow.storage_specific) + np.abs(flow.storage_yield)
    for cells, rates in [(m, q), (n, -q), *((p.cells, p.rates) for p in flow.packages)]:
        total += np.bincount(cells, rates, grid.n_cells)
        size += np.bincount(cells, np.abs(rates), grid.n_cells)
    return total, 0.5 * size


def closure(flow: FlowStep, grid: Grid) -> float:
    """Largest |residual| of a cell over the largest throughput of any cell."""
    residual, through = balance(flow, grid)
    most = float(through.max(initial=0.0))
    return float(np.abs(residual).max()) / most if most > 0.0 else 0.0


def balance_problems(
    file: str, step: SavedStep, flow: FlowStep, values: Floats, order: FlowOrder, grid: Grid
) -> list[Problem]:
    """Hold both halves of each face against each other, and the records against MODFLOW's own residual.

    Parameters
    ----------
    values : ndarray of float64, shape (connection,)
        FLOW-JA-FACE as it stands in the file.
    """
    both = np.abs(values[order.upper] + values[order.lower])
    if both.size and both.max() > 1e-8 * float(np.abs(values).max()):
        face = int(both.argmax())
        n, m = (grid.describe(int(c)) for c in grid.face_cells[face])
        given = f"{values[order.upper[face]]:g} and {values[order.lower[face]]:g}"
        return [Problem(f"FLOW-JA-FACE of {step.words} gives {given} between {n} and {m}, which should be opposite",
                        file=file, hint=_HINT_ORDER)]
    residual, through = balance(flow, grid)
    most = float(through.max(initial=0.0))
    own = values[order.diagonal]
    off = np.abs(residual - own)
    bad = np.flatnonzero(off > 1e-8 * through + 1e-11 * most)
    # Early versions left the diagonal empty; then only a gross imbalance can be told from a loose closure.
    if bad.size == 0 or (not own.any() and float(off.max()) < 0.05 * most):
        return []
    cell = int(off.argmax())
    saved = ", ".join(p.name for p in flow.packages) or "none"
    return [Problem(f"the flows of {step.words} do not add up in {bad.size:,} cells (packages saved: {saved}); missing",
                    file=file, value=f"{own[cell] - residual[cell]:g}", cell=grid.describe(cell), hint=_HINT_SAVE)]
