"""Specific discharge at the cell centres, from the flows through the faces."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import VERTICAL, Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TINY = 1e-10
"""MODFLOW adds this part to sums of distances, so that a single face gets the whole weight."""
PARALLEL = 1e-12
"""Square of the sine up to which the faces of a cell count as parallel."""


class DischargeWeights:
    """How much of the flux through each face counts at a cell centre: geometry only.

    Per direction a mean of the fluxes through the faces that have a neighbour, each weighted by the
    distances of the other faces (so the nearer face counts more). What flows in and out through
    packages is not in it. In a cell whose faces with a neighbour are all parallel, the mean is taken along
    their normal and nothing is known across it: there the two equations for x and y are one and the same.

    Parameters
    ----------
    grid : Grid

    Notes
    -----
    The method of MODFLOW 6's DATA-SPDIS: Provost and others (2017), USGS TM 6-A56, appendix on
    specific discharge.
    """

    def __init__(self, grid: Grid) -> None:
        self.vertical = grid.face_kind == VERTICAL
        self.width = grid.face_width
        distance = _distances(grid)
        flat, steep = np.flatnonzero(~self.vertical), np.flatnonzero(self.vertical)
        self.z = _vertical(Sides(grid, steep, distance))
        if grid.kind == "dis":
            along_x = grid.face_normal[flat, 0] != 0.0
            self.x, self.y = (_one_axis(Sides(grid, flat[axis], distance), sign)
                              for axis, sign in ((along_x, 1.0), (~along_x, -1.0)))
        else:
            self.x, self.y = _horizontal(Sides(grid, flat, distance), grid)

    def specific_discharge(self, face_flow: Floats, wet_depth: Floats) -> Floats:
        """Return the specific discharge [L/T], shape (cell, 3).

        Parameters
        ----------
        face_flow : ndarray of float64, shape (face,)
            From n to m [L**3/T].
        wet_depth : ndarray of float64, shape (face,)
            Wet height of horizontal faces [L].
        """
        area = np.where(self.vertical, self.width, self.width * wet_depth)
        flux = np.where(area > 0.0, face_flow / np.where(area > 0.0, area, 1.0), 0.0)
        return np.column_stack([self.x.mean(flux), self.y.mean(flux), self.z.mean(flux)])


class Sides:
    """Some faces, each seen from both of their cells: first all n, then all m.

    Attributes
    ----------
    n_cells : int
    face : ndarray of int, shape (face,)
    cell : ndarray of int32, shape (2 face,)
    distance : ndarray of float64, shape (2 face,)
        From the centre of the cell to the face [L].
    """

    def __init__(self, grid: Grid, face: Ints, distance: Floats) -> None:
        self.n_cells, self.face = grid.n_cells, face
        self.cell = np.concatenate([grid.face_cells[face, 0], grid.face_cells[face, 1]])
        self.distance = np.concatenate([distance[face, 0], distance[face, 1]])

    def total(self, values: Floats) -> Floats:
        """Return the sum over the faces of each cell, shape (cell,)."""
        return np.bincount(self.cell, values, minlength=self.n_cells).astype(np.float64, copy=False)


@dataclass(frozen=True, eq=False)
class Means:
    """Weighted means over the faces of each cell.

    Attributes
    ----------
    face : ndarray of int, shape (face,)
    cell : ndarray of int32, shape (2 face,)
    weight : ndarray of float64, shape (2 face,)
    n_cells : int
    """

    face: Ints
    cell: NDArray[np.int32]
    weight: Floats
    n_cells: int

    def mean(self, flux: Floats) -> Floats:
        """Return the mean of the fluxes through the grid's faces, shape (cell,)."""
        parts = self.weight * np.tile(flux[self.face], 2)
        return np.bincount(self.cell, parts, minlength=self.n_cells).astype(np.float64, copy=False)


def _means(sides: Sides, weight: Floats) -> Means:
    return Means(sides.face, sides.cell, weight, sides.n_cells)


def _one_axis(sides: Sides, sign: float) -> Means:
    """Return the means over faces across one axis of the grid, with normals along it (sign 1) or against it."""
    near = sides.distance
    omega = sides.total(near)[sides.cell] * (1.0 + TINY) - near
    size = sides.total(omega)
    return _means(sides, sign * (omega * np.where(size > 0.0, 1.0 / np.where(size > 0.0, size, 1.0), 0.0)[sides.cell]))


def _vertical(sides: Sides) -> Means:
    """Return the means over the faces above and below."""
    cell, distance = sides.cell, sides.distance
    count = np.bincount(cell, minlength=sides.n_cells)[cell]
    total = sides.total(distance)[cell] * (1.0 + TINY)
    share = (1.0 - distance / np.where(total > 0.0, total, 1.0)) / np.maximum(count - 1, 1)
    # The face's flow runs from n down to m: upward flux is its negative, for both cells.
    return _means(sides, -np.where(count == 1, 1.0, share))


def _horizontal(sides: Sides, grid: Grid) -> tuple[Means, Means]:
    """Return the means for x and y over faces of any direction."""
    cell, total = sides.cell, sides.total
    normal = np.tile(grid.face_normal[sides.face], (2, 1))
    along = _common_normal(normal, total)[cell]
    parallel = np.any(along != 0.0, axis=1)
    nx = np.where(parallel, np.sum(normal[:, :2] * along, axis=1), normal[:, 0])
    ny = np.where(parallel, 0.0, normal[:, 1])
    weight = []
    for part in (np.abs(nx), np.abs(ny)):
        near = sides.distance * part
        omega = (total(near)[cell] * (1.0 + TINY) - near) * part
        size = total(omega * part)
        weight.append(omega * np.where(size > 0.0, 1.0 / np.where(size > 0.0, size, 1.0), 0.0)[cell])
    bx, by = weight[0] * np.sign(nx), weight[1] * np.sign(ny)
    axy, ayx = total(bx * ny), total(by * nx)
    scale = 1.0 - axy * ayx
    scale = 1.0 / np.where(scale == 0.0, 1.0, scale)
    # Flux and normal both run from n to m; seen from m both turn, which leaves the product as it is.
    x = (bx - axy[cell] * by) * scale[cell]
    y = (by - ayx[cell] * bx) * scale[cell]
    x, y = np.where(parallel, x * along[:, 0], x), np.where(parallel, x * along[:, 1], y)
    return _means(sides, x), _means(sides, y)


def _common_normal(normal: Floats, total: Callable[[Floats], Floats]) -> Floats:
    """Return the unit vector of cells whose horizontal faces are parallel, zero for others, shape (cell, 2)."""
    xx, yy, xy = (total(normal[:, i] * normal[:, j]) for i, j in ((0, 0), (1, 1), (0, 1)))
    trace = xx + yy
    flat = (trace > 0.0) & (xx * yy - xy * xy <= PARALLEL * trace**2)
    turn = 0.5 * np.arctan2(2.0 * xy, xx - yy)
    return np.where(flat[:, None], np.column_stack([np.cos(turn), np.sin(turn)]), 0.0)


def _distances(grid: Grid) -> Floats:
    """Return the length from the cell centre to the face on both sides [L], shape (face, 2)."""
    half = grid.face_distance
    length = half.sum(axis=1)
    return half * (grid.centre_distance / np.where(length > 0.0, length, 1.0))[:, None]
