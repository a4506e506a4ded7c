"""Linear systems of implicit transport: M-matrices that are not symmetric.

Small ones are factorised with pivots from the diagonal. Elimination in an M-matrix never changes the sign
of an off-diagonal entry, and both substitutions only add what has one sign, so that a right-hand side
>= 0 gives a solution >= 0 not just up to round-off, but in every bit. Large ones take BiCGSTAB behind an
incomplete factorisation; their inner products are summed in one order whatever the number of threads.
"""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import spilu, splu

Floats = NDArray[np.float64]
DIRECT = 20_000  # unknowns that are always factorised
FEW_NEIGHBOURS = 5.5  # entries per row up to which (lines, maps of cells) factors stay sparse
DIRECT_PLANE = 200_000
MOST_ITERATIONS = 200
RESIDUAL = 1e-13


class LinearSystem:
    """Solves A x = b for many b.

    Parameters
    ----------
    matrix : csc_matrix, shape (n, n)
        An M-matrix, dominant by columns.

    Attributes
    ----------
    direct : bool
        Whether it was factorised.
    iterations : int
        Iterations taken by all solutions so far; 0 if direct.
    """

    def __init__(self, matrix: sp.csc_matrix) -> None:
        n = matrix.shape[0]
        flat = matrix.nnz <= FEW_NEIGHBOURS * n
        self.direct = n <= DIRECT or (flat and n <= DIRECT_PLANE)
        self.iterations = 0
        self._matrix = matrix
        if self.direct:
            self._factors = splu(
                matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
            )
        else:
            self._rows = matrix.tocsr()
            self._factors = spilu(
                matrix, drop_tol=1e-3, fill_factor=3.0, permc_spec="NATURAL", diag_pivot_thresh=0.0,
                options={"SymmetricMode": True},
            )

    def solve(self, right: Floats, guess: Floats | None = None) -> Floats:
        """Return x.

        Raises
        ------
        ArithmeticError
            If BiCGSTAB does not come down to 1e-13 of the right-hand side within 200 iterations.
        """
        if self.direct:
            solution: Floats = self._factors.solve(right)
            return solution
        return self._bicgstab(right, np.zeros_like(right) if guess is None else guess)

    def _bicgstab(self, right: Floats, guess: Floats) -> Floats:
        """Van der Vorst (1992), SIAM Journal on Scientific and Statistical Computing 13(2), 631-644."""
        x, rest = guess.copy(), right - self._rows @ guess
        limit = RESIDUAL * _norm(right)
        shadow, direction = rest.copy(), rest.copy()
        rho = _inner(shadow, rest)
        for count in range(MOST_ITERATIONS):
            if _norm(rest) <= limit:
                self.iterations += count
                return x
            along = self._factors.solve(direction)
            image = self._rows @ along
            step = rho / _inner(shadow, image)
            half = rest - step * image
            smoothed = self._factors.solve(half)
            image2 = self._rows @ smoothed
            square = _inner(image2, image2)
            weight = _inner(image2, half) / square if square > 0.0 else 0.0
            x += step * along + weight * smoothed
            rest = half - weight * image2
            new_rho = _inner(shadow, rest)
            if new_rho == 0.0 or weight == 0.0:  # a breakdown, or done: go on from here as from a new start
                rest = right - self._rows @ x
                shadow, direction = rest.copy(), rest.copy()
                rho = _inner(shadow, rest)
                continue
            direction = rest + new_rho / rho * (step / weight) * (direction - weight * image)
            rho = new_rho
        raise ArithmeticError(f"BiCGSTAB stands at {_norm(rest) / _norm(right):.1e} of the right-hand side")


def _inner(a: Floats, b: Floats) -> float:
    """Return the inner product, summed pairwise in one order."""
    return float(np.sum(a * b))


def _norm(a: Floats) -> float:
    return float(np.sqrt(_inner(a, a)))
