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
SLOWEST = 64.0  # steps of the fastest cell in one of the slowest: longer ones save nothing


@dataclass(eq=False)
class Plan:
    """All that stays the same from step to step of the slowest cells."""

    limit: Limit
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
        self.layout: Layout

    def __call__(self, work: Work, start: float, until: float, report: Reporter) -> None:
        """Carry `work` from `start` to `until`.

        Raises
        ------
        TooManyLevels
            Before anything has changed, if some cell is too fast.
        """
        plan = self.plan(work, start, until)
        layout, length, r = self.layout, plan.levels.length, plan.runs
        n_steps = round((until - start) / length)
        mass, integral = np.zeros(layout.n_places), np.zeros(layout.n_places)
        c = np.zeros(layout.n_places, np.float32)
        mass[layout.place] = work.mass
        c[layout.place] = self._begin(work, start)
        taken = np.zeros(plan.special.size)
        threads = useful_threads(work.mass.size)
        part, change = work.part(start), (work.part(until) - work.part(start)) / n_steps
        for step in range(n_steps):
            transport_local.march(
                c, mass, integral, taken, layout.weights, layout.offset, r.faces, r.face_data, r.face_weights,
                r.face_packed, r.face_chunks, r.cells, r.cell_data, r.cell_packed, r.cell_chunks, plan.special,
                plan.special_values, plan.special_start, work.capacity.steady, part + step * change, change, length,
                threads,
            )
            work.sub_steps += 1 << (plan.levels.n_levels - 1)
            work.limits.add(plan.limit)
            report(Progress(start + (step + 1) * length, length, plan.limit.cell, plan.limit.reason))
        work.stages += round(n_steps * plan.runs.updates / max(work.mass.size, 1))
        np.add.at(work.taken, plan.special_cells, taken)
        self._finish(work, layout, mass, integral, until)

    def plan(self, work: Work, start: float, until: float) -> Plan:
        """Return levels, coefficients and runs for an interval."""
        self._lay_out(work)
        first, last = self._contents(work, start), self._contents(work, until)
        low, middle = np.minimum(first, last), 0.5 * (first + last)
        limit = _fastest(work, low)
        span = until - start
        n_steps = max(1, math.ceil(span / (SLOWEST * limit.step) * (1.0 - 1e-12)))
        return self._plan(work, limit, span / n_steps, low, middle)

    def _begin(self, work: Work, start: float) -> Floats:
        """Return the concentrations at the start, shape (cell,)."""
        content, b = self._contents(work, start), work.boundaries
        c = np.divide(work.mass, content, out=np.zeros(content.size), where=content > 0.0)
        c[b.fixed_cells] = b.fixed_concentration
        return c

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

    def _lay_out(self, work: Work) -> None:
        """Make the layout anew where other cells take part than before."""
        assert isinstance(work.sweep, RowSweep)
        if work.sweep.tables is not self._tables:
            self._tables = work.sweep.tables
            self.layout = lay_out(work.model.grid, self._tables)

    @staticmethod
    def _contents(work: Work, time: float) -> Floats:
        return np.maximum(work.content(time), work.capacity.least)

    def _plan(self, work: Work, limit: Limit, length: float, low: Floats, middle: Floats) -> Plan:
        layout = self.layout
        levels = find_levels(work, layout, length, low, middle)
        rule = rule_of(work, layout)
        runs = build_runs(work, layout, rule, levels, layout.exists, middle)
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
            limit, levels, rule, runs, layout.place[cells[order]], cells[order],
            np.ascontiguousarray(values[:, order]), start,
        )


def _fastest(work: Work, content: Floats) -> Limit:
    """Return the shortest step, as if there were no Lax-Wendroff terms, and which cell asks for it."""
    rate = emptying_rate(work.coefficients, work.boundaries)
    pace = np.divide(rate, content, out=np.zeros(rate.size), where=content > 0.0)
    cell = int(pace.argmax())
    if pace[cell] <= 0.0:
        return Limit(np.inf, -1, "")
    return Limit(work.scheme.limit / float(pace[cell]), cell, reason(cell, work.coefficients, work.boundaries))
