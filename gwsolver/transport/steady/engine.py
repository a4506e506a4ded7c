"""The engine of steady transport: every species of a group by itself."""

from collections.abc import Sequence

from gwsolver.core.clock import Spent
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.engine import State
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.progress import Reporter
from gwsolver.transport.steady.species import SteadySpecies


class SteadyEngine:
    """Solves for species that share flow and time steps.

    Parameters
    ----------
    models : sequence of TransportModel
    space : ExplicitScheme
    report : Reporter
    """

    def __init__(self, models: Sequence[TransportModel], space: ExplicitScheme, report: Reporter) -> None:
        self.species = [SteadySpecies(m, space, report) for m in models]

    @property
    def set_up(self) -> Spent:
        """Time that went into making ready for flow fields so far."""
        return Spent(sum(s.set_up.cpu for s in self.species), sum(s.set_up.wall for s in self.species))

    def advance(self, flow: FlowStep, until: float, stress: TimeStep) -> tuple[TransportStep, ...]:
        """Return the steady state of every species, booked up to `until`."""
        return tuple(s.advance(flow, until, stress) for s in self.species)

    def state(self) -> State:
        """Return what a later `restore` needs to go on bit for bit."""
        return {f"{s.model.name}/{key}": value for s in self.species for key, value in s.state().items()}

    def restore(self, state: State, flow: FlowStep) -> None:
        """Go on from a state of the same models."""
        for s in self.species:
            own = f"{s.model.name}/"
            s.restore({key.removeprefix(own): v for key, v in state.items() if key.startswith(own)})
