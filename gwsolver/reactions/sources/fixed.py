"""A constant value between two dates."""

import math
from dataclasses import dataclass

from gwsolver.core.errors import Problem
from gwsolver.reactions.sources.source import Quantity


@dataclass(frozen=True)
class Fixed:
    """A constant concentration or mass rate.

    Attributes
    ----------
    value : float
        [M/L**3] or [M/T], >= 0.
    quantity : str
    start, end : float
        Zero before and after [T].
    """

    value: float
    quantity: Quantity = "concentration"
    start: float = -math.inf
    end: float = math.inf

    def problems(self) -> list[Problem]:
        """Return what is wrong with the values."""
        found = []
        if not 0.0 <= self.value < math.inf:
            found.append(Problem("source value", value=self.value, allowed="[0, inf)"))
        if not self.start < self.end:
            found.append(Problem(f"source ends at {self.end:g} but starts at {self.start:g}"))
        return found

    def at(self, time: float) -> float:
        """Return the value at a time."""
        return self.value if self.start <= time < self.end else 0.0

    def integral(self, start: float, end: float) -> float:
        """Return the integral over an interval."""
        return self.value * max(min(end, self.end) - max(start, self.start), 0.0)
