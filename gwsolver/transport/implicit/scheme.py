"""What tells implicit schemes apart: how a species is carried over an interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gwsolver.core.simulation import TransportModel
from gwsolver.transport.engine import Engine
from gwsolver.transport.explicit.march import March
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.progress import Reporter


@dataclass(frozen=True)
class ImplicitScheme:
    """A scheme that solves for all cells at once.

    Attributes
    ----------
    name, title : str
        As the user asks for it, as the log tells it.
    space : ExplicitScheme
        How fluxes follow from concentrations.
    march : callable
        Makes what carries one species over an interval.
    positive : bool
        Never negative, whatever the model.
    """

    name: str
    title: str
    space: ExplicitScheme
    march: Callable[[], March]
    positive: bool = True

    def start(self, models: Sequence[TransportModel], report: Reporter) -> Engine:
        """Return the engine that carries these species."""
        from gwsolver.transport.explicit.engine import ExplicitEngine

        return ExplicitEngine(models, self.space, report, [self.march() for _ in models])
