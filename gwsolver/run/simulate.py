"""The time loop: flow makes a step, every species it carries follows, results are written."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import count
from typing import Any, Protocol

import numpy as np

from gwsolver.core.chemistry import Chemistry
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.ledger import LEAST_PART, Ledger, total
from gwsolver.core.memory import give_back
from gwsolver.core.simulation import Simulation, TransportModel
from gwsolver.core.steps import FlowStep, ReactionStep, TransportStep
from gwsolver.core.time import TimeAxis, TimeStep
from gwsolver.flow import FlowSolver
from gwsolver.modflow import saved_flow_steps
from gwsolver.reactions.oil.dry import dry_oil
from gwsolver.reactions.oil.kinetic import oil_bodies
from gwsolver.results import ResultsWriter
from gwsolver.run.checkpoint import Keeper, State
from gwsolver.run.log import RunLog
from gwsolver.run.parts import Parts
from gwsolver.run.progress import Silent
from gwsolver.run.summary import Timings
from gwsolver.run.teams import Species, Team, flow_teams, saved_teams, together
from gwsolver.transport import TransportSolver
from gwsolver.transport.mixing import edge_of
from gwsolver.transport.schemes import named
from gwsolver.transport.solver import DEFAULT

SAME_TIME = 1e-9


@dataclass
class Outcome:
    """What the run found out about itself, for summary.json and the checks.

    Attributes
    ----------
    closure : dict of str to float
        Largest relative imbalance by name: flow models as "flow" (or "flow NAME" if several), species by name.
    minimum, maximum : dict of str to float
        Smallest concentration at any time, largest at the end, per species.
    steps : dict of str to dict
        Counts by model: flow steps and iterations, transport sub-steps and sweeps.
    limits : dict of str to dict of (place, reason) to int
        What limited the sub-steps, per species.
    figures : dict of str to dict of str to float
        The largest of each figure that the engine told of its steps, per species.
    coarse : dict of str to dict
        Where the grid is too coarse for the dispersivity, at the time when most cells are, per species.
    schemes : dict of str to str
        Name of the scheme that carried each species.
    edges : dict of str to dict
        How coarse the plume's edge is at the end, per donor of an instantaneous reaction, where it is worst.
    solved_flow : dict of str to bool
        Whether the flow of that closure name was solved here.
    positive : bool
        Whether the scheme promises concentrations that are never negative.
    """

    closure: dict[str, float] = field(default_factory=dict)
    minimum: dict[str, float] = field(default_factory=dict)
    maximum: dict[str, float] = field(default_factory=dict)
    steps: dict[str, dict[str, float]] = field(default_factory=dict)
    limits: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    coarse: dict[str, dict[str, Any]] = field(default_factory=dict)
    schemes: dict[str, str] = field(default_factory=dict)
    edges: dict[str, dict[str, Any]] = field(default_factory=dict)
    solved_flow: dict[str, bool] = field(default_factory=dict)
    positive: bool = True

    def state(self) -> State:
        """Return it for a checkpoint."""
        limits = {name: [[*key, n] for key, n in held.items()] for name, held in self.limits.items()}
        return {**{f.name: getattr(self, f.name) for f in fields(self)}, "limits": limits}

    @classmethod
    def restored(cls, state: State) -> "Outcome":
        """Return the outcome that left this state."""
        limits = {name: {(cell, reason): n for cell, reason, n in held} for name, held in state["limits"].items()}
        return cls(**{**state, "limits": limits})


class Carried:
    """Species that share flow and time axis on their way: the solver, and where they stand in their own time steps.

    Parameters
    ----------
    species : list of Species
    scheme : str
    bar : Silent
    log : RunLog
        Told why a scheme was chosen, where none was named.
    resume : mapping, optional
        State to go on from.
    chemistry : Chemistry, optional
        Reactions between them.
    """

    def __init__(
        self, species: list[Species], scheme: str, bar: Silent, log: RunLog, resume: State | None = None,
        chemistry: Chemistry | None = None,
    ) -> None:
        self.species = species
        self.solver = TransportSolver(
            [s.model for s in species], scheme=scheme,
            on_progress=lambda p: bar.update(p.time, f"step {p.step_length:.3g}, {p.cell}: {p.reason}"),
            on_choice=lambda words: log.note(f"{', '.join(s.model.name for s in species)}: {words}"),
            chemistry=chemistry,
        )
        # Not every reaction names species that cannot be in one place.
        self._meets = [p for s in (chemistry.settings if chemistry else ()) for p in getattr(s, "meets", ())]
        self.ledgers = {m.name: Ledger() for s in species for m in s.members}
        self.time = species[0].model.time
        self._all = list(self.time.steps())
        self._ends = [s.end for s in self._all]
        self._number = 0
        self.reached = 0.0
        self._parts = {name: Parts() for name in self.ledgers}
        self._resume = resume
        if resume is not None:
            self._number, self.reached = resume["number"], resume["reached"]
            self.ledgers = {name: Ledger.restored(parts) for name, parts in resume["ledgers"].items()}
            self._parts = {name: Parts.restored(parts) for name, parts in resume["parts"].items()}

    @property
    def step(self) -> TimeStep | None:
        """The own time step that is under way or comes next; None after the last."""
        return self._all[self._number] if self._number < len(self._all) else None

    def state(self) -> State:
        """Return what another `Carried` of the same models needs to go on bit for bit."""
        return {
            "number": self._number, "reached": self.reached, "solver": self.solver.state(),
            "ledgers": {name: ledger.state() for name, ledger in self.ledgers.items()},
            "parts": {name: parts.state() for name, parts in self._parts.items()},
        }

    def follow(
        self, flow: FlowStep, writer: ResultsWriter, outcome: Outcome, timings: Timings,
        pause: Callable[[], None] | None,
    ) -> None:
        """Advance through all own time steps that this flow step covers; `pause` is called where one may stop."""
        flow = self._reaching(flow)
        if self._resume is not None:
            self.solver.restore(self._resume["solver"], flow)
            self._resume = None
        while self.step is not None and self.reached < flow.end * (1.0 - SAME_TIME):
            own = self.step
            until = min(own.end, flow.end)
            if math.isclose(until, own.end, rel_tol=SAME_TIME):
                until = own.end
            steps = self.solver.advance_part(flow, until, own)
            self.reached = steps[0].end
            ends = self.reached == own.end
            n_steps = self.time.periods[own.period].n_steps
            for species, joint in zip(self.species, steps, strict=True):
                for model, step in zip(species.members, species.split(joint), strict=True):
                    whole = self._parts[model.name].add(step, ends)
                    with timings.phase("writing"):
                        writer.transport(whole, own, n_steps, ends)
                    self._note(model, step, outcome)
            if self.solver.reactions is not None:
                self._note_reactions(self.solver.reactions, own, n_steps, ends, writer, outcome)
            if ends:
                self._number += 1
                if self.step is None:
                    self._note_edges(flow, steps, outcome)
            if pause is not None:
                pause()

    def _reaching(self, flow: FlowStep) -> FlowStep:
        """Let a flow step that ends a rounding error before an own time step end with it."""
        near = bisect_left(self._ends, flow.end)
        if near == len(self._ends) or not math.isclose(self._ends[near], flow.end, rel_tol=SAME_TIME):
            return flow
        return flow if self._ends[near] == flow.end else replace(flow, end=self._ends[near])

    def _note_reactions(
        self, done: ReactionStep, own: TimeStep, n_steps: int, ends: bool, writer: ResultsWriter, outcome: Outcome
    ) -> None:
        """Keep what reactions did and hold."""
        writer.reactions(self.species[0].members[0], done, own, n_steps, ends)
        for account in done.accounts:
            ledger = self.ledgers.setdefault(account.name, Ledger())
            ledger.merge(account.ledger)
            closure = ledger.closure(float(account.mass.sum()))
            outcome.closure[account.name] = max(outcome.closure.get(account.name, 0.0), closure)
        for name, imbalance in done.balances.items():
            outcome.closure[name] = max(outcome.closure.get(name, 0.0), imbalance)
        figures = outcome.figures.setdefault("reactions", {})
        for figure, value in done.figures.items():
            figures[figure] = max(figures.get(figure, value), value)
        counts = outcome.steps.setdefault("reactions", {"steps": 0})
        counts["steps"] += done.splits

    def _note_edges(self, flow: FlowStep, steps: tuple[TransportStep, ...], outcome: Outcome) -> None:
        """Keep how coarse the edges of plumes are for the mixing that sets their length."""
        at_end = {s.model.name: (s.model, step.concentration) for s, step in zip(self.species, steps, strict=True)}
        for donor, acceptor in self._meets:
            model, concentration = at_end[donor]
            found = edge_of(model, flow, concentration, at_end[acceptor][1])
            if found is not None and found.excess >= outcome.edges.get(donor, {"excess": 0.0})["excess"]:
                where = model.grid.describe(found.cell)
                outcome.edges[donor] = {
                    "faces": found.faces, "of": found.of, "excess": found.excess, "text": found.words(donor, where)
                }

    def _note(self, model: TransportModel, step: TransportStep, outcome: Outcome) -> None:
        """Keep what the run wants to know about a step."""
        name = model.name
        self.ledgers[name].merge(step.ledger)
        closure = self.ledgers[name].closure(step.mass + step.mass_sorbed + float(step.in_oil.sum()))
        outcome.closure[name] = max(outcome.closure.get(name, 0.0), closure)
        for domain in step.immobile:
            whole = f"{name}/{domain.name}"
            booked = self.ledgers.setdefault(whole, Ledger())
            booked.merge(domain.ledger)
            outcome.closure[whole] = max(outcome.closure.get(whole, 0.0), booked.closure())
        for solute in step.features:
            whole = f"{name}/{solute.name}"
            booked = self.ledgers.setdefault(whole, Ledger())
            booked.merge(solute.ledger)
            outcome.closure[whole] = max(outcome.closure.get(whole, 0.0), booked.closure(solute.mass))
            least = float(solute.concentration.min(initial=0.0))
            outcome.minimum[name] = min(outcome.minimum.get(name, math.inf), least)
        outcome.minimum[name] = min(outcome.minimum.get(name, math.inf), step.minimum)
        outcome.maximum[name] = step.maximum
        counts = outcome.steps.setdefault(name, {"sub_steps": 0, "sweeps": 0})
        counts["sub_steps"] += step.sub_steps
        counts["sweeps"] += step.stages
        figures = outcome.figures.setdefault(name, {})
        for figure, value in step.figures.items():
            figures[figure] = max(figures.get(figure, value), value)
        found = step.coarse
        if found is not None and found.cells >= outcome.coarse.get(name, {"cells": 0})["cells"]:
            outcome.coarse[name] = {**asdict(found), "cell": model.grid.describe(found.worst)}
        held = outcome.limits.setdefault(name, {})
        for limit in step.limits:
            key = (model.grid.describe(limit.cell), limit.reason)
            held[key] = held.get(key, 0) + limit.count


def simulate(
    simulation: Simulation, writer: ResultsWriter, scheme: str, bar: Silent, log: RunLog, timings: Timings,
    keeper: Keeper,
) -> Outcome:
    """Solve everything and hand it to the writer; the caller finishes or abandons the results.

    Raises
    ------
    RunError
        If flow or transport cannot be finished.
    InputError
        If the input shows only now that it cannot be run.
    KeyboardInterrupt
        If the run was asked to stop.
    """
    outcome = Outcome(positive=named(scheme or DEFAULT).positive)
    if keeper.resume is not None:
        outcome = Outcome.restored(keeper.resume["run"]["outcome"])
        timings.go_on(keeper.resume["run"]["timings"])
    run = Run(simulation, writer, scheme, bar, log, timings, keeper, outcome)
    teams = flow_teams(simulation) + saved_teams(simulation)
    for number, team in enumerate(teams):
        label = "flow" if len(teams) == 1 else f"flow {'of ' if team.saved else ''}{team.name}"
        outcome.solved_flow[label] = not team.saved
        if keeper.resume is None or number >= keeper.resume["run"]["part"]:
            run.carry(number, Saved(run, label, team) if team.saved else Solved(run, label, team), team)
    return outcome


@dataclass
class Run:
    """All that a run works with."""

    simulation: Simulation
    writer: ResultsWriter
    scheme: str
    bar: Silent
    log: RunLog
    timings: Timings
    keeper: Keeper
    outcome: Outcome

    def carry(self, number: int, source: "Flows", team: Team) -> None:
        """Run the flow of a team and all species on it, one flow step in memory at a time.

        A checkpoint may be written whenever all species are in the current flow step: while the last ones
        follow it, or after it where there are none.
        """
        resume = self.keeper.take(number)
        with self.timings.phase("transport"):
            carried = [
                Carried(group, self.scheme, self.bar, self.log, None if resume is None else resume["carried"][i],
                        self._chemistry(group))
                for i, group in enumerate(together(team.species))
            ]
        self.bar.start(", ".join(s.model.name for s in team.species) or team.name, 0.0, team.end)
        for flows, serves in source.steps(None if resume is None else resume["flow"]):
            end = next(iter(flows.values())).end
            self.bar.update(end)

            def pause(end: float = end) -> None:
                reached = min([one.reached for one in carried] or [end])
                self.keeper.offer(self.writer, self.log, lambda: {
                    "part": number, "flow": source.state(), "carried": [one.state() for one in carried],
                    "outcome": self.outcome.state(), "timings": self.timings.state(),
                }, f"time {reached:,.6g}")

            with self.timings.phase("transport"):
                for one in carried:
                    flow = _aligned(one.species[0].flow(flows), one.time, serves)
                    if one.reached == 0.0:
                        self._refuse_dry_oil(one, flow)
                    one.follow(flow, self.writer, self.outcome, self.timings,
                               pause if one is carried[-1] else None)
            if not carried:
                pause()
        for one in carried:
            self.timings.move(one.solver.set_up, "transport", "transport set-up")
            if one.solver.reactions is not None:
                self.timings.move(one.solver.reacted, "transport", "reactions")
            self._ended(one)

    def _chemistry(self, group: list[Species]) -> Chemistry | None:
        """Return the reactions if these are the species that react."""
        chemistry = self.simulation.chemistry
        return chemistry if chemistry is not None and {s.model.name for s in group} >= {*chemistry.species} else None

    def _refuse_dry_oil(self, one: Carried, flow: FlowStep) -> None:
        """Refuse oil in cells that the first flow step shows to be dry: what is steady is known only when solved."""
        bodies = oil_bodies(self._chemistry(one.species))
        problems = dry_oil(bodies, one.species[0].model.grid, flow, next(iter(self.simulation.files), ""))
        if problems:
            raise InputError(problems)

    def _ended(self, one: Carried) -> None:
        if one.step is not None:
            raise InputError([Problem(
                f"the flow ends before the transport model does: transport needs flow until {one.time.end:g}",
                file=one.species[0].model.file, package="tdis", value=f"{one.reached:g}",
                hint="Give flow and transport the same stress periods, or flow one single steady period.",
            )])
        for model in (m for s in one.species for m in s.members):
            self.outcome.schemes[model.name] = one.solver.scheme.name
            self.log.note(f"{model.name}: {self.outcome.steps[model.name]['sub_steps']:,} sub-steps, "
                          f"balance closes to {self.outcome.closure[model.name]:.1e}")


def _aligned(flow: FlowStep, time: TimeAxis, serves: str) -> FlowStep:
    """Stretch a steady flow step over the transport steps it serves (MODFLOW's FMI matches periods, not times).

    A steady flow that is the only step of its period serves all transport steps of the same period; if
    it is the only one of the whole flow model it serves them all.
    """
    if not flow.steady or serves == "step" or (serves == "period" and flow.period >= time.n_periods):
        return flow
    if serves == "run":
        return replace(flow, start=0.0, end=time.end)
    return replace(flow, start=time.period_start(flow.period), end=time.period_start(flow.period + 1))


class Flows(Protocol):
    """Where the flow steps of a team come from."""

    def steps(self, resume: State | None) -> Iterator[tuple[dict[str, FlowStep], str]]:
        """Yield the flow steps of each model, and whether they serve a step, the period or the run.

        From a state on: first the latest step once more, which is booked and written already.
        """
        ...

    def state(self) -> State:
        """Return what is needed to go on with the latest step."""
        ...


class Solved:
    """Flow steps solved one after another."""

    def __init__(self, run: Run, label: str, team: Team) -> None:
        self.run, self.label, self.team = run, label, team
        self._number = 0
        self._solver: FlowSolver | None = None
        self._last: State | None = None

    def state(self) -> State:
        """Return the number of the latest step and what it was solved from."""
        return {"number": self._number, "solver": self._last if self._solver is None else self._solver.state()}

    def steps(self, resume: State | None) -> Iterator[tuple[dict[str, FlowStep], str]]:
        """Solve step by step."""
        model, run = self.team.model, self.run
        assert model is not None
        with run.timings.phase("flow"):
            give_back()
            self._solver = FlowSolver(model)
        last = sum(p.n_steps for p in model.time.periods) - 1
        whole = model.time.n_periods == 1 and model.time.periods[0].n_steps == 1
        for number, step in enumerate(model.time.steps()):
            if resume is not None and number < resume["number"]:
                continue
            again = resume is not None and number == resume["number"]
            n_steps = model.time.periods[step.period].n_steps
            self._number = number
            with run.timings.phase("flow"):
                assert self._solver is not None
                flow = self._solver.restore(resume["solver"], step) if again else self._solver.advance(step)
            if number == last:
                self._last, self._solver = self._solver.state(), None  # its tables would stay through all of transport
            parts = self.team.split(flow)
            if not again:
                _count(flow, run.outcome, self.label)
                with run.timings.phase("writing"):
                    for name, part in parts.items():
                        _count_features(name, part, run.outcome)
                        run.writer.flow(name, part, n_steps)
            if number == last:
                model.grid.let_go()
                give_back()
            yield parts, "run" if whole else "period" if n_steps == 1 else "step"


class Saved:
    """Flow steps that MODFLOW saved, read one after another."""

    def __init__(self, run: Run, label: str, team: Team) -> None:
        self.run, self.label, self.team = run, label, team
        self._number = 0

    def state(self) -> State:
        """Return the number of the latest step."""
        return {"number": self._number}

    def steps(self, resume: State | None) -> Iterator[tuple[dict[str, FlowStep], str]]:
        """Read step by step; those before the latest too, as each begins with the heads of the one before."""
        team, run = self.team, self.run
        # LoadedCase.check has looked at every number.
        streams = {m.name: saved_flow_steps(m.saved_flows, m.grid, check=False) for m in team.saved if m.saved_flows}
        first = next(iter(streams.values()))
        for number in count():
            with run.timings.phase("reading flows"):
                read = {name: next(steps, None) for name, steps in streams.items()}
            flows = {name: flow for name, flow in read.items() if flow is not None}
            _same_times(team, read)
            if not flows:
                return
            if resume is not None and number < resume["number"]:
                continue
            self._number = number
            if resume is None or number > resume["number"]:
                for name, flow in flows.items():
                    _count(flow, run.outcome, self.label)
                    with run.timings.phase("writing"):
                        run.writer.flow(name, flow, streams[name].steps_in_period(flow.period))
            period = next(iter(flows.values())).period
            alone = first.steps_in_period(period) == 1
            yield flows, "run" if alone and first.n_steps == 1 else "period" if alone else "step"


def _same_times(team: Team, flows: dict[str, FlowStep | None]) -> None:
    """Refuse saved flows of joined models that do not go step by step together."""
    ends = {name: "no more steps" if flow is None else f"a step from {flow.start:g} to {flow.end:g}"
            for name, flow in flows.items()}
    if len(set(ends.values())) > 1:
        raise InputError([Problem(
            "the saved flows of joined models have different steps: "
            + "; ".join(f"{name} {text}" for name, text in ends.items()), file=team.saved[0].file, package="fmi",
            hint="Take the saved flows of one and the same run.")])


def _count(flow: FlowStep, outcome: Outcome, label: str) -> None:
    """Book a flow step's closure: what enters all cells less what leaves them, over the throughput.

    The flow solver judges every cell by itself and stops at round-off; where huge conductances meet small
    flows (a well as a column of K 1e6 times the aquifer's) round-off alone leaves 1e-8 of throughput in
    single cells, which cancels between neighbours. That figure stands in ``steps`` as ``cell_imbalance``.
    """
    inflow = sum(float(p.rates[p.rates > 0.0].sum()) for p in flow.packages)
    outflow = -sum(float(p.rates[p.rates < 0.0].sum()) for p in flow.packages)
    storage = flow.storage_flow
    throughput = max(inflow + float(storage[storage > 0.0].sum()), outflow - float(storage[storage < 0.0].sum()))
    scale = 1.0 / throughput if throughput > 0.0 else 0.0
    closure = abs(total(flow.residual)) * scale
    outcome.closure[label] = max(outcome.closure.get(label, 0.0), closure)
    counts = outcome.steps.setdefault(label, {"steps": 0, "iterations": 0, "cell_imbalance": 0.0})
    counts["steps"] += 1
    counts["iterations"] += flow.iterations
    counts["cell_imbalance"] = max(counts["cell_imbalance"], float(np.abs(flow.residual).max(initial=0.0)) * scale)


def _count_features(model: str, flow: FlowStep, outcome: Outcome) -> None:
    """Book how well the balances of lakes and reaches close: their imbalances over their throughput."""
    for waters in flow.features:
        rates = np.concatenate([-waters.rate, *waters.terms.values()])
        held = LEAST_PART * float(waters.volume_end.sum()) / flow.length if flow.length > 0.0 else 0.0
        throughput = max(float(rates[rates > 0.0].sum()), held)
        closure = float(np.abs(waters.imbalance()).sum()) / throughput if throughput > 0.0 else 0.0
        name = f"{model}/{waters.name}"
        outcome.closure[name] = max(outcome.closure.get(name, 0.0), closure)
