"""What stays the same from interval to interval while flow and boundaries do: levels, coefficients, rules."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.ends import EndRule
from gwsolver.transport.explicit.limits import Limit, emptying_rate, reason
from gwsolver.transport.explicit.local.layout import SEGMENT, Layout
from gwsolver.transport.explicit.local.levels import allowed_part, find_levels
from gwsolver.transport.explicit.local.rules import rule_of
from gwsolver.transport.explicit.local.runs import CellRuns, FaceRuns
from gwsolver.transport.explicit.local.second_order import SecondOrder
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.sources import Boundaries

Floats = NDArray[np.float64]
SLOWEST = 64.0


@dataclass(frozen=True, eq=False)
class Special:
    """Cells of given concentration and cells from which SRC takes, by level; see ``transport_local.march``."""

    places: NDArray[np.int32]
    cells: NDArray[np.int64]
    values: Floats
    start: NDArray[np.int32]
    taken: Floats


class Plan:
    """Levels and coefficients of an interval.

    Attributes
    ----------
    layout : Layout
    longest : float
        Longest step the slowest cells may take [T].
    limit : Limit
        The shortest step, as if there were no Lax-Wendroff terms, and the cell that asks for it.
    first, last : ndarray of float64, shape (cell,)
        M at both ends of the interval [L**3].
    rate : ndarray of float32, shape (place,)
        What can leave per unit concentration, as if there were no Lax-Wendroff terms [L**3/T].
    levels : Levels
    faces : FaceRuns
    """

    def __init__(self, work: Work, layout: Layout, start: float, until: float) -> None:
        self.first = self.last = low = self._middle = contents(work, start)
        if not work.capacity.steady:
            self.last = contents(work, until)
            low, self._middle = np.minimum(self.first, self.last), 0.5 * (self.first + self.last)
        self.layout, self.limit, self.longest = layout, fastest(work, low), longest_step(work, low)
        self.rate = np.zeros(layout.n_places, np.float32)
        self.rate[layout.place] = emptying_rate(work.coefficients, work.boundaries)
        second = SecondOrder(work, self._middle)
        self.levels = find_levels(work, layout, self._length(start, until), low, second)
        self.faces = FaceRuns(layout, rule_of(work), self.levels, second)
        work.coefficients.let_go()
        self._cells: tuple[float, Floats, CellRuns] | None = None
        self._made_for = work.coefficients, work.capacity, work.boundaries, work.rule

    def n_steps(self, start: float, until: float) -> int:
        """Return how many steps of the slowest cells an interval needs."""
        return max(1, math.ceil((until - start) / self.longest * (1.0 - 1e-9)))

    def _length(self, start: float, until: float) -> float:
        """Return the step of the slowest cells to seven digits [T].

        Intervals that differ by round-off then have one plan, and the same one after a restart.
        """
        return float(f"{(until - start) / self.n_steps(start, until):.7g}")

    def serves(self, work: Work, start: float, until: float) -> bool:
        """Whether the plan holds for another interval too."""
        coefficients, capacity, boundaries, rule = self._made_for
        if work.coefficients is not coefficients or self._length(start, until) != self.levels.length:
            return False
        if not (work.capacity is capacity and work.capacity.steady):
            if not np.array_equal(self.first, contents(work, start)):
                return False
            if not np.array_equal(self.last, contents(work, until)):
                return False
        return same_boundaries(work, boundaries, rule)

    def cells(self, work: Work, length: float) -> CellRuns:
        """Return the runs of cells of an interval; `length` is the step of level 0 [T]."""
        source = work.boundaries.source
        if self._cells is not None and work.capacity.steady:
            before, given, cells = self._cells
            if length == before and np.array_equal(source, given):
                return cells
        cells = CellRuns(work, self.layout, self.levels, self._middle, length)
        self._cells = length, source, cells
        return cells

    def special(self, work: Work) -> Special:
        """Return the special cells of an interval."""
        b, level = work.boundaries, self.levels.level
        taking = np.flatnonzero(b.taken)
        cells = np.concatenate([b.fixed_cells, taking])
        values = np.zeros((2, cells.size))
        values[0, :b.fixed_cells.size] = b.fixed_concentration
        values[1, b.fixed_cells.size:] = b.taken[taking]
        places = self.layout.place[cells]
        own = level[places // SEGMENT]
        order = np.argsort(own, kind="stable")
        start = np.searchsorted(own[order], np.arange(self.levels.n_levels + 1)).astype(np.int32)
        return Special(
            places[order], cells[order], np.ascontiguousarray(values[:, order]), start, np.zeros(cells.size)
        )


def same_boundaries(work: Work, boundaries: Boundaries, rule: EndRule) -> bool:
    """Whether levels and rules of faces follow from these boundaries too."""
    pairs = (
        (work.boundaries.loss, boundaries.loss), (work.boundaries.fixed, boundaries.fixed),
        (work.rule.ratio, rule.ratio), (work.rule.faces, rule.faces), (work.rule.concentration, rule.concentration),
    )
    return all(a is b or np.array_equal(a, b) for a, b in pairs)


def contents(work: Work, time: float) -> Floats:
    """Return M at a time, not below its least, shape (cell,) [L**3]."""
    return np.maximum(work.content(time), work.capacity.least)


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
