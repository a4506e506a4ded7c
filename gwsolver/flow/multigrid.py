"""Multigrid over groups of cells: iterations that do not grow with the grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.flow.sparse import SparseRows
from gwsolver.kernels import flow_aggregates, flow_cg, flow_multigrid

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

QUALITY = 5.0
"""Largest mu of a pair (`flow_aggregates`). Measured at 299,290 cells, variance of ln K 4, iterations to 1e-10 and
entries of all levels: 4.5 25, 1.35; 5.5 27, 1.19; beyond 7 thin layers and graded grids pay with iterations."""
DOMINANCE = 1.5
"""Rows whose diagonal is so many times the rest are left to sweeps, which take two thirds of their error each time."""
PASSES, FEWER = 6, 10
"""Pairings on the way to the next level, at most and until it has that many times fewer rows."""
COARSEST = 100
"""Rows that are solved densely."""
WORK = 3.0
"""Rows swept in a cycle, times the finest level's, within which coarser levels are solved by two steps."""
MOST = 200
"""Iterations after which a factorisation is tried instead."""


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A scaled matrix and its coarser ones, one after another.

    Attributes
    ----------
    first : ndarray of int32, shape (level + 1,)
        First row of each level.
    start : ndarray of int32, shape (row + 1,)
        First entry of each row of the strict upper triangles.
    column, value : ndarray, shape (entry,)
        Columns count from the level's first row; values are scaled to a diagonal of 1.
    group, weight : ndarray, shape (row before the last level,)
        Row of the next level, from its first, and what that adds; -1 and 0 where sweeps are enough.
    twice : ndarray of int32, shape (level,)
        Whether two steps of conjugate gradients solve a level, or one.
    factor : ndarray of float64, shape (row of the last level,) * 2
        Its Cholesky factor, diagonal inverted; shape (0, 0) if it is too large.
    root : ndarray of float64, shape (row of the first level,)
        -1/2 power of the matrix's own diagonal.
    """

    first: Ints
    start: Ints
    column: Ints
    value: Floats
    group: Ints
    weight: Floats
    twice: Ints
    factor: Floats
    root: Floats

    def arrays(self) -> tuple[Ints, Ints, Ints, Floats, Ints, Floats, Ints, Floats]:
        """Return what the kernel takes of it."""
        return (self.first, self.start, self.column, self.value, self.group, self.weight, self.twice, self.factor)

    def cycle(self, right: Floats) -> Floats:
        """Return about A^-1 right: the preconditioner, one cycle."""
        x = np.empty_like(self.root)
        flow_multigrid.cycle(*self.arrays(), right * self.root, x, np.empty((5, self.first[-1])))
        return x * self.root

    def solve(self, right: Floats, limit: float, most: int) -> tuple[Floats, int]:
        """Return x with |right - A x| <= limit, or after `most` iterations, and their number; -1: they broke down."""
        x = np.empty_like(self.root)
        work = np.empty((5, self.first[-1]))
        return x, flow_multigrid.solve(*self.arrays(), self.root, right, limit, most, x, work)


@dataclass(eq=False)
class _Triangle:
    """A symmetric matrix: diagonal, strict upper triangle by rows, and the fine diagonal summed over each row."""

    start: Ints
    column: Ints
    value: Floats
    diagonal: Floats
    bulk: Floats

    def grouped(self, group: Ints, n: int, room: tuple[Ints, Floats]) -> "_Triangle":
        """Return the matrix summed over n groups; `room`: for the columns and values of as many entries as here."""
        start, diagonal, bulk = np.empty(n + 1, np.int32), np.empty(n), np.empty(n)
        used = flow_aggregates.gather(
            self.start, self.column, self.value, self.diagonal, self.bulk, group, start, *room, diagonal, bulk
        )
        return _Triangle(start, room[0][:used].copy(), room[1][:used].copy(), diagonal, bulk)


def build_hierarchy(matrix: SparseRows, symmetric: bool = True) -> Hierarchy:
    """Return the levels of a symmetric matrix, or of (A + A^T) / 2.

    Parameters
    ----------
    matrix : SparseRows, shape (n, n)
        Positive diagonal, symmetric in pattern; within a row the columns above the diagonal grow.
    symmetric : bool
        Whether the values are symmetric too.
    """
    n, most = matrix.shape[0], (matrix.nnz - matrix.shape[0]) // 2 + 1
    # Room for the coarser levels too: pages that nothing is written to take no memory.
    start, diagonal = np.empty(n + 1, np.int32), np.empty(n)
    column, value = np.empty(2 * most, np.int32), np.empty(2 * most)
    cut = flow_cg.cut_upper if symmetric else flow_cg.cut_mean
    cut(matrix.indptr, matrix.indices, matrix.data, start, column, value, diagonal)
    used = int(start[-1])
    levels, groups = [_Triangle(start, column[:used], value[:used], diagonal, diagonal)], []
    room = np.empty(most, np.int32), np.empty(most)
    while levels[-1].diagonal.size > COARSEST:
        group, coarse = _coarsened(levels[-1], room)
        if coarse is None or used + coarse.column.size > column.size:
            break
        begin, used = used, used + coarse.column.size
        column[begin:used], value[begin:used] = coarse.column, coarse.value
        coarse.column, coarse.value = column[begin:used], value[begin:used]
        groups.append(group)
        levels.append(coarse)
    roots = [np.empty(level.diagonal.size) for level in levels]
    for level, root in zip(levels, roots, strict=True):
        flow_aggregates.scale(level.start, level.column, level.value, level.diagonal, root)
    weights = [np.empty(group.size) for group in groups]
    for group, weight, root, coarse_root in zip(groups, weights, roots, roots[1:], strict=False):
        flow_aggregates.weigh(group, root, coarse_root, weight)
    return _joined(levels, groups, weights, roots[0], column[:used], value[:used])


def _coarsened(level: _Triangle, room: tuple[Ints, Floats]) -> tuple[Ints, _Triangle | None]:
    """Return each row's group and the coarser matrix; None if there is none worth its name."""
    n = level.diagonal.size
    here, group = _Triangle(level.start, level.column, level.value, level.diagonal, level.diagonal), None
    for count in range(PASSES):
        size = here.diagonal.size
        total, pairs = np.empty(size), np.empty(size, np.int32)
        flow_aggregates.off_diagonal(here.start, here.column, here.value, total)
        # Only rows of the level itself are left out: what holds a group must not be lost.
        found = flow_aggregates.pair(
            here.start, here.column, here.value, here.diagonal, total, here.bulk, QUALITY,
            0.0 if count else DOMINANCE, pairs,
        )
        if found == 0 or (count and found > 0.95 * size):
            break
        here = here.grouped(pairs, found, room)
        if group is None:
            group = pairs
        else:
            flow_aggregates.follow(group, pairs)
        if found * FEWER <= n:
            break
    if group is None or here.diagonal.size > 0.8 * n:
        return np.empty(0, np.int32), None
    return group, here


