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
DISPERSED_LESS = 0.5


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

    - Neighbours differ by one level at most. That halves the error of cells left far behind their
      neighbours, for a third more work.
    - Where dispersion rules, what may leave is less, by up to a half: one Lax-Wendroff step leaves out what
      advection and dispersion do together, which shows at low grid Peclet numbers.

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
    uncorrected = work.coefficients.rate
    both = uncorrected.sum(axis=0)
    dispersed = np.divide(uncorrected[1], both, out=np.zeros(both.size), where=both > 0.0)
    content = content * (1.0 - DISPERSED_LESS * dispersed)
    rate = emptying_rate(work.coefficients, work.boundaries)
    raising = transport_local_setup.raise_levels
    raising(place, rate, content, 0.5 * length, limit, level, MOST_LEVELS)
    while True:
        transport_local_setup.grade(layout.exists.view(np.uint8), layout.segment_steps, level)
        corrected, rate = _corrected(work, np.ldexp(length, -level[place // SEGMENT]), middle)
        if level.max() >= MOST_LEVELS:
            raise TooManyLevels
        if not raising(place, rate, content, length, limit, level, MOST_LEVELS):
            return Levels(length, level, corrected)


def _corrected(work: Work, step: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Return coefficients corrected for these steps (4, face) and what can then leave cells (cell,)."""
    grid, flow, b = work.model.grid, work.flow, work.boundaries
    saturation = 0.5 * (flow.saturation_start + flow.saturation_end)
    size = np.vstack([grid.cell_width.T, grid.thickness * np.maximum(saturation, 1e-9)])
    corrected = np.zeros((4, grid.n_faces))
    rate = np.zeros(grid.n_cells)
    discharge = flow.specific_discharge * np.array([1.0, -1.0, -1.0])
    transport_local_setup.lax_wendroff(
        work.sweep.faces.cells, work.sweep.faces.axis, work.coefficients.faces, np.ascontiguousarray(step),
        np.where(middle > 0.0, 1.0 / np.where(middle > 0.0, middle, 1.0), 0.0), grid.volume * saturation,
        np.ascontiguousarray(discharge.T), np.ascontiguousarray(size), b.fixed.view(np.uint8), work.scheme.clip,
        corrected, rate,
    )
    rate += np.maximum(b.loss, 0.0)
    rate[b.fixed] = 0.0
    return corrected, rate
