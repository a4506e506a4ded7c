"""The transport solver of one species: carries its mass from flow step to flow step."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.kernels import transport_cells
from gwsolver.transport.budget import Books
from gwsolver.transport.coefficients import Coefficients, coefficients, n_stages
from gwsolver.transport.ends import end_rule
from gwsolver.transport.limits import Limit, Limits, refuse_endless, step_limit
from gwsolver.transport.progress import Progress, Reporter
from gwsolver.transport.schemes import named
from gwsolver.transport.sources import Boundaries, boundaries
from gwsolver.transport.sweeps import Sweep, sweep_for, useful_threads
from gwsolver.transport.water import Capacity, Store, WaterBalance

Floats = NDArray[np.float64]


class TransportSolver:
    """Carries one species through the flow.

    Parameters
    ----------
    model : TransportModel
    scheme : str
        A name of ``gwsolver.transport.schemes``.
    on_progress : callable, optional
        Told a `Progress` a few times per second.

    Attributes
    ----------
    mass : ndarray of float64, shape (cell,)
        Mobile mass, dissolved and sorbed [M]: the state.
    concentration : ndarray of float64, shape (cell,)
        Dissolved [M/L**3].
    time : float or None
        How far the solver has come [T]; None before the first step.
    """

    def __init__(
        self, model: TransportModel, *, scheme: str = "limited",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.model = model
        self.scheme = named(scheme)
        self.concentration: Floats = np.ascontiguousarray(model.initial_concentration, dtype=float).copy()
        self.mass: Floats = np.zeros(model.grid.n_cells)
        self.time: float | None = None
        self._report = Reporter(on_progress)
        self._water = WaterBalance(model)
        self._store = Store(model)
        self._flow: FlowStep | None = None
        self._stress: TimeStep | None = None
        self._wet: NDArray[np.bool_] | None = None
        self._sweep: Sweep
        self._k: Coefficients
        self._capacity: Capacity
        self._boundaries: Boundaries
        self._inverse = np.zeros(model.grid.n_cells)
        self._before = np.zeros(model.grid.n_cells)
        self._dissolved_part: Floats = np.ones(model.grid.n_cells)

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> TransportStep:
        """Carry the species to `until`, which lies inside the flow step.

        Parameters
        ----------
        flow : FlowStep
            Covers the time from where the solver stands to `until`.
        until : float
            Time to stop at [T].
        stress : TimeStep
            The transport model's own time step, for CNC and SRC.

        Raises
        ------
        InputError
            If the flow would need more than a million sub-steps to follow.
        """
        start = flow.start if self.time is None else self.time
        books = Books(self.model, start, until)
        rewetted = self._enter(flow, stress, books)
        b, store = self._boundaries, self._store
        limits = Limits()
        integral = np.zeros(self.mass.size)
        taken = np.zeros(self.mass.size)
        fixed_net = np.zeros(b.fixed_cells.size)
        time, sub_steps, stages = start, 0, 0
        limit: Limit | None = None
        while time < until:
            if limit is None or not self._capacity.steady:
                limit = step_limit(
                    self._k, b, self._capacity, self._part(time), flow.length, self._stages, self.scheme
                )
            left = until - time
            length = left / max(1.0, math.ceil(left / limit.step * (1.0 - 1e-12)))
            self._step(time, length, integral, taken, fixed_net)
            time = until if length >= left * (1.0 - 1e-12) else time + length
            limits.add(limit)
            sub_steps += 1
            stages += self._stages
            self._report(Progress(time, length, limit.cell, limit.reason))
        self.time = until
        self._dissolved_part = self._capacity.water_part(self._part(until))
        books.close(
            b, self.mass, self._dissolved_part, store, integral, taken, fixed_net, rewetted,
        )
        k, part = self._capacity, self._part(until)
        dry = k.start + part * (k.end - k.start) <= 0.0
        c = np.where(dry, 0.0, self.concentration)
        dissolved = self.mass * self._dissolved_part
        return TransportStep(
            species=self.model.name, start=start, end=until, concentration=c, dry=dry,
            mass=float(dissolved.sum() + store.mass.sum()), mass_sorbed=float((self.mass - dissolved).sum()),
            ledger=books.ledger, package_rates=books.package_rates, sub_steps=sub_steps, stages=stages,
            limits=limits.result(), minimum=float(c.min()), maximum=float(c.max()),
        )

    def _part(self, time: float) -> float:
        """Return the place of a time within the flow step, 0 to 1."""
        assert self._flow is not None
        return min(max((time - self._flow.start) / self._flow.length, 0.0), 1.0)

    def _enter(self, flow: FlowStep, stress: TimeStep, books: Books) -> float:
        """Make ready for a flow step and a stress step where they are new; return mass met in rewetted parts."""
        new_flow = flow is not self._flow
        first = self._flow is None
        rewetted, new_boundaries = 0.0, False
        previous = None if first else self._capacity
        same_field = not first and _same_field(flow, self._flow)
        if new_flow:
            self._flow = flow
            self._capacity = self._water.step(flow)
        if new_flow or stress != self._stress:
            self._stress = stress
            self._boundaries = boundaries(self.model, flow, stress, self._capacity)
            new_boundaries = True
        if new_flow:
            if first:
                self.mass[:] = self.concentration * self._capacity.start
                self._dissolved_part = self._capacity.water_part(0.0)
            books.open(self.mass, self._dissolved_part, self._store)
            if previous is not None:
                rewetted = self._store.exchange(
                    self.mass, previous.end, self._capacity.start, self._boundaries.fixed
                )
            wet = (self._capacity.start > 0.0) | (self._capacity.end > 0.0)
            if self._wet is None or not np.array_equal(wet, self._wet):
                self._wet = wet
                self._sweep = sweep_for(self.model.grid, wet)
                same_field = False
        else:
            books.open(self.mass, self._dissolved_part, self._store)
            same_field = True
        if not same_field:
            self._k = coefficients(self.model, flow, self._sweep.faces, self._sweep.structured, self.scheme)
            self._stages = n_stages(self._k)
        if new_boundaries:
            self._sweep.end_with(self._k, end_rule(self._sweep.faces, self._k.faces[0], self._boundaries))
        refuse_endless(
            self.model, self._k, self._boundaries, self._capacity, books.end - books.start, self._stages, self.scheme
        )
        self._set_inverse(self._part(books.start))
        np.multiply(self.mass, self._inverse, out=self.concentration)
        self._fix()
        return rewetted

    def _set_inverse(self, part: float) -> None:
        k = self._capacity
        transport_cells.inverse_capacity(
            k.start, k.end - k.start, k.least, part, self._inverse, useful_threads(self.mass.size)
        )

    def _fix(self) -> None:
        """Give cells of fixed concentration theirs."""
        b = self._boundaries
        self.concentration[b.fixed_cells] = b.fixed_concentration

    def _step(self, time: float, length: float, integral: Floats, taken: Floats, fixed_net: Floats) -> None:
        """Take one step of SSPRK(S,2)."""
        b, k, c, mass, stages = self._boundaries, self._capacity, self.concentration, self.mass, self._stages
        h = length / (stages - 1)
        weight = h * (stages - 1) / stages
        unsteady = not k.steady
        np.copyto(self._before, mass)
        taking = np.flatnonzero(b.taken)
        for stage in range(1, stages + 1):
            if unsteady and stage < stages:
                self._set_inverse(self._part(time + stage * h))
            took = np.minimum(h * b.taken[taking], 0.05 * mass[taking])
            self._sweep.stage(self._k, c, mass, integral, b.source, b.loss, self._inverse, h, weight)
            if taking.size:
                mass[taking] -= took
                c[taking] = mass[taking] * self._inverse[taking]
                taken[taking] += took * (stages - 1) / stages
            self._fix()
        transport_cells.blend(self._before, mass, self._inverse, 1.0 / stages, c, useful_threads(mass.size))
        if b.fixed_cells.size:
            fixed_net += mass[b.fixed_cells] - self._before[b.fixed_cells]
            self._fix()
            part = self._part(time + length)
            content = k.start[b.fixed_cells] + part * (k.end - k.start)[b.fixed_cells]
            mass[b.fixed_cells] = content * b.fixed_concentration


def _same_field(flow: FlowStep, before: FlowStep | None) -> bool:
    """Return whether a step shows the very arrays of the one before (flow solved once, or stretched over steps)."""
    return before is not None and (
        flow.face_flow is before.face_flow
        and flow.specific_discharge is before.specific_discharge
        and flow.saturation_start is before.saturation_start
        and flow.saturation_end is before.saturation_end
    )
