"""What reacts in a simulation: plain data that the case makes and the reactions' room starts."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Chemistry:
    """Reactions between species that share flow and time steps.

    Attributes
    ----------
    settings : tuple
        One frozen dataclass per reaction model, in the order in which they act
        (``gwsolver.reactions.reaction.Setting``).
    species : tuple of str
        Species that react, in the order in which reactions see them.
    oil : Any
        Oil bodies (``gwsolver.reactions.oil``), or None; `components` names the species they hold.
    step : float
        Longest time between reactions [T]; 0: found from how much the reactions change on the way.
    tolerance : float
        Where it is found: largest part of a species' mass by which reacting before and after transport may differ.
    warnings : tuple of str
        What the user should look at.
    """

    settings: tuple[Any, ...] = ()
    species: tuple[str, ...] = ()
    oil: Any = None
    step: float = 0.0
    tolerance: float = 1e-2
    warnings: tuple[str, ...] = ()
