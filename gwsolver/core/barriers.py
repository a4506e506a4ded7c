"""Barriers thinner than a cell between neighbours: walls, faults (MODFLOW's HFB)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class BarriersInForce:
    """Barriers that hold from a stress period on, until the next that has some.

    Attributes
    ----------
    cells : ndarray of int64, shape (barrier, 2)
        Neighbours side by side that each stands between.
    characteristic : ndarray of float64, shape (barrier,)
        Hydraulic conductivity over thickness [1/T]; where negative, less the factor by which the conductance between
        the cells is multiplied [-].
    """

    cells: Ints
    characteristic: Floats

    @classmethod
    def none(cls) -> "BarriersInForce":
        """Return no barriers."""
        return cls(np.zeros((0, 2), np.int64), np.zeros(0))


@dataclass(frozen=True, eq=False)
class Barriers:
    """The barriers of a model.

    Attributes
    ----------
    name : str
    periods : tuple of (int, BarriersInForce)
        By zero-based period from which they hold, in order.
    file : str
    """

    name: str
    periods: tuple[tuple[int, BarriersInForce], ...]
    file: str = ""

    def in_period(self, period: int) -> BarriersInForce:
        """Return those that hold in a period."""
        held = [own for begins, own in self.periods if begins <= period]
        return held[-1] if held else BarriersInForce.none()
