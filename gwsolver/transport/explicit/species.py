"""One species under the explicit engine: its mass, carried from flow step to flow step."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.clock import Spent
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.budget import Books, saves_budget
from gwsolver.transport.engine import State
from gwsolver.transport.explicit.coefficients import Coefficients, coefficients
from gwsolver.transport.explicit.ends import EndRule, end_rule
from gwsolver.transport.explicit.local.choice import ChosenMarch
from gwsolver.transport.explicit.march import March
from gwsolver.transport.explicit.pause import pause_time
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.sweeps import Sweep, sweep_for
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.processes import processes_of
from gwsolver.transport.progress import Reporter
from gwsolver.transport.resolution import Resolution
from gwsolver.transport.retention import Retention
from gwsolver.transport.sources import Boundaries, boundaries
from gwsolver.transport.watched import watched_faces
from gwsolver.transport.water import Capacity, Store, WaterBalance

Floats = NDArray[np.float64]


class ExplicitSpecies:
    """Carries one species through the flow.

    Parameters
    ----------
    model : TransportModel
    scheme : ExplicitScheme
    report : Reporter
    march : March, optional
        How it is carried over an interval; in explicit sub-steps if not given.

    Attributes
    ----------
    mass : ndarray of float64, shape (cell,)
        Mobile mass, dissolved and sorbed [M]: the state.
    concentration : ndarray of float64, shape (cell,)
        Dissolved [M/L**3].
    time : float or None
        How far the species has come [T]; None before the first step.
    set_up : Spent
        Time that went into making ready for flow fields and stress steps.
    """

    def __init__(
        self, model: TransportModel, scheme: ExplicitScheme, report: Reporter, march: March | None = None
    ) -> None:
        self.model = model
        self.scheme = scheme
        self.concentration: Floats = np.ascontiguousarray(model.initial_concentration, dtype=float).copy()
        self.mass: Floats = np.zeros(model.grid.n_cells)
        self.time: float | None = None
        self.set_up = Spent()
        self._report = report
        self._water = WaterBalance(model)
        self._store = Store(model)
        self.retention = Retention(model.mobile)
        self.processes = processes_of(model)
        self._watched = watched_faces(model)
        self._places: NDArray[np.int64] = self._watched
        self._march: March = march or ChosenMarch(model.grid)
        self._flow: FlowStep | None = None
        self._stress: TimeStep | None = None
        self._wet: NDArray[np.bool_] | None = None
        self._sweep: Sweep
        self._k: Coefficients
        self._resolution: Resolution
        self._rule: EndRule
        self._capacity: Capacity
        self._boundaries: Boundaries
        self._dissolved_part: Floats = np.ones(model.grid.n_cells)

    def advance(self, flow: FlowStep, until: float, stress: TimeStep, *, pause: bool = False) -> TransportStep:
        """Carry the species to `until`, or to a pause on the way there; see `TransportSolver.advance_part`."""
        start = flow.start if self.time is None else self.time
        by_cell = saves_budget(self.model, stress)
        books = Books(self.model, start, until, by_cell=by_cell)
        with self.set_up:
            rewetted = self._enter(flow, stress, books)
        watched, places = self._look(by_cell)
        work = Work(
            self.model, self.scheme, flow, self._k, self._boundaries, self._capacity, self._sweep,
            self._rule, self.mass, self.concentration, self.retention, self.processes, places,
        )
        if pause:
            until = books.end = pause_time(work, start, until)
        self._march(work, start, until, self._report)
        self.time = until
        self._dissolved_part = self._water_part(work.part(until))
        books.close(
            work.boundaries, self.mass, self._dissolved_part, self._store, work.integral, work.taken, work.fixed_net,
            rewetted, self.processes,
        )
        dry = (work.content(until) <= 0.0) & ~work.passing
        c = np.where(dry, 0.0, self.concentration)
        dissolved = self.mass * self._dissolved_part
        least = np.maximum(np.minimum(self._capacity.start, self._capacity.end), self._capacity.least)
        courant = self._resolution.courant(least, (until - start) / max(work.sub_steps, 1))
        return TransportStep(
            species=self.model.name, start=start, end=until, concentration=c, dry=dry,
            mass=float(dissolved.sum() + self._store.mass.sum()), mass_sorbed=float((self.mass - dissolved).sum()),
            ledger=books.ledger, package_rates=books.package_rates, sub_steps=work.sub_steps, stages=work.stages,
            limits=work.limits.result(), minimum=float(c.min()), maximum=float(c.max()),
            figures={"courant": courant, **work.figures}, coarse=self._resolution.coarse(c),
            watched=(watched, work.watched_mass / (until - start)),
            immobile=tuple(s for p in self.processes if (s := p.immobile(start, until)) is not None),
            passed=work.passed, part_masses=books.part_masses, cell_rates=books.cell_rates,
        )

    def _look(self, by_cell: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the faces to watch, all of them where a budget is saved, and their places in kernel order."""
        if not by_cell:
            return self._watched, self._places
        places = np.empty(self.model.grid.n_faces, np.int64)
        places[self._sweep.faces.order] = np.arange(places.size)
        return np.arange(places.size), places

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        return {
            "time": np.array([np.nan if self.time is None else self.time]), "mass": self.mass,
            "concentration": self.concentration, "dissolved_part": self._dissolved_part,
            "store_mass": self._store.mass, "store_content": self._store.content,
            "elastic": self._water.elastic_before, "march": np.array([self._march.memory]),
            **{k: v for p in self.processes for k, v in p.state().items()},
        }

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state taken at or in this flow step."""
        time = float(state["time"][0])
        self.time = None if np.isnan(time) else time
        self.mass[:], self.concentration[:] = state["mass"], state["concentration"]
        self._dissolved_part = state["dissolved_part"].copy()
        self._store.mass[:], self._store.content[:] = state["store_mass"], state["store_content"]
        self._water.go_back(state["elastic"])
        self._march.memory = float(state["march"][0])
        for process in self.processes:
            process.restore(state)
        if self.time is not None:
            self._flow, self._capacity = flow, self._water.step(flow)
            self._new_field(flow)

    def _enter(self, flow: FlowStep, stress: TimeStep, books: Books) -> Floats:
        """Make ready for a flow step and a stress step where they are new; return mass met in rewetted parts."""
        new_flow, first = flow is not self._flow, self._flow is None
        rewetted: Floats = np.zeros(self.mass.size)
        new_boundaries = new_flow or stress != self._stress
        before, previous = self._flow, None if first else self._capacity
        if new_flow:
            self._flow, self._capacity = flow, self._water.step(flow)
        if new_boundaries:
            self._stress = stress
            self._boundaries = boundaries(self.model, flow, stress, self._capacity)
        if first:
            w, s = self.retention.contents(self._capacity.water_start, self._capacity.solid)
            self.mass[:] = self.retention.mass(self.concentration, w, s)
            self._dissolved_part = self._water_part(0.0)
        books.open(self.mass, self._dissolved_part, self._store)
        if new_flow and previous is not None:
            rewetted = self._rewet(previous)
        if new_flow and not (before is not None and _same_field(flow, before) and not self._rewets()):
            self._new_field(flow)
        if new_boundaries:
            self._rule = end_rule(self._sweep.faces, self._k.faces[0], self._boundaries)
            self._sweep.end_with(self._k, self._rule)
        return rewetted

    def _rewet(self, previous: Capacity) -> Floats:
        """Exchange mass with the dry part of cells where the new flow step begins with other contents."""
        c = np.maximum(self.concentration, self.model.initial_concentration)
        secant = self.retention.secant(c)
        before, after = previous.end + previous.solid * secant, self._capacity.start + self._capacity.solid * secant
        return self._store.exchange(self.mass, before, after, self._boundaries.fixed)

    def _water_part(self, part: float) -> Floats:
        """Return the dissolved share of the mass at a part of the flow step, shape (cell,)."""
        if self.retention.linear:
            return self._capacity.water_part(part)
        dissolved = self._capacity.water(part) * self.concentration
        holds = self.mass > 0.0
        return np.where(holds, np.minimum(dissolved / np.where(holds, self.mass, 1.0), 1.0), 1.0)

    def _wet_cells(self) -> NDArray[np.bool_]:
        return (self._capacity.start > 0.0) | (self._capacity.end > 0.0)

    def _rewets(self) -> bool:
        """Return whether other cells than before take part."""
        return self._wet is None or not np.array_equal(self._wet_cells(), self._wet)

    def _new_field(self, flow: FlowStep) -> None:
        """Set up tables and coefficients for a flow field."""
        if self._rewets():
            self._wet = self._wet_cells()
            self._sweep = sweep_for(self.model.grid, self._wet)
            if self._watched.size:
                place = np.empty(self.model.grid.n_faces, np.int64)
                place[self._sweep.faces.order] = np.arange(place.size)
                self._places = place[self._watched]
        self._k = coefficients(self.model, flow, self._sweep.faces, self._sweep.structured, self.scheme)
        faces = self._sweep.faces
        self._resolution = Resolution(
            self._k.faces[0], self._k.faces[3], faces.cells, faces.distance.sum(axis=1), self.model.grid.n_cells
        )


def _same_field(flow: FlowStep, before: FlowStep) -> bool:
    """Return whether a step shows the very arrays of the one before (flow solved once, or stretched over steps)."""
    return (
        flow.face_flow is before.face_flow
        and flow.specific_discharge is before.specific_discharge
        and flow.saturation_start is before.saturation_start
        and flow.saturation_end is before.saturation_end
    )
