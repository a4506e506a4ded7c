"""One species under the explicit engine: its mass, carried from flow step to flow step."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.clock import Spent
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.stress import StressValues
from gwsolver.core.time import TimeStep
from gwsolver.transport.budget import Books, saves_budget
from gwsolver.transport.engine import State
from gwsolver.transport.explicit.beside.aquifer import Aquifer
from gwsolver.transport.explicit.beside.march import BesideMarch
from gwsolver.transport.explicit.fields import Fields, same_field
from gwsolver.transport.explicit.general import General, same_sources
from gwsolver.transport.explicit.local.choice import ChosenMarch
from gwsolver.transport.explicit.march import March
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.features.grid import FeatureGrid
from gwsolver.transport.processes import processes_of
from gwsolver.transport.resolution import Resolution, resolution_of
from gwsolver.transport.retention import Retention
from gwsolver.transport.sources import Boundaries, Given, given, put_together, stresses
from gwsolver.transport.watched import watched_faces
from gwsolver.transport.water import Capacity, Store, WaterBalance

Floats = NDArray[np.float64]

FASTER_THAN = 0.9  # wells aside, whose cells are a few


class ExplicitSpecies:
    """Carries one species through the flow.

    Parameters
    ----------
    model : TransportModel
    scheme : ExplicitScheme
    march : March, optional
        How it is carried over an interval by itself; in explicit sub-steps if not given.
    fields : Fields, optional
        What follows from the flow alone, shared with others; its own if not given.

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
        self, model: TransportModel, scheme: ExplicitScheme, march: March | None = None, fields: Fields | None = None
    ) -> None:
        self.model = model
        self.scheme = scheme
        self.concentration: Floats = np.ascontiguousarray(model.initial_concentration, dtype=float).copy()
        self.mass: Floats = np.zeros(model.grid.n_cells)
        self.time: float | None = None
        self.set_up = Spent()
        self._water = WaterBalance(model)
        self._store = Store(model)
        self.retention = Retention(model.mobile)
        self.processes = processes_of(model)
        self._watched = watched_faces(model)
        self._aquifer = Aquifer(model, scheme) if isinstance(model.grid, FeatureGrid) else None
        self.march: March = march or (ChosenMarch(model.grid) if self._aquifer is None else BesideMarch(self._aquifer))
        self._flow: FlowStep | None = None
        self._stress: TimeStep | None = None
        self._general = General(model, scheme, fields)
        self._resolution: Resolution
        self._bare: Capacity | None = None  # what cells hold beside oil
        self._capacity: Capacity
        self._given: Given | None = None
        self._stresses: tuple[StressValues, ...] = ()  # what it was put together from
        self._boundaries: Boundaries
        self._dissolved_part: Floats = np.ones(model.grid.n_cells)
        self._oil: Floats | None = None
        self._oil_part: Floats | None = None
        self._most = 0.0

    def begin(self, flow: FlowStep, until: float, stress: TimeStep) -> Work:
        """Make ready to go to `until` (see `TransportSolver.advance`); return what a march carries there."""
        start = flow.start if self.time is None else self.time
        by_cell = saves_budget(self.model, stress)
        self._books = Books(self.model, start, until, by_cell=by_cell)
        with self.set_up:
            self._rewetted = self._enter(flow, stress, self._books)
        self._general.enter(flow, self._capacity, self._boundaries)
        self._most = max(self._most, float(self.mass.sum()))
        return Work(
            self.model, self.scheme, flow, self._general, self._boundaries, self._capacity, self.mass,
            self.concentration, self.retention, self.processes,
            np.arange(self.model.grid.n_faces) if by_cell else self._watched, most=self._most, aquifer=self._aquifer,
        )

    def stop_at(self, until: float) -> None:
        """Go no further than this instead of to the end that `begin` was told."""
        self._books.end = until

    def hold(self, work: Work, oil: Floats) -> None:
        """Let the oil keep this per unit concentration from now on, shape (cell,) [L**3]."""
        if oil is not self._oil:
            self._oil = oil
            assert self._bare is not None
            work.capacity = self._capacity = self._bare.holding(oil)

    def crossing(self) -> float:
        """Return the time in which water crosses a cell, one of the faster ones [T]."""
        k = self._capacity
        wet = np.minimum(k.water_start, k.water_end) > 0.0
        rates = self._resolution.leaves[wet] / np.minimum(k.water_start, k.water_end)[wet]
        fast = float(np.quantile(rates, FASTER_THAN)) if rates.size else 0.0
        return 1.0 / fast if fast > 0.0 else np.inf

    def book(self, ledger: Ledger) -> None:
        """Add to the books of the interval what reactions moved."""
        self._books.ledger.merge(ledger)

    def finish(self, work: Work) -> TransportStep:
        """Close the books after a march has carried `work` to its end."""
        books = self._books
        start, until = books.start, books.end
        self.time = until
        self._dissolved_part, self._oil_part = self._parts(work.part(until))
        books.close(
            work.boundaries, self.mass, self._dissolved_part, self._store, work.integral, work.taken, work.fixed_net,
            self._rewetted, self.processes, work.decayed, self._oil_part,
        )
        content = work.content(until)
        dry = ((content if self._oil is None else content - self._oil) <= 0.0) & ~work.passing
        c = np.where(dry, 0.0, self.concentration)
        dissolved = self.mass * self._dissolved_part
        in_oil = np.zeros(0) if self._oil_part is None else self.mass * self._oil_part
        least = np.maximum(np.minimum(self._capacity.start, self._capacity.end), self._capacity.least)
        least[work.solved] = 0.0  # no sub-step follows these cells
        courant = self._resolution.courant(least, (until - start) / max(work.sub_steps, 1))
        return TransportStep(
            species=self.model.name, start=start, end=until, concentration=c, dry=dry,
            mass=float(dissolved.sum() + self._store.mass.sum()),
            mass_sorbed=float((self.mass - dissolved).sum() - in_oil.sum()),
            ledger=books.ledger, package_rates=books.package_rates, sub_steps=work.sub_steps, stages=work.stages,
            limits=work.limits.result(), minimum=float(c.min()), maximum=float(c.max()),
            figures={"courant": courant, **work.figures}, coarse=self._resolution.coarse(c),
            watched=(work.watched, work.watched_mass / (until - start)),
            immobile=tuple(s for p in self.processes if (s := p.immobile(start, until)) is not None),
            passed=work.passed, part_masses=books.part_masses, cell_rates=books.cell_rates,
            in_oil=in_oil,
        )

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        return {
            "time": np.array([np.nan if self.time is None else self.time]), "mass": self.mass,
            "concentration": self.concentration, "dissolved_part": self._dissolved_part,
            "store_mass": self._store.mass, "store_content": self._store.content,
            "elastic": self._water.elastic_before, "march": np.array([self.march.memory]),
            "most": np.array([self._most]),
            **{k: v for p in self.processes for k, v in p.state().items()},
            **({} if self._oil is None or self._oil_part is None else {"oil": self._oil, "oil_part": self._oil_part}),
        }

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state taken at or in this flow step."""
        time = float(state["time"][0])
        self.time = None if np.isnan(time) else time
        self.mass[:], self.concentration[:] = state["mass"], state["concentration"]
        self._dissolved_part = state["dissolved_part"].copy()
        self._store.mass[:], self._store.content[:] = state["store_mass"], state["store_content"]
        self._water.go_back(state["elastic"])
        self.march.memory = float(state["march"][0])
        self._most = float(state["most"][0])
        for process in self.processes:
            process.restore(state)
        if "oil" in state:
            self._oil, self._oil_part = state["oil"].copy(), state["oil_part"].copy()
        if self.time is not None:
            self._enter_flow(flow)
            self._resolution = resolution_of(self.model, flow)

    def _enter(self, flow: FlowStep, stress: TimeStep, books: Books) -> Floats:
        """Make ready for a flow step and a stress step where they are new; return mass met in rewetted parts."""
        before, new_flow = self._flow, flow is not self._flow
        rewetted: Floats = np.zeros(self.mass.size)
        new_boundaries = new_flow or stress != self._stress
        previous = None if before is None else self._capacity
        if before is None or (new_flow and not same_field(flow, before)):
            self._resolution = resolution_of(self.model, flow)
        if new_flow:
            self._enter_flow(flow)
        if new_boundaries:
            self._stress = stress
            same_water = before is not None and self._capacity is previous and same_sources(flow, before)
            self._act(flow, stress, same_water)
        if before is None:
            w, s = self.retention.contents(self._capacity.water_start, self._capacity.solid)
            self.mass[:] = self.retention.mass(self.concentration, w, s)
            self._dissolved_part, self._oil_part = self._parts(0.0)
        books.open(self.mass, self._dissolved_part, self._store, self._oil_part)
        if new_flow and previous is not None:
            rewetted = self._rewet(previous)
        return rewetted

    def _act(self, flow: FlowStep, stress: TimeStep, same_water: bool) -> None:
        """Put the boundaries together where they are not those at hand: what was made for these then lasts."""
        if self._given is not None and same_water and all(
            a is b for a, b in zip(stresses(self.model, stress), self._stresses, strict=True)
        ):
            return
        self._stresses = tuple(stresses(self.model, stress))
        packages = given(self.model, flow, stress)
        if self._given is None or not same_water or not packages.same_as(self._given):
            self._given = packages
            self._boundaries = put_together(self.model, flow, packages, self._capacity)

    def _rewet(self, previous: Capacity) -> Floats:
        """Exchange mass with the dry part of cells where the new flow step begins with other contents."""
        c = np.maximum(self.concentration, self.model.initial_concentration)
        secant = self.retention.secant(c)
        before, after = previous.end + previous.solid * secant, self._capacity.start + self._capacity.solid * secant
        return self._store.exchange(self.mass, before, after, self._boundaries.fixed)

    def _enter_flow(self, flow: FlowStep) -> None:
        """Find the capacities of a flow step: those at hand where steady flow goes on unchanged."""
        before, self._flow = self._bare, flow
        self._bare = self._water.step(flow)
        if self._bare is not before:
            self._capacity = self._bare.holding(self._oil)

    def _parts(self, part: float) -> tuple[Floats, Floats | None]:
        """Return the shares of the mass that are dissolved and in the oil at a part of the flow step, shape (cell,)."""
        k = self._capacity
        if self.retention.linear:
            return k.water_part(part), k.oil_part(part)
        holds = self.mass > 0.0
        whole = np.where(holds, self.mass, 1.0)
        dissolved = np.where(holds, np.minimum(k.water(part) * self.concentration / whole, 1.0), 1.0)
        if k.oil is None:
            return dissolved, None
        return dissolved, np.where(holds, np.minimum(k.oil * self.concentration / whole, 1.0 - dissolved), 0.0)
