"""The engine of steady transport: every species of a group by itself."""

from collections.abc import Sequence

from gwsolver.core.simulation import TransportModel
from gwsolver.transport.engine import OneByOne
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.progress import Reporter
from gwsolver.transport.steady.species import SteadySpecies


class SteadyEngine(OneByOne):
    """Solves for species that share flow and time steps.

    Parameters
    ----------
    models : sequence of TransportModel
    space : ExplicitScheme
    report : Reporter
    """

    def __init__(self, models: Sequence[TransportModel], space: ExplicitScheme, report: Reporter) -> None:
        super().__init__([SteadySpecies(m, space, report) for m in models])
