"""The explicit engine: every species of a group follows the flow in sub-steps of its own."""

from collections.abc import Sequence

from gwsolver.core.clock import Spent
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.engine import State
from gwsolver.transport.explicit.march import March
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
        self.species = [ExplicitSpecies(m, scheme, report, march) for m, march in pairs]

    @property
    def set_up(self) -> Spent:
        """Time that went into making ready for flow fields so far."""
        return Spent(sum(s.set_up.cpu for s in self.species), sum(s.set_up.wall for s in self.species))

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to `until`."""
        return tuple(s.advance(flow, until, stress) for s in self.species)

    def advance_part(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Carry every species to where the first one pauses."""
        first = self.species[0].advance(flow, until, stress, pause=True)
        return first, *(s.advance(flow, first.end, stress) for s in self.species[1:])

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        return {f"{s.model.name}/{key}": value for s in self.species for key, value in s.state().items()}

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state of the same models, within the flow step it was taken in or at its end."""
        for s in self.species:
            own = f"{s.model.name}/"
            s.restore({key.removeprefix(own): v for key, v in state.items() if key.startswith(own)}, flow)
