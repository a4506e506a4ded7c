"""How fast each segment must step, and the coefficients that go with these steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_local_setup
from gwsolver.transport.explicit.limits import emptying_rate
from gwsolver.transport.explicit.local.layout import SEGMENT, Layout
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
    """Steps of all segments and what follows from them.

    Attributes
    ----------
    length : float
        Step of level 0 [T]; level l has length / 2**l.
    level : ndarray of int8, shape (segment,)
    corrected : ndarray of float64, shape (4, face)
        H, G1, G2, gamma with the Lax-Wendroff terms of the donors' steps.
    """

    length: float
    level: NDArray[np.int8]
    corrected: Floats

    @property
    def n_levels(self) -> int:
        """Number of levels in use."""
        return int(self.level.max(initial=0)) + 1


def find_levels(work: Work, layout: Layout, length: float, content: Floats, middle: Floats) -> Levels:
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
    content, middle : ndarray of float64, shape (cell,)
        Smallest and mean M of the interval [L**3].

    Raises
    ------
    TooManyLevels
        If a cell would need more than `MOST_LEVELS`.
    """
    level = np.zeros(layout.n_segments, np.int8)
    limit, place = work.scheme.limit, layout.place
    content = content * allowed_part(work)
    rate = emptying_rate(work.coefficients, work.boundaries)
    raising = transport_local_setup.raise_levels
    raising(place, rate, content, 0.5 * length, limit, level, MOST_LEVELS)
    terms = _Terms(work, middle)
    while True:
        transport_local_setup.grade(layout.exists.view(np.uint8), layout.segment_steps, APART, level)
        corrected, rate = terms(np.ldexp(length, -level[place // SEGMENT]))
        if level.max() >= MOST_LEVELS:
            raise TooManyLevels
        if not raising(place, rate, content, length, limit, level, MOST_LEVELS):
            return Levels(length, level, corrected)


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


class _Terms:
    """Lax-Wendroff terms as functions of the steps.

    Parameters
    ----------
    work : Work
    middle : ndarray of float64, shape (cell,)
        Mean M of the interval [L**3].
    """

    def __init__(self, work: Work, middle: Floats) -> None:
        grid, flow = work.model.grid, work.flow
        saturation = 0.5 * (flow.saturation_start + flow.saturation_end)
        self._work = work
        self._inverse = np.divide(1.0, middle, out=np.zeros(middle.size), where=middle > 0.0)
        self._volume = grid.volume * saturation
        thickness = grid.thickness * np.maximum(saturation, 1e-9)
        self._size = np.stack([grid.cell_width[:, 0], grid.cell_width[:, 1], thickness])
        x, y, z = flow.specific_discharge.T
        self._discharge = np.stack([x, -y, -z])
        self._corrected = np.zeros((4, grid.n_faces))

    def __call__(self, step: Floats) -> tuple[Floats, Floats]:
        """Return coefficients corrected for these steps (4, face) and what can then leave cells (cell,)."""
        work, b = self._work, self._work.boundaries
        rate = np.zeros(step.size)
        transport_local_setup.lax_wendroff(
            work.sweep.faces.cells, work.sweep.faces.axis, work.coefficients.faces, step, self._inverse, self._volume,
            self._discharge, self._size, b.fixed.view(np.uint8), work.scheme.clip, self._corrected, rate,
        )
        rate += np.maximum(b.loss, 0.0)
        rate[b.fixed] = 0.0
        return self._corrected, rate
