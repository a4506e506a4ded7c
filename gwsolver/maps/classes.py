"""Classes of concentration around the limit, and their colours: lightness first."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# CIE L* 94, 81, 60, 31 on paper of 99: adjacent steps of at least 13 survive grey and colour blindness.
PAPER = "#FCFCFA"
COLOURS = ("#FBEFC4", "#F5C15C", "#DB7430", "#8A2522")
EDGE = "#7A4A28"
TIMES = (0.1, 1.0, 10.0, 100.0)
DEPTH_OF_FLOOR = 2.0


@dataclass(frozen=True)
class Classes:
    """Four classes, the last open upwards; of concentrations each is ten times as high as the one before.

    Attributes
    ----------
    breaks : tuple of float
        Lower edges of the four classes.
    limit : float or None
        The edge that is drawn as the limit, if the classes come from one.
    times : tuple of float
        The edges as multiples of the limit; empty: not said.
    log : bool
        Values are drawn by their logarithm, as befits what falls by a part from cell to cell.
    least : float or None
        Smallest value that numbers at points tell; default: the smallest that is drawn.
    """

    breaks: tuple[float, ...]
    limit: float | None
    times: tuple[float, ...] = TIMES
    log: bool = True
    least: float | None = None

    @property
    def told(self) -> float:
        """Smallest value that numbers at points tell; what is less is "<" it."""
        return self.floor if self.least is None else self.least

    @property
    def floor(self) -> float:
        """Smallest value that is drawn."""
        return self.breaks[0]

    @property
    def levels(self) -> list[float]:
        """Edges as they are drawn, the open end closed far up: the levels of a filled contour."""
        if not self.log:
            return [*self.breaks, 10.0 * self.breaks[-1]]
        return [*(math.log10(b) for b in self.breaks), math.log10(self.breaks[-1]) + 12.0]

    def heights(self, values: Floats) -> Floats:
        """Return values as they are drawn; logarithms are floored two decades below the lowest class."""
        if not self.log:
            return np.asarray(values, float)
        low = 10.0**self.bottom
        with np.errstate(invalid="ignore"):
            logs = np.log10(np.where(values > low, values, low))
        return np.where(np.isfinite(values), logs, np.nan)

    @property
    def bottom(self) -> float:
        """log10 that stands for "nothing" between cells."""
        return math.log10(self.floor) - DEPTH_OF_FLOOR


def classes_for(limit: float | None, maximum: float) -> Classes:
    """Return the classes: from the limit if there is one, so that two maps compare; else whole decades.

    Parameters
    ----------
    limit : float or None
    maximum : float
        Largest concentration of the map; only used without a limit.
    """
    if limit is not None:
        return Classes(tuple(limit * t for t in TIMES), limit)
    top = math.ceil(math.log10(maximum) - 1e-9) if maximum > 0.0 else 0
    return Classes(tuple(10.0 ** (top - 4 + i) for i in range(4)), None)
