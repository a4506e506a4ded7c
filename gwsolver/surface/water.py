"""Water that moves during a step, with its salt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Water:
    """An amount of water of each member.

    Attributes
    ----------
    volume : ndarray of float64, shape (member,)
        [m3]
    salt : ndarray of float64, shape (member,)
        [kg]
    """

    volume: Floats
    salt: Floats

    @classmethod
    def none(cls, members: int) -> "Water":
        """Return no water."""
        return cls(np.zeros(members), np.zeros(members))

    def __add__(self, other: "Water") -> "Water":
        return Water(self.volume + other.volume, self.salt + other.salt)

    def take(self, volume: Floats) -> tuple["Water", "Water"]:
        """Return this much of it [m3], mixed, and what is left; `volume` is at most what there is."""
        salt = self.salt * share(volume, self.volume)
        return Water(volume, salt), Water(self.volume - volume, self.salt - salt)


def share(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, zero where there is nothing, never more than one."""
    return np.minimum(np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0.0), 1.0)
