"""Linear systems of flow: one function, several ways to solve, the last answer's work kept."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import RunError
from gwsolver.core.grid import Grid
from gwsolver.flow.incomplete import solve_incomplete, suits_incomplete
from gwsolver.flow.krylov import bicgstab, norm
from gwsolver.flow.multigrid import Hierarchy, build_hierarchy
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

    A factorisation serves until the matrix changes. Large symmetric systems go to conjugate gradients: with an
    incomplete factorisation where nearly every cell is held (much storage, short steps), else with multigrid over
    groups of cells, whose levels serve until the matrix changes. Large systems that are not symmetric go to
    BiCGSTAB with Ruge-Stuben multigrid, whose hierarchy of an earlier matrix serves as long as it stays effective.

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
        self._cycle: Solve | None = None
        self._coarsened: SparseRows | None = None
        self._first_count = 0
        self._worn = False
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
            self._factor, self._matrix = None, None
        if matrix.shape[0] > self.limit and self._factor is None:
            x = self._iterate(matrix, right, symmetric, reduction, enough, n_cells or matrix.shape[0])
            if x is not None:
                return x
        if self._matrix is None:
            self._matrix = matrix
        return self._direct(matrix, right)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return what the next answers' last bits depend on: the matrices behind the work that is kept."""
        found: dict[str, NDArray[Any]] = {}
        if self._cycle is not None and self._coarsened is not None:
            found |= {f"coarsened/{name}": values for name, values in _arrays(self._coarsened).items()}
            found["wear"] = np.array([self._first_count, self._worn], np.int64)
        if self._factor is not None and self._matrix is not None and self._matrix.shape[0] > self.limit:
            found |= {f"factored/{name}": values for name, values in _arrays(self._matrix).items()}
        return found

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Keep the same work again."""
        if "wear" in state:
            self._coarsened = _matrix(state, "coarsened")
            self._cycle = _multigrid(self._coarsened)
            self._first_count, self._worn = int(state["wear"][0]), bool(state["wear"][1])
        if "factored/data" in state:
            self._matrix = _matrix(state, "factored")
            self._direct(self._matrix, np.zeros(self._matrix.shape[0]))

    def let_go(self) -> None:
        """Give up the levels of multigrid: no further system with the same matrix comes."""
        self._levels = None

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
        if not symmetric and n_cells < matrix.shape[0]:
            try:
                reduced = ReducedSystem(matrix.csr(), n_cells)
            except RuntimeError:  # the balance of a feature does not depend on its unknown
                return None
            self.method = "bicgstab"
            head = self._cycled(reduced, reduced.cells, reduced.right(right), reduction, enough)
            return None if head is None else reduced.whole(head, right)
        if symmetric:
            return self._symmetric(matrix, right, max(reduction * norm(right), enough))
        self.method = "bicgstab"
        rows = matrix.csr()
        return self._cycled(rows, rows, right, reduction, enough)

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
        stamp = blake2b(matrix.data, digest_size=16).digest()
        if self._levels is None or self._levels[0] != stamp:
            self._levels = None
            self._levels = stamp, build_hierarchy(matrix)
        return self._levels[1].solve(right, limit)

    def _cycled(
        self, system: "sp.csr_matrix | ReducedSystem", rows: "sp.csr_matrix", right: Floats, reduction: float,
        enough: float,
    ) -> Floats | None:
        """Return x from BiCGSTAB with multigrid; `rows`: the matrix that multigrid coarsens."""
        size = norm(right)
        limit = max(reduction * size, enough)
        for fresh in (self._cycle is None or self._worn, True):
            if fresh or self._cycle is None:
                self._coarsened = _trimmed(rows)
                self._cycle = _multigrid(self._coarsened)
                self._first_count = 0
            try:
                x, count = bicgstab(system, right, self._cycle, limit, 80)
            except RuntimeError:  # the coarsest matrix of the hierarchy is singular
                self._cycle = None
                return None
            self._first_count = self._first_count or count
            self._worn = count > 1.5 * self._first_count + 5
            if norm(right - system @ x) <= max(USEFUL * size, enough):
                return x
            if fresh:
                return None
        return None


def _factorise(matrix: "sp.csc_matrix") -> Solve:
    import scipy.sparse.linalg as spla

    factor = spla.splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01, options={"SymmetricMode": True})
    solve: Solve = factor.solve
    return solve


def _arrays(matrix: SparseRows) -> dict[str, NDArray[Any]]:
    return {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}


def _matrix(state: Mapping[str, NDArray[Any]], name: str) -> SparseRows:
    return SparseRows(*(state[f"{name}/{part}"] for part in ("data", "indices", "indptr")))


def _trimmed(matrix: "sp.csr_matrix") -> SparseRows:
    trimmed = matrix.copy()
    trimmed.eliminate_zeros()
    return SparseRows(trimmed.data, trimmed.indices, trimmed.indptr)


def _multigrid(matrix: SparseRows) -> Solve:
    """Return one V cycle of classical (Ruge-Stuben) multigrid; it uses no random numbers.

    One Gauss-Seidel sweep goes down and one back. The
    second pass of the coarsening pays where thin layers bind cells vertically (measured on 48,000
    cells with 75 times the coupling down: 9 iterations instead of more than 100).
    """
    import pyamg

    hierarchy = pyamg.ruge_stuben_solver(
        matrix.csr(), strength=("classical", {"theta": 0.1}), CF=("RS", {"second_pass": True}), interpolation="direct",
        max_coarse=300, coarse_solver="splu",
        presmoother=("gauss_seidel", {"sweep": "forward"}), postsmoother=("gauss_seidel", {"sweep": "backward"}),
    )
    # Dense, the coarsest system would wake all threads of BLAS for microseconds of work, thousands of times.
    coarsest = hierarchy.levels[-1].A
    try:
        hierarchy.coarse_solver(coarsest, np.ones(coarsest.shape[0]))
    except RuntimeError:
        # Singular: a group of cells that nothing holds.
        hierarchy.coarse_solver = pyamg.multilevel.coarse_grid_solver("pinv")
    return partial(_cycle, hierarchy, 0)


def _cycle(hierarchy: Any, depth: int, right: Floats) -> Floats:
    """Return x of one V cycle from zero; pyamg's own takes norms on threads of BLAS around each."""
    level = hierarchy.levels[depth]
    if depth == len(hierarchy.levels) - 1:
        coarse: Floats = hierarchy.coarse_solver(level.A, right)
        return coarse
    x = np.zeros_like(right)
    level.presmoother(level.A, x, right)
    x += level.P @ _cycle(hierarchy, depth + 1, level.R @ (right - level.A @ x))
    level.postsmoother(level.A, x, right)
    return x
