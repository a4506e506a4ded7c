"""A source whose concentration falls in proportion to the mass it still holds."""

import math
from dataclasses import dataclass

from gwsolver.core.errors import Problem
from gwsolver.reactions.sources.checks import positive
from gwsolver.reactions.sources.source import Quantity


@dataclass(frozen=True)
class Exponential:
    """C = C0 exp(-(Q C0 / m0 + l)(t - t0)): C / C0 = m / m0.

    Newell, McLeod and Gonzales (1996), BIOSCREEN User's Manual, EPA/600/R-96/087, appendix A.3, with decay l besides.

    Attributes
    ----------
    concentration : float
        C0 [M/L**3].
    mass : float
        m0, what can dissolve [M].
    flow : float
        Q through the source [L**3/T].
    decay : float
        l, decay within the source [1/T].
    start : float
        t0 [T]; zero before.
    """

    concentration: float
    mass: float
    flow: float
    decay: float = 0.0
    start: float = 0.0
    quantity: Quantity = "concentration"

    @property
    def rate(self) -> float:
        """Rate at which the concentration falls [1/T]."""
        return self.flow * self.concentration / self.mass + self.decay

    def problems(self) -> list[Problem]:
        """Return what is wrong with the values."""
        return positive(self, "concentration", "mass", "flow", zero=("decay",))

    def at(self, time: float) -> float:
        """Return the concentration at a time."""
        return self.concentration * math.exp(-self.rate * (time - self.start)) if time >= self.start else 0.0

    def left(self, time: float) -> float:
        """Return the mass left at a time [M]."""
        return self.mass * math.exp(-self.rate * max(time - self.start, 0.0))

    def integral(self, start: float, end: float) -> float:
        """Return the integral of the concentration; times the flow it is what goes into the water."""
        first = max(start, self.start)
        return self.at(first) * _area(self.rate, end - first) if end > first else 0.0

    def step(self, mass: float, flow: float, length: float) -> tuple[float, float]:
        """Return the mass left and the mass given to the water under a flow of its own."""
        drawn = flow * self.concentration / self.mass
        gone = -mass * math.expm1(-(drawn + self.decay) * length)
        return mass - gone, gone * drawn / (drawn + self.decay) if drawn > 0.0 else 0.0


def _area(rate: float, length: float) -> float:
    """Integral of exp(-rate t) over a length."""
    return -math.expm1(-rate * length) / rate if rate > 0.0 else length
