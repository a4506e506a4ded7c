"""The face list of a structured grid, cut into runs of consecutive cells that stream through the kernel.

The face list is sorted by direction (along rows, columns, layers), then by cell. Within a run
every cell a face looks at advances by one from one face to the next; runs end at the ends of
rows, at inactive cells and where the order of the cross flux changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.transport.explicit.faces import FaceList, face_axis, face_list, pieces

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
    update_runs : ndarray of int32, shape (run, 8)
    wet : ndarray of bool, shape (cell,)
        Cells that take part.
    """

    faces: FaceList
    end_cells: Ints
    end_faces: NDArray[np.int64]
    face_runs: Ints
    update_runs: Ints
    wet: NDArray[np.bool_]

    def gradient_weights(self, place: Ints, n_places: int) -> NDArray[np.float32]:
        """Return weights of the gradient for cells that stand at these places, shape (3, 3, place)."""
        weights = np.zeros((3, 3, n_places), np.float32)
        for d, lines in _lines(self.faces, self.wet):
            for at in pieces(self.wet.size):
                weights[d][:, place[at]] = lines.weights(at)[1]
        return weights

    def gradients(self) -> tuple[Ints, Floats]:
        """Return the runs of gradients, shape (run, 7), and their weights; made anew at every call."""
        weights, tables = np.zeros((3, 3, self.wet.size)), [np.zeros((0, 7), np.int32)]
        own = np.arange(self.wet.size, dtype=np.int32)
        for d, lines in _lines(self.faces, self.wet):
            around, weights[d] = lines.weights(slice(None))
            first, length = cut(around, np.zeros((1, own.size), np.int8))
            pick = [np.where(v[first] >= 0, v[first], own[first]) for v in around]
            tables.append(np.column_stack([np.full(first.size, d), first, length, *pick]).astype(np.int32))
        return np.concatenate(tables), weights


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Who stands beside whom.

    Attributes
    ----------
    low, high : ndarray of int32, shape (axis, cell)
        Next cell down and up along each axis; -1 where there is none, or one of the two is not wet.
    face_in, face_out : ndarray of int32, shape (axis, cell)
        Face, among those given, towards it, wet or not; -1 where there is none.
    """

    low: Ints
    high: Ints
    face_in: Ints
    face_out: Ints


def neighbours(
    n: Ints, m: Ints, axis: NDArray[np.integer], wet: NDArray[np.bool_], n_axes: int = 3
) -> Neighbours:
    """Return the neighbours of cells, from the cells n, m of faces and the faces' axes."""
    found = Neighbours(*(np.full((n_axes, wet.size), -1, np.int32) for _ in range(4)))
    joined = wet[n] & wet[m]
    j_n, j_m, j_axis = (n, m, axis) if joined.all() else (n[joined], m[joined], axis[joined])
    found.low[j_axis, j_m] = j_n
    found.high[j_axis, j_n] = j_m
    face = np.arange(n.size, dtype=np.int32)
    found.face_in[axis, m] = face
    found.face_out[axis, n] = face
    return found


def _close(a: Floats, b: Floats) -> NDArray[np.bool_]:
    """Whether two lengths are the same, but for round-off."""
    found: NDArray[np.bool_] = np.abs(a - b) <= 1e-8 + 1e-9 * np.abs(b)
    return found


