"""Linear systems of flow: one function, several ways to solve, the last answer's work kept."""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import RunError
from gwsolver.core.grid import Grid
from gwsolver.flow.incomplete import solve_incomplete, suits_incomplete
from gwsolver.flow.krylov import Operator, bicgstab, norm
from gwsolver.flow.multigrid import MOST, Hierarchy, build_hierarchy
from gwsolver.flow.reduced import ReducedSystem
from gwsolver.flow.sparse import SparseRows

if TYPE_CHECKING:
    import scipy.sparse as sp

Floats = NDArray[np.float64]
Solve = Callable[[Floats], Floats]

DIRECT_BELOW = 10_000
"""Unknowns up to which a factorisation is the quickest way for a grid in three dimensions."""
DIRECT_BELOW_PLANAR = 150_000
"""The same for grids of one layer, one row or one column, whose factors stay small."""
REDUCTION, REDUCTION_LINEAR = 1e-4, 1e-10
"""Residual that an iterative method leaves, relative to the right-hand side, where the equations
are nonlinear and where they are linear; the iterations around it repeat the solution until the
water balance closes."""
AGAIN_FROM, AGAIN_TO, AGAIN_MOST = 1_000, 1e-8, 6
"""Unknowns from which on the factors of an earlier matrix are tried, the residual they have to reach relative to the
right-hand side, and in how many iterations: one or two as a rule, each a tenth of a factorisation or less."""
USEFUL = 0.1
"""An iterative method that leaves more than this gives way to a factorisation."""


def direct_limit(grid: Grid) -> int:
    """Return the number of unknowns up to which this grid is solved directly."""
    if grid.kind == "disu":
        planar = grid.n_faces <= 2.05 * grid.n_cells
    else:
        planar = sum(extent > 1 for extent in grid.shape) <= (2 if grid.kind == "dis" else 1) or grid.shape[0] == 1
    return DIRECT_BELOW_PLANAR if planar else DIRECT_BELOW


