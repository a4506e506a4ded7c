"""The explicit engine: every species of a group follows the flow in sub-steps of its own."""

from collections.abc import Sequence

from gwsolver.core.clock import Spent
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.engine import State
from gwsolver.transport.explicit.march import March
from gwsolver.transport.explicit.marches import GroupMarch, alike
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.species import ExplicitSpecies
from gwsolver.transport.progress import Reporter


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
        pairs = zip(models, marches or [None] * len(models), strict=True)
        self.species = [ExplicitSpecies(m, scheme, march) for m, march in pairs]
        self._groups = [
            ([self.species[i] for i in group], GroupMarch(
                [models[i] for i in group], scheme, [self.species[i].march for i in group], given=bool(marches)
            ))
            for group in alike(models)
        ]
        self._report = report

    @property
    def set_up(self) -> Spent:
        """Time that went into making ready for flow fields so far."""
        parts = [s.set_up for s in self.species] + [march.set_up for _, march in self._groups]
        return Spent(sum(p.cpu for p in parts), sum(p.wall for p in parts))

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to `until`; those whose coefficients agree go together."""
        return self._carry(flow, until, stress, pause=False)

    def advance_part(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to where the first group pauses."""
        return self._carry(flow, until, stress, pause=True)

    def _carry(self, flow: FlowStep, until: float, stress: TimeStep, pause: bool) -> tuple[TransportStep, ...]:
        steps: dict[str, TransportStep] = {}
        for species, march in self._groups:
            start = flow.start if species[0].time is None else species[0].time
            works = [s.begin(flow, until, stress) for s in species]
            if pause:
                until, pause = march.pause(works, start, until), False
                for s in species:
                    s.stop_at(until)
            march(works, start, until, self._report)
            steps |= {s.model.name: s.finish(work) for s, work in zip(species, works, strict=True)}
        return tuple(steps[s.model.name] for s in self.species)

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        return {f"{s.model.name}/{key}": value for s in self.species for key, value in s.state().items()}

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state of the same models, within the flow step it was taken in or at its end."""
        for s in self.species:
            own = f"{s.model.name}/"
            s.restore({key.removeprefix(own): v for key, v in state.items() if key.startswith(own)}, flow)
