"""Any grid as a cloud of cells: least-squares gradients and faces gathered by cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.transport.explicit.faces import FaceList, face_list

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
OPPOSITE = -0.3


@dataclass(frozen=True, eq=False)
class Cloud:
    """Tables for ``kernels.transport_cloud``.

    Attributes
    ----------
    faces : FaceList
        In the grid's own order.
    start : ndarray of int32, shape (cell + 1,)
        Where each cell's connections begin.
    neighbour, face : ndarray of int32, shape (connection,)
    sign : ndarray of float64, shape (connection,)
        +1 where a positive face flow enters the cell.
    weights : ndarray of float64, shape (connection, 3)
        Gradient weights [1/L].
    vector : ndarray of float64, shape (face, 3)
        From the centre of n to that of m [L].
    """

    faces: FaceList
    start: Ints
    neighbour: Ints
    face: Ints
    sign: Floats
    weights: Floats
    vector: Floats


def build_cloud(grid: Grid, wet: NDArray[np.bool_]) -> Cloud:
    """Build the tables of any grid; cells that are not wet do not enter gradients."""
    ia, ja, face = grid.connections
    off = face >= 0
    owner = np.repeat(np.arange(grid.n_cells), np.diff(ia))[off]
    neighbour, face = ja[off], face[off]
    start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=grid.n_cells))])
    vector = grid.centre_vector
    sign = np.where(grid.face_cells[face, 1] == owner, 1.0, -1.0)
    away = -sign[:, None] * vector[face]
    joined = wet[owner] & wet[neighbour]
    weight = np.where(joined, 1.0 / (away**2).sum(axis=1), 0.0)
    matrix = np.zeros((grid.n_cells, 3, 3))
    np.add.at(matrix, owner, weight[:, None, None] * away[:, :, None] * away[:, None, :])
    inverse = np.linalg.pinv(matrix, rcond=1e-9, hermitian=True)
    weights = weight[:, None] * np.einsum("eij,ej->ei", inverse[owner], away)
    ends = _ends(grid, owner, start, face, away, joined)
    faces = face_list(grid, np.arange(grid.n_faces), np.ones((grid.n_faces, 2)), ends)
    return Cloud(
        faces, start.astype(np.int32), neighbour.astype(np.int32), face.astype(np.int32), sign,
        np.ascontiguousarray(weights), np.ascontiguousarray(vector),
    )


def _ends(
    grid: Grid, owner: NDArray[np.int64], start: NDArray[np.int64], face: NDArray[np.int64], away: Floats,
    joined: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return for each face whether no neighbour stands behind n, behind m (more than 107 degrees away)."""
    unit = away / np.linalg.norm(away, axis=1)[:, None]
    slot = np.arange(owner.size) - start[owner]
    most = int(slot.max(initial=-1)) + 1
    behind = np.zeros(owner.size, bool)
    for k in range(most):
        other = np.minimum(start[owner] + k, start[owner + 1] - 1)
        behind |= joined[other] & (np.einsum("ei,ei->e", unit, unit[other]) < OPPOSITE)
    ends = np.ones((grid.n_faces, 2), bool)
    ends[face, np.where(grid.face_cells[face, 0] == owner, 0, 1)] = ~behind
    return ends
