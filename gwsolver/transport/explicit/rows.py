"""The face list of a structured grid, cut into runs of consecutive cells that stream through the kernel.

The face list is sorted by direction (along rows, columns, layers), then by cell. Within a run
every cell a face looks at advances by one from one face to the next; runs end at the ends of
rows, at inactive cells and where the order of the cross flux changes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.transport.explicit.faces import FaceList, face_list

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
LONGEST_RUN = 1024


@dataclass(frozen=True, eq=False)
class Rows:
    """Tables of runs for ``kernels.transport_rows``.

    Attributes
    ----------
    faces : FaceList
        Sorted by direction.
    end_cells : ndarray of int32, shape (end, 2)
        Donor and receiver where no cell stands behind the donor.
    end_faces : ndarray of int64, shape (end,)
        The face between them.
    face_runs : ndarray of int32, shape (run, 12)
    gradient_runs : ndarray of int32, shape (run, 7)
    gradient_weights : ndarray of float64, shape (3, 3, cell)
    update_runs : ndarray of int32, shape (run, 8)
    """

    faces: FaceList
    end_cells: Ints
    end_faces: NDArray[np.int64]
    face_runs: Ints
    gradient_runs: Ints
    gradient_weights: Floats
    update_runs: Ints


def cut(moving: NDArray[np.int64], fixed: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first index and length of the stretches where all indices advance by one.

    Parameters
    ----------
    moving : ndarray of int, shape (k, item)
        Indices that advance by one within a stretch; -1 (missing) must stay -1.
    fixed : ndarray of int, shape (j, item)
        Values that must not change within a stretch.
    """
    n = moving.shape[1]
    if n == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    before, after = moving[:, :-1], moving[:, 1:]
    together = ((after == before + 1) & (before >= 0)) | ((after == -1) & (before == -1))
    broken = ~together.all(axis=0) | (fixed[:, 1:] != fixed[:, :-1]).any(axis=0)
    first = np.concatenate([[0], np.flatnonzero(broken) + 1])
    length = np.diff(np.append(first, n))
    pieces = -(-length // LONGEST_RUN)
    within = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start = np.repeat(first, pieces) + within * LONGEST_RUN
    return start, np.minimum(np.repeat(first + length, pieces) - start, LONGEST_RUN)


def build_rows(grid: Grid, wet: NDArray[np.bool_]) -> Rows:
    """Build the runs of a structured grid; cells that are not wet count as absent neighbours."""
    axis = np.abs(grid.face_normal).argmax(axis=1)
    order = np.lexsort((grid.face_cells[:, 0], axis))
    axis = axis[order]
    n, m = grid.face_cells[order].astype(np.int64).T
    n_cells, n_faces = grid.n_cells, grid.n_faces
    low = np.full((3, n_cells), -1, np.int64)
    high, face_in, face_out = low.copy(), low.copy(), low.copy()
    joined = wet[n] & wet[m]
    low[axis[joined], m[joined]] = n[joined]
    high[axis[joined], n[joined]] = m[joined]
    face_in[axis, m] = np.arange(n_faces)
    face_out[axis, n] = np.arange(n_faces)

    halves = grid.face_distance[order]
    distance = halves.sum(axis=1)
    behind, beyond = low[axis, n], high[axis, m]
    d_behind = np.where(behind >= 0, distance[face_in[axis, n]], distance)
    d_beyond = np.where(beyond >= 0, distance[face_out[axis, m]], distance)
    same = np.isclose(d_behind, distance, rtol=1e-9) & np.isclose(d_beyond, distance, rtol=1e-9)
    same &= np.isclose(halves[:, 0], halves[:, 1], rtol=1e-9)
    fourth = ((behind >= 0) & (beyond >= 0) & same).astype(np.int64)
    first, length = cut(np.stack([n, m, behind, beyond]), np.stack([axis, fourth]))
    place = np.full((2, n_faces), -1)
    ends = np.stack([behind < 0, beyond < 0])
    place[ends] = np.arange(ends.sum())
    end_cells = np.column_stack([np.stack([n, m])[ends], np.stack([m, n])[ends]])
    end_faces = np.stack([np.arange(n_faces)] * 2)[ends]
    inner = fourth[first] == 1
    face_runs = np.column_stack([
        first, length, n[first], m[first],
        np.where(ends[0], place[0], behind)[first], ends[0, first],
        np.where(ends[1], place[1], beyond)[first], ends[1, first],
        np.where(inner, behind[first], n[first]), np.where(inner, beyond[first], m[first]), inner, axis[first],
    ])
    gradient_runs, weights = _gradients(low, high, face_in, face_out, distance)
    first, length = cut(np.concatenate([face_in, face_out]), np.zeros((1, n_cells), np.int64))
    sides = np.stack([face_in, face_out], axis=1).reshape(6, n_cells)[:, first]
    update_runs = np.column_stack([first, length, np.where(sides >= 0, sides, n_faces).T])
    ratio = np.column_stack([distance / d_behind, distance / d_beyond])
    faces = face_list(grid, order, ratio, np.column_stack([behind < 0, beyond < 0]))
    return Rows(
        faces, end_cells.astype(np.int32), end_faces, face_runs.astype(np.int32), gradient_runs.astype(np.int32),
        weights, update_runs.astype(np.int32),
    )


def _gradients(
    low: NDArray[np.int64], high: NDArray[np.int64], face_in: NDArray[np.int64], face_out: NDArray[np.int64],
    distance: Floats,
) -> tuple[NDArray[np.int64], Floats]:
    """Return the runs and weights of the gradient along each direction that has faces."""
    n_cells = low.shape[1]
    weights = np.zeros((3, 3, n_cells))
    tables = []
    own = np.arange(n_cells)
    for d in range(3):
        before, after = low[d], high[d]
        if not ((before >= 0).any() or (after >= 0).any()):
            continue
        has_b, has_a = before >= 0, after >= 0
        d_b = np.where(has_b, distance[face_in[d]], 1.0)
        d_a = np.where(has_a, distance[face_out[d]], 1.0)
        both = has_b & has_a
        w_b = np.where(both, d_a / (d_b * (d_b + d_a)), np.where(has_b, 1.0 / d_b, 0.0))
        w_a = np.where(both, d_b / (d_a * (d_b + d_a)), np.where(has_a, 1.0 / d_a, 0.0))
        before2 = np.where(has_b, low[d, np.where(has_b, before, 0)], -1)
        after2 = np.where(has_a, high[d, np.where(has_a, after, 0)], -1)
        d_b2 = np.where(before2 >= 0, distance[face_in[d, before]], 0.0)
        d_a2 = np.where(after2 >= 0, distance[face_out[d, after]], 0.0)
        five = (before2 >= 0) & (after2 >= 0)
        for other in (d_a, d_b2, d_a2):
            five &= np.isclose(other, d_b, rtol=1e-9)
        spacing = np.where(five, 0.25 * (d_b + d_a + d_b2 + d_a2), 1.0)
        weights[d, 0] = np.where(five, 8.0 / (12.0 * spacing), w_b)
        weights[d, 1] = np.where(five, 8.0 / (12.0 * spacing), w_a)
        weights[d, 2] = np.where(five, -1.0 / (12.0 * spacing), 0.0)
        first, length = cut(np.stack([before2, before, after, after2]), np.zeros((1, n_cells), np.int64))
        pick = [np.where(v[first] >= 0, v[first], own[first]) for v in (before2, before, after, after2)]
        tables.append(np.column_stack([np.full(first.size, d), first, length, *pick]))
    return (np.concatenate(tables) if tables else np.zeros((0, 7), np.int64)), weights
