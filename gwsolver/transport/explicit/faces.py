"""The geometry of the face list, in the order in which the kernels run over it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.dis import StructuredGrid
from gwsolver.core.grid import STAGGERED, VERTICAL, Grid

Floats = NDArray[np.float64]
AT_ONCE = 100_000


@dataclass(frozen=True, eq=False)
class FaceList:
    """Faces in kernel order. What the grid holds itself is picked from it when asked for, and not kept.

    Attributes
    ----------
    grid : Grid
    order : ndarray of int, shape (face,)
        Face of the grid that stands at each place.
    cells : ndarray of int32, shape (face, 2)
        Cells n and m.
    axis : ndarray of int8, shape (face,)
        0, 1, 2: along rows, columns, layers (structured grids).
    upstream_ratio : ndarray of float64, shape (face, 2)
        Distance of the two centres over that of the next pair behind n and behind m; 1 where there is none. All the
        same one number where spacing is even.
    ends : ndarray of bool, shape (face, 2)
        No cell stands behind n, behind m.
    """

    grid: Grid
    order: NDArray[np.integer]
    cells: NDArray[np.int32]
    axis: NDArray[np.int8]
    upstream_ratio: Floats
    ends: NDArray[np.bool_]

    @property
    def even(self) -> bool:
        """Whether all upstream ratios are 1; they are one number then, which takes no room."""
        return self.upstream_ratio.strides == (0, 0)

    def normal(self, at: slice) -> Floats:
        """Return unit normals from n to m of some faces, shape (face, 3)."""
        return np.ascontiguousarray(self.grid.face_normal[self.order[at]], float)


def face_list(
    grid: Grid, order: NDArray[np.integer], upstream_ratio: Floats, ends: NDArray[np.bool_]
) -> FaceList:
    """Return the faces of a grid in the given order."""
    if np.all(upstream_ratio == 1.0):
        upstream_ratio = np.broadcast_to(1.0, upstream_ratio.shape)
    return FaceList(
        grid=grid, order=order, cells=np.ascontiguousarray(grid.face_cells[order], dtype=np.int32),
        axis=face_axis(grid)[order], upstream_ratio=upstream_ratio, ends=ends,
    )


def face_axis(grid: Grid) -> NDArray[np.int8]:
    """Return the axis along which the normal of each face is largest, shape (face,)."""
    if isinstance(grid, StructuredGrid):
        return grid.face_axis
    largest, axis = np.abs(grid.face_normal[:, 0]), np.zeros(grid.n_faces, np.int8)
    for i in (1, 2):
        size = np.abs(grid.face_normal[:, i])
        np.copyto(axis, i, where=size > largest)
        np.maximum(largest, size, out=largest)
    return axis


def pieces(size: int) -> Iterator[slice]:
    """Cut items into stretches whose temporary arrays take little room."""
    for first in range(0, size, AT_ONCE):
        yield slice(first, min(first + AT_ONCE, size))


def wet_sides(faces: FaceList, saturation: Floats, at: slice) -> tuple[Floats, Floats]:
    """Return wet area and half distance of some faces on the sides of n and m.

    Horizontal faces: width times saturated thickness of that side (staggered: the overlap of both).
    Vertical faces: the plan area and half the saturated thickness, no area unless the lower cell is
    full. A dry side takes the area from both (MODFLOW 6, gwt-dsp: its xt3d areas without XT3D).

    Parameters
    ----------
    saturation : ndarray of float64, shape (cell,)

    Returns
    -------
    area, length : ndarray of float64, shape (face, 2)
    """
    grid, order, cells = faces.grid, faces.order[at], faces.cells[at]
    n, m = cells.T
    kind, (width, distance) = grid.face_kind[order], grid.face_sides(order)
    vertical = kind == VERTICAL
    wet = saturation * grid.thickness
    area = width[:, None] * np.where(vertical[:, None], 1.0, wet[cells])
    staggered = kind == STAGGERED
    if staggered.any():
        top = grid.bottom + wet
        overlap = np.minimum(top[n], top[m]) - np.maximum(grid.bottom[n], grid.bottom[m])
        area[staggered] = (width * np.maximum(overlap, 0.0))[staggered, None]
    dry = (saturation[n] <= 0.0) | (saturation[m] <= 0.0) | (vertical & (saturation[m] < 1.0 - 1e-9))
    area[dry] = 0.0
    part = np.where(vertical[:, None], np.maximum(saturation[cells], 1e-9), 1.0)
    return np.ascontiguousarray(area), np.ascontiguousarray(distance * part)
