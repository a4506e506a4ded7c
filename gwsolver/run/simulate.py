"""The time loop: flow makes a step, every species it carries follows, results are written."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import FlowModel, Simulation, TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeAxis, TimeStep
from gwsolver.flow import FlowSolver
from gwsolver.modflow import saved_flow_steps
from gwsolver.results import ResultsWriter
from gwsolver.run.log import RunLog
from gwsolver.run.progress import Silent
from gwsolver.run.summary import Timings
from gwsolver.transport import TransportSolver

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
    """

    closure: dict[str, float] = field(default_factory=dict)
    minimum: dict[str, float] = field(default_factory=dict)
    maximum: dict[str, float] = field(default_factory=dict)
    steps: dict[str, dict[str, float]] = field(default_factory=dict)
    limits: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    solved_flow: dict[str, bool] = field(default_factory=dict)


class Carried:
    """Species that share a time axis on their way: the solver, and where they stand in their own time steps."""

    def __init__(self, models: list[TransportModel], scheme: str, bar: Silent) -> None:
        self.models = models
        self.solver = TransportSolver(
            models, scheme=scheme,
            on_progress=lambda p: bar.update(p.time, f"step {p.step_length:.3g}, {p.cell}: {p.reason}"),
        )
        self.ledgers = {m.name: Ledger() for m in models}
        self.time = models[0].time
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
            for model, step in zip(self.models, self.solver.advance(within, until, self.step), strict=True):
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
    outcome = Outcome()
    several = len(simulation.flow_models) > 1
    for model in simulation.flow_models:
        carried = [m for m in simulation.transport_models if m.flow_model == model.name]
        label = f"flow {model.name}" if several else "flow"
        outcome.solved_flow[label] = True
        _carry(_solved(model, writer, outcome, label, timings), carried, writer, scheme, bar, log, outcome, timings,
               model.name, max([model.time.end, *(m.time.end for m in carried)]))
    by_file: dict[str, list[TransportModel]] = {}
    for species in simulation.transport_models:
        if not species.flow_model and species.saved_flows is not None:
            by_file.setdefault(species.saved_flows.budget_file, []).append(species)
    for carried in by_file.values():
        label = "flow" if len(by_file) == 1 and not simulation.flow_models else f"flow of {carried[0].name}"
        outcome.solved_flow[label] = False
        _carry(_saved(carried[0], writer, outcome, label, timings), carried, writer, scheme, bar, log, outcome, timings,
               carried[0].name, max(m.time.end for m in carried))
    return outcome


def _carry(
    flow_steps: Iterator[tuple[FlowStep, str]], models: list[TransportModel], writer: ResultsWriter, scheme: str,
    bar: Silent, log: RunLog, outcome: Outcome, timings: Timings, name: str, end: float,
) -> None:
    """Run one flow and all species on it, one flow step in memory at a time."""
    with timings.phase("transport"):
        carried = [Carried(group, scheme, bar) for group in _groups(models)]
    bar.start(", ".join(m.name for m in models) or name, 0.0, end)
    for flow, serves in flow_steps:
        bar.update(flow.end)
        with timings.phase("transport"):
            for one in carried:
                one.follow(_aligned(flow, one.time, serves), writer, outcome, timings)
    for one in carried:
        timings.move(one.solver.set_up, "transport", "transport set-up")
        if one.step is not None:
            raise InputError([Problem(
                f"the flow ends before the transport model does: transport needs flow until {one.time.end:g}",
                file=one.models[0].file, package="tdis", value=f"{one.reached:g}",
                hint="Give flow and transport the same stress periods, or flow one single steady period.",
            )])
        for model in one.models:
            log.note(f"{model.name}: {outcome.steps[model.name]['sub_steps']:,} sub-steps, "
                     f"balance closes to {outcome.closure[model.name]:.1e}")


def _groups(models: list[TransportModel]) -> list[list[TransportModel]]:
    """Return the species that can go together: those on one time axis."""
    groups: list[list[TransportModel]] = []
    for model in models:
        mates = next((g for g in groups if g[0].time == model.time), None)
        if mates is None:
            groups.append([model])
        else:
            mates.append(model)
    return groups


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
    model: FlowModel, writer: ResultsWriter, outcome: Outcome, label: str, timings: Timings
) -> Iterator[tuple[FlowStep, str]]:
    """Solve a flow model step by step; with each, whether it serves a step, its period or the run."""
    with timings.phase("flow"):
        solver = FlowSolver(model)
    whole = model.time.n_periods == 1 and model.time.periods[0].n_steps == 1
    for step in model.time.steps():
        n_steps = model.time.periods[step.period].n_steps
        with timings.phase("flow"):
            flow = solver.advance(step)
        _count(flow, outcome, label)
        with timings.phase("writing"):
            writer.flow(model.name, flow, n_steps)
        yield flow, "run" if whole else "period" if n_steps == 1 else "step"


def _saved(
    model: TransportModel, writer: ResultsWriter, outcome: Outcome, label: str, timings: Timings
) -> Iterator[tuple[FlowStep, str]]:
    """Read saved flows step by step; with each, whether it serves a step, its period or the run."""
    assert model.saved_flows is not None
    steps = saved_flow_steps(model.saved_flows, model.grid, check=False)  # LoadedCase.check has looked at them
    while True:
        with timings.phase("reading flows"):
            flow = next(steps, None)
        if flow is None:
            return
        _count(flow, outcome, label)
        with timings.phase("writing"):
            writer.flow(model.name, flow, steps.steps_in_period(flow.period))
        alone = steps.steps_in_period(flow.period) == 1
        yield flow, "run" if alone and steps.n_steps == 1 else "period" if alone else "step"


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
