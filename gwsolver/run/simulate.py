"""The time loop: flow makes a step, every species it carries follows, results are written."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import Simulation, TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeAxis, TimeStep
from gwsolver.flow import FlowSolver
from gwsolver.modflow import saved_flow_steps
from gwsolver.results import ResultsWriter
from gwsolver.run.log import RunLog
from gwsolver.run.progress import Silent
from gwsolver.run.summary import Timings
from gwsolver.run.teams import Species, Team, flow_teams, saved_teams, together
from gwsolver.transport import TransportSolver
from gwsolver.transport.schemes import named

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
    solved_flow: dict[str, bool] = field(default_factory=dict)
    positive: bool = True


class Carried:
    """Species that share flow and time axis on their way: the solver, and where they stand in their own time steps."""

    def __init__(self, species: list[Species], scheme: str, bar: Silent) -> None:
        self.species = species
        self.solver = TransportSolver(
            [s.model for s in species], scheme=scheme,
            on_progress=lambda p: bar.update(p.time, f"step {p.step_length:.3g}, {p.cell}: {p.reason}"),
        )
        self.ledgers = {m.name: Ledger() for s in species for m in s.members}
        self.time = species[0].model.time
        self._steps = self.time.steps()
        self.step: TimeStep | None = next(self._steps)
        self.reached = 0.0

    def follow(self, flow: FlowStep, writer: ResultsWriter, outcome: Outcome, timings: Timings) -> None:
        """Advance through all own time steps that this flow step covers."""
        while self.step is not None and self.reached < flow.end * (1.0 - SAME_TIME):
            until = min(self.step.end, flow.end)
            if math.isclose(until, self.step.end, rel_tol=SAME_TIME):
                until = self.step.end
            within = flow if until <= flow.end else replace(flow, end=until)
            ends = until == self.step.end
            n_steps = self.time.periods[self.step.period].n_steps
            for species, whole in zip(self.species, self.solver.advance(within, until, self.step), strict=True):
                for model, step in zip(species.members, species.split(whole), strict=True):
                    with timings.phase("writing"):
                        writer.transport(step, self.step, n_steps, ends)
                    self._note(model, step, outcome)
            self.reached = until
            if ends:
                self.step = next(self._steps, None)

    def _note(self, model: TransportModel, step: TransportStep, outcome: Outcome) -> None:
        """Keep what the run wants to know about a step."""
        name = model.name
        self.ledgers[name].merge(step.ledger)
        outcome.closure[name] = max(outcome.closure.get(name, 0.0), self.ledgers[name].closure())
        for domain in step.immobile:
            whole = f"{name}/{domain.name}"
            booked = self.ledgers.setdefault(whole, Ledger())
            booked.merge(domain.ledger)
            outcome.closure[whole] = max(outcome.closure.get(whole, 0.0), booked.closure())
        outcome.minimum[name] = min(outcome.minimum.get(name, math.inf), step.minimum)
        outcome.maximum[name] = step.maximum
        counts = outcome.steps.setdefault(name, {"sub_steps": 0, "sweeps": 0})
        counts["sub_steps"] += step.sub_steps
        counts["sweeps"] += step.stages
        figures = outcome.figures.setdefault(name, {})
        for figure, value in step.figures.items():
            figures[figure] = max(figures.get(figure, value), value)
        held = outcome.limits.setdefault(name, {})
        for limit in step.limits:
            key = (model.grid.describe(limit.cell), limit.reason)
            held[key] = held.get(key, 0) + limit.count


def simulate(
    simulation: Simulation, writer: ResultsWriter, scheme: str, bar: Silent, log: RunLog, timings: Timings
) -> Outcome:
    """Solve everything and hand it to the writer; the caller finishes or abandons the results.

    Raises
    ------
    RunError
        If flow or transport cannot be finished.
    InputError
        If the input shows only now that it cannot be run.
    """
    outcome = Outcome(positive=named(scheme).positive)
    teams = flow_teams(simulation) + saved_teams(simulation)
    for team in teams:
        label = "flow" if len(teams) == 1 else f"flow {'of ' if team.saved else ''}{team.name}"
        outcome.solved_flow[label] = not team.saved
        steps = _saved(team, writer, outcome, label, timings) if team.saved else _solved(
            team, writer, outcome, label, timings)
        _carry(steps, team, writer, scheme, bar, log, outcome, timings)
    return outcome


def _carry(
    flow_steps: Iterator[tuple[dict[str, FlowStep], str]], team: Team, writer: ResultsWriter, scheme: str, bar: Silent,
    log: RunLog, outcome: Outcome, timings: Timings,
) -> None:
    """Run the flow of a team and all species on it, one flow step in memory at a time."""
    with timings.phase("transport"):
        carried = [Carried(group, scheme, bar) for group in together(team.species)]
    names = ", ".join(s.model.name for s in team.species) or team.name
    bar.start(names, 0.0, team.end)
    for flows, serves in flow_steps:
        bar.update(next(iter(flows.values())).end)
        with timings.phase("transport"):
            for one in carried:
                flow = one.species[0].flow(flows)
                one.follow(_aligned(flow, one.time, serves), writer, outcome, timings)
    for one in carried:
        timings.move(one.solver.set_up, "transport", "transport set-up")
        if one.step is not None:
            raise InputError([Problem(
                f"the flow ends before the transport model does: transport needs flow until {one.time.end:g}",
                file=one.species[0].model.file, package="tdis", value=f"{one.reached:g}",
                hint="Give flow and transport the same stress periods, or flow one single steady period.",
            )])
        for model in (m for s in one.species for m in s.members):
            log.note(f"{model.name}: {outcome.steps[model.name]['sub_steps']:,} sub-steps, "
                     f"balance closes to {outcome.closure[model.name]:.1e}")


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


def _solved(
    team: Team, writer: ResultsWriter, outcome: Outcome, label: str, timings: Timings
) -> Iterator[tuple[dict[str, FlowStep], str]]:
    """Solve the flow step by step; with the steps of each model, whether they serve a step, the period or the run."""
    model = team.model
    assert model is not None
    with timings.phase("flow"):
        solver: FlowSolver | None = FlowSolver(model)
    last = sum(p.n_steps for p in model.time.periods)
    whole = model.time.n_periods == 1 and model.time.periods[0].n_steps == 1
    for number, step in enumerate(model.time.steps(), 1):
        n_steps = model.time.periods[step.period].n_steps
        with timings.phase("flow"):
            assert solver is not None
            flow = solver.advance(step)
        if number == last:
            solver = None  # its tables would stay through all of transport
        _count(flow, outcome, label)
        parts = team.split(flow)
        with timings.phase("writing"):
            for name, part in parts.items():
                writer.flow(name, part, n_steps)
        yield parts, "run" if whole else "period" if n_steps == 1 else "step"


def _saved(
    team: Team, writer: ResultsWriter, outcome: Outcome, label: str, timings: Timings
) -> Iterator[tuple[dict[str, FlowStep], str]]:
    """Read saved flows step by step; with the steps of each model, whether they serve a step, the period or the run."""
    # LoadedCase.check has looked at every number.
    streams = {m.name: saved_flow_steps(m.saved_flows, m.grid, check=False) for m in team.saved if m.saved_flows}
    while True:
        with timings.phase("reading flows"):
            read = {name: next(steps, None) for name, steps in streams.items()}
        flows = {name: flow for name, flow in read.items() if flow is not None}
        _same_times(team, read)
        if not flows:
            return
        for name, flow in flows.items():
            _count(flow, outcome, label)
            with timings.phase("writing"):
                writer.flow(name, flow, streams[name].steps_in_period(flow.period))
        first = next(iter(streams.values()))
        alone = first.steps_in_period(flow.period) == 1
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
    closure = abs(math.fsum(flow.residual)) * scale
    outcome.closure[label] = max(outcome.closure.get(label, 0.0), closure)
    counts = outcome.steps.setdefault(label, {"steps": 0, "iterations": 0, "cell_imbalance": 0.0})
    counts["steps"] += 1
    counts["iterations"] += flow.iterations
    counts["cell_imbalance"] = max(counts["cell_imbalance"], float(np.abs(flow.residual).max(initial=0.0)) * scale)
