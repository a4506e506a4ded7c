"""Marching with local time steps: each segment of a row in steps of its own, halved from level to level."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.memory import give_back, zeros
from gwsolver.kernels import transport_local
from gwsolver.transport.explicit.local.beside import Aside
from gwsolver.transport.explicit.local.layout import Layout, lay_out
from gwsolver.transport.explicit.local.levels import TooManyLevels
from gwsolver.transport.explicit.local.plan import Plan
from gwsolver.transport.explicit.local.schedule import contents, fastest
from gwsolver.transport.explicit.local.window import Window
from gwsolver.transport.explicit.rows import Rows
from gwsolver.transport.explicit.sweeps import RowSweep, useful_threads
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.progress import Progress, Reporter

Floats = NDArray[np.float64]
FASTER = 4.0


class LocalMarch:
    """Cells in segments of eight, each segment at its own level.

    Attributes
    ----------
    layout : Layout
        Where cells stand, once a march has begun.
    untold : float
        Updates of the mean cell that are not yet told as a whole number of stages.
    """

    layout: Layout
    memory = 0.0

    def __init__(self) -> None:
        self._tables: Rows | None = None
        self._plan: Plan | None = None
        self.untold = 0.0

    def __call__(self, work: Work, start: float, until: float, report: Reporter) -> None:
        """Carry `work` from `start` to `until`.

        Where the water of the fastest cells changes much, the interval is cut so that no piece makes them more
        than four times faster or slower: a cell that dries shortens the steps of its last moments only.

        Raises
        ------
        TooManyLevels
            If some cell is too fast; it tells how far `work` has been carried.
        """
        self._lay_out(work)
        time = start
        while time < until:
            end = _piece(work, time, until)
            try:
                self._carry(work, time, end, report)
            except TooManyLevels as error:
                error.reached = time
                raise
            time = end

    def plan(self, work: Work, start: float, until: float) -> Plan:
        """Return levels and coefficients for an interval, those of the last one if they serve."""
        self._lay_out(work)
        if self._plan is None or not self._plan.serves(work, start, until):
            self._plan = Plan(work, self.layout, start, until)
            if work.general.last_field:
                give_back()
        return self._plan

    def _carry(self, work: Work, start: float, until: float, report: Reporter) -> None:
        """Carry `work` over an interval with one plan."""
        plan, layout = self.plan(work, start, until), self.layout
        schedule = plan.schedule
        n_steps = schedule.n_steps(start, until)
        length = (until - start) / n_steps
        special = plan.special(work)
        mass, integral = zeros(layout.n_places, np.float64), zeros(layout.n_places, np.float64)
        passed = np.zeros(3 * layout.n_places if work.watched.size else 0)
        c = zeros(layout.n_places, np.float32)
        mass[layout.place] = work.mass
        c[layout.place] = _concentrations(work, schedule.first)
        aside = Aside(work.beside, plan)
        window = Window(work, plan, c, aside)
        all_cells = plan.cells(work, length)
        faces, cells = plan.faces.within(window.active), all_cells.within(window.active)
        part, change = work.part(start), (work.part(until) - work.part(start)) / n_steps
        updates = 0.0
        for step in range(n_steps):
            if step and window.follow(c):
                faces, cells = plan.faces.within(window.active), all_cells.within(window.active)
            transport_local.march(
                c, mass, integral, special.taken, passed, layout.weights, layout.offset, faces.runs, faces.data,
                plan.faces.weights, plan.faces.packed, faces.chunks, cells.runs, cells.data, all_cells.packed,
                cells.chunks,
                special.places, special.values, special.start, *aside.features, aside.exchange, aside.at, aside.level,
                work.capacity.steady, part + step * change, change, length, useful_threads(work.mass.size),
            )
            window.note_leak(c, float(mass.sum()))
            updates += faces.updates / 3.0
            work.sub_steps += 1 << (plan.levels.n_levels - 1)
            work.limits.add(schedule.limit)
            report(Progress(start + (step + 1) * length, length, schedule.limit.cell, schedule.limit.reason))
        self.untold += updates / max(work.mass.size, 1)
        whole = int(self.untold)
        work.stages += whole
        self.untold -= whole
        np.add.at(work.taken, special.cells, special.taken)
        if work.watched.size:
            there = layout.face_at.ravel() >= 0
            by_face = np.zeros(work.model.grid.n_faces)
            by_face[layout.face_at.ravel()[there]] = passed[there]
            work.watched_mass += by_face[work.watched_places]
        _tell(work, plan, window, float(mass.sum()))
        _finish(work, plan, mass, integral, until)

    def _lay_out(self, work: Work) -> None:
        """Make the layout anew where other cells take part than before."""
        assert isinstance(work.sweep, RowSweep)
        if work.sweep.tables is not self._tables:
            tables = self._tables = work.sweep.tables
            _, self.layout = work.general.shared(
                "layout", lambda known: known[0] is tables, lambda: (tables, lay_out(work.model.grid, tables)))
            self._plan = None
            if work.general.last_field:
                give_back()


def _piece(work: Work, time: float, until: float) -> float:
    """Return the end of the next piece of an interval."""
    if work.capacity.steady:
        return until
    now, end = fastest(work, contents(work, time)).step, until
    for _ in range(20):
        then = fastest(work, contents(work, end)).step
        if now / FASTER <= then <= now * FASTER:
            break
        end = 0.5 * (time + end)
    return end


def _concentrations(work: Work, content: Floats) -> Floats:
    """Return the concentrations that follow from mass, shape (cell,)."""
    b = work.boundaries
    c = np.divide(work.mass, content, out=np.zeros(content.size), where=content > 0.0)
    c[b.fixed_cells] = b.fixed_concentration
    return c


def _tell(work: Work, plan: Plan, window: Window, mass: float) -> None:
    """Note the figures of a piece, the largest of each."""
    mass = max(mass, work.most)
    found = {
        "levels": float(plan.levels.n_levels), "window_leak": window.leak / mass if mass > 0.0 else 0.0,
    }
    for name, value in found.items():
        work.figures[name] = max(work.figures.get(name, 0.0), value)


def _finish(work: Work, plan: Plan, mass: Floats, integral: Floats, until: float) -> None:
    """Take the state back from the padded box."""
    b = work.boundaries
    before = work.mass[b.fixed_cells].copy()
    work.mass[:] = mass[plan.layout.place]
    work.integral += integral[plan.layout.place]
    if b.fixed_cells.size:
        work.fixed_net += work.mass[b.fixed_cells] - before
        work.mass[b.fixed_cells] = work.content(until)[b.fixed_cells] * b.fixed_concentration
    work.concentration[:] = _concentrations(work, plan.schedule.last)
