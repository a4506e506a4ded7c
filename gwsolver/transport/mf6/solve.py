"""Linear systems and fixed points of one step."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg

from gwsolver.core.errors import RunError
from gwsolver.core.grid import Grid
from gwsolver.kernels import transport_ilu
from gwsolver.transport.features.grid import FeatureGrid
from gwsolver.transport.mf6.operator import Bools, Floats

DIRECT_CELLS = 2_000  # factorised in three dimensions
DIRECT_FLAT = 200_000  # factorised in one or two dimensions
NOTHING = 1e-15  # a diagonal below this: nothing acts on the cell (as in MODFLOW 6)
ROUND_OFF = 1e-14  # residual over diagonal and largest concentration
ACCEPTED = 1e-10
MOST_ROUNDS = 20
MOST_KRYLOV = 200
DEPTH = 6
TOLERANCE = 1e-10
GOOD_ENOUGH = 1e-7
MOST_ITERATIONS = 1000
FIRST = 1e-4  # accuracy of the first linear solution where others follow
LOOSE = 1e-2  # accuracy of a linear solution in parts of the change that the iteration before made
SMALLEST_SQUARE = 1e-280  # of differences: products of smaller ones lose their digits
MOST_WEIGHT = 1e4  # of a difference: combinations beyond it are built on round-off
NEARLY = 1e-8  # change from which linear systems are solved to round-off


def suits_direct(grid: Grid) -> bool:
    """Return whether factorising is cheaper than iterating."""
    own = grid.base if isinstance(grid, FeatureGrid) else grid
    flat = own.kind != "disu" and min(own.shape) == 1
    return grid.n_cells <= (DIRECT_FLAT if flat else DIRECT_CELLS)


class LinearSystem:
    """Solves (T + diag(h)) C = r with some cells kept.

    Factors made for an earlier h serve as long as they bring the residual down fast: between iterations and
    steps h changes in few cells, if at all.

    Parameters
    ----------
    net : sparse array, shape (cell, cell)
        T, with every diagonal entry stored.
    kept : ndarray of bool, shape (cell,)
        Cells that hold their value.
    direct : bool
        Factorise exactly; else incompletely, as a preconditioner of BiCGSTAB.
    bodies : slice, optional
        The last cells, if they are lakes and reaches: see `WaterBodies`.

    Attributes
    ----------
    factored : ndarray of float64, shape (cell,)
        Diagonal of the matrix that the factors in use were made of; empty before the first solution.
    idle : ndarray of bool, shape (cell,)
        Rows that the latest solution left out.
    """

    def __init__(self, net: sparse.csr_array, kept: Bools, direct: bool, bodies: slice | None = None) -> None:
        self._kept, self.direct = kept, direct
        row = np.repeat(np.arange(net.shape[0]), np.diff(net.indptr))
        self._place = np.flatnonzero(row == net.indices)
        self._own: Floats = np.where(kept, 0.0, net.data[self._place])
        self._matrix = net.copy()
        self._matrix.data = np.where(kept[row], 0.0, net.data)
        self.factored: Floats = np.zeros(0)
        self.idle = np.zeros(net.shape[0], np.bool_)
        self._incomplete = None if direct else Incomplete(self._matrix, self._place)
        self._bodies = None if bodies is None or bodies.start == bodies.stop else WaterBodies(self._matrix, bodies)

    def solve(self, diagonal: Floats, right: Floats, guess: Floats, accuracy: float) -> Floats:
        """Return C.

        Rows without a diagonal keep the guess (`idle`): in a cell without water nothing but inflow acts on C.
        MODFLOW 6 adds what flows in to the guess, iteration by iteration.

        Parameters
        ----------
        diagonal, right, guess : ndarray of float64, shape (cell,)
        accuracy : float
            Largest residual over diagonal and largest concentration; factors made exactly give their best.

        Raises
        ------
        RunError
            If the system cannot be solved.
        """
        whole = self._own + np.where(self._kept, 0.0, diagonal)
        idle = ~self._kept & (np.abs(whole) < NOTHING)
        whole[self._kept | idle] = -1.0
        self._matrix.data[self._place] = whole
        right = np.where(self._kept, -guess, np.where(idle, self._matrix @ guess, right) if idle.any() else right)
        self.idle = idle
        if not self.factored.size:
            self._factorise(whole)
        exactly = self._bodies is not None and accuracy <= ROUND_OFF
        x, best, before = guess, guess, np.inf
        for _ in range(MOST_ROUNDS):
            if exactly and self._bodies is not None:
                x = self._bodies.solve(right, whole, x)
            rest = right - self._matrix @ x
            size = float(np.abs(rest / whole).max(initial=0.0))
            stale = self.factored is not whole
            if not size < (0.1 if stale else 0.5) * before:
                if not stale:
                    break
                self._factorise(whole)
                x, before = best, np.inf
                continue
            best, before = x, size
            goal = accuracy * float(np.abs(x).max(initial=0.0))
            if size <= goal:
                break
            x = x + self._correct(rest, whole, max(0.5 * goal, 0.2 * accuracy * size))
        if before <= max(ACCEPTED, 2.0 * accuracy) * np.abs(best).max(initial=0.0):
            return np.where(idle, guess, best) if idle.any() else best
        raise RunError("the transport equations could not be solved: the linear solver does not converge. "
                       "Shorten the time steps.")

    def refactorise(self, factored: Floats) -> None:
        """Make the factors that another system of the same T had when its diagonal was this."""
        if factored.size:
            self._matrix.data[self._place] = factored
            self._factorise(factored)

    def _factorise(self, whole: Floats) -> None:
        """Factorise, exactly or not, the matrix with its rows divided by their diagonals."""
        self.factored = whole
        if self._incomplete is not None:
            self._incomplete.factorise(whole)
            return
        columns = sparse.csc_array(sparse.diags_array(1.0 / whole) @ self._matrix)
        self._factor = linalg.splu(columns, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01,
                                   options={"SymmetricMode": True})

    def _correct(self, rest: Floats, whole: Floats, limit: float) -> Floats:
        """Return an approximate solution of the equations."""
        if self._incomplete is not None:
            return self._incomplete.solve(rest, whole, limit)
        return np.asarray(self._factor.solve(rest / self.factored), np.float64)


class WaterBodies:
    """The equations of lakes and reaches, solved exactly for what the aquifer's cells hold.

    Each package of them has books that close by what passes through it, and that may be next to nothing beside what
    the aquifer holds elsewhere: a residual of round-off of the largest concentration is then a large part of it.
    Given the aquifer, their few equations are solved to round-off of their own concentrations.

    Parameters
    ----------
    matrix : sparse array, shape (cell, cell)
        Its values may change from call to call.
    bodies : slice
        Lakes and reaches, the last cells.
    """

    def __init__(self, matrix: sparse.csr_array, bodies: slice) -> None:
        self._matrix, self._own = matrix, bodies
        self._whole: Floats = np.zeros(0)

    def solve(self, right: Floats, whole: Floats, x: Floats) -> Floats:
        """Return x with those of lakes and reaches solved for the others; `whole` is the matrix's diagonal."""
        rows = self._matrix[self._own]
        if not np.array_equal(self._whole, whole[self._own]):
            self._whole = whole[self._own].copy()
            scaled = sparse.diags_array(1.0 / self._whole) @ rows[:, self._own]
            self._factor = linalg.splu(sparse.csc_array(scaled), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01,
                                       options={"SymmetricMode": True})
        found = x.copy()
        found[self._own] += self._factor.solve((right[self._own] - rows @ x) / self._whole)
        return found


