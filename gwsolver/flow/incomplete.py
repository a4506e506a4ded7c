"""Conjugate gradients with an incomplete factorisation: the way of large systems whose cells are nearly all held."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.flow.sparse import SparseRows
from gwsolver.kernels import flow_cg

Floats = NDArray[np.float64]

RELAXATIONS = (0.99, 0.9, 0.0)
"""Part of the dropped fill that goes to the diagonal; less where the factorisation would break down.
Measured at 299,290 cells and a variance of ln K of 4, iterations to 1e-10: 0.9 280, 0.99 216, 0.998 184."""
MOST = 100
"""Iterations that cost as much as multigrid over groups of cells (0.35 s at 299,290 cells)."""
HELD, NEARLY_ALL = 1e-3, 0.9
"""A cell is held by that part of its diagonal; the part of cells from which on that is the quicker way. Measured as
above, storage of 1e-3 of each diagonal: 72 iterations and 0.26 s, by multigrid 25 and 0.4; of 1e-4: 168 and 0.6, 27."""


def suits_incomplete(matrix: SparseRows) -> bool:
    """Return whether nearly every row's sum is a good part of its diagonal (storage, head-dependent boundaries)."""
    sums = np.add.reduceat(matrix.data, matrix.indptr[:-1])
    sums -= HELD * np.maximum.reduceat(matrix.data, matrix.indptr[:-1])
    return bool(np.count_nonzero(sums >= 0.0) >= NEARLY_ALL * sums.size)


def solve_incomplete(matrix: SparseRows, right: Floats, limit: float) -> Floats | None:
    """Return x with |b - A x| <= limit, or None if that takes too long; A is symmetric.

    Parameters
    ----------
    matrix : SparseRows, shape (n, n)
        Positive diagonal; within a row the columns above the diagonal grow.
    right : ndarray of float64, shape (n,)
    limit : float
        Norm of the residual to reach.
    """
    n = right.size
    start, most = np.empty(n + 1, np.int32), (matrix.nnz - n) // 2 + 1
    column, value, diagonal = np.empty(most, np.int32), np.empty(most), np.empty(n)
    scale, x, work = np.empty(n), np.empty(n), np.empty((4, n))
    for relaxation in RELAXATIONS:
        flow_cg.cut_upper(matrix.indptr, matrix.indices, matrix.data, start, column, value, diagonal)
        if flow_cg.factorise(start, column, value, diagonal, relaxation, scale) == 0:
            count = flow_cg.solve(start, column, value, diagonal, scale, right, limit, MOST, x, work)
            return x if 0 <= count < MOST and np.all(np.isfinite(x)) else None
    return None
