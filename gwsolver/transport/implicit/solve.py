"""Linear systems of implicit transport: M-matrices that are not symmetric.

Small ones are factorised with pivots from the diagonal. Elimination in an M-matrix never changes the sign
of an off-diagonal entry, and both substitutions only add what has one sign, so that a right-hand side
>= 0 gives a solution >= 0 not just up to round-off, but in every bit. Large ones take BiCGSTAB behind
incomplete factors with the matrix's own pattern; their inner products are summed in one order whatever the
number of threads.
"""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import splu

from gwsolver.kernels import transport_ilu

Floats = NDArray[np.float64]
DIRECT = 20_000  # unknowns that are always factorised
FEW_NEIGHBOURS = 5.5  # entries per row up to which (lines, maps of cells) factors stay sparse
DIRECT_PLANE = 200_000
DIRECT_ONCE = 2_000  # unknowns that are factorised for a single solution
MOST_ITERATIONS = 300
MOST_ROUNDS = 10
LEAST_GAIN = 1e-10  # what one round of iterations is asked for at most
RESIDUAL = 1e-13


class LinearSystem:
    """Solves A x = b for many b.

    Parameters
    ----------
    matrix : csc_matrix, shape (n, n)
        An M-matrix, dominant by columns or by rows.
    order : ndarray of int64, shape (n,), optional
        Unknowns as incomplete factors should meet them: falling heads make them nearly exact where advection rules.

    once : bool
        It will be solved for few right-hand sides.

    Attributes
    ----------
    direct : bool
        Whether it was factorised.
    iterations : int
        Iterations taken by all solutions so far; 0 if direct.
    """

    def __init__(self, matrix: sp.csc_matrix, order: NDArray[np.int64] | None = None, *, once: bool = False) -> None:
        n = matrix.shape[0]
        flat = matrix.nnz <= FEW_NEIGHBOURS * n
        self.direct = n <= DIRECT_ONCE if once else n <= DIRECT or (flat and n <= DIRECT_PLANE)
        self.iterations = 0
        self._order = order
        if self.direct:
            self._factors = splu(
                matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
            )
        else:
            rows = matrix.tocsr() if order is None else matrix.tocsr()[order][:, order]
            rows.sort_indices()
            self._rows = rows
            place = np.flatnonzero(np.repeat(np.arange(n), np.diff(rows.indptr)) == rows.indices)
            self._scale: Floats = 1.0 / rows.data[place]
            self._pattern = rows.indptr.astype(np.int32), rows.indices.astype(np.int32), place.astype(np.int32)
            self._incomplete: Floats = np.zeros(rows.nnz)
            transport_ilu.factorise(
                *self._pattern, rows.data, self._scale, self._incomplete, np.full(n, -1, np.int32)
            )

    def solve(self, right: Floats, guess: Floats | None = None, *, gain: float = 0.0) -> Floats:
        """Return x.

        Parameters
        ----------
        right : ndarray of float64, shape (n,)
        guess : ndarray of float64, shape (n,), optional
        gain : float
            What may remain in parts of what the guess leaves, where that is more than 1e-13 of the right-hand side;
            direct solutions leave round-off.

        Raises
        ------
        ArithmeticError
            If BiCGSTAB does not come down to that.
        """
        if self.direct:
            solution: Floats = self._factors.solve(right)
            return solution
        start = np.zeros_like(right) if guess is None else guess
        if self._order is None:
            return self._iterate(right, start, gain)
        found = np.empty_like(right)
        found[self._order] = self._iterate(right[self._order], start[self._order], gain)
        return found

    def _iterate(self, right: Floats, guess: Floats, gain: float) -> Floats:
        """Correct a guess until what remains, in float64 anew after each round of iterations, is little enough."""
        x, work = guess.copy(), np.zeros((6, guess.size))
        goal, before = RESIDUAL * _norm(right), np.inf
        for _ in range(MOST_ROUNDS):
            rest = right - self._rows @ x
            size = _norm(rest)
            goal = max(goal, gain * size) if before == np.inf else goal
            if size <= goal:
                return x
            if size > 0.5 * before:
                break
            before, change = size, np.zeros_like(x)
            rest *= self._scale
            limit = max(0.3 * goal / size, LEAST_GAIN) * float(np.abs(rest).max())
            count = transport_ilu.solve(
                *self._pattern, self._rows.data, self._scale, self._incomplete, rest, limit, MOST_ITERATIONS, change,
                work,
            )
            if count < 0:
                break
            self.iterations += count
            x += change
        raise ArithmeticError(f"BiCGSTAB stands at {size / _norm(right):.1e} of the right-hand side")


def _norm(a: Floats) -> float:
    """Return the Euclidean norm, summed pairwise in one order."""
    return float(np.sqrt(np.sum(a * a)))
