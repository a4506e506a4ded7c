"""A leaking pit: water of a given concentration (and density) that seeps through its bottom as long as there is any."""

import math
from dataclasses import dataclass

from gwsolver.core.errors import Problem
from gwsolver.reactions.sources.checks import positive
from gwsolver.reactions.sources.source import Quantity, Source, mean


@dataclass(frozen=True)
class Pit:
    """A pit of produced water; each species has a Pit of its own, with the same leakage.

    Attributes
    ----------
    area : float
        [L**2].
    leakage : Source
        Depth of water that seeps, a "rate" in time [L/T].
    concentration : float
        In the pit [M/L**3].
    volume : float
        Water that can seep in all [L**3]; leakage ends when it is gone.
    density : float
        Of its water [M/L**3]; zero: as fresh water. For flow that depends on it.
    """

    area: float
    leakage: Source
    concentration: float
    volume: float = math.inf
    density: float = 0.0
    quantity: Quantity = "rate"

    def problems(self) -> list[Problem]:
        """Return what is wrong with the values."""
        found = positive(self, "area", zero=("concentration", "density"))
        return found if self.volume > 0.0 else [*found, Problem("source volume", value=self.volume, allowed="(0, inf)")]

    def water(self, start: float, end: float) -> float:
        """Return the water that seeps between two times, not more than the pit still has [L**3]."""
        return max(min(self._seeped(end), self.volume) - min(self._seeped(start), self.volume), 0.0)

    def recharge(self, start: float, end: float) -> float:
        """Return the mean recharge below the pit between two times [L/T]."""
        return self.water(start, end) / (self.area * (end - start)) if end > start else mean(self.leakage, start, end)

    def at(self, time: float) -> float:
        """Return the mass rate at a time [M/T]."""
        flowing = self._seeped(time) < self.volume
        return self.concentration * self.area * self.leakage.at(time) if flowing else 0.0

    def integral(self, start: float, end: float) -> float:
        """Return the mass that seeps between two times [M]."""
        return self.concentration * self.water(start, end)

    def _seeped(self, time: float) -> float:
        """Water that the leakage asks for until a time."""
        return self.area * self.leakage.integral(-math.inf, time)