class Incomplete:
    """BiCGSTAB behind an incomplete factorisation without fill; GMRES behind one with fill where that fails.

    Parameters
    ----------
    matrix : sparse array, shape (cell, cell)
        Its values may change from call to call.
    place : ndarray of int64, shape (cell,)
        Where its diagonal stands.
    """

    def __init__(self, matrix: sparse.csr_array, place: NDArray[np.int64]) -> None:
        n = place.size
        self._matrix = matrix
        start, column = (a.astype(np.int32, copy=False) for a in (matrix.indptr, matrix.indices))
        self._pattern = start, column, place.astype(np.int32)
        self._factors: Floats = np.zeros(matrix.nnz)
        self._work: Floats = np.zeros((6, n))
        self._full: linalg.LinearOperator | None = None

    def factorise(self, whole: Floats) -> None:
        """Factorise with these diagonals."""
        self._full = None
        transport_ilu.factorise(*self._pattern, self._matrix.data, 1.0 / whole, self._factors,
                                np.full(whole.size, -1, np.int32))

    def solve(self, rest: Floats, whole: Floats, limit: float) -> Floats:
        """Return x with A x = rest, |A x - rest| <= limit * |diagonal| in every row if all goes well."""
        x = np.zeros_like(rest)
        if self._full is None:
            count = transport_ilu.solve(*self._pattern, self._matrix.data, 1.0 / whole, self._factors, rest / whole,
                                        limit, MOST_KRYLOV, x, self._work)
            if count >= 0:
                return x
            scaled = sparse.csc_array(sparse.diags_array(1.0 / whole) @ self._matrix)
            factor = linalg.spilu(scaled, drop_tol=1e-4, fill_factor=8.0, diag_pivot_thresh=0.0)
            self._full = linalg.LinearOperator(self._matrix.shape, factor.solve)
        rows = sparse.diags_array(1.0 / whole) @ self._matrix
        found, _ = linalg.gmres(rows, rest / whole, rtol=1e-8, atol=0.0, restart=60, maxiter=10, M=self._full)
        return np.asarray(found, np.float64)


