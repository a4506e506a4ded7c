"""What stays the same from interval to interval while flow and boundaries do: a schedule, and what is packed for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.ends import EndRule
from gwsolver.transport.explicit.local.layout import SEGMENT, Layout
from gwsolver.transport.explicit.local.rules import rule_of
from gwsolver.transport.explicit.local.runs import CellRuns, FaceRuns
from gwsolver.transport.explicit.local.schedule import Schedule, ends
from gwsolver.transport.explicit.local.second_order import SecondOrder
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.sources import Boundaries

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Special:
    """Cells of given concentration and cells from which SRC takes, by level; see ``transport_local.march``."""

    places: NDArray[np.int32]
    cells: NDArray[np.int64]
    values: Floats
    start: NDArray[np.int32]
    taken: Floats


class Plan:
    """Coefficients of an interval in the order of its schedule.

    Attributes
    ----------
    layout : Layout
    schedule : Schedule
        That of another species, where it serves.
    levels : Levels
    faces : FaceRuns
    """

    def __init__(self, work: Work, layout: Layout, start: float, until: float) -> None:
        rule = rule_of(work)
        second = SecondOrder(work, ends(work, start, until)[1])
        self.schedule: Schedule = work.general.shared(
            "schedule", lambda known: known.layout is layout and known.serves(work, rule, start, until),
            lambda: Schedule(work, layout, rule, second, start, until),
        )
        self.layout, self.levels = layout, self.schedule.levels
        self.faces = FaceRuns(layout, rule, self.levels, self.schedule.stretches, second)
        work.coefficients.let_go()
        self._cells: tuple[float, Floats, CellRuns] | None = None
        self._made_for = work.coefficients, work.capacity, work.boundaries, work.rule

    def serves(self, work: Work, start: float, until: float) -> bool:
        """Whether the plan holds for another interval too."""
        coefficients, capacity, boundaries, rule = self._made_for
        schedule = self.schedule
        if work.coefficients is not coefficients or schedule.length(start, until) != self.levels.length:
            return False
        if not (work.capacity is capacity and work.capacity.steady):
            first, _, last = ends(work, start, until)
            if not (np.array_equal(schedule.first, first) and np.array_equal(schedule.last, last)):
                return False
        return same_boundaries(work, boundaries, rule)

    def cells(self, work: Work, length: float) -> CellRuns:
        """Return the runs of cells of an interval; `length` is the step of level 0 [T]."""
        source = work.boundaries.source
        if self._cells is not None and work.capacity.steady:
            before, given, cells = self._cells
            if length == before and np.array_equal(source, given):
                return cells
        cells = CellRuns(work, self.layout, self.levels, self.schedule.middle, length)
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


