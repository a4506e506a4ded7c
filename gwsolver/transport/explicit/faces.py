"""The geometry of the face list, in the order in which the kernels run over it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import STAGGERED, VERTICAL, Grid

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FaceList:
    """Faces in kernel order.

    Attributes
    ----------
    order : ndarray of int64, shape (face,)
        Face of the grid that stands at each place.
    cells : ndarray of int32, shape (face, 2)
        Cells n and m.
    axis : ndarray of int32, shape (face,)
        0, 1, 2: along rows, columns, layers (structured grids).
    kind : ndarray of int8, shape (face,)
        VERTICAL, HORIZONTAL or STAGGERED.
    normal : ndarray of float64, shape (face, 3)
    width : ndarray of float64, shape (face,)
        Width [L] of horizontal faces, area [L**2] of vertical ones.
    distance : ndarray of float64, shape (face, 2)
        Centre of n to face, face to centre of m [L].
    upstream_ratio : ndarray of float64, shape (face, 2)
        Distance of the two centres over that of the next pair behind n and behind m; 1 where there is none.
    ends : ndarray of bool, shape (face, 2)
        No cell stands behind n, behind m.
    """

    order: NDArray[np.int64]
    cells: NDArray[np.int32]
    axis: NDArray[np.int32]
    kind: NDArray[np.int8]
    normal: Floats
    width: Floats
    distance: Floats
    upstream_ratio: Floats
    ends: NDArray[np.bool_]


def face_list(
    grid: Grid, order: NDArray[np.int64], upstream_ratio: Floats, ends: NDArray[np.bool_]
) -> FaceList:
    """Return the faces of a grid in the given order."""
    return FaceList(
        order=order,
        cells=np.ascontiguousarray(grid.face_cells[order], dtype=np.int32),
        axis=np.abs(grid.face_normal[order]).argmax(axis=1).astype(np.int32),
        kind=grid.face_kind[order],
        normal=np.ascontiguousarray(grid.face_normal[order]),
        width=grid.face_width[order],
        distance=np.ascontiguousarray(grid.face_distance[order]),
        upstream_ratio=np.ascontiguousarray(upstream_ratio),
        ends=ends,
    )


def wet_sides(grid: Grid, faces: FaceList, saturation: Floats) -> tuple[Floats, Floats]:
    """Return wet area and half distance of each face on the sides of n and m.

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
    n, m = faces.cells.T
    vertical = faces.kind == VERTICAL
    wet = saturation * grid.thickness
    area = faces.width[:, None] * np.where(vertical[:, None], 1.0, wet[faces.cells])
    staggered = faces.kind == STAGGERED
    if staggered.any():
        top = grid.bottom + wet
        overlap = np.minimum(top[n], top[m]) - np.maximum(grid.bottom[n], grid.bottom[m])
        area[staggered] = (faces.width * np.maximum(overlap, 0.0))[staggered, None]
    dry = (saturation[n] <= 0.0) | (saturation[m] <= 0.0) | (vertical & (saturation[m] < 1.0 - 1e-9))
    area[dry] = 0.0
    part = np.where(vertical[:, None], np.maximum(saturation[faces.cells], 1e-9), 1.0)
    return np.ascontiguousarray(area), np.ascontiguousarray(faces.distance * part)
