"""The steady balance of all cells, solved: fluxes as in the explicit engine, concentrations never negative.

    sum of fluxes J(C) into the cell + s + p - (b + l(C)) C = 0

J is limited third-order advection with the dispersion tensor. Its positive part A stands in the matrix, the rest
is corrected (deferred correction) until nothing changes, accelerated after Anderson. What the corrections
leave is then written with coefficients >= 0 (`Operator.through`): one more solution, with a matrix that has no
negative entry in its inverse, is >= 0 everywhere and balances to the accuracy of the linear system.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.general import General
from gwsolver.transport.implicit.fixed_point import fixed_point
from gwsolver.transport.implicit.operator import Operator
from gwsolver.transport.implicit.solve import LinearSystem
from gwsolver.transport.sources import Boundaries
from gwsolver.transport.steady.losses import Loss

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SETTLED = 1e-7  # change of an iteration over the largest concentration
MOST = 150
DEPTH = 6
GAIN = 1e-3  # an iteration solves its linear system to this part of what is left to correct


@dataclass(frozen=True, eq=False)
class SteadyState:
    """The answer.

    Attributes
    ----------
    concentration : ndarray of float64, shape (cell,)
    flux : ndarray of float64, shape (face,)
        From n to m, in the kernels' order [M/T].
    net : ndarray of float64, shape (cell,)
        What faces bring to each cell [M/T].
    iterations : int
        Of the correction.
    linear_iterations : int
        Most iterations of one linear system; 0 if it was factorised.
    change : float
        The last change, over the largest concentration.
    """

    concentration: Floats
    flux: Floats
    net: Floats
    iterations: int
    linear_iterations: int
    change: float


class Balance:
    """The balance of one species in one flow field with its boundaries.

    Parameters
    ----------
    general : General
        Tables and coefficients of the kernels.
    op : Operator
        The positive part of their fluxes.
    b : Boundaries
    losses : sequence of Loss
        What `b.loss` does not hold.
    kept : ndarray of bool, shape (cell,)
        Cells that keep what they have: given concentrations, and cells without a way out.
    order : ndarray of int64, shape (cell,)
        Cells by falling head.
    """

    def __init__(
        self, general: General, op: Operator, b: Boundaries, losses: Sequence[Loss], kept: Bools,
        order: NDArray[np.int64],
    ) -> None:
        self._general, self._op, self._b, self._losses, self._kept, self._order = general, op, b, losses, kept, order
        self._gains = b.source + sum((loss.made for loss in losses), np.zeros(kept.size))
        self._linear = all(loss.linear for loss in losses)
        self._system: LinearSystem | None = None
        self._loss: Floats = b.loss
        self._most = 0

    def solve(self, c: Floats) -> SteadyState:
        """Return the steady state.

        Parameters
        ----------
        c : ndarray of float64, shape (cell,)
            What cells that are kept keep; elsewhere where secants begin, > 0 where there may be solute.

        Raises
        ------
        ArithmeticError
            If a linear system cannot be solved.
        """
        start = self._solve(self._op, self._at(c), self._gains, c)
        sweep, k = self._general.sweep, self._general.coefficients

        def update(c: Floats) -> tuple[Floats, Floats]:
            loss = self._at(np.maximum(c, 0.0))
            correction = sweep.fluxes(k, c) - self._op.fluxes(c)
            return self._solve(self._op, loss, self._gains + self._op.net(correction), c, GAIN), correction

        c, _, count, _ = fixed_point(update, start, tolerance=SETTLED, most=MOST, depth=DEPTH)
        return self._positive(np.maximum(c, 0.0), count)

    def _positive(self, before: Floats, count: int) -> SteadyState:
        """Solve once more, with all that acts as coefficients >= 0."""
        sweep, k = self._general.sweep, self._general.coefficients
        op, loss = self._op.through(before, sweep.fluxes(k, before)), self._at(before)
        self._system = None
        c = np.maximum(self._solve(op, loss, self._gains, before), 0.0)
        flux = op.fluxes(c)
        for part in self._losses:
            part.settle(before, c)
        most = float(c.max(initial=0.0))
        change = float(np.abs(c - before).max(initial=0.0)) / most if most > 0.0 else 0.0
        return SteadyState(c, flux, op.net(flux), count, self._most, change)

    def _at(self, c: Floats) -> Floats:
        """Return all coefficients of loss at a concentration; those that vary ask for a new system."""
        if self._system is None or not self._linear:
            self._loss = self._b.loss + sum((loss.coefficient(c) for loss in self._losses), np.zeros(c.size))
            self._system = None
        return self._loss

    def _diagonal(self, op: Operator, loss: Floats) -> Floats:
        diagonal = op.leaving() + loss
        return np.where(self._kept | (diagonal <= 0.0), 1.0, diagonal)

    def _solve(self, op: Operator, loss: Floats, right: Floats, c: Floats, gain: float = 0.0) -> Floats:
        """Return the concentrations at which this operator balances a right-hand side; kept cells keep theirs."""
        diagonal = self._diagonal(op, loss)
        if self._system is None:
            self._system = LinearSystem(op.matrix(diagonal, self._kept), self._order)
        before = self._system.iterations
        found = self._system.solve(np.where(self._kept, diagonal * c, right), c, gain=gain)
        self._most = max(self._most, self._system.iterations - before)
        return found
