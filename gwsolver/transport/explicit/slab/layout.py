"""Where the cells of a structured grid stand for the slab kernels.

Arrays over cells are laid out [slab][layer][lane]: lanes run along the longer of rows and columns, padded to a
multiple of 8 so that loops have no remainder, with at least two spare lanes that keep one row's stencil off the
next; `EDGE` spare places stand at both ends. "Place" is the index into such an array. Directions: 0 along lanes,
1 across slabs, 2 across layers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int32]
EDGE = 8
WIDTH = 8
SPARE = 2
N_FACE = 5  # coefficients of a face: q, H, K, G1, G2


@dataclass(frozen=True, eq=False)
class SlabLayout:
    """Places of cells.

    Attributes
    ----------
    n_slabs, n_layers, n_lanes : int
        Extent; lanes are padded.
    along_rows : bool
        Whether lanes run along rows (lane = column, slab = row) or along columns.
    place : ndarray of int32, shape (cell,)
    cell : ndarray of int32, shape (place,)
        -1 where there is none.
    first_face : ndarray of int32, shape (cell,)
        First of the faces whose lower cell this is: right, front, below, as far as they exist.
    lane_size, slab_size : ndarray of float64, shape (lane,), (slab,)
        Spacing [L]; 1 in the padding.
    """

    n_slabs: int
    n_layers: int
    n_lanes: int
    along_rows: bool
    place: Ints
    cell: Ints
    first_face: Ints
    lane_size: Floats
    slab_size: Floats

    @property
    def slab(self) -> int:
        """Number of places in one slab."""
        return self.n_layers * self.n_lanes

    @property
    def n_places(self) -> int:
        """Length of an array over cells."""
        return self.n_slabs * self.slab + 2 * EDGE

    @property
    def n_directions(self) -> int:
        """3, or 2 where there is one layer."""
        return 3 if self.n_layers > 1 else 2

    def boxes(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return an array over places as [slab, layer, lane], a view."""
        return values[..., EDGE:-EDGE].reshape(*values.shape[:-1], self.n_slabs, self.n_layers, self.n_lanes)

    def spread(self, values: NDArray[np.generic], fill: float = 0.0) -> NDArray[np.generic]:
        """Return values over cells as an array over places."""
        out = np.full(self.n_places, fill, values.dtype)
        out[self.place] = values
        return out


def suits(grid: Grid) -> bool:
    """Return whether the slab kernels can run on this grid.

    It is structured, no cells are passed through vertically, and no faces are watched (exchanges of models).
    """
    return grid.kind == "dis" and not grid.tracked_faces.size and not bool((grid.idomain < 0).any())


def build_layout(grid: Grid) -> SlabLayout:
    """Lay out the cells of a structured grid."""
    n_layers, n_rows, n_cols = grid.shape
    layer, row, column = np.unravel_index(grid.node, grid.shape)
    along_rows = n_cols >= n_rows
    n_fast, n_slow = (n_cols, n_rows) if along_rows else (n_rows, n_cols)
    fast, slow = (column, row) if along_rows else (row, column)
    n_lanes = -(-(n_fast + SPARE) // WIDTH) * WIDTH
    place = (EDGE + (slow * n_layers + layer) * n_lanes + fast).astype(np.int32)
    cell = np.full(n_slow * n_layers * n_lanes + 2 * EDGE, -1, np.int32)
    cell[place] = np.arange(grid.n_cells, dtype=np.int32)
    lane_size, slab_size = np.ones(n_lanes), np.ones(n_slow)
    lane_size[fast] = grid.cell_width[:, 0 if along_rows else 1]
    slab_size[slow] = grid.cell_width[:, 1 if along_rows else 0]
    count = np.bincount(grid.face_cells[:, 0], minlength=grid.n_cells)
    first_face = np.cumsum(count) - count
    return SlabLayout(
        n_slow, n_layers, n_lanes, along_rows, place, cell, first_face.astype(np.int32), lane_size, slab_size
    )