class LinearSolver:
    """Solves A x = b for matrices of one pattern.

    A factorisation serves until the matrix changes, and so do the levels of multigrid over groups of cells. Where the
    equations are nonlinear, factors then precondition the matrices that follow, as long as few iterations do. Large
    symmetric systems go to conjugate gradients: with an incomplete factorisation where nearly every cell is held
    (much storage, short steps), else with multigrid; large systems that are not symmetric to BiCGSTAB with it.

    Parameters
    ----------
    limit : int
        Unknowns up to which systems are solved directly.

    Attributes
    ----------
    method : str
        How the last system was solved: "direct", "incomplete", "multigrid" or "bicgstab".
    """

    def __init__(self, limit: int = DIRECT_BELOW) -> None:
        self.limit = limit
        self.method = ""
        self._matrix: SparseRows | None = None
        self._factor: Solve | None = None
        self._levels: tuple[bytes, Hierarchy] | None = None

    def solve(
        self, matrix: SparseRows, right: Floats, symmetric: bool, reduction: float = REDUCTION_LINEAR,
        enough: float = 0.0, n_cells: int = 0,
    ) -> Floats:
        """Return x: to round-off if solved directly, else to a residual of `reduction` |b| or `enough`.

        Parameters
        ----------
        matrix : SparseRows, shape (n, n)
            Positive diagonal, symmetric in pattern; kept, so it must not be changed afterwards.
        right : ndarray of float64, shape (n,)
        symmetric : bool
            Whether the values are symmetric too.
        reduction, enough : float
        n_cells : int
            How many unknowns are heads, if some are not: lakes and reaches after them.

        Raises
        ------
        RunError
            If the matrix is singular.
        """
        if not np.any(right):
            return np.zeros_like(right)
        if self._matrix is not None and not np.array_equal(self._matrix.data, matrix.data):
            x = self._again(matrix, right) if reduction > REDUCTION_LINEAR else None
            if x is not None:
                return x
            self._factor, self._matrix = None, None
        if matrix.shape[0] > self.limit and self._factor is None:
            x = self._iterate(matrix, right, symmetric, reduction, enough, n_cells or matrix.shape[0])
            if x is not None:
                return x
        if self._matrix is None:
            self._matrix = matrix
        return self._direct(matrix, right)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return what the next answers' last bits depend on: a factorised matrix. Levels are what their matrix is."""
        if self._factor is None or self._matrix is None or self._matrix.shape[0] < min(AGAIN_FROM, self.limit + 1):
            return {}
        return {f"factored/{name}": values for name, values in _arrays(self._matrix).items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Keep the same work again."""
        self._factor, self._matrix = None, None
        if "factored/data" in state:
            self._matrix = _matrix(state, "factored")
            self._direct(self._matrix, np.zeros(self._matrix.shape[0]))

    def let_go(self) -> None:
        """Give up the levels of multigrid: no further system with the same matrix comes."""
        self._levels = None

    def _again(self, matrix: SparseRows, right: Floats) -> Floats | None:
        """Return x with the factors of an earlier matrix; None if they are of no use."""
        if self._factor is None or matrix.shape[0] < AGAIN_FROM:
            return None
        limit, rows = AGAIN_TO * norm(right), matrix.csr()
        x, _ = bicgstab(rows, right, self._factor, limit, AGAIN_MOST)
        closed = norm(right - rows @ x) <= limit  # not if x is not finite
        if closed:
            self.method = "direct"
        return x if closed else None

    def _direct(self, matrix: SparseRows, right: Floats) -> Floats:
        self.method = "direct"
        if self._factor is None:
            import scipy.sparse as sp

            trimmed = matrix.csr().tocsc(copy=True)
            trimmed.eliminate_zeros()
            try:
                self._factor = _factorise(trimmed)
            except RuntimeError:
                # Groups of cells that hold hardly any water: held where they are, as if they stored a little.
                held = sp.identity(matrix.shape[0], format="csc") * (1e-10 * float(trimmed.diagonal().max()))
                self._factor = _factorise(trimmed + held)
        x: Floats = self._factor(right)
        if not np.all(np.isfinite(x)):
            raise RunError(
                "The flow equations are singular: some cells are joined to no fixed head or head-dependent "
                "boundary, and nothing is stored in them."
            )
        return x

    def _iterate(
        self, matrix: SparseRows, right: Floats, symmetric: bool, reduction: float, enough: float, n_cells: int
    ) -> Floats | None:
        """Return x from a Krylov method; None if it is of no use."""
        if symmetric:
            return self._symmetric(matrix, right, max(reduction * norm(right), enough))
        self.method = "bicgstab"
        if n_cells == matrix.shape[0]:
            return self._stabilised(matrix.csr(), matrix, right, reduction, enough)
        try:
            reduced = ReducedSystem(matrix.csr(), n_cells)
        except RuntimeError:  # the balance of a feature does not depend on its unknown
            return None
        cells = SparseRows(reduced.cells.data, reduced.cells.indices, reduced.cells.indptr)
        head = self._stabilised(reduced, cells, reduced.right(right), reduction, enough)
        return None if head is None else reduced.whole(head, right)

    def _symmetric(self, matrix: SparseRows, right: Floats, limit: float) -> Floats | None:
        """Return x from conjugate gradients; None if they are of no use.

        Which preconditioner, and what it holds, depends on the matrix alone: nothing of it has to be kept for a
        restart.
        """
        if suits_incomplete(matrix):
            self.method = "incomplete"
            x = solve_incomplete(matrix, right, limit)
            if x is not None:
                return x
        self.method = "multigrid"
        x, count = self._hierarchy(matrix, True).solve(right, limit, MOST)
        return x if 0 <= count < MOST or _useful(matrix.csr(), x, right, limit) else None

    def _stabilised(
        self, system: "sp.csr_matrix | ReducedSystem", rows: SparseRows, right: Floats, reduction: float, enough: float
    ) -> Floats | None:
        """Return x from BiCGSTAB with multigrid for `rows`; None if it is of no use."""
        limit = max(reduction * norm(right), enough)
        x, _ = bicgstab(system, right, self._hierarchy(rows, False).cycle, limit, MOST)
        return x if _useful(system, x, right, enough) else None

    def _hierarchy(self, matrix: SparseRows, symmetric: bool) -> Hierarchy:
        """Return the levels of a matrix: those at hand if they were made of the same values."""
        stamp = blake2b(matrix.data.data, digest_size=16).digest()
        if self._levels is None or self._levels[0] != stamp:
            self._levels = None  # makes room
            self._levels = stamp, build_hierarchy(matrix, symmetric)
        return self._levels[1]


def _useful(system: Operator, x: Floats, right: Floats, enough: float) -> bool:
    return norm(right - system @ x) <= max(USEFUL * norm(right), enough)


def _factorise(matrix: "sp.csc_matrix") -> Solve:
    import scipy.sparse.linalg as spla

    factor = spla.splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01, options={"SymmetricMode": True})
    solve: Solve = factor.solve
    return solve


def _arrays(matrix: SparseRows) -> dict[str, NDArray[Any]]:
    return {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}


def _matrix(state: Mapping[str, NDArray[Any]], name: str) -> SparseRows:
    return SparseRows(*(state[f"{name}/{part}"] for part in ("data", "indices", "indptr")))
