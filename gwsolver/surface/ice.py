"""Ice on a lake: a storage that floats, so that the level does not see it, but salinity does and evaporation too.

Thickness follows Stefan's law, a sqrt(degree days of frost), and melts by degree days of warmth.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.calendar import CalendarStep
from gwsolver.surface.forcing import NOTHING, Forcing

Floats = NDArray[np.float64]
DENSITY_OF_ICE = 0.917
"""Of water's [-]: textbook."""


@dataclass(frozen=True, eq=False)
class Ice:
    """How ice forms.

    Attributes
    ----------
    temperature : Forcing
        Of the air [degC].
    cover : Forcing
        Part of the basin's area that is covered [-].
    growth : float
        a [m per sqrt(degC d)]: textbook, 0.02 to 0.03.
    melt : float
        Melted per degree day [m/(degC d)]: textbook, 0.004 to 0.008.
    rejection : float
        Part of the salt that stays in the water when it freezes [-]: textbook, 0.7 to 1.
    cuts : bool
        Whether evaporation is that of open water, so that the cover cuts it; else it is that of the lake as it is.
    """

    temperature: Forcing
    cover: Forcing = NOTHING
    growth: float = 0.025
    melt: float = 0.006
    rejection: float = 0.9
    cuts: bool = True

    def thickness(self, before: Floats, step: CalendarStep) -> Floats:
        """Return the thickness at the end of a step [m], shape (member,)."""
        degrees = np.broadcast_to(np.asarray(self.temperature.over(step), float), before.shape) * step.days
        frost = (before / self.growth) ** 2 + np.maximum(-degrees, 0.0)
        grown: Floats = np.where(degrees < 0.0, self.growth * np.sqrt(frost), before)
        return np.maximum(grown - self.melt * np.maximum(degrees, 0.0), 0.0)
