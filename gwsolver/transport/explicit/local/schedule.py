"""How fast segments step, and the order of work that follows: alike for all species that are held back alike."""

import math
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.limits import Limit, emptying_rate, reason
from gwsolver.transport.explicit.local.layout import Layout
from gwsolver.transport.explicit.local.levels import allowed_part, find_levels
from gwsolver.transport.explicit.local.rules import Rule, groups_of
from gwsolver.transport.explicit.local.runs import face_stretches
from gwsolver.transport.explicit.local.second_order import SecondOrder
from gwsolver.transport.explicit.work import Work

Floats = NDArray[np.float64]
SLOWEST = 64.0


class Schedule:
    """Levels of an interval and the faces in the order of work. Nothing here depends on concentrations.

    Attributes
    ----------
    layout : Layout
    longest : float
        Longest step the slowest cells may take [T].
    limit : Limit
        The shortest step, as if there were no Lax-Wendroff terms, and the cell that asks for it.
    first, middle, last : ndarray of float64, shape (cell,)
        M at both ends of the interval, and their mean [L**3].
    rate : ndarray of float32, shape (place,)
        What can leave per unit concentration, as if there were no Lax-Wendroff terms [L**3/T].
    levels : Levels
    stretches : Stretches
        Groups of eight faces.
    """

    def __init__(self, work: Work, layout: Layout, rule: Rule, second: SecondOrder, start: float, until: float) -> None:
        self.first, self.middle, self.last = ends(work, start, until)
        low = np.minimum(self.first, self.last)
        self.layout, self.limit, self.longest = layout, fastest(work, low), longest_step(work, low)
        self.rate = np.zeros(layout.n_places, np.float32)
        self.rate[layout.place] = emptying_rate(work.coefficients, work.boundaries)
        self.levels = find_levels(work, layout, self.length(start, until), low, second)
        self.stretches = face_stretches(layout, groups_of(rule, layout), self.levels.level)
        self._coefficients = ref(work.coefficients)  # kept by the species that use them
        self._made_for: tuple[NDArray[Any], ...] = work.boundaries.loss, work.boundaries.fixed, rule.ratio, rule.end

    def n_steps(self, start: float, until: float) -> int:
        """Return how many steps of the slowest cells an interval needs."""
        return max(1, math.ceil((until - start) / self.longest * (1.0 - 1e-9)))

    def length(self, start: float, until: float) -> float:
        """Return the step of the slowest cells to seven digits [T].

        Intervals that differ by round-off then have one plan, and the same one after a restart.
        """
        return float(f"{(until - start) / self.n_steps(start, until):.7g}")

    def serves(self, work: Work, rule: Rule, start: float, until: float) -> bool:
        """Whether it holds for another interval, or another species, too."""
        if work.coefficients is not self._coefficients() or self.length(start, until) != self.levels.length:
            return False
        now: tuple[NDArray[Any], ...] = (work.boundaries.loss, work.boundaries.fixed, rule.ratio, rule.end)
        if not all(a is b or np.array_equal(a, b) for a, b in zip(self._made_for, now, strict=True)):
            return False
        first, _, last = ends(work, start, until)
        return np.array_equal(self.first, first) and np.array_equal(self.last, last)


def contents(work: Work, time: float) -> Floats:
    """Return M at a time, not below its least, shape (cell,) [L**3]."""
    return np.maximum(work.content(time), work.capacity.least)


def ends(work: Work, start: float, until: float) -> tuple[Floats, Floats, Floats]:
    """Return M at the start, its mean, and M at the end of an interval, shape (cell,) [L**3]."""
    first = contents(work, start)
    if work.capacity.steady:
        return first, first, first
    last = contents(work, until)
    return first, 0.5 * (first + last), last


def _pace(work: Work, content: Floats) -> Floats:
    """Return the part of each cell that can leave it per time [1/T], as if there were no Lax-Wendroff terms."""
    rate = emptying_rate(work.coefficients, work.boundaries)
    return np.divide(rate, content, out=np.zeros(rate.size), where=content > 0.0)


def fastest(work: Work, content: Floats) -> Limit:
    """Return the shortest step of a cell that may lose `scheme.limit` of itself, and which cell asks for it."""
    pace = _pace(work, content)
    cell = int(pace.argmax())
    if pace[cell] <= 0.0:
        return Limit(np.inf, -1, "")
    return Limit(work.scheme.limit / float(pace[cell]), cell, reason(cell, work.coefficients, work.boundaries))


def longest_step(work: Work, content: Floats) -> float:
    """Return the step of the slowest cells [T]: that of the slowest fifth, at most `SLOWEST` times the shortest.

    Longer ones save nothing (neighbours differ by two levels), and make the window look further ahead.
    """
    pace = _pace(work, content) / allowed_part(work)
    moving = pace[pace > 0.0]
    if not moving.size:
        return np.inf
    fifth = moving.size // 5
    slow = float(np.partition(moving, fifth)[fifth])
    return work.scheme.limit / max(slow, float(moving.max()) / SLOWEST)
