"""Specific discharge at the cell centres, from the flows through the faces."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
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
        n, m = grid.face_cells[:, 0].astype(np.int64), grid.face_cells[:, 1].astype(np.int64)
        vertical = grid.face_kind == VERTICAL
        own = _distances(grid)
        self.vertical = vertical
        self.shape = (grid.n_cells, grid.n_faces)
        self.width = grid.face_width
        cell, face = np.concatenate([n, m]), np.tile(np.arange(grid.n_faces), 2)
        distance = np.concatenate([own[:, 0], own[:, 1]])
        side = vertical[face]
        self.z = self._vertical(cell[side], face[side], distance[side], grid)
        flat = ~side
        self.x, self.y = self._horizontal(cell[flat], face[flat], distance[flat], grid)

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
        return np.column_stack([self.x @ flux, self.y @ flux, self.z @ flux])

    def _matrix(self, weight: Floats, cell: Ints, face: Ints) -> sp.csr_matrix:
        return sp.csr_matrix((weight, (cell, face)), shape=self.shape)

    def _vertical(self, cell: Ints, face: Ints, distance: Floats, grid: Grid) -> sp.csr_matrix:
        count = np.bincount(cell, minlength=grid.n_cells)[cell]
        total = np.bincount(cell, distance, minlength=grid.n_cells)[cell] * (1.0 + TINY)
        share = (1.0 - distance / np.where(total > 0.0, total, 1.0)) / np.maximum(count - 1, 1)
        # The face's flow runs from n down to m: upward flux is its negative, for both cells.
        return self._matrix(-np.where(count == 1, 1.0, share), cell, face)

    def _horizontal(self, cell: Ints, face: Ints, distance: Floats, grid: Grid) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        def total(values: Floats) -> Floats:
            return np.bincount(cell, values, minlength=grid.n_cells).astype(np.float64)

        normal = grid.face_normal[face]
        along = self._common_normal(normal, total)[cell]
        parallel = np.any(along != 0.0, axis=1)
        nx = np.where(parallel, np.sum(normal[:, :2] * along, axis=1), normal[:, 0])
        ny = np.where(parallel, 0.0, normal[:, 1])
        weight = []
        for part in (np.abs(nx), np.abs(ny)):
            near = distance * part
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
        return self._matrix(x, cell, face), self._matrix(y, cell, face)

    @staticmethod
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