def _joined(
    levels: list[_Triangle], groups: list[Ints], weights: list[Floats], root: Floats, column: Ints, value: Floats
) -> Hierarchy:
    """Put the levels one after another, as their columns and values stand already."""
    sizes = [level.diagonal.size for level in levels]
    twice, swept, share = np.zeros(len(sizes), np.int32), 1.0, 1.0
    for at, size in enumerate(sizes[1:], 1):
        if swept + 2.0 * share * size / sizes[0] <= WORK:
            twice[at], share = 1, 2.0 * share
        swept += share * size / sizes[0]
    last = levels[-1]
    factor = np.zeros((0, 0))
    if last.diagonal.size <= COARSEST:
        factor = np.eye(last.diagonal.size)
        rows = np.repeat(np.arange(last.diagonal.size), np.diff(last.start))
        factor[last.column, rows] = last.value
        flow_multigrid.cholesky(factor)
    entries = np.cumsum([0, *(level.column.size for level in levels)])
    start = np.concatenate([level.start[:-1] + before for level, before in zip(levels, entries, strict=False)]
                           + [entries[-1:]]).astype(np.int32)
    none = np.empty(0, np.int32)
    return Hierarchy(
        np.cumsum([0, *sizes]).astype(np.int32), start,
        column, value, np.concatenate([none, *groups]), np.concatenate([none, *weights]).astype(np.float64), twice,
        factor, root,
    )