def cut(moving: NDArray[np.integer], fixed: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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
    parts = -(-length // LONGEST_RUN)
    within = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    start = np.repeat(first, parts) + within * LONGEST_RUN
    return start, np.minimum(np.repeat(first + length, parts) - start, LONGEST_RUN)


def build_rows(grid: Grid, wet: NDArray[np.bool_]) -> Rows:
    """Build the runs of a structured grid; cells that are not wet count as absent neighbours."""
    axis = face_axis(grid)
    order = np.argsort(axis, kind="stable").astype(np.int32)  # faces are sorted by n
    axis = axis[order]
    n, m = (np.ascontiguousarray(own) for own in grid.face_cells[order].T)
    n_cells, n_faces = grid.n_cells, grid.n_faces
    near = neighbours(n, m, axis, wet)

    distance, fourth = np.empty(n_faces), np.empty(n_faces, bool)
    for at in pieces(n_faces):
        halves = grid.face_sides(order[at])[1]
        distance[at], fourth[at] = halves.sum(axis=1), _close(halves[:, 0], halves[:, 1])
    behind, beyond = near.low[axis, n], near.high[axis, m]
    ratio, ends = np.empty((n_faces, 2)), np.empty((n_faces, 2), bool)
    for side, (other, face) in enumerate(((behind, near.face_in[axis, n]), (beyond, near.face_out[axis, m]))):
        ends[:, side] = other < 0
        further = np.where(ends[:, side], distance, distance[face])
        fourth &= _close(further, distance) & ~ends[:, side]
        ratio[:, side] = distance / further
    faces = face_list(grid, order, ratio, ends)
    del ratio, distance
    first, length = cut(np.stack([n, m, behind, beyond]), np.stack([axis, fourth.view(np.int8)]))
    sides = np.ascontiguousarray(ends.T)
    place = np.full((2, n_faces), -1, np.int32)
    place[sides] = np.arange(sides.sum())
    end_cells = np.column_stack([np.stack([n, m])[sides], np.stack([m, n])[sides]])
    end_faces = np.concatenate([np.flatnonzero(side) for side in sides])
    inner = fourth[first]
    face_runs = np.column_stack([
        first, length, n[first], m[first],
        np.where(sides[0, first], place[0, first], behind[first]), sides[0, first],
        np.where(sides[1, first], place[1, first], beyond[first]), sides[1, first],
        np.where(inner, behind[first], n[first]), np.where(inner, beyond[first], m[first]), inner, axis[first],
    ])
    del place, behind, beyond
    first, length = cut(np.concatenate([near.face_in, near.face_out]), np.zeros((1, n_cells), np.int8))
    around = np.stack([near.face_in, near.face_out], axis=1).reshape(6, n_cells)[:, first]
    update_runs = np.column_stack([first, length, np.where(around >= 0, around, n_faces).T])
    return Rows(
        faces, end_cells.astype(np.int32), end_faces, face_runs.astype(np.int32), update_runs.astype(np.int32), wet
    )


@dataclass(frozen=True, eq=False)
class _Lines:
    """The cells along one axis.

    Attributes
    ----------
    near : Neighbours
        Of this axis alone, with places of faces in `along`.
    along : ndarray of float64, shape (face of the axis,)
        Distance of the centres of a face's cells [L].
    """

    near: Neighbours
    along: Floats

    def weights(self, at: slice) -> tuple[Ints, Floats]:
        """Return the cells around some cells, and the weights of their gradients.

        The cells, shape (4, cell), are the second and the next one down, the next and the second one up; -1 where
        there is none. The weights, shape (3, cell), are those of both next ones, and of the second ones [1/L].
        """
        low, high, along = self.near.low[0], self.near.high[0], self.along
        all_in, all_out = self.near.face_in[0], self.near.face_out[0]
        before, after = low[at], high[at]
        has_b, has_a = before >= 0, after >= 0
        weights = np.empty((3, before.size))
        d_b = np.where(has_b, along[all_in[at]], 1.0)
        d_a = np.where(has_a, along[all_out[at]], 1.0)
        both = has_b & has_a
        w_b = np.where(both, d_a / (d_b * (d_b + d_a)), np.where(has_b, 1.0 / d_b, 0.0))
        w_a = np.where(both, d_b / (d_a * (d_b + d_a)), np.where(has_a, 1.0 / d_a, 0.0))
        before2 = np.where(has_b, low[np.where(has_b, before, 0)], np.int32(-1))
        after2 = np.where(has_a, high[np.where(has_a, after, 0)], np.int32(-1))
        d_b2 = np.where(before2 >= 0, along[all_in[before]], 0.0)
        d_a2 = np.where(after2 >= 0, along[all_out[after]], 0.0)
        five = (before2 >= 0) & (after2 >= 0)
        for other in (d_a, d_b2, d_a2):
            five &= _close(other, d_b)
        spacing = np.where(five, 0.25 * (d_b + d_a + d_b2 + d_a2), 1.0)
        weights[0] = np.where(five, 8.0 / (12.0 * spacing), w_b)
        weights[1] = np.where(five, 8.0 / (12.0 * spacing), w_a)
        weights[2] = np.where(five, -1.0 / (12.0 * spacing), 0.0)
        return np.stack([before2, before, after, after2]), weights


def _lines(faces: FaceList, wet: NDArray[np.bool_]) -> Iterator[tuple[int, _Lines]]:
    """Yield each axis along which wet cells stand side by side, and its lines."""
    for d in range(3):
        of_axis = slice(*np.searchsorted(faces.axis, (d, d + 1)))
        n, m = faces.cells[of_axis].T
        near = neighbours(n, m, np.zeros(n.size, np.int8), wet, 1)
        if (near.low >= 0).any():
            yield d, _Lines(near, faces.grid.face_sides(faces.order[of_axis])[1].sum(axis=1))
