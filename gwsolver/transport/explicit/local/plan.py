"""What stays the same from interval to interval while flow and boundaries do: levels, coefficients, rules."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.limits import Limit, emptying_rate, reason
from gwsolver.transport.explicit.local.layout import SEGMENT, Layout
from gwsolver.transport.explicit.local.levels import allowed_part, find_levels
from gwsolver.transport.explicit.local.rules import rule_of
from gwsolver.transport.explicit.local.runs import CellRuns, FaceRuns
from gwsolver.transport.explicit.work import Work

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
    limit : Limit
        The shortest step, as if there were no Lax-Wendroff terms, and the cell that asks for it.
    levels : Levels
    faces : FaceRuns
    """

    def __init__(self, work: Work, layout: Layout, start: float, until: float, length: float) -> None:
        first, last = contents(work, start), contents(work, until)
        low, self._middle = np.minimum(first, last), 0.5 * (first + last)
        self.layout, self.limit = layout, fastest(work, low)
        self.levels = find_levels(work, layout, length, low, self._middle)
        self.faces = FaceRuns(work, layout, rule_of(work, layout), self.levels)
        self._cells: tuple[float, Floats, CellRuns] | None = None
        self._coefficients = work.coefficients
        self._made_from = self._inputs(work, start, until)

    def serves(self, work: Work, start: float, until: float, length: float) -> bool:
        """Whether the plan holds for another interval too."""
        if work.coefficients is not self._coefficients or abs(length / self.levels.length - 1.0) > 1e-6:
            return False
        return all(
            a is b or np.array_equal(a, b)
            for a, b in zip(self._made_from, self._inputs(work, start, until), strict=True)
        )

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

    @staticmethod
    def _inputs(work: Work, start: float, until: float) -> tuple[NDArray[np.generic], ...]:
        """Return all that a plan depends on beside the coefficients."""
        b, rule = work.boundaries, work.rule
        return (
            contents(work, start), contents(work, until), b.loss, b.fixed, rule.ratio, rule.given,
            rule.concentration,
        )


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

    Longer ones save nothing (neighbours differ by one level), and make the window look further ahead.
    """
    pace = _pace(work, content) / allowed_part(work)
    moving = pace[pace > 0.0]
    if not moving.size:
        return np.inf
    fifth = moving.size // 5
    slow = float(np.partition(moving, fifth)[fifth])
    return work.scheme.limit / max(slow, float(moving.max()) / SLOWEST)
