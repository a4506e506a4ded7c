"""Classes of concentration around the limit, and their colours: lightness first."""

import math
from dataclasses import dataclass

# CIE L* 94, 81, 60, 31 on paper of 99: adjacent steps of at least 13 survive grey and colour blindness.
PAPER = "#FCFCFA"
COLOURS = ("#FBEFC4", "#F5C15C", "#DB7430", "#8A2522")
EDGE = "#7A4A28"
TIMES = (0.1, 1.0, 10.0, 100.0)
DEPTH_OF_FLOOR = 2.0


@dataclass(frozen=True)
class Classes:
    """Four classes, each ten times as high as the one before; the last is open upwards.

    Attributes
    ----------
    breaks : tuple of float
        Lower edges of the four classes.
    limit : float or None
        The second edge, if the classes come from a limit.
    """

    breaks: tuple[float, ...]
    limit: float | None

    @property
    def floor(self) -> float:
        """Smallest concentration that is drawn."""
        return self.breaks[0]

    @property
    def levels(self) -> list[float]:
        """Edges as log10, the open end closed far up: the levels of a filled contour."""
        return [*(math.log10(b) for b in self.breaks), math.log10(self.breaks[-1]) + 12.0]

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
