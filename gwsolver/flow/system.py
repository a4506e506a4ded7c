"""Balance of every cell and its derivatives: the system that a time step has to solve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.time import TimeStep
from gwsolver.flow.boundaries import Boundaries
from gwsolver.flow.faces import FaceEquations, FaceFlows
from gwsolver.flow.sparse import SparseRows
from gwsolver.flow.storage import StorageEquations, StorageFlows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HOLD = 1e-10
"""Part of a cell's full conductance that holds its head during Newton steps: groups of cells with
hardly any water would make the matrix singular. It changes the way there, not the answer."""


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
    """

    residual: Floats
    faces: FaceFlows
    storage: StorageFlows | None
    stress_derivative: Floats
    into: Floats
    throughput: float
    round_off: Floats


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
    """

    def __init__(
        self, equations: FaceEquations, storage: StorageEquations, boundaries: Boundaries, pattern: "Pattern",
        old: Floats, step: TimeStep,
    ) -> None:
        self.faces, self.storage, self.boundaries, self.pattern = equations, storage, boundaries, pattern
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
        rate, slope = self.boundaries.flows(head, active)
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
        large = np.maximum(np.abs(head[n]), np.abs(head[m])) * faces.conductance
        sums = np.bincount(n, large, minlength=size) + np.bincount(m, large, minlength=size)
        if stored is not None:
            sums += np.abs(stored.derivative) * np.abs(head)
        sums += np.abs(slope * head) + np.abs(rate)
        return Balance(
            np.where(free, total, 0.0), faces, stored, slope, into, float(enters.sum()),
            4.0 * np.finfo(np.float64).eps * sums,
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
        return self.pattern.fill(by_n, by_m, diagonal, active & ~self.boundaries.fixed)


class Pattern:
    """The sparsity of the matrix, built once: where each face and each diagonal stands.

    Parameters
    ----------
    equations : FaceEquations
    """

    def __init__(self, equations: FaceEquations) -> None:
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

    def fill(self, by_n: Floats, by_m: Floats, diagonal: Floats, free: Bools) -> SparseRows:
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
        dead = ~free | (np.abs(own) <= 1e-30 * scale)
        data[self.diagonal] = np.where(dead, np.where(free | (scale <= 0.0), 1.0, scale), own)
        return SparseRows(data, self.indices, self.indptr)
