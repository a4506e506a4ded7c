"""One species under MODFLOW 6's discretisation: its concentration, carried from step to step."""

import numpy as np

from gwsolver.core.clock import Spent
from gwsolver.core.errors import RunError
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.budget import saves_budget
from gwsolver.transport.engine import State
from gwsolver.transport.mf6.books import book_drying, book_unsolved, books
from gwsolver.transport.mf6.field import advected, transport_operator
from gwsolver.transport.mf6.immobile import ImmobileStorage
from gwsolver.transport.mf6.operator import Bools, Floats, TransportOperator, gathered
from gwsolver.transport.mf6.solve import FIRST, ROUND_OFF, LinearSystem, fixed_point, suits_direct
from gwsolver.transport.mf6.sources import EntryTerms, MassEntries, WaterEntries, entries, fixed_cells
from gwsolver.transport.mf6.storage import MobileStorage
from gwsolver.transport.mf6.terms import Term
from gwsolver.transport.mf6.tvd import TvdStencil, tvd_stencil
from gwsolver.transport.mf6.water import water_of
from gwsolver.transport.progress import Progress, Reporter
from gwsolver.transport.resolution import Resolution, resolution_of
from gwsolver.transport.watched import watched_faces

DRY_HEAD = -1e30


class Mf6Species:
    """Carries one species through the flow.

    Parameters
    ----------
    model : TransportModel
    report : Reporter

    Attributes
    ----------
    concentration : ndarray of float64, shape (cell,)
        Dissolved [M/L**3], zero in dry cells: the state.
    time : float or None
        How far the species has come [T]; None before the first step.
    set_up : Spent
        Time that went into making ready for flow fields.
    """

    def __init__(self, model: TransportModel, report: Reporter) -> None:
        self.model = model
        self.concentration: Floats = np.array(model.initial_concentration, dtype=float)
        self.time: float | None = None
        self.set_up = Spent()
        self._report = report
        self._watched = watched_faces(model)
        self._mobile = MobileStorage(model.mobile)
        self._immobile = [ImmobileStorage(d) for d in model.immobile]
        self._direct = suits_direct(model.grid)
        self._field: tuple[Floats | Bools, ...] = ()
        self._kept: Bools = np.zeros(0, bool)
        self._operator: TransportOperator
        self._tvd: TvdStencil | None
        self._system: LinearSystem
        self._resolution: Resolution

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> TransportStep:
        """Take one step of backward Euler to `until`; see `TransportSolver.advance`."""
        start = flow.start if self.time is None else self.time
        water = water_of(self.model, flow, start, until)
        fixed = fixed_cells(self.model, stress)
        active = flow.head_end != DRY_HEAD
        active[fixed.cells] = True
        free = active.copy()
        free[fixed.cells] = False
        with self.set_up:
            self._enter(flow, active, ~free)
        old = self.concentration.copy()
        old[fixed.cells] = fixed.concentration
        self._mobile.begin(water, old)
        for domain in self._immobile:
            domain.begin(water)
        fixed_terms = [d.term() for d in self._immobile] + self._imbalance(flow)
        packages = entries(self.model, flow, stress, free)
        step = _Step(self, fixed_terms, packages)
        start_of_iterations = np.where(active, old, 0.0)
        start_of_iterations[fixed.cells] = fixed.concentration
        lagged = self._tvd is not None and not self._system.direct and not self._mobile.remembers
        try:
            c, iterations, change = fixed_point(
                step.advance, start_of_iterations, mix=not self._mobile.remembers, first=FIRST if lagged else ROUND_OFF
            )
        except RunError as error:
            raise RunError(f"{self.model.name}, time {stress.end:g}: {error}") from None
        flux = self._operator.flux @ c + step.antidiffusive
        ledger, rates, by_cell = books(
            self.model.grid, c, water.length, step.terms, list(zip(packages, step.entry_terms, strict=True)), fixed,
            free, flux, self._operator.defect @ c,
        )
        if (idle := self._system.idle & free).any():
            book_unsolved(ledger, self.model.grid, np.where(idle, step.residual(c), 0.0) * water.length)
        fell_dry = ~active & (self.concentration != 0.0)
        fell_dry[self.model.grid.water_bodies] = False
        if fell_dry.any():
            gone = np.where(fell_dry, self.concentration, 0.0)
            book_drying(ledger, self.model.grid,
                        *self._mobile.held(self.model.grid.volume, flow.saturation_start, gone))
        standing = tuple(domain.finish(c, free) for domain in self._immobile)
        self.concentration, self.time = c, until
        dissolved, on_solid = self._mobile.masses(c)
        self._report(Progress(until, water.length, -1, "as MODFLOW 6"))
        saves = saves_budget(self.model, stress)
        watched = np.arange(self.model.grid.n_faces) if saves else self._watched
        content = self._mobile.capacity()
        content[self.model.grid.water_bodies] = 0.0  # lakes and reaches do not judge the aquifer's steps
        courant = self._resolution.courant(content, water.length)
        tracked = self.model.grid.tracked_faces
        masses = tuple((float(dissolved[p.cells].sum()), float(on_solid[p.cells].sum())) for p in self.model.grid.parts)
        shown_cells = np.where(active, c, 0.0)
        shown = c[active] if active.any() else c
        return TransportStep(
            species=self.model.name, start=start, end=until, concentration=c.copy(), dry=~active,
            mass=float(dissolved.sum()), mass_sorbed=float(on_solid.sum()), ledger=ledger, package_rates=rates,
            sub_steps=1, stages=iterations, limits=(), minimum=float(shown.min()),
            maximum=float(shown.max()), immobile=standing,
            figures={"courant": courant, "iterations": iterations, "last_change": change},
            coarse=self._resolution.coarse(shown_cells), passed=flux[tracked] * water.length, part_masses=masses,
            watched=(watched, flux[watched]), cell_rates=by_cell if saves else {},
        )

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        time = np.array([np.nan if self.time is None else self.time])
        found = {"time": time, "concentration": self.concentration}
        found |= {f"immobile/{d.name}": d.concentration for d in self._immobile}
        if self.time is not None:  # what the factors in use were made of decides the last bits
            found |= {"active": self._field[-1], "kept": self._kept, "factored": self._system.factored}
        return found

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state of the same model, taken at or in this flow step."""
        time = float(state["time"][0])
        self.time = None if np.isnan(time) else time
        self.concentration = state["concentration"].copy()
        for domain in self._immobile:
            domain.concentration = state[f"immobile/{domain.name}"].copy()
        if self.time is not None:
            self._enter(flow, state["active"].astype(bool), state["kept"].astype(bool))
            self._system.refactorise(state["factored"])

    def _enter(self, flow: FlowStep, active: Bools, kept: Bools) -> None:
        """Make ready for a flow field and a set of cells that are not solved, where they are new."""
        field = (flow.face_flow, flow.specific_discharge, flow.saturation_end, active)
        same = len(self._field) == 4 and all(
            a is b or np.array_equal(a, b) for a, b in zip(field, self._field, strict=True)
        )
        if not same:
            self._field = field
            self._resolution = resolution_of(self.model, flow)
            self._operator = transport_operator(self.model, flow, active)
            passing = advected(self.model.grid, flow, active)
            limited = self.model.weighted("tvd")
            self._tvd = tvd_stencil(self.model.grid, passing, active, limited) if limited.any() else None
        if not same or not np.array_equal(kept, self._kept):
            self._kept = kept
            self._system = LinearSystem(self._operator.net, kept, self._direct, self.model.grid.water_bodies)

    def _imbalance(self, flow: FlowStep) -> list[Term]:
        """Return the correction that FMI's FLOW_IMBALANCE_CORRECTION asks for."""
        if not self.model.flow_imbalance_correction:
            return []
        return [Term("flow", "flow imbalance", -flow.residual, np.zeros(flow.residual.size))]


