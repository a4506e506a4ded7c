"""Balance of every cell and its derivatives: the system that a time step has to solve."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.time import TimeStep
from gwsolver.flow.boundaries import Boundaries
from gwsolver.flow.coupling import CoupledResponse, CoupledSlopes, Coupling
from gwsolver.flow.faces import FaceEquations, FaceFlows
from gwsolver.flow.sparse import SparseRows
from gwsolver.flow.storage import StorageEquations, StorageFlows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HOLD = 1e-10
"""Part of a cell's full conductance that holds its head during Newton steps: groups of cells with
hardly any water would make the matrix singular. It changes the way there, not the answer."""
LEAST_HEIGHT = 1e-6
"""Part of a cell's thickness that its head counts for, at least, in what round-off leaves: where the level is zero
itself, heads would be sharpened without end."""


@dataclass(frozen=True, eq=False)
class Balance:
    """Where a time step stands at one guess of the heads.

    Attributes
    ----------
    residual : ndarray of float64, shape (cell,)
        Flow into each free cell [L**3/T]; zero in fixed and dry cells.
    faces : FaceFlows
    storage : StorageFlows or None
    stress_derivative : ndarray of float64, shape (cell,)
        Of the packages, with respect to head [L**2/T].
    into : ndarray of float64, shape (cell,)
        Flow into each cell through its faces [L**3/T].
    throughput : float
        All that enters the aquifer [L**3/T].
    round_off : ndarray of float64, shape (cell,)
        What the finite precision of heads leaves in the residual [L**3/T].
    response : CoupledResponse or None
        What lakes and reaches do at these heads; None without any.
    """

    residual: Floats
    faces: FaceFlows
    storage: StorageFlows | None
    stress_derivative: Floats
    into: Floats
    throughput: float
    round_off: Floats
    response: CoupledResponse | None = None


class StepSystem:
    """The equations of one time step.

    Parameters
    ----------
    equations : FaceEquations
    storage : StorageEquations
    boundaries : Boundaries
    pattern : Pattern
    old : ndarray of float64, shape (cell,)
        Head at the start of the step [L].
    step : TimeStep
    coupling : Coupling
        Lakes and reaches; their balances are closed at every guess of the heads.
    """

    def __init__(
        self, equations: FaceEquations, storage: StorageEquations, boundaries: Boundaries, pattern: "Pattern",
        old: Floats, step: TimeStep, coupling: Coupling,
    ) -> None:
        self.faces, self.storage, self.boundaries, self.pattern = equations, storage, boundaries, pattern
        self.coupling = coupling
        self.old, self.step = old, step
        self.transient = storage.transient(step)

    def balance(self, head: Floats, active: Bools) -> Balance:
        """Return the balance of every cell at these heads.

        Parameters
        ----------
        head : ndarray of float64, shape (cell,)
        active : ndarray of bool, shape (cell,)
            Cells that are not dry.
        """
        n, m = self.faces.n, self.faces.m
        size = head.size
        faces = self.faces.flows(head, active)
        leaves = np.bincount(n, faces.flow, minlength=size)
        into = (np.bincount(m, faces.flow, minlength=size) - leaves).astype(np.float64)
        response = None
        if self.coupling.n:
            leaving = partial(self.boundaries.leaving, head=head, active=active)
            response = self.coupling.respond(head, active, self.boundaries.fixed, leaving)
        rate, slope = self.boundaries.flows(head, active, response.covered if response else None)
        if response is not None:
            rate = rate + response.rate
        free = active & ~self.boundaries.fixed
        total = into + rate
        stored = None
        enters = np.maximum(rate, 0.0)
        if self.transient:
            stored = self.storage.flows(head, self.old, self.step.length)
            released = np.where(free, stored.specific + stored.yielded, 0.0)
            total = total + released
            enters = enters + np.maximum(np.where(free, stored.specific, 0.0), 0.0)
            enters += np.maximum(np.where(free, stored.yielded, 0.0), 0.0)
        enters = enters + np.where(self.boundaries.fixed, np.maximum(-into, 0.0), 0.0)
        height = np.maximum(np.abs(head), LEAST_HEIGHT * self.faces.grid.thickness)
        large = np.maximum(height[n], height[m]) * faces.conductance
        sums = (np.bincount(n, large, minlength=size) + np.bincount(m, large, minlength=size)).astype(np.float64)
        if stored is not None:
            sums += np.abs(stored.derivative) * height
        sums += np.abs(slope) * height + np.abs(rate)
        round_off = 4.0 * np.finfo(np.float64).eps * sums
        if response is not None:
            round_off += response.round_off
        return Balance(
            np.where(free, total, 0.0), faces, stored, slope, into, float(enters.sum()), round_off, response,
        )

    def matrix(self, balance: Balance, active: Bools, exact: bool) -> SparseRows:
        """Return minus the derivative of the residual; rows and columns of fixed and dry cells are cut.

        Parameters
        ----------
        exact : bool
            Newton's Jacobian; else conductances are held (Picard).
        """
        by_n, by_m = balance.faces.derivatives(exact)
        diagonal = -balance.stress_derivative
        if balance.storage is not None:
            diagonal = diagonal - balance.storage.derivative
        if exact and self.faces.newton:
            diagonal = diagonal + HOLD * self.pattern.full
        slopes = None
        if balance.response is not None:
            slopes = self.coupling.slopes(balance.response, exact)
            diagonal = diagonal - slopes.by_head
        return self.pattern.fill(by_n, by_m, diagonal, active & ~self.boundaries.fixed, slopes)


class Pattern:
    """The sparsity of the matrix, built once: where each face and each diagonal stands.

    Parameters
    ----------
    equations : FaceEquations
    coupling : Coupling
        Its unknowns stand after the cells.
    """

    def __init__(self, equations: FaceEquations, coupling: Coupling) -> None:
        grid = equations.grid
        self.n, self.m = equations.n, equations.m
        ia, self.n_to_m, self.m_to_n = grid.entries()
        self.size, self.indptr, self.indices = grid.n_cells, ia.astype(np.int32), np.empty(ia[-1], np.int32)
        self.diagonal = self.indptr[:-1]
        self.indices[self.diagonal] = np.arange(grid.n_cells)
        self.indices[self.n_to_m], self.indices[self.m_to_n] = self.m, self.n
        full = equations.saturated
        both = np.bincount(self.n, full, grid.n_cells) + np.bincount(self.m, full, grid.n_cells)
        self.full: Floats = both.astype(np.float64)
        if coupling.n:
            self._widen(coupling)

    def _widen(self, coupling: Coupling) -> None:
        """Make room for the unknowns of features: each at the end of the rows of what it is joined to."""
        row, column = coupling.pairs
        cells, size = self.size, self.size + coupling.n
        own = np.concatenate([np.repeat(np.arange(cells), np.diff(self.indptr)), np.arange(cells, size)])
        rows = np.concatenate([own, row, column])
        columns = np.concatenate([self.indices, np.arange(cells, size), column, row])
        behind = np.concatenate([np.arange(own.size), own.size + columns[own.size:]])
        order = np.lexsort((np.where(rows == columns, -1, behind), rows))
        place = np.empty(order.size, np.int64)
        place[order] = np.arange(order.size)
        self.n_to_m, self.m_to_n = place[self.n_to_m].astype(np.int32), place[self.m_to_n].astype(np.int32)
        first = own.size
        self.upper, self.lower = place[first:first + row.size], place[first + row.size:]
        self.indices = columns[order].astype(np.int32)
        counts = np.bincount(rows, minlength=size)
        self.indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self.diagonal = self.indptr[:-1]
        self.pairs, self.cells = coupling.pairs, cells

    def fill(
        self, by_n: Floats, by_m: Floats, diagonal: Floats, free: Bools, slopes: CoupledSlopes | None = None
    ) -> SparseRows:
        """Return the matrix for flows whose derivatives are given.

        Row n holds d(outflow of n)/dh: the face adds `by_n` to (n, n), `by_m` to (n, m), and the
        opposite to row m. Cells that are not free get a diagonal of the size of the others; free
        cells without any coefficient get one, as in MODFLOW: what leaves them (evapotranspiration at
        its full rate, when all neighbours are dry) lowers their head until it fades.
        """
        n, m = self.n, self.m
        data = np.empty(self.indices.size)
        both = free[n] & free[m]
        data[self.n_to_m] = np.where(both, by_m, 0.0)
        data[self.m_to_n] = np.where(both, -by_n, 0.0)
        own = diagonal + np.bincount(n, by_n, minlength=self.size) - np.bincount(m, by_m, minlength=self.size)
        scale = float(np.abs(own[free]).max()) if free.any() else 1.0
        if slopes is not None:
            own, free = self._couple(data, own, free, slopes)
        dead = ~free | (np.abs(own) <= 1e-30 * scale)
        data[self.diagonal] = np.where(dead, np.where(free | (scale <= 0.0), 1.0, scale), own)
        return SparseRows(data, self.indices, self.indptr)

    def _couple(self, data: Floats, own: Floats, free: Bools, slopes: CoupledSlopes) -> tuple[Floats, Bools]:
        """Put in what joins features to cells and to each other; return diagonals and free unknowns of all."""
        held = slopes.feature_diagonal == 0.0
        own = np.concatenate([own, -slopes.feature_diagonal])
        free = np.concatenate([free, ~held])
        row, column = self.pairs
        both = free[row] & free[column]
        data[self.upper] = np.where(both, -slopes.upper, 0.0)
        data[self.lower] = np.where(both, -slopes.lower, 0.0)
        return own, free
