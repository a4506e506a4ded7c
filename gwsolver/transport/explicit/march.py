"""Marching over an interval with the same sub-step for all cells: SSPRK(S,2) on the sweep that suits the grid."""

import math
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_cells
from gwsolver.transport.explicit.coefficients import n_stages
from gwsolver.transport.explicit.limits import Limit, step_limit
from gwsolver.transport.explicit.sweeps import useful_threads
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.progress import Progress, Reporter

if TYPE_CHECKING:
    from gwsolver.transport.explicit.implicit_cells import ImplicitCells

Floats = NDArray[np.float64]


class March(Protocol):
    """A way to carry one species over an interval.

    Attributes
    ----------
    memory : float
        The one number it takes from interval to interval: the step [T] it would go on with, or what local steps
        have not told yet of their updates; 0 where it remembers nothing.
    """

    memory: float

    def __call__(self, work: Work, start: float, until: float, report: Reporter) -> None:
        """Carry `work` from `start` to `until` [T], filling its sums and counts."""
        ...


class GlobalMarch:
    """All cells take the same sub-step.

    Parameters
    ----------
    n_cells : int
    """

    memory = 0.0

    def __init__(self, n_cells: int) -> None:
        self._n_cells = n_cells
        self._cells: ImplicitCells | None = None

    def __call__(self, work: Work, start: float, until: float, report: Reporter) -> None:
        """Carry `work` from `start` to `until`."""
        cells = self._solved_cells(work)
        self._set_inverse(work, start)
        if work.retention.linear:
            np.multiply(work.mass, self._inverse, out=work.concentration)
        else:
            work.equilibrate(start)
        if cells is not None:
            cells.put(work.concentration)
        _fix(work)
        stages = n_stages(work.coefficients)
        time = start
        limit: Limit | None = None
        while time < until:
            if limit is None or not (work.capacity.steady and work.plain):
                limit = step_limit(work, time, stages)
            left = until - time
            length = left / max(1.0, math.ceil(left / limit.step * (1.0 - 1e-12)))
            self._act(work, time, 0.5 * length, cells)
            self._step(work, time, length, stages, cells)
            time = until if length >= left * (1.0 - 1e-12) else time + length
            self._act(work, time, 0.5 * length, cells, reverse=True)
            work.limits.add(limit)
            work.sub_steps += 1
            work.stages += stages
            report(Progress(time, length, limit.cell, limit.reason))
        if cells is not None:
            cells.tell(work)

    @staticmethod
    def _act(
        work: Work, time: float, length: float, cells: "ImplicitCells | None", reverse: bool = False
    ) -> None:
        """Let processes act; cells that are solved for keep their concentrations, which their mass does not tell."""
        work.act(time, length, reverse)
        if cells is not None:
            cells.put(work.concentration)

    @cached_property
    def _inverse(self) -> Floats:
        """1/M; made when first needed, as `_before` is."""
        return np.zeros(self._n_cells)

    @cached_property
    def _before(self) -> Floats:
        """Mass at the start of a step."""
        return np.zeros(self._n_cells)

    def _solved_cells(self, work: Work) -> "ImplicitCells | None":
        """Return what solves for the cells of `work.solved`, that of the last interval if it serves."""
        if not work.solved.any():
            return None
        from gwsolver.transport.explicit.implicit_cells import ImplicitCells  # scipy's sparse matrices: 30 MB

        if self._cells is None or not self._cells.serves(work, work.solved):
            self._cells = ImplicitCells(work, work.solved)
        else:
            self._cells.begin(work)
        return self._cells

    def _set_inverse(self, work: Work, time: float) -> None:
        k = work.capacity
        transport_cells.inverse_capacity(
            k.start, k.end - k.start, k.least, work.part(time), self._inverse, useful_threads(work.mass.size)
        )

    def _step(self, work: Work, time: float, length: float, stages: int, cells: "ImplicitCells | None") -> None:
        """Take one step of SSPRK(S,2)."""
        b, c, mass = work.boundaries, work.concentration, work.mass
        h = length / (stages - 1)
        weight = h * (stages - 1) / stages
        unsteady = not work.capacity.steady
        np.copyto(self._before, mass)
        taking = np.flatnonzero(b.taken)
        tracked = work.model.grid.tracked_faces
        k = work.coefficients if cells is None else cells.coefficients
        for stage in range(1, stages + 1):
            if unsteady and stage < stages:
                self._set_inverse(work, time + stage * h)
            took = np.minimum(h * b.taken[taking], 0.05 * mass[taking])
            work.sweep.stage(k, c, mass, work.integral, b.source, b.loss, self._inverse, h, weight)
            if cells is not None:
                cells.correct(work, self._inverse, time + stage * h, h, weight)
            if tracked.size:  # of joined models or of features: the sweep keeps the own order of these faces
                work.passed += weight * work.sweep.flux_at(tracked)
            if work.watched.size:
                work.watched_mass += weight * work.sweep.flux_at(work.watched_places)
            if taking.size:
                mass[taking] -= took
                c[taking] = mass[taking] * self._inverse[taking]
                work.taken[taking] += took * (stages - 1) / stages
            if not work.retention.linear and stage < stages:
                work.equilibrate(time + stage * h)
            if cells is not None:
                cells.put(c)
            _fix(work)
        transport_cells.blend(self._before, mass, self._inverse, 1.0 / stages, c, useful_threads(mass.size))
        if not work.retention.linear:
            work.equilibrate(time + length)
        if cells is not None:
            cells.settle(work)
            cells.put(c)
        if b.fixed_cells.size:
            work.fixed_net += mass[b.fixed_cells] - self._before[b.fixed_cells]
            _fix(work)
            held = work.retention.mass(work.concentration, work.content(time + length), work.solid)
            mass[b.fixed_cells] = held[b.fixed_cells]


def _fix(work: Work) -> None:
    """Give cells of fixed concentration theirs."""
    b = work.boundaries
    work.concentration[b.fixed_cells] = b.fixed_concentration
