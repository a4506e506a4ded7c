"""Linear systems of flow: one function, several ways to solve, the last answer's work kept."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spla
from numpy.typing import NDArray

from gwsolver.core.errors import RunError

Floats = NDArray[np.float64]
Solve = Callable[[Floats], Floats]

DIRECT_BELOW = 12_000
"""Unknowns up to which a direct factorisation is the quickest way for three-dimensional grids."""


class LinearSolver:
    """Solves A x = b for matrices of one pattern; a matrix that did not change is not factorised again.

    Attributes
    ----------
    method : str
        How the last system was solved: "direct", "cg", "bicgstab".
    """

    def __init__(self) -> None:
        self.method = ""
        self._data: Floats | None = None
        self._solve: Solve | None = None

    def solve(self, matrix: sp.csr_matrix, right: Floats, symmetric: bool, tolerance: float = 1e-12) -> Floats:
        """Return x with |A x - b| <= tolerance |b|, or as near as round-off lets a direct method come.

        Parameters
        ----------
        matrix : csr_matrix, shape (n, n)
            An M-matrix (positive diagonal), symmetric in pattern.
        right : ndarray of float64, shape (n,)
        symmetric : bool
            Whether the values are symmetric too.
        tolerance : float
            Of the residual, relative to the right-hand side.

        Raises
        ------
        RunError
            If the matrix is singular.
        """
        if not np.any(right):
            return np.zeros_like(right)
        if self._data is None or not np.array_equal(self._data, matrix.data):
            self._solve = None
            self._data = matrix.data.copy()
        if matrix.shape[0] > DIRECT_BELOW:
            x = self._iterate(matrix, right, symmetric, tolerance)
            if x is not None:
                return x
        return self._direct(matrix, right)

    def _direct(self, matrix: sp.csr_matrix, right: Floats) -> Floats:
        if self._solve is None or self.method != "direct":
            trimmed = matrix.tocsc(copy=True)
            trimmed.eliminate_zeros()
            try:
                factor = spla.splu(
                    trimmed, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01, options={"SymmetricMode": True}
                )
            except RuntimeError as error:
                raise RunError(
                    "The flow equations are singular: some cells are joined to no fixed head or head-dependent "
                    "boundary, and nothing is stored in them."
                ) from error
            self._solve, self.method = factor.solve, "direct"
        x: Floats = self._solve(right)
        rest = right - matrix @ x
        better = x + self._solve(rest)
        return better if np.abs(right - matrix @ better).max() < np.abs(rest).max() else x

    def _iterate(self, matrix: sp.csr_matrix, right: Floats, symmetric: bool, tolerance: float) -> Floats | None:
        """Return x from a Krylov method with algebraic multigrid before it; None if it does not get there."""
        import pyamg

        trimmed = matrix
        if self._solve is None or self.method == "direct":
            trimmed = matrix.copy()
            trimmed.eliminate_zeros()
            hierarchy = pyamg.ruge_stuben_solver(trimmed, strength=("classical", {"theta": 0.25}), max_coarse=500)
            self._solve = hierarchy.aspreconditioner(cycle="V").matvec
        before = spla.LinearOperator(matrix.shape, matvec=self._solve, dtype=np.float64)
        self.method = "cg" if symmetric else "bicgstab"
        method = spla.cg if symmetric else spla.bicgstab
        x: Floats = np.zeros_like(right)
        limit = tolerance * float(np.linalg.norm(right))
        rest = right
        for _ in range(3):
            add, _ = method(matrix, rest, rtol=1e-6, atol=0.3 * limit, M=before, maxiter=100)
            x = x + add
            rest = right - matrix @ x
            if float(np.linalg.norm(rest)) <= limit:
                return x
        return None
