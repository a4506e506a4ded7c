"""What tells explicit schemes apart: how advection and the cross flux are limited."""

from collections.abc import Sequence
from dataclasses import dataclass

from gwsolver.core.simulation import TransportModel
from gwsolver.transport.engine import Engine
from gwsolver.transport.progress import Reporter

LIMITERS = ("koren", "van leer", "central")  # in the order of transport_limiter.pxd


@dataclass(frozen=True)
class ExplicitScheme:
    """An explicit transport scheme.

    Attributes
    ----------
    name : str
        As the user asks for it.
    title : str
        As the log tells it.
    order : float
        1: the limiter's increment at faces; 0: upstream weighting.
    clip : float
        Most that the cross flux of dispersion may take from its donor, in multiples of its own scale.
    limit : float
        Part of a cell's mass that may leave in one stage.
    limiter : str
        How the value at a face follows the differences beside it, one of `LIMITERS`.
    positive : bool
        Never negative, whatever the model.
    """

    name: str
    title: str
    order: float
    clip: float = 4.0
    limit: float = 0.95
    limiter: str = "koren"
    positive: bool = True

    def start(self, models: Sequence[TransportModel], report: Reporter) -> Engine:
        """Return the engine that carries these species."""
        from gwsolver.transport.explicit.engine import ExplicitEngine

        return ExplicitEngine(models, self, report)
