"""Any grid as a cloud of cells: least-squares gradients and faces gathered by cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.transport.explicit.faces import FaceList, face_list

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int32]
OPPOSITE = -0.3
LANES = 16  # as in cython_ext/transport_cloud.pyx
SINGULAR = 1e-9


@dataclass(frozen=True, eq=False)
class Cloud:
    """Tables for ``kernels.transport_cloud``; a slot holds one connection of each of a group's LANES cells.

    Attributes
    ----------
    faces : FaceList
        In the grid's own order.
    group : ndarray of int32, shape (group + 1,)
        Where each group's slots begin.
    neighbour, face : ndarray of int32, shape (slot, LANES)
    sign : ndarray of float32, shape (slot, LANES)
        +1 where a positive face flow enters the cell, -1 where it leaves, 0 where there is no connection.
    weights : ndarray of float32, shape (slot, 3, LANES)
        Gradient weights [1/L].
    cells : ndarray of int32, shape (2, face)
    vector : ndarray of float32, shape (3, face)
        From the centre of n to that of m [L].
    """

    faces: FaceList
    group: Ints
    neighbour: Ints
    face: Ints
    sign: Singles
    weights: Singles
    cells: Ints
    vector: Singles


def build_cloud(grid: Grid, wet: NDArray[np.bool_]) -> Cloud:
    """Build the tables of any grid; cells that are not wet do not enter gradients."""
    n_cells = grid.n_cells
    ia, ja, face = grid.connections
    off = face >= 0
    owner = np.repeat(np.arange(n_cells), np.diff(ia))[off]
    neighbour, face = ja[off], face[off]
    count = np.bincount(owner, minlength=n_cells)
    start = np.concatenate([[0], np.cumsum(count)])
    vector = grid.centre_vector
    sign = np.where(grid.face_cells[face, 1] == owner, 1.0, -1.0)
    away = -sign[:, None] * vector[face]
    joined = wet[owner] & wet[neighbour]
    weights = gradient_weights(owner, away, joined, n_cells)
    ends = _ends(grid, owner, start, face, away, joined)
    faces = face_list(grid, np.arange(grid.n_faces), np.ones((grid.n_faces, 2)), ends)

    n_groups = -(-n_cells // LANES)
    widest = np.zeros(n_groups * LANES, np.int64)
    widest[:n_cells] = count
    group = np.concatenate([[0], np.cumsum(widest.reshape(n_groups, LANES).max(axis=1))]).astype(np.int32)
    slot, lane = group[owner // LANES] + np.arange(owner.size) - start[owner], owner % LANES
    cell = np.minimum(LANES * np.repeat(np.arange(n_groups), np.diff(group))[:, None] + np.arange(LANES), n_cells - 1)
    tables = cell.astype(np.int32), np.zeros(cell.shape, np.int32), np.zeros(cell.shape, np.float32)
    for table, values in zip(tables, (neighbour, face, sign), strict=True):
        table[slot, lane] = values
    spread = np.zeros((cell.shape[0], 3, LANES), np.float32)
    spread[slot, :, lane] = weights
    return Cloud(
        faces, group, *tables, spread, np.ascontiguousarray(faces.cells.T),
        np.ascontiguousarray(vector.T, dtype=np.float32),
    )


def gradient_weights(owner: NDArray[np.int64], away: Floats, joined: NDArray[np.bool_], n_cells: int) -> Floats:
    """Return the weights of the least-squares gradient, g = sum w (c_j - c_i), shape (connection, 3) [1/L].

    Neighbours count by the inverse square of their distance. Where they do not span space (one layer, one row) the
    gradient has no part across them.

    Parameters
    ----------
    owner : ndarray of int64, shape (connection,)
        Cell i of each connection.
    away : ndarray of float64, shape (connection, 3)
        From its centre to that of the neighbour [L].
    joined : ndarray of bool, shape (connection,)
        Connections that count.
    """
    weight = np.where(joined, 1.0 / (away**2).sum(axis=1), 0.0)
    matrix = np.empty((n_cells, 3, 3))
    for i in range(3):
        for j in range(i, 3):
            matrix[:, i, j] = np.bincount(owner, weight * away[:, i] * away[:, j], n_cells)
            matrix[:, j, i] = matrix[:, i, j]
    # A direction in which no neighbour lies at all: any diagonal does, its part of the weights is zero.
    for i in range(3):
        matrix[matrix[:, i, i] == 0.0, i, i] = 1.0
    size = np.trace(matrix, axis1=1, axis2=2) / 3.0
    flat = np.abs(np.linalg.det(matrix)) < SINGULAR * size**3
    matrix[flat] = np.linalg.pinv(matrix[flat], rcond=SINGULAR, hermitian=True)
    matrix[~flat] = np.linalg.inv(matrix[~flat])
    gradient: Floats = weight[:, None] * np.einsum("eij,ej->ei", matrix[owner], away)
    return gradient


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
