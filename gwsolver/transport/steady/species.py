"""One species in its steady states: one for each stress period, the same at all of the period's times."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.clock import Spent
from gwsolver.core.errors import InputError, Problem, RunError
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.budget import Books, saves_budget
from gwsolver.transport.engine import State
from gwsolver.transport.explicit.general import General
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.implicit.operator import operator
from gwsolver.transport.progress import Progress, Reporter
from gwsolver.transport.resolution import Resolution, resolution_of
from gwsolver.transport.retention import Retention
from gwsolver.transport.sources import Boundaries, boundaries
from gwsolver.transport.steady.balance import Balance, SteadyState
from gwsolver.transport.steady.exits import refuse_endless, shut_cells
from gwsolver.transport.steady.losses import Loss, TakenLoss, losses_of
from gwsolver.transport.watched import watched_faces
from gwsolver.transport.water import Capacity, Store, WaterBalance

Floats = NDArray[np.float64]
SAME = 1e-6  # part of the largest flow by which flows of one stress period may differ, and which storage may take
IMBALANCE = 1e-6  # a flow imbalance above this part of what passes a cell is a way out


class SteadySpecies:
    """Solves for one species.

    Parameters
    ----------
    model : TransportModel
    space : ExplicitScheme
    report : Reporter

    Attributes
    ----------
    concentration : ndarray of float64, shape (cell,)
        Dissolved [M/L**3]: the latest steady state.
    time : float or None
        How far the species has been booked [T]; None before the first step.
    set_up : Spent
        Time that went into making ready for flow fields.
    """

    def __init__(self, model: TransportModel, space: ExplicitScheme, report: Reporter) -> None:
        self.model = model
        self.concentration: Floats = np.ascontiguousarray(model.initial_concentration, dtype=float).copy()
        self.time: float | None = None
        self.set_up = Spent()
        self._report = report
        self._general = General(model, space)
        self._retention = Retention(model.mobile)
        self._watched = watched_faces(model)
        self._period: tuple[int, int] | None = None
        self._stress: TimeStep | None = None
        self._asked: FlowStep | None = None
        self._flow: FlowStep
        self._capacity: Capacity
        self._boundaries: Boundaries
        self._passes: NDArray[np.bool_]
        self._losses: tuple[Loss, ...]
        self._resolution: Resolution
        self._solution: SteadyState

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> TransportStep:
        """Return the steady state of the stress period, booked from where the species stands to `until`.

        Raises
        ------
        InputError
            If flow or sources change within the period, or solute would gather for ever.
        RunError
            If the balance cannot be solved.
        """
        start = flow.start if self.time is None else self.time
        solved = self._enter(flow, stress)
        self.time = until
        b, s, span = self._boundaries, self._solution, until - start
        c = s.concentration
        dry = (self._capacity.end <= 0.0) & ~self._passes
        shown = np.where(dry, 0.0, c)
        w, solid = self._retention.contents(self._capacity.water_end, self._capacity.solid)
        mass, dissolved = self._retention.mass(shown, w, solid), self._capacity.water_end * shown
        part = np.where(mass > 0.0, dissolved / np.where(mass > 0.0, mass, 1.0), 1.0)
        by_cell = saves_budget(self.model, stress)
        books, store, nothing = Books(self.model, start, until, by_cell=by_cell), Store(self.model), np.zeros(c.size)
        books.open(mass, part, store)
        taken = sum((loss.taken for loss in self._losses if isinstance(loss, TakenLoss)), nothing)
        books.close(b, mass, part, store, span * c, span * taken, span * s.net[b.fixed_cells], nothing, self._losses)
        self._report(Progress(until, span, -1, "steady state"))
        faces = np.arange(self.model.grid.n_faces) if by_cell else self._watched
        return TransportStep(
            species=self.model.name, start=start, end=until, concentration=shown, dry=dry,
            mass=float(dissolved.sum()), mass_sorbed=float((mass - dissolved).sum()), ledger=books.ledger,
            package_rates=books.package_rates, sub_steps=int(solved), stages=s.iterations if solved else 0, limits=(),
            minimum=float(shown.min()), maximum=float(shown.max()),
            figures={"iterations": float(s.linear_iterations), "steady_change": s.change},
            coarse=self._resolution.coarse(shown), watched=(faces, s.flux[self._general.places(faces)]),
            immobile=tuple(i for loss in self._losses if (i := loss.immobile(span)) is not None),
            passed=span * s.flux[self._general.places(self.model.grid.tracked_faces)],
            part_masses=books.part_masses, cell_rates=books.cell_rates,
        )

    def state(self) -> State:
        """Return what a later `restore` needs: the steady state is found again from what it keeps."""
        return {"time": np.array([np.nan if self.time is None else self.time]), "concentration": self.concentration}

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state of the same model."""
        time = float(state["time"][0])
        self.time = None if np.isnan(time) else time
        self.concentration = state["concentration"].copy()

    def _enter(self, flow: FlowStep, stress: TimeStep) -> bool:
        """Solve if a stress period begins, else see that it is still the same; return whether it was solved."""
        period = stress.period, flow.period
        if self._period == period and flow is self._asked and self._stress == stress:
            return False
        self._asked = flow
        if not flow.steady:
            flow = self._without_storage(flow)
        with self.set_up:
            capacity = WaterBalance(self.model).step(flow)
            b = boundaries(self.model, flow, stress, capacity)
        self._refuse_change(flow, b, self._period == period)
        again = self._period == period
        self._stress, self._period = stress, period
        if again:
            return False
        self._flow, self._capacity, self._boundaries = flow, capacity, b
        with self.set_up:
            self._general.enter(flow, capacity, b)
            self._resolution = resolution_of(self.model, flow)
            self._losses = losses_of(self.model, capacity, b)
        self._solve(flow, b)
        return True

    def _solve(self, flow: FlowStep, b: Boundaries) -> None:
        """Find the steady state."""
        sweep, k = self._general.sweep, self._general.coefficients
        op = operator(sweep.faces.cells, k, b.fixed.size)
        gains = b.source + sum((loss.made for loss in self._losses), np.zeros(b.fixed.size))
        begins = max(
            float(b.inflow_concentration.max(initial=0.0)), float(b.fixed_concentration.max(initial=0.0)),
            float(self.model.initial_concentration.max(initial=0.0)),
        ) or 1.0
        more = sum((loss.coefficient(np.full(b.fixed.size, begins)) for loss in self._losses), np.zeros(b.fixed.size))
        leaving = op.leaving()
        flows_off = b.loss - np.where(np.abs(b.imbalance) > IMBALANCE * leaving, 0.0, b.imbalance)
        shut = shut_cells(op, (flows_off + more > 0.0) | b.fixed)
        refuse_endless(self.model, op, shut, gains, self.concentration)
        passing, bodies = leaving.copy(), self.model.grid.water_bodies
        passing[bodies] += b.loss[bodies]  # what leaves the whole model from a lake or a reach
        self._passes, kept = passing > 0.0, shut | b.fixed
        start = np.where(kept, self.concentration, begins)
        start[b.fixed_cells] = b.fixed_concentration
        order = np.argsort(-flow.head_end, kind="stable")
        try:
            self._solution = Balance(self._general, op, b, self._losses, kept, order).solve(start)
        except ArithmeticError as error:
            raise RunError(f"{self.model.name}: the steady concentration cannot be solved: {error}.") from error
        self.concentration = self._solution.concentration

    def _refuse_change(self, flow: FlowStep, b: Boundaries, again: bool) -> None:
        """Refuse flow and sources that change within a stress period."""
        if again and not _alike(flow.face_flow, self._flow.face_flow):
            raise self._unsteady(flow, "the flow changes from step to step")
        if again and not self._same_sources(b):
            raise self._unsteady(flow, "what sources bring changes with time")

    def _without_storage(self, flow: FlowStep) -> FlowStep:
        """Return a flow in which storage takes no part worth mentioning as one in which it takes none."""
        if np.abs(flow.storage_flow).max(initial=0.0) > SAME * np.abs(flow.face_flow).max(initial=0.0):
            raise self._unsteady(flow, "the flow changes with time (storage)")
        none = np.zeros(flow.residual.size)
        return replace(flow, steady=True, saturation_start=flow.saturation_end, storage_specific=none,
                       storage_yield=none, residual=flow.residual - flow.storage_flow)

    def _unsteady(self, flow: FlowStep, what: str) -> InputError:
        """Return the refusal of a stress period."""
        return InputError([Problem(
            f"there is no steady concentration in stress period {flow.period + 1}: {what}", file=self.model.file,
            package=self.model.name, hint="Take a scheme that follows time: 'limited' or 'implicit'.")])

    def _same_sources(self, b: Boundaries) -> bool:
        """Return whether boundaries are those that were solved with."""
        a = self._boundaries
        return np.array_equal(a.fixed_cells, b.fixed_cells) and all(
            _alike(x, y) for x, y in (
                (a.fixed_concentration, b.fixed_concentration), (a.source, b.source), (a.taken, b.taken),
                (a.sinks, b.sinks), (a.mixed.rates, b.mixed.rates), (a.mixed.limits, b.mixed.limits)))


def _alike(a: Floats, b: Floats) -> bool:
    """Return whether two arrays differ by round-off of a flow solution at most."""
    return a.shape == b.shape and bool(
        np.abs(a - b).max(initial=0.0) <= SAME * max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0)))
