"""Marching with local time steps: each segment of a row in steps of its own, halved from level to level."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_local
from gwsolver.transport.explicit.limits import Limit, emptying_rate, reason
from gwsolver.transport.explicit.local.layout import SEGMENT, Layout, lay_out
from gwsolver.transport.explicit.local.levels import Levels, find_levels
from gwsolver.transport.explicit.local.runs import Rule, Runs, build_runs, rule_of
from gwsolver.transport.explicit.rows import Rows
from gwsolver.transport.explicit.sweeps import RowSweep, useful_threads
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.progress import Progress, Reporter

Floats = NDArray[np.float64]


@dataclass(eq=False)
class Plan:
    """All that stays the same from step to step of the slowest cells."""

    levels: Levels
    rule: Rule
    runs: Runs
    special: NDArray[np.int32]
    special_cells: NDArray[np.int64]
    special_values: Floats
    special_start: NDArray[np.int32]


class LocalMarch:
    """Cells in segments of eight, each segment at its own level."""

    def __init__(self) -> None:
        self._tables: Rows | None = None
        self._layout: Layout

    def __call__(self, work: Work, start: float, until: float, report: Reporter) -> None:
        """Carry `work` from `start` to `until`."""
        layout = self._layout_of(work)
        low, middle = self._content(work, start, until)
        rate = emptying_rate(work.coefficients, work.boundaries)
        longest, limit = self._longest(work, rate, low, until - start)
        n_steps = max(1, math.ceil((until - start) / longest * (1.0 - 1e-12)))
        length = (until - start) / n_steps
        plan = self._plan(work, layout, length, low, middle, rate)

        mass, integral = np.zeros(layout.n_places), np.zeros(layout.n_places)
        c = np.zeros(layout.n_places, np.float32)
        mass[layout.place] = work.mass
        first = self._contents(work, start)
        work.concentration[:] = np.where(first > 0.0, work.mass / np.where(first > 0.0, first, 1.0), 0.0)
        b = work.boundaries
        work.concentration[b.fixed_cells] = b.fixed_concentration
        c[layout.place] = work.concentration
        taken = np.zeros(plan.special.size)
        threads = useful_threads(work.mass.size)
        change = (work.part(until) - work.part(start)) / n_steps
        for step in range(n_steps):
            r = plan.runs
            transport_local.march(
                c, mass, integral, taken, layout.weights, layout.offset, r.faces, r.face_data, r.face_weights,
                r.face_packed, r.face_chunks, r.cells, r.cell_data, r.cell_packed, r.cell_chunks, plan.special,
                plan.special_values, plan.special_start, work.capacity.steady, work.part(start) + step * change,
                change, length, threads,
            )
            work.sub_steps += 1 << (plan.levels.n_levels - 1)
            work.limits.add(limit)
            report(Progress(start + (step + 1) * length, length, limit.cell, limit.reason))
        work.stages += round(n_steps * plan.runs.updates / max(work.mass.size, 1))
        np.add.at(work.taken, plan.special_cells, taken)
        self._finish(work, layout, mass, integral, until)

    def _finish(self, work: Work, layout: Layout, mass: Floats, integral: Floats, until: float) -> None:
        """Take the state back from the padded box."""
        b = work.boundaries
        before = work.mass[b.fixed_cells].copy()
        work.mass[:] = mass[layout.place]
        work.integral += integral[layout.place]
        content = self._contents(work, until)
        np.divide(work.mass, content, out=work.concentration, where=content > 0.0)
        work.concentration[content <= 0.0] = 0.0
        if b.fixed_cells.size:
            work.fixed_net += work.mass[b.fixed_cells] - before
            work.concentration[b.fixed_cells] = b.fixed_concentration
            work.mass[b.fixed_cells] = work.content(until)[b.fixed_cells] * b.fixed_concentration

    def _layout_of(self, work: Work) -> Layout:
        assert isinstance(work.sweep, RowSweep)
        if work.sweep.tables is not self._tables:
            self._tables = work.sweep.tables
            self._layout = lay_out(work.model.grid, self._tables)
        return self._layout

    @staticmethod
    def _contents(work: Work, time: float) -> Floats:
        return np.maximum(work.content(time), work.capacity.least)

    def _content(self, work: Work, start: float, until: float) -> tuple[Floats, Floats]:
        """Return the smallest and the mean M of the interval, shape (cell,) each."""
        first, last = self._contents(work, start), self._contents(work, until)
        return np.minimum(first, last), 0.5 * (first + last)

    def _longest(self, work: Work, rate: Floats, content: Floats, span: float) -> tuple[float, Limit]:
        """Return the longest step of the slowest cells, and which cell has the shortest."""
        pace = np.divide(rate, content, out=np.zeros(rate.size), where=content > 0.0)
        fastest = int(pace.argmax())
        if pace[fastest] <= 0.0:
            return span, Limit(span, -1, "")
        shortest = work.scheme.limit / float(pace[fastest])
        return shortest * 256.0, Limit(shortest, fastest, reason(fastest, work.coefficients, work.boundaries))

    def _plan(self, work: Work, layout: Layout, length: float, low: Floats, middle: Floats, rate: Floats) -> Plan:
        levels = find_levels(work, layout, length, low, middle, rate)
        rule = rule_of(work, layout)
        active = np.zeros(layout.n_segments, bool)
        active[layout.place // SEGMENT] = True
        runs = build_runs(work, layout, rule, levels, active, middle)
        b = work.boundaries
        taking = np.flatnonzero(b.taken)
        cells = np.concatenate([b.fixed_cells, taking])
        values = np.zeros((2, cells.size))
        values[0, :b.fixed_cells.size] = b.fixed_concentration
        values[1, b.fixed_cells.size:] = b.taken[taking]
        own = levels.level[layout.place[cells] // SEGMENT]
        order = np.argsort(own, kind="stable")
        start = np.searchsorted(own[order], np.arange(levels.n_levels + 1)).astype(np.int32)
        return Plan(
            levels, rule, runs, layout.place[cells[order]], cells[order], np.ascontiguousarray(values[:, order]), start
        )