class _Step:
    """The iterations of one step; keeps what the latest one solved."""

    def __init__(
        self, species: Mf6Species, fixed_terms: list[Term], packages: list[WaterEntries | MassEntries]
    ) -> None:
        self._species, self._fixed_terms, self._packages = species, fixed_terms, packages
        self.terms: list[Term] = []
        self.entry_terms: list[EntryTerms] = []
        self.antidiffusive: Floats = np.zeros(species.model.grid.n_faces)
        self._latest: tuple[Floats, Floats]

    def advance(self, c: Floats, iteration: int, accuracy: float) -> Floats:
        """Linearise about C and solve."""
        s = self._species
        self._latest = diagonal, right = self._linearise(c, iteration)
        return s._system.solve(diagonal, right, c, accuracy)

    def residual(self, c: Floats) -> Floats:
        """Return what flows into each cell and is not stored there [M/T]: zero where it was solved."""
        diagonal, right = self._latest
        total: Floats = self._species._operator.net @ c + diagonal * c - right
        return total

    def _linearise(self, c: Floats, iteration: int) -> tuple[Floats, Floats]:
        """Return h and r of all cells."""
        s, n_cells = self._species, c.size
        self.terms = s._mobile.terms(c, iteration) + self._fixed_terms
        self.entry_terms = [p.terms(c) for p in self._packages]
        diagonal, right = np.zeros(n_cells), np.zeros(n_cells)
        for term in self.terms:
            diagonal += term.diagonal
            right += term.right
        for package, t in zip(self._packages, self.entry_terms, strict=True):
            on = package.cells >= 0
            diagonal += gathered(package.cells[on], t.diagonal[on], n_cells)
            right += gathered(package.cells[on], t.right[on], n_cells)
        if s._tvd is not None:
            self.antidiffusive = s._tvd.flux(c)
            n, m = s.model.grid.face_cells.astype(np.int64).T
            right += gathered(n, self.antidiffusive, n_cells) - gathered(m, self.antidiffusive, n_cells)
        return diagonal, right
