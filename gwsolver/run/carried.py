"""Species that share a flow field, followed through their own time steps."""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

from gwsolver.core.chemistry import Chemistry
from gwsolver.core.ledger import Ledger
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.core.units import length_word
from gwsolver.results import ResultsWriter
from gwsolver.run.checkpoint import State
from gwsolver.run.log import RunLog
from gwsolver.run.outcome import Outcome
from gwsolver.run.parts import Parts
from gwsolver.run.progress import Silent
from gwsolver.run.summary import Timings
from gwsolver.run.teams import Species
from gwsolver.transport import TransportSolver
from gwsolver.transport.mixing import edge_of

SAME_TIME = 1e-9


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
                    outcome.count_transport(model, step, self.ledgers)
            if self.solver.reactions is not None:
                writer.reactions(self.species[0].members[0], self.solver.reactions, own, n_steps, ends)
                outcome.count_reactions(self.solver.reactions, self.ledgers)
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

    def _note_edges(self, flow: FlowStep, steps: tuple[TransportStep, ...], outcome: Outcome) -> None:
        """Keep how coarse the edges of plumes are for the mixing that sets their length."""
        at_end = {s.model.name: (s.model, step.concentration) for s, step in zip(self.species, steps, strict=True)}
        for donor, acceptor in self._meets:
            model, concentration = at_end[donor]
            found = edge_of(model, flow, concentration, at_end[acceptor][1])
            if found is not None and found.excess >= outcome.edges.get(donor, {"excess": 0.0})["excess"]:
                where, unit = model.grid.describe(found.cell), length_word(model.grid.length_unit)
                outcome.edges[donor] = {
                    "faces": found.faces, "of": found.of, "excess": found.excess,
                    "text": found.words(donor, where, unit),
                }
