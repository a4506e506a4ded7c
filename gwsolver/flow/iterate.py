"""From the heads of one time step to the next: Picard with drying cells, Newton with a line search."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import RunError
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import FlowModel
from gwsolver.flow.faces import FaceEquations
from gwsolver.flow.krylov import norm
from gwsolver.flow.linear import REDUCTION, REDUCTION_LINEAR, LinearSolver
from gwsolver.flow.system import Balance, StepSystem
from gwsolver.flow.wetting import Attempts, Rewetting

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CLOSURE = 1e-12
"""Aim for the imbalance summed over cells, relative to all water that passes through the model."""
ACCEPTED = 1e-10
"""The same sum where it is still accepted once iterations no longer make it smaller."""
WITHIN = 0.1
"""Part of what round-off may leave in the balance (a bound) below which iterations only stir the last bits."""
GONE = 1e-3
"""Part of that bound below which a balance is closed, whatever flows: where water comes to rest nothing does."""
HOLD_FOR = 100
"""Newton iterations during which heads are led back towards the bottom of their column."""
PICARD_FIRST = 8
"""Picard iterations of the standard formulation before Newton's method sharpens the answer."""


class Iteration:
    """Solves the nonlinear system of a time step.

    Parameters
    ----------
    model : FlowModel
    faces : FaceEquations
    floor : ndarray of float64, shape (cell,)
        Bottom of the lowest cell under each cell [L].
    linear : LinearSolver
    """

    def __init__(self, model: FlowModel, faces: FaceEquations, floor: Floats, linear: LinearSolver) -> None:
        self.model, self.faces, self.floor, self.linear = model, faces, floor, linear
        self.rewetting = Rewetting(model)
        most = model.closure.outer_maximum
        self.limit = max(most, 250) + (most if self.rewetting.possible else 0)
        grid, start = model.grid, model.initial_head
        given = start[np.abs(start) < 1e20]
        self.extent = float(grid.top.max() - grid.bottom.min()) + (float(np.ptp(given)) if given.size else 0.0)
        self.nonlinear = bool(faces.convertible.any()) or bool(model.features)

    def run(self, system: StepSystem, head: Floats, active: Bools) -> tuple[Floats, Bools, int]:
        """Return head, active cells and the number of iterations of one converged time step.

        Parameters
        ----------
        system : StepSystem
        head : ndarray of float64, shape (cell,)
            First guess, heads of fixed cells already set [L].
        active : ndarray of bool, shape (cell,)
            Cells that are not dry.

        Raises
        ------
        RunError
            If the balance does not close.
        """
        return self._newton(system, head, active) if self.model.newton else self._standard(system, head, active)

    def _standard(self, system: StepSystem, head: Floats, active: Bools) -> tuple[Floats, Bools, int]:
        """Picard iterations in which cells fall dry and become wet, then Newton steps on the same equations.

        Newton is a guest: a step that would dry or wet a cell or does not bring the balance down is
        taken back, and Picard goes on.
        """
        attempts = Attempts(self.rewetting, system.boundaries.fixed, self.model.closure)
        head, active = self._convert(system, attempts, *self._dry(system, head, active), 1)
        balance = system.balance(head, active)
        change, best, stalled = np.inf, np.inf, 0
        newton_after = PICARD_FIRST
        for iteration in range(self.limit):
            size = float(np.abs(balance.residual).max())
            stalled = 0 if size < 0.5 * best else stalled + 1
            best = min(best, size)
            if self._converged(balance, change) or self._as_good_as_it_gets(balance, change, stalled):
                wet, still = attempts.last(head, active)
                if still is active:
                    return head, active, iteration
                attempts.accept(active, head, wet, still, iteration)
                head, active, balance = wet, still, system.balance(wet, still)
                best, stalled, newton_after = np.inf, 0, iteration + PICARD_FIRST
            exact = self.nonlinear and iteration >= newton_after
            trial = head + self._correction(system, balance, active, exact)
            wet, still = self._convert(system, attempts, trial, active, iteration + 2)
            after = system.balance(wet, still)
            if exact and ((still != active).any() or np.abs(after.residual).max() > 0.9 * size):
                newton_after = iteration + 1 + PICARD_FIRST
                exact = False
                trial = head + self._correction(system, balance, active, exact)
                wet, still = self._convert(system, attempts, trial, active, iteration + 2)
                after = system.balance(wet, still)
            change = float(np.abs(np.where(still, wet - head, 0.0)).max())
            if attempts.accept(active, trial, wet, still, iteration):
                newton_after = iteration + 1 + PICARD_FIRST
            head, active, balance = wet, still, after
        raise self._failure(system, balance, change)

    def _convert(
        self, system: StepSystem, attempts: Attempts, head: Floats, active: Bools, iteration: int
    ) -> tuple[Floats, Bools]:
        """Make cells wet, then dry, in MODFLOW's order: a cell that is about to fall dry still wets others."""
        return self._dry(system, *attempts.due(head, active, iteration))

    def _dry(self, system: StepSystem, head: Floats, active: Bools) -> tuple[Floats, Bools]:
        """Take cells whose head is not above their bottom out of the flow."""
        grid = self.model.grid
        falls = active & self.faces.convertible & (head <= grid.bottom)
        held = np.flatnonzero(falls & system.boundaries.fixed)
        if held.size:
            raise RunError(
                f"A cell with a fixed head has no water: {grid.describe(int(held[0]))}, head "
                f"{head[held[0]]:g}, bottom {grid.bottom[held[0]]:g}. Raise the head or lower the bottom."
            )
        active = active & ~falls
        return np.where(active, head, grid.bottom), active

    def _newton(self, system: StepSystem, head: Floats, active: Bools) -> tuple[Floats, Bools, int]:
        balance = system.balance(head, active)
        change, best, stalled, before = np.inf, np.inf, 0, np.inf
        for iteration in range(self.limit):
            if self._converged(balance, change):
                return head, active, iteration
            size = norm(balance.residual)
            stalled = 0 if size < 0.5 * best else stalled + 1
            best = min(best, size)
            # What the next step would change: as much less than the last one as there is less to correct.
            ahead = change * min(size / before, 1.0) if iteration else np.inf
            if self._as_good_as_it_gets(balance, ahead, stalled):
                return head, active, iteration
            before = max(size, 1e-300)
            full = np.clip(self._correction(system, balance, active, True), -self.extent, self.extent)
            head_before = head
            head, balance = self._search(system, head, full, active, size, iteration < HOLD_FOR)
            change = float(np.abs(head - head_before).max())
        raise self._failure(system, balance, change)

    def _search(
        self, system: StepSystem, head: Floats, full: Floats, active: Bools, size: float, hold: bool
    ) -> tuple[Floats, Balance]:
        """Return the head after the longest step along `full` that brings the balance down."""
        best: tuple[float, Floats, Balance] | None = None
        for halvings in range(6):
            trial = head + full * 0.5**halvings
            if hold:
                trial = self._above_floor(system, head, trial)
            after = system.balance(trial, active)
            reached = norm(after.residual)
            if reached < (1.0 - 1e-4 * 0.5**halvings) * size:
                return trial, after
            if best is None or reached < best[0]:
                best = (reached, trial, after)
        assert best is not None
        return best[1], best[2]

    def _above_floor(self, system: StepSystem, head: Floats, trial: Floats) -> Floats:
        """Lead water-table cells whose head falls below the bottom of their column back towards it.

        With UNDER_RELAXATION that holds for cells without water too, as in MODFLOW: their head has
        no meaning, and ends at that bottom. Else a cell is held back only as it falls below.
        """
        below = self.faces.convertible & ~system.boundaries.fixed & (trial < self.floor)
        if not self.model.under_relaxation:
            below &= head >= self.floor
        return np.where(below, 0.1 * head + 0.9 * self.floor, trial)

    def _correction(self, system: StepSystem, balance: Balance, active: Bools, exact: bool) -> Floats:
        matrix = system.matrix(balance, active, exact)
        reduction = REDUCTION if self.nonlinear else REDUCTION_LINEAR
        closed = 0.5 * CLOSURE * balance.throughput / np.sqrt(balance.residual.size)
        enough = max(closed, 0.01 * norm(balance.round_off))
        symmetric = not self.faces.hanging.size and (not exact or not self.nonlinear) and system.coupling.symmetric
        if balance.response is None:
            return self.linear.solve(matrix, balance.residual, symmetric, reduction, enough)
        # The balances of features are closed: their stages follow the heads, and are found anew after each step.
        right = np.concatenate([balance.residual, np.zeros(system.coupling.n)])
        cells = balance.residual.size
        return self.linear.solve(matrix, right, symmetric, reduction, enough, cells)[:cells]

    def _converged(self, balance: Balance, change: float) -> bool:
        closed = float(np.abs(balance.residual).sum()) <= CLOSURE * balance.throughput
        return closed and change <= self.model.closure.head_change

    def _as_good_as_it_gets(self, balance: Balance, change: float, stalled: int) -> bool:
        """Return whether round-off, or what is accepted, is all that stands against a closed balance.

        `change` is that of the last iteration, or what is expected of the next.
        """
        if change > self.model.closure.head_change:
            return False
        left, hidden = float(np.abs(balance.residual).sum()), float(balance.round_off.sum())
        closed, stirs_bits = left <= ACCEPTED * balance.throughput, left <= WITHIN * hidden
        if (closed and stirs_bits) or left <= GONE * hidden:
            return True
        if stalled == 0:
            return False
        return (left <= hidden and (closed or stirs_bits or stalled > 2)) or (closed and stalled > 4)

    def _failure(self, system: StepSystem, balance: Balance, change: float) -> RunError:
        grid, step = self.model.grid, system.step
        worst = int(np.argmax(np.abs(balance.residual)))
        share = abs(balance.residual[worst]) / balance.throughput if balance.throughput > 0.0 else np.inf
        return RunError(
            f"Flow of model {self.model.name} did not converge in period {step.period + 1}, step {step.step + 1} "
            f"after {self.limit} iterations. The balance is furthest off at {grid.describe(worst)}: "
            f"{balance.residual[worst]:.3g} too much flows in, {share:.1e} of all inflow; heads still change "
            f"by {change:.3g}. Look for cells that lose their water there (wells, thin cells, recharge on "
            "tight rock), use shorter time steps, or the NEWTON option."
        )


def lowest_bottoms(grid: Grid, below: NDArray[np.int64]) -> Floats:
    """Return the bottom of the lowest cell that vertical faces join to each cell [L], shape (cell,)."""
    lowest = np.arange(grid.n_cells)
    while True:
        goes = below[lowest] >= 0
        if not goes.any():
            return grid.bottom[lowest]
        lowest[goes] = below[lowest[goes]]