def fixed_point(
    advance: Callable[[Floats, int, float], Floats], start: Floats, *, mix: bool = True, first: float = ROUND_OFF
) -> tuple[Floats, int, float]:
    """Iterate C = G(C) with Anderson's acceleration (Walker and Ni 2011, SIAM J. Numer. Anal. 49, 1715-1735).

    Parameters
    ----------
    advance : callable
        (C, iteration, accuracy) -> G(C); the accuracy is what is asked of its linear solution.
    start : ndarray of float64, shape (cell,)
    mix : bool
        False: plain iteration, for G that remembers.
    first : float
        Accuracy of the first linear solution. Above round-off, later ones follow the change of C: there is
        no use in solving exactly what the next iteration changes. The last one is solved to round-off.

    Returns
    -------
    solution : ndarray of float64, shape (cell,)
        The latest G(C).
    iterations : int
    change : float
        Largest |G(C) - C| over the largest |C|.

    Raises
    ------
    RunError
        If it does not converge.
    """
    mixer = Mixer()
    c, best, since, accuracy = start, np.inf, 0, first
    for k in range(MOST_ITERATIONS):
        found = advance(c, k, accuracy)
        change = found - c
        scale = np.abs(found).max(initial=0.0)
        size = float(np.abs(change).max(initial=0.0) / scale) if scale > 0.0 else 0.0
        since = 0 if size < 0.5 * best else since + 1
        best = min(best, size)
        stands = size <= TOLERANCE or (since > 60 and size <= GOOD_ENOUGH)
        if stands and accuracy == ROUND_OFF:
            return found, k + 1, size
        if accuracy > ROUND_OFF:
            accuracy = ROUND_OFF if stands or size <= NEARLY else LOOSE * min(size, first)
        c = mixer(found, change) if mix else found
    raise RunError(f"the transport equations do not converge: after {MOST_ITERATIONS} iterations concentrations still "
                   f"change by {size:.1e} of the largest. Shorten the time steps, or let another scheme solve it "
                   "(--scheme limited).")


class Mixer:
    """Combines the latest images so that their combined change is smallest; the first three are taken as they are.

    The normal equations of the few differences are kept from iteration to iteration, each inner product summed in
    one order: a least-squares solution of the whole columns took longer than all the rest of an iteration.
    """

    def __init__(self) -> None:
        self._before: tuple[Floats, Floats] | None = None
        self._images: list[Floats] = []
        self._changes: list[Floats] = []
        self._gram: Floats = np.zeros((0, 0))

    def __call__(self, image: Floats, change: Floats) -> Floats:
        """Return where to go on from G(C) and G(C) - C."""
        if self._before is not None:
            self._keep(image - self._before[0], change - self._before[1])
        self._before = image, change
        if len(self._images) < 3:
            return image
        squares = np.diag(self._gram)
        # Differences that are nothing but round-off beside the others tell no direction.
        used = np.flatnonzero((squares > ROUND_OFF**2 * squares.max()) & (squares > SMALLEST_SQUARE))
        if not used.size:
            return image
        scale = np.sqrt(squares[used])
        right = np.array([np.sum(self._changes[i] * change) for i in used]) / scale
        gram = self._gram[np.ix_(used, used)] / np.outer(scale, scale)
        weights = np.linalg.lstsq(gram, right, rcond=1e-13)[0] / scale
        if not (np.abs(weights) < MOST_WEIGHT).all():
            return image
        mixed = image.copy()
        for weight, i in zip(weights, used, strict=True):
            mixed -= weight * self._images[i]
        return mixed

    def _keep(self, image: Floats, change: Floats) -> None:
        """Add differences to the latest ones, forget the oldest."""
        self._images, self._changes = [*self._images, image][-DEPTH:], [*self._changes, change][-DEPTH:]
        n = len(self._changes)
        gram, old = np.zeros((n, n)), self._gram[-(n - 1):, -(n - 1):] if n > 1 else np.zeros((0, 0))
        gram[:-1, :-1] = old
        gram[-1] = gram[:, -1] = [np.sum(d * change) for d in self._changes]
        self._gram = gram
