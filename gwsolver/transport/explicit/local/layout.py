"""Where the cells of a structured grid stand in a padded box, so that a neighbour is always the same distance away."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.transport.explicit.rows import Rows

Ints = NDArray[np.int32]
SEGMENT = 8
AROUND = 2


@dataclass(frozen=True, eq=False)
class Layout:
    """Places [row][layer][column]; columns padded to whole segments of 8, two places around everything.

    Attributes
    ----------
    place : ndarray of int32, shape (cell,)
        Place of each cell; its segment is place // 8, its slab (row) place // offset[1].
    cell_at : ndarray of int32, shape (place,)
        Cell of each place, -1 if none.
    face_at : ndarray of int32, shape (3, place)
        Face, in kernel order, from a place to the next along rows, columns, layers; -1 if none.
    offset : ndarray of int32, shape (3,)
        Places to the next cell along each axis.
    weights : ndarray of float32, shape (3, 3, place)
        Gradient weights w-, w+, w2 by axis [1/L].
    fourth : ndarray of int8, shape (face,)
        Whether the face mean of gradients is of fourth order: its outer cells then weigh -1/12, else nothing.
    """

    place: Ints
    cell_at: Ints
    face_at: Ints
    offset: Ints
    weights: NDArray[np.float32]
    fourth: NDArray[np.int8]

    @cached_property
    def exists(self) -> NDArray[np.bool_]:
        """Whether a segment holds cells, shape (segment,)."""
        return np.asarray((self.cell_at >= 0).reshape(-1, SEGMENT).any(axis=1))

    @cached_property
    def segment_steps(self) -> Ints:
        """Segments to the next one along each axis, shape (3,)."""
        return np.maximum(self.offset // SEGMENT, 1).astype(np.int32)

    @property
    def n_places(self) -> int:
        """Number of places, cells or not."""
        return self.cell_at.size

    @property
    def n_segments(self) -> int:
        """Number of segments, with cells or not."""
        return self.cell_at.size // SEGMENT


def fits(grid: Grid) -> bool:
    """Whether all faces join cells that stand side by side (no pass-through cells)."""
    if grid.kind != "dis":
        return False
    if not (grid.idomain < 0).any():
        return True
    n, m = grid.face_cells.T
    index = np.stack(np.unravel_index(grid.node, grid.shape))
    return bool((np.abs(index[:, n] - index[:, m]).sum(axis=0) == 1).all())


def lay_out(grid: Grid, tables: Rows) -> Layout:
    """Return the layout of a structured grid on which `fits` holds."""
    n_lay, n_row, n_col = grid.shape
    along = -(-n_col // SEGMENT) * SEGMENT + 2 * SEGMENT
    slab = along * (n_lay + 2 * AROUND)
    k, i, j = np.unravel_index(grid.node, grid.shape)
    place = ((i + AROUND) * slab + (k + AROUND) * along + j + SEGMENT).astype(np.int32)
    n_places = slab * (n_row + 2 * AROUND)
    cell_at = np.full(n_places, -1, np.int32)
    cell_at[place] = np.arange(grid.n_cells)
    faces = tables.faces
    face_at = np.full((3, n_places), -1, np.int32)
    face_at[faces.axis, place[faces.cells[:, 0]]] = np.arange(grid.n_faces)
    inner = np.repeat(tables.face_runs[:, 10], tables.face_runs[:, 1])
    return Layout(
        place, cell_at, face_at, np.array([1, slab, along], np.int32), tables.gradient_weights(place, n_places),
        (inner == 1).view(np.int8),
    )
