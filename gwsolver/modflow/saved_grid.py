"""MODFLOW 6's binary grid file (.grb), and the order in which a budget file lists face flows.

Layout: the description of input and output of MODFLOW 6, "Binary Grid File". FLOW-JA-FACE has one
value per entry of MODFLOW's JA over the active cells; IA has a row for every user node, of length
zero where the cell is inactive, and JA names user nodes.
"""

import math
import mmap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.modflow.saved_binary import mapped

Ints = NDArray[np.int64]

_LAYOUTS = {"INTEGER": "<i4", "DOUBLE": "<f8", "CHARACTER": "S1"}
_HINT_OTHER = "Take heads, budget and grid file from one run of the flow model on this grid."


@dataclass(frozen=True, eq=False)
class FlowOrder:
    """Which value of FLOW-JA-FACE belongs to which face.

    Attributes
    ----------
    n_values : int
        Values of FLOW-JA-FACE (MODFLOW's NJA).
    upper, lower : ndarray of int64, shape (face,)
        Where the flow into n from m and into m from n stands, n < m being the face's cells.
    diagonal : ndarray of int64, shape (cell,)
        Where the cell's own entry stands: MODFLOW puts its residual there.
    cell_type : ndarray of int64, shape (cell,) or None
        ICELLTYPE, None if there is no grid file.
    """

    n_values: int
    upper: Ints
    lower: Ints
    diagonal: Ints
    cell_type: Ints | None = None


def own_order(grid: Grid) -> FlowOrder:
    """Return the order of MODFLOW's JA on this grid when no grid file tells it."""
    ia, ja, face = grid.connections
    row = np.repeat(np.arange(grid.n_cells), np.diff(ia))
    return _order(grid, row, ja, face)


def file_order(path: str, grid: Grid) -> FlowOrder:
    """Return the order that a binary grid file tells; InputError if it is of another grid."""
    data = read_grid_file(path)
    size = data.get("NCELLS", data.get("NODES"))
    missing = [name for name in ("IA", "JA", "IDOMAIN") if name not in data]
    if size is None or missing:
        raise InputError([Problem(f"the grid file lacks {', '.join(missing) or 'NCELLS'}", file=path)])
    if int(size[0]) != grid.n_nodes:
        raise InputError([Problem("the grid has cells", file=path, value=int(size[0]),
                                  allowed=f"{grid.n_nodes}, as the transport model's grid", hint=_HINT_OTHER)])
    ia, ja, domain = data["IA"].astype(np.int64) - 1, data["JA"].astype(np.int64) - 1, data["IDOMAIN"]
    sound = (
        ia.size == grid.n_nodes + 1 and domain.size == grid.n_nodes and ia[0] == 0 and ia[-1] == ja.size
        and bool((np.diff(ia) >= 0).all()) and bool(((ja >= 0) & (ja < grid.n_nodes)).all())
    )
    if not sound:
        raise InputError([Problem("IA, JA and IDOMAIN do not fit together", file=path)])
    differs = np.flatnonzero((domain > 0) != (grid.cell_of_node >= 0))
    if differs.size:
        raise InputError([Problem(
            f"IDOMAIN differs from that of the transport model in {differs.size:,} cells, first", file=path,
            cell=grid.describe_node(int(differs[0])), value=int(domain[differs[0]]),
            hint="Flow and transport must have the same active cells.")])
    row = grid.cell_of_node[np.repeat(np.arange(grid.n_nodes), np.diff(ia))]
    col = grid.cell_of_node[ja]
    face = _faces(grid, row, col)
    off = row != col
    lost = np.flatnonzero(off & (face < 0))
    if lost.size or int(off.sum()) != 2 * grid.n_faces:
        words = f"{int(off.sum()) // 2:,} faces, the transport model's grid {grid.n_faces:,}"
        if lost.size:
            n, m = (grid.describe(int(c[lost[0]])) for c in (row, col))
            words += f"; {n} and {m} are neighbours only here"
        raise InputError([Problem(f"the grid has {words}", file=path, hint=_HINT_OTHER)])
    kinds = data.get("ICELLTYPE")
    types = kinds.astype(np.int64)[grid.node] if kinds is not None and kinds.size == grid.n_nodes else None
    return _order(grid, row, col, face, types)


def read_grid_file(path: str) -> dict[str, NDArray[np.generic]]:
    """Return the variables of a binary grid file by name, each flat; InputError if it cannot be."""
    with mapped(path) as stream:
        try:
            return _variables(stream)
        except (ValueError, UnicodeDecodeError, IndexError, KeyError):
            raise InputError([Problem(
                f"the file ({len(stream):,} bytes) is not a whole binary grid file of MODFLOW 6", file=path,
                hint="It is written beside the model's other output, as <discretization file>.grb.")]) from None


def _variables(stream: mmap.mmap) -> dict[str, NDArray[np.generic]]:
    head = [stream[50 * i: 50 * i + 50].decode("ascii").split() for i in range(4)]
    if [line[0] for line in head] != ["GRID", "VERSION", "NTXT", "LENTXT"]:
        raise ValueError("not a grid file")
    n_lines, width = int(head[2][1]), int(head[3][1])
    if not (0 < n_lines < 1000 and 20 <= width <= 10_000):
        raise ValueError("not a grid file")
    at = 200 + n_lines * width
    found: dict[str, NDArray[np.generic]] = {}
    for i in range(n_lines):
        line = stream[200 + i * width: 200 + (i + 1) * width].decode("ascii").partition("#")[0].split()
        name, kind, n_dims = line[0], line[1], int(line[3])
        # Fortran's order of a second index does not matter here: everything stays flat.
        count = math.prod(int(n) for n in line[4: 4 + n_dims]) if n_dims else 1
        if count < 0 or len(line) < 4 + n_dims:
            raise ValueError("bad dimension")
        layout = np.dtype(_LAYOUTS[kind])
        if at + count * layout.itemsize > len(stream):
            raise ValueError("cut off")
        found[name] = np.frombuffer(stream, layout, count, at).copy()
        at += count * layout.itemsize
    return found


def _faces(grid: Grid, row: Ints, col: Ints) -> Ints:
    """Face between the two cells of each entry, -1 where there is none (or on the diagonal)."""
    keys = grid.face_cells[:, 0].astype(np.int64) * grid.n_cells + grid.face_cells[:, 1]
    wanted = np.minimum(row, col) * grid.n_cells + np.maximum(row, col)
    if keys.size == 0:
        return np.full(row.size, -1)
    place = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    return np.where(keys[place] == wanted, place, -1)


def _order(grid: Grid, row: Ints, col: Ints, face: Ints, types: Ints | None = None) -> FlowOrder:
    entry = np.arange(row.size)
    upper, lower = np.full(grid.n_faces, -1), np.full(grid.n_faces, -1)
    up, low = col > row, col < row
    upper[face[up]] = entry[up]
    lower[face[low]] = entry[low]
    diagonal = np.zeros(grid.n_cells, np.int64)
    diagonal[row[row == col]] = entry[row == col]
    return FlowOrder(row.size, upper, lower, diagonal, types)
