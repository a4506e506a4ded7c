"""What a transport scheme is: how advection and the cross flux are limited."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scheme:
    """A transport scheme.

    Attributes
    ----------
    name : str
        As the user asks for it.
    title : str
        As the log tells it.
    order : float
        1: limited third-order advection; 0: upstream weighting.
    clip : float
        Most that the cross flux of dispersion may take from its donor, in multiples of its own scale.
    limit : float
        Part of a cell's mass that may leave in one stage.
    """

    name: str
    title: str
    order: float
    clip: float = 4.0
    limit: float = 0.95
