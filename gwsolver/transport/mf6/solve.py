"""Linear systems and fixed points of one step."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from gwsolver.core.errors import RunError
from gwsolver.core.grid import Grid
from gwsolver.transport.mf6.operator import Bools, Floats

DIRECT_CELLS = 15_000  # factorised in three dimensions
DIRECT_FLAT = 200_000  # factorised in one or two dimensions
NOTHING = 1e-15  # a diagonal below this: nothing acts on the cell (as in MODFLOW 6)
ROUND_OFF = 1e-14  # residual over diagonal and largest concentration
ACCEPTED = 1e-10
MOST_ROUNDS = 20
DEPTH = 6
TOLERANCE = 1e-10
GOOD_ENOUGH = 1e-7
MOST_ITERATIONS = 1000


def suits_direct(grid: Grid) -> bool:
    """Return whether factorising is cheaper than iterating."""
    flat = grid.kind != "disu" and min(grid.shape) == 1
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
    """

    def __init__(self, net: sparse.csr_array, kept: Bools, direct: bool) -> None:
        self._kept, self._direct = kept, direct
        row = np.repeat(np.arange(net.shape[0]), np.diff(net.indptr))
        self._place = np.flatnonzero(row == net.indices)
        self._own: Floats = np.where(kept, 0.0, net.data[self._place])
        self._matrix = net.copy()
        self._matrix.data = np.where(kept[row], 0.0, net.data)
        self._factored: Floats = np.zeros(0)

    def solve(self, diagonal: Floats, right: Floats, guess: Floats) -> Floats:
        """Return C.

        Rows in which nothing acts keep the guess, as in MODFLOW 6.

        Raises
        ------
        RunError
            If the system cannot be solved.
        """
        whole = self._own + np.where(self._kept, 0.0, diagonal)
        idle = ~self._kept & (np.abs(whole) < NOTHING)
        whole[self._kept | idle] = -1.0
        right = np.where(self._kept, -guess, np.where(idle, right - guess, right))
        self._matrix.data[self._place] = whole
        if not self._factored.size:
            self._factorise(whole)
        x, best, before = guess, guess, np.inf
        for _ in range(MOST_ROUNDS):
            rest = right - self._matrix @ x
            size = float(np.abs(rest / whole).max(initial=0.0))
            stale = self._factored is not whole
            if not size < (0.1 if stale else 0.5) * before:
                if not stale:
                    break
                self._factorise(whole)
                x, before = best, np.inf
                continue
            best, before = x, size
            if size <= ROUND_OFF * np.abs(x).max(initial=0.0):
                break
            x = x + self._correct(rest, whole)
        if before <= ACCEPTED * np.abs(best).max(initial=0.0):
            return best
        raise RunError("the transport equations could not be solved: the linear solver does not converge. "
                       "Shorten the time steps.")

    def _factorise(self, whole: Floats) -> None:
        """Factorise, exactly or not, the matrix with its rows divided by their diagonals."""
        self._factored = whole
        columns = sparse.csc_array(sparse.diags_array(1.0 / whole) @ self._matrix)
        if self._direct:
            self._factor = linalg.splu(columns, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01,
                                       options={"SymmetricMode": True})
        else:
            self._factor = linalg.spilu(columns, drop_tol=1e-4, fill_factor=8.0, diag_pivot_thresh=0.0)

    def _correct(self, rest: Floats, whole: Floats) -> Floats:
        """Return an approximate solution of the equations."""
        inverse = 1.0 / self._factored
        if self._direct:
            return np.asarray(self._factor.solve(rest * inverse), np.float64)
        n = rest.size
        part = linalg.LinearOperator((n, n), lambda v: self._factor.solve(v * inverse))
        found, failed = linalg.bicgstab(self._matrix, rest, rtol=1e-8, atol=0.0, maxiter=300, M=part)
        if failed or not np.isfinite(found).all():
            found, _ = linalg.gmres(self._matrix, rest, rtol=1e-8, atol=0.0, restart=60, maxiter=10, M=part)
        return np.asarray(found, np.float64)


def fixed_point(
    advance: Callable[[Floats, int], Floats], start: Floats, *, mix: bool = True
) -> tuple[Floats, int, float]:
    """Iterate C = G(C) with Anderson's acceleration (Walker and Ni 2011, SIAM J. Numer. Anal. 49, 1715-1735).

    Parameters
    ----------
    advance : callable
        (C, iteration) -> G(C).
    start : ndarray of float64, shape (cell,)
    mix : bool
        False: plain iteration, for G that remembers.

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
    points: list[Floats] = []
    changes: list[Floats] = []
    c, best, since = start, np.inf, 0
    for k in range(MOST_ITERATIONS):
        found = advance(c, k)
        change = found - c
        scale = np.abs(found).max(initial=0.0)
        size = float(np.abs(change).max(initial=0.0) / scale) if scale > 0.0 else 0.0
        if size <= TOLERANCE:
            return found, k + 1, size
        since = 0 if size < 0.5 * best else since + 1
        best = min(best, size)
        if since > 60 and size <= GOOD_ENOUGH:
            return found, k + 1, size
        points.append(found)
        changes.append(change)
        del points[:-DEPTH - 1], changes[:-DEPTH - 1]
        c = _mixed(points, changes) if mix and k >= 3 else found
    raise RunError(f"the transport equations do not converge: after {MOST_ITERATIONS} iterations concentrations still "
                   f"change by {size:.1e} of the largest. Shorten the time steps.")


def _mixed(points: list[Floats], changes: list[Floats]) -> Floats:
    """Return the combination of the latest images whose combined change is smallest."""
    if len(points) < 2:
        return points[-1]
    steps = np.column_stack([b - a for a, b in pairwise(changes)])
    weights, *_ = np.linalg.lstsq(steps, changes[-1], rcond=1e-10)
    images = np.column_stack([b - a for a, b in pairwise(points)])
    return np.asarray(points[-1] - images @ weights, np.float64)
