"""How fast each segment must step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_local_levels
from gwsolver.transport.explicit.limits import emptying_rate
from gwsolver.transport.explicit.local.layout import SEGMENT, Layout
from gwsolver.transport.explicit.local.second_order import SecondOrder
from gwsolver.transport.explicit.work import Work

Floats = NDArray[np.float64]
MOST_LEVELS = 20
APART = 2
DISPERSED_LESS = 0.95
LEAST_ALLOWED = 0.35


class TooManyLevels(ArithmeticError):
    """Some cell is too fast for local steps.

    Attributes
    ----------
    reached : float
        How far the march had come [T].
    """

    reached: float = np.nan


@dataclass(frozen=True, eq=False)
class Levels:
    """Steps of all segments.

    Attributes
    ----------
    length : float
        Step of level 0 [T]; level l has length / 2**l.
    level : ndarray of int8, shape (segment,)
    """

    length: float
    level: NDArray[np.int8]

    @property
    def n_levels(self) -> int:
        """Number of levels in use."""
        return int(self.level.max(initial=0)) + 1

    def steps(self, layout: Layout) -> Floats:
        """Return the step of each cell [T], shape (cell,)."""
        return _steps(self.length, self.level, layout)


def _steps(length: float, level: NDArray[np.int8], layout: Layout) -> Floats:
    steps: Floats = np.ldexp(length, -level[layout.place // SEGMENT])
    return steps


def find_levels(work: Work, layout: Layout, length: float, content: Floats, second: SecondOrder) -> Levels:
    """Return the levels at which no cell loses more than its part, Lax-Wendroff terms included.

    The terms slow advection out of a cell, the more the longer its step, and speed up cross dispersion.
    Steps twice as long as without them are tried first; segments in which a cell would lose too much
    are then raised until none is. Two things are asked for accuracy, not for stability:

    - Neighbours differ by two levels at most: cells left far behind their neighbours see them late.
    - Where dispersion rules, what may leave is less, down to about a third (`allowed_part`): one Lax-Wendroff step
      leaves out what advection and dispersion do together, which shows at low grid Peclet numbers.

    Parameters
    ----------
    length : float
        Step of level 0 [T].
    content : ndarray of float64, shape (cell,)
        Smallest M of the interval [L**3].
    second : SecondOrder
        The Lax-Wendroff terms.

    Raises
    ------
    TooManyLevels
        If a cell would need more than `MOST_LEVELS`.
    """
    level = np.zeros(layout.n_segments, np.int8)
    limit, place = work.scheme.limit, layout.place
    content = content * allowed_part(work)
    rate = emptying_rate(work.coefficients, work.boundaries)
    raising = transport_local_levels.raise_levels
    raising(place, rate, content, 0.5 * length, limit, level, MOST_LEVELS)
    while True:
        transport_local_levels.grade(layout.exists.view(np.uint8), layout.segment_steps, APART, level)
        rate = second.rate(_steps(length, level, layout))
        if level.max() >= MOST_LEVELS:
            raise TooManyLevels
        if not raising(place, rate, content, length, limit, level, MOST_LEVELS):
            return Levels(length, level)


def allowed_part(work: Work) -> Floats:
    """Return the share of the stability limit that cells may use for accuracy's sake, shape (cell,)."""
    advection, dispersion = work.coefficients.rate
    both = advection + dispersion
    dispersed = np.divide(dispersion, both, out=np.zeros(both.size), where=both > 0.0)
    part: Floats = np.maximum(1.0 - DISPERSED_LESS * dispersed, LEAST_ALLOWED)
    return part


def allowed(dispersed: float) -> float:
    """Return the same for one cell: `dispersed` is the share of what can leave it that dispersion takes."""
    return max(1.0 - DISPERSED_LESS * dispersed, LEAST_ALLOWED)
