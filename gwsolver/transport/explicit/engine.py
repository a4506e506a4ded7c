"""The explicit engine: every species of a group follows the flow in sub-steps of its own."""

from collections.abc import Collection, Sequence

from gwsolver.core.clock import Spent
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, ReactionStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.reactions.reactor import Reactor
from gwsolver.transport.engine import State
from gwsolver.transport.explicit.fields import fields_for
from gwsolver.transport.explicit.march import March
from gwsolver.transport.explicit.marches import GroupMarch, alike
from gwsolver.transport.explicit.reacting import Reacting
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.species import ExplicitSpecies
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.progress import Reporter

REACTOR = "*reactions"  # no model may bear this name


class ExplicitEngine:
    """Carries species that share flow and time steps.

    Parameters
    ----------
    models : sequence of TransportModel
    scheme : ExplicitScheme
    report : Reporter
    marches : sequence of March, optional
        How each species is carried over an interval; in explicit sub-steps if not given.
    """

    def __init__(
        self, models: Sequence[TransportModel], scheme: ExplicitScheme, report: Reporter,
        marches: Sequence[March | None] = (),
    ) -> None:
        parts = zip(models, marches or [None] * len(models), fields_for(models, scheme), strict=True)
        self.species = [ExplicitSpecies(m, scheme, march, fields) for m, march, fields in parts]
        self._models, self._scheme, self._given = tuple(models), scheme, bool(marches)
        self._groups = self._grouped()
        self._report = report
        self._reacting: Reacting | None = None
        self._reactor: Reactor | None = None

    def _grouped(self, alone: Collection[str] = ()) -> list[tuple[list[int], GroupMarch]]:
        """Return the species that go together, and how; those named `alone` go with no other."""
        def march(group: list[int]) -> GroupMarch:
            models, single = [self._models[i] for i in group], [self.species[i].march for i in group]
            return GroupMarch(models, self._scheme, single, given=self._given)

        return [(group, march(group)) for group in alike(self._models, alone)]

    @property
    def set_up(self) -> Spent:
        """Time that went into making ready for flow fields so far."""
        parts = [s.set_up for s in self.species] + [march.set_up for _, march in self._groups]
        return Spent(sum(p.cpu for p in parts), sum(p.wall for p in parts))

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to `until`; those whose coefficients agree go together. Reactions act around it once."""
        return self._carry(flow, until, stress, part=False)

    def advance_part(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to where the first group pauses, or to the next splitting time."""
        return self._carry(flow, until, stress, part=True)

    def react_with(self, reactor: Reactor) -> None:
        """Let species react from now on."""
        self._reacting = Reacting(reactor, self.species)
        self._reactor = reactor
        if reactor.oil is not None:  # it keeps of each component what it keeps of no other
            self._groups = self._grouped(alone=reactor.oil.components)

    @property
    def reactions(self) -> ReactionStep | None:
        """What reactions did in the latest interval."""
        return None if self._reacting is None else self._reacting.latest

    @property
    def reacted(self) -> Spent:
        """Time that went into reactions so far."""
        return Spent() if self._reacting is None else self._reacting.spent

    def _carry(self, flow: FlowStep, until: float, stress: TimeStep, part: bool) -> tuple[TransportStep, ...]:
        first = self.species[0].time is None
        start = flow.start if first else self.species[0].time
        assert start is not None
        works = [s.begin(flow, until, stress) for s in self.species]
        reacting = self._reacting
        if reacting is not None:
            reacting.begin(works, start, first)
        if part:
            group, march = self._groups[0]
            until = march.pause([works[i] for i in group], start, until)
            for one in self.species:
                one.stop_at(until)
        if reacting is None:
            self._march(works, start, until)
        else:
            self._react(reacting, works, start, until, part)
        return tuple(s.finish(work) for s, work in zip(self.species, works, strict=True))

    def _march(self, works: Sequence[Work], start: float, until: float) -> None:
        for group, march in self._groups:
            march([works[i] for i in group], start, until, self._report)

    def _react(self, reacting: Reacting, works: Sequence[Work], start: float, until: float, split: bool) -> None:
        """Go from splitting time to splitting time."""
        time = start
        end = reacting.until(time, until) if split else until
        for _, march in self._groups:
            march.settle(end - time)
        while True:
            reacting.before(works, time, end)
            self._march(works, time, end)
            reacting.after(works, time, end)
            if end >= until:
                break
            time, end = end, reacting.until(end, until)
        for _, march in self._groups:
            march.settle(0.0)
        reacting.end(start, until)

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        reactor = {} if self._reactor is None else self._reactor.state()
        return {
            **{f"{s.model.name}/{key}": value for s in self.species for key, value in s.state().items()},
            **{f"{REACTOR}/{key}": value for key, value in reactor.items()},
        }

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state of the same models, within the flow step it was taken in or at its end."""
        for s in self.species:
            own = f"{s.model.name}/"
            s.restore({key.removeprefix(own): v for key, v in state.items() if key.startswith(own)}, flow)
        if self._reactor is not None:
            own = f"{REACTOR}/"
            self._reactor.restore({key.removeprefix(own): v for key, v in state.items() if key.startswith(own)})
