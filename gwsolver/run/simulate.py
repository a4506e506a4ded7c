"""The time loop: flow makes a step, every species it carries follows, results are written."""

from dataclasses import dataclass

from gwsolver.core.chemistry import Chemistry
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.simulation import Simulation
from gwsolver.core.steps import FlowStep
from gwsolver.reactions.oil.dry import dry_oil
from gwsolver.reactions.oil.kinetic import oil_bodies
from gwsolver.results import ResultsWriter
from gwsolver.run.carried import Carried
from gwsolver.run.checkpoint import Keeper
from gwsolver.run.flows import Books, Flows, Saved, Solved, aligned
from gwsolver.run.log import RunLog
from gwsolver.run.outcome import Outcome
from gwsolver.run.progress import Silent
from gwsolver.run.summary import Timings
from gwsolver.run.teams import Species, Team, flow_teams, saved_teams, together
from gwsolver.transport.schemes import named
from gwsolver.transport.solver import DEFAULT


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
            books = Books(label, writer, outcome, timings)
            run.carry(number, Saved(team, books) if team.saved else Solved(team, books), team)
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

    def carry(self, number: int, source: Flows, team: Team) -> None:
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
                    flow = aligned(one.species[0].flow(flows), one.time, serves)
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
