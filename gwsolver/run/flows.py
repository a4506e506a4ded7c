"""Where the flow steps of a run come from: solved one after another, or read from what MODFLOW saved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.memory import give_back
from gwsolver.core.steps import FlowStep
from gwsolver.core.time import TimeAxis
from gwsolver.flow import FlowSolver
from gwsolver.modflow import saved_flow_steps
from gwsolver.results import ResultsWriter
from gwsolver.run.checkpoint import State
from gwsolver.run.outcome import Outcome
from gwsolver.run.summary import Timings
from gwsolver.run.teams import Team


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


@dataclass
class Books:
    """Where flow steps are booked and written.

    Attributes
    ----------
    label : str
        Name of the flow in the outcome.
    """

    label: str
    writer: ResultsWriter
    outcome: Outcome
    timings: Timings


class Solved:
    """Flow steps solved one after another."""

    def __init__(self, team: Team, books: Books) -> None:
        self.team, self.books = team, books
        self._number = 0
        self._solver: FlowSolver | None = None
        self._last: State | None = None

    def state(self) -> State:
        """Return the number of the latest step and what it was solved from."""
        return {"number": self._number, "solver": self._last if self._solver is None else self._solver.state()}

    def steps(self, resume: State | None) -> Iterator[tuple[dict[str, FlowStep], str]]:
        """Solve step by step."""
        model, books = self.team.model, self.books
        assert model is not None
        with books.timings.phase("flow"):
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
            with books.timings.phase("flow"):
                assert self._solver is not None
                flow = self._solver.restore(resume["solver"], step) if again else self._solver.advance(step)
            if number == last:
                self._last, self._solver = self._solver.state(), None  # its tables would stay through all of transport
            parts = self.team.split(flow)
            if not again:
                books.outcome.count_flow(books.label, flow)
                with books.timings.phase("writing"):
                    for name, part in parts.items():
                        books.outcome.count_features(name, part)
                        books.writer.flow(name, part, n_steps)
            if number == last:
                model.grid.let_go()
                give_back()
            yield parts, "run" if whole else "period" if n_steps == 1 else "step"


class Saved:
    """Flow steps that MODFLOW saved, read one after another."""

    def __init__(self, team: Team, books: Books) -> None:
        self.team, self.books = team, books
        self._number = 0

    def state(self) -> State:
        """Return the number of the latest step."""
        return {"number": self._number}

    def steps(self, resume: State | None) -> Iterator[tuple[dict[str, FlowStep], str]]:
        """Read step by step; those before the latest too, as each begins with the heads of the one before."""
        team, books = self.team, self.books
        # LoadedCase.check has looked at every number.
        streams = {m.name: saved_flow_steps(m.saved_flows, m.grid, check=False) for m in team.saved if m.saved_flows}
        first = next(iter(streams.values()))
        for number in count():
            with books.timings.phase("reading flows"):
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
                    books.outcome.count_flow(books.label, flow)
                    with books.timings.phase("writing"):
                        books.writer.flow(name, flow, streams[name].steps_in_period(flow.period))
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


def aligned(flow: FlowStep, time: TimeAxis, serves: str) -> FlowStep:
    """Stretch a steady flow step over the transport steps it serves (MODFLOW's FMI matches periods, not times).

    A steady flow that is the only step of its period serves all transport steps of the same period; if
    it is the only one of the whole flow model it serves them all.
    """
    if not flow.steady or serves == "step" or (serves == "period" and flow.period >= time.n_periods):
        return flow
    if serves == "run":
        return replace(flow, start=0.0, end=time.end)
    return replace(flow, start=time.period_start(flow.period), end=time.period_start(flow.period + 1))
