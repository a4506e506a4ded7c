"""One interval of a march slab by slab: the group's state in slab layout, and the steps over it.

Where dispersion rules (grid Peclet number of the mass up to 3, or more than a quarter of what can leave the fastest
cell) a step is SSPRK(4,2), else one Euler stage whose coefficients carry the Lax-Wendroff correction for its length: a
quarter of the sweeps fewer, and sharper fronts.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.memory import zeros
from gwsolver.kernels import transport_slab, transport_slab_limits, transport_slab_places
from gwsolver.transport.explicit.limits import DECAY_PER_STEP, Limit, greatest, refuse_slow
from gwsolver.transport.explicit.local.levels import allowed
from gwsolver.transport.explicit.slab.beside import beside
from gwsolver.transport.explicit.slab.layout import N_FACE, Floats32, Ints
from gwsolver.transport.explicit.slab.part import AROUND, LARGE, ROOM, cut, put_back, whole_part
from gwsolver.transport.explicit.slab.turns import turns
from gwsolver.transport.explicit.slab.window import NOTHING, STAGES, Window
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.progress import Progress, Reporter
from gwsolver.transport.water import LEAST_PART

if TYPE_CHECKING:
    from gwsolver.transport.explicit.slab.march import SlabMarch

Floats = NDArray[np.float64]
DIFFUSIVE_PECLET = 3.0
RUNGE_KUTTA_STAGES = 4
# The corrected coefficients hold for the length of a stage rounded to this many parts of a power of two.
ROUNDING = 128
# Stages, and places of the grid, from which copies of a box around the window pay.
WORTH_COPYING = 8.0
IN_CACHE = 20_000
# Length of a stage that nothing limits [T].
NEVER = 1e300
# Places from which a window saves more than it costs to find.
WORTH_LOOKING = 1_000


def rounded(length: float) -> float:
    """Return a length rounded to 1/128 of its power of two: lengths that hardly differ share their coefficients."""
    mantissa, exponent = math.frexp(length)
    return math.ldexp(round(mantissa * ROUNDING) / ROUNDING, exponent)


def held_at(work: Work, cells: NDArray[np.int64], time: float) -> Floats:
    """Return what some cells hold per unit concentration at a time, shape (cell,) [L**3]."""
    k = work.capacity
    start = k.start[cells]
    held: Floats = np.maximum(start + work.part(time) * (k.end[cells] - start), k.least[cells])
    return held


def fastest_decay(work: Work) -> tuple[float, int]:
    """Return the largest part of a cell's mass that decays per time [1/T], and that cell."""
    b, end = work.boundaries, work.capacity.end
    decay = b.decay_dissolved + b.decay_sorbed
    if not decay.any():
        return 0.0, -1
    rate = decay / np.where(end > 0.0, end, np.inf)
    cell = int(rate.argmax())
    return float(rate[cell]), cell


class Interval:
    """One interval of a march.

    Parameters
    ----------
    march : SlabMarch
    works : sequence of Work
        Of all species.
    start, until : float
        [T].
    """

    def __init__(self, march: "SlabMarch", works: Sequence[Work], start: float, until: float) -> None:
        self.actions = march.enter(works)
        self.works, self.start, self.until = works, start, until
        self.field, self.layout = march.field, march.layout
        self.threads = self.field.threads
        layout, n_species, (mirror, other) = self.layout, len(works), march.mirrors
        part = works[0].part(start)
        for s, work in enumerate(works):
            transport_slab_places.to_places(work.mass, layout.cell, march.mass[s], self.threads)
            transport_slab_places.mirrors(march.mass[s], self.field.content, part, LEAST_PART, mirror[s], self.threads)
        fixed = self.actions.fixed
        for s in range(n_species):
            own = fixed.species(s)
            mirror[s, fixed.at[own]] = self.actions.value[own]
        np.copyto(other, mirror)
        self.window = Window(layout, self.actions.entering)
        self.whole = self.part = whole_part(self.field, self.actions, march.mass, march.mirrors, march.mass[:0])
        self.lanes = self.part.lanes(self.window.lanes)
        self.stages = 1
        self.runge_kutta = self.suits_runge_kutta()
        if self.runge_kutta:
            self.stages = RUNGE_KUTTA_STAGES
            self.whole.before = march.mass_before
        self.beside = beside(works, self.actions, self.stages)
        self.beside.enter(self.part, self.window.lanes)
        self.turns = self.order()
        peak = np.maximum(mirror.max(axis=1), np.maximum(self.actions.scale, self.beside.peak))
        self.threshold = (NOTHING * peak).astype(np.float32)
        for s in range(n_species):
            own = fixed.species(s)
            self.whole.fixed_mass[0, own] = march.mass[s, fixed.at[own]]
        self.ahead = 0.0
        self.reasons = march.reasons
        self.corrected: float | None = None
        self.decay_rates = [fastest_decay(w) for w in works]
        size = transport_slab.buffer_size(n_species, layout.n_layers, layout.n_lanes)
        self.buffers = zeros((self.threads * self.stages, size), np.float32)

    def suits_runge_kutta(self) -> bool:
        """Return whether SSPRK(4,2) is the better choice.

        One Lax-Wendroff stage leaves out what advection and dispersion do together. It would have to be the shorter
        the more of what can leave the fastest cell is dispersion (`allowed`): where shorter than a stage of
        SSPRK(4,2), which leaves out nothing, that one is cheaper, too.
        """
        if self.works[0].scheme.order == 0.0 or self.field.mean_peclet(self.whole.mass) <= DIFFUSIVE_PECLET:
            return True
        _, place = self.longest(self.start, self.part.plain_rate)
        return place >= 0 and allowed(self.field.dispersed(place)) < 1.0 - 1.0 / RUNGE_KUTTA_STAGES

    def run(self, report: Reporter) -> None:
        """Go from the start to the end."""
        work, capacity = self.works[0], self.works[0].capacity
        place = self.layout.place
        refuse_slow(
            work, self.field.plain_rate[place].astype(float) + self.actions.loss[place],
            (self.until - self.start) / max(self.stages - 1, 1), self.why,
        )
        if self.runge_kutta and self.field.stage > 0.0:
            self.field.correct(0.0)
        time, since = self.start, STAGES
        limit: Limit | None = None
        while time < self.until:
            if since >= STAGES:
                moved = self.look()
                since = 0
            if limit is None or moved or not capacity.steady:
                limit = self.limit(time)
            if moved:
                self.fit(self.stages * (self.until - time) / limit.step)
                moved = False
            left = self.until - time
            length = left / max(1.0, math.ceil(left / limit.step * (1.0 - 1e-12)))
            if not self.runge_kutta:
                length = self.correct(time, left, length)
                self.shift_decay(time, length)
            self.step(time, length)
            time = self.until if length >= left * (1.0 - 1e-12) else time + length
            since += self.stages
            for w in self.works:
                w.limits.add(limit)
                w.sub_steps += 1
                w.stages += self.stages
            report(Progress(time, length, limit.cell, limit.reason))
        self.shift_decay(self.until, 0.0)
        self.hand_over()

    def look(self) -> bool:
        """Set the window anew; return whether it has moved."""
        if self.layout.n_places < WORTH_LOOKING:
            return False
        before = self.window.lanes.copy()
        moved = self.window.find(self.part, self.lanes, self.threshold, self.threads)
        while self.window.keep(self.beside.reached(self.window.lanes, float(self.threshold[0]))):
            moved |= self.window.find(self.part, self.lanes, self.threshold, self.threads)
        if not moved:
            return False
        last = self.lanes
        if self.part is not self.whole and not self.part.box.holds(self.window.box(AROUND)):
            self.leave()
            last = before
        part = self.part
        self.lanes = part.lanes(self.window.lanes)
        self.turns, self.corrected = self.order(), None
        self.beside.enter(part, self.window.lanes)
        transport_slab_places.copy_outside(
            part.mirror, last, self.lanes, part.layout.n_layers, part.layout.n_lanes, part.other, self.threads,
        )
        return True

    def fit(self, stages: float) -> None:
        """Work in a box around the window if that is small, and there is work for that many stages."""
        if self.part is not self.whole or stages < WORTH_COPYING or self.layout.n_places < IN_CACHE:
            return
        box = self.window.box((AROUND[0] + ROOM[0], AROUND[1] + ROOM[1]))
        if box.size(self.layout) < LARGE:
            self.part = cut(self.whole, box)
            self.lanes = self.part.lanes(self.window.lanes)
            self.turns = self.order()
            self.beside.enter(self.part, self.window.lanes)

    def leave(self) -> None:
        """Work on all places again."""
        if self.part is not self.whole:
            put_back(self.part, self.whole)
            self.part = self.whole
            self.beside.enter(self.part, self.window.lanes)

    def limit(self, time: float) -> Limit:
        """Return the longest step with plain coefficients, by positivity and by accuracy."""
        stage, place = self.longest(time, self.part.plain_rate)
        step = stage * max(self.stages - 1, 1)
        if not self.runge_kutta and place >= 0:
            step *= allowed(self.field.dispersed(place))
        cell = int(self.layout.cell[place]) if place >= 0 else -1
        why = self.why(cell) if cell >= 0 else ""
        for rate, fastest in self.decay_rates:
            if rate * step > DECAY_PER_STEP:
                step, cell, why = DECAY_PER_STEP / rate, fastest, "decay"
        return Limit(step, cell, why)

    def longest(self, time: float, rate: Floats32) -> tuple[float, int]:
        """Return the longest stage that keeps the window positive, and the place that limits it."""
        part, work = self.part, self.works[0]
        layout, allowed_part = part.layout, work.scheme.limit
        if work.capacity.steady:
            load, found = part.heaviest(rate, self.lanes, self.threads)
            return (allowed_part / load, part.place(found, self.layout)) if found >= 0 else (NEVER, -1)
        longest, place = np.zeros(layout.n_slabs), np.zeros(layout.n_slabs, np.int32)
        transport_slab_limits.longest_stage(
            part.content, rate, part.loss, self.lanes, layout.n_layers, layout.n_lanes, work.part(time),
            work.flow.length, max(self.stages - 1.0, 1.0), LEAST_PART, allowed_part, longest, place, self.threads,
        )
        slab = int(longest.argmin())
        found = int(place[slab])
        return float(longest[slab]), part.place(found, self.layout) if found >= 0 else -1

    def why(self, cell: int) -> str:
        """Return what empties a cell most, in words."""
        if cell not in self.reasons:
            advection, dispersion = self.field.out_of(int(self.layout.place[cell]))
            self.reasons[cell] = max(greatest(cell, advection, dispersion, w.boundaries) for w in self.works)
        return self.reasons[cell]

    def correct(self, time: float, left: float, length: float) -> float:
        """Correct the coefficients for a one-stage step; return its length, shorter if they say so."""
        while True:
            wanted = rounded(length)
            if wanted != self.field.stage:
                self.field.correct(wanted)
                self.part.take_fields(self.field)
                self.corrected = None
            if self.corrected is None or not self.works[0].capacity.steady:
                self.corrected, _ = self.longest(time, self.part.rate)
            if length <= self.corrected * (1.0 + 1e-9):
                return length
            length = left / math.ceil(left / min(self.corrected, 0.97 * length))

    def shift_decay(self, time: float, length: float) -> None:
        """Keep decay half a step of this length ahead of transport, in which it then stands in the middle."""
        if self.actions.decay.shape[1] and length != self.ahead:
            part, layout = self.part, self.part.layout
            transport_slab.decay(
                part.mass, part.mirror, part.content, part.decay, self.lanes, layout.n_layers, layout.n_lanes,
                self.works[0].part(time), LEAST_PART, 0.5 * (length - self.ahead), part.decayed, self.threads,
            )
        self.ahead = length

    def step(self, time: float, length: float) -> None:
        """Take one step."""
        a, part, work = self.actions, self.part, self.works[0]
        h = length / max(self.stages - 1, 1)
        weight = h * (self.stages - 1) / self.stages if self.runge_kutta else h
        held = self.whole.fixed_mass[1]
        for s, other in enumerate(self.works):
            b = other.boundaries
            if b.fixed_cells.size:
                content = held_at(work, b.fixed_cells, time + length)
                held[a.fixed.species(s)] = (content * b.fixed_concentration)[a.fixed.order[s]]
        part.fixed_mass[1] = held[part.fixed]
        ends = [time + (stage + 1) * h for stage in range(self.stages - 1)] + [time + length]
        for some in self.beside.around(self.turns, part, time, weight):
            transport_slab.step(
                part.mirror, part.other, part.mass, part.before, part.faces, part.content, part.pool, part.gradient,
                part.ratio, part.scale, self.lanes, self.field.cross, self.field.clip, part.end_first, part.end_where,
                part.end_value, part.acting_first, part.acting_place, part.rates, part.sums, part.fixed_first,
                part.fixed_place, part.value, part.fixed_mass, part.decay, part.decayed, h, weight,
                np.array([work.part(end) for end in ends]), LEAST_PART, 1.0 / self.stages if self.runge_kutta else 0.0,
                not self.runge_kutta, some, self.buffers,
            )
        if self.stages % 2:
            part.swap()
        part.fixed_mass[0] = part.fixed_mass[1]

    def order(self) -> Ints:
        """Return in which order the window's slabs go through the stages of a step."""
        layout, n_species = self.part.layout, len(self.works)
        width = self.lanes[:, 1] - self.lanes[:, 0]
        each = 4 * (layout.n_directions * N_FACE + 1) + n_species * 24  # coefficients and 1/M; mass twice, c twice
        stages = self.stages if self.beside.between_steps else 1
        return turns(width, stages, each * layout.n_layers * int(width.max(initial=0)), self.threads)

    def hand_over(self) -> None:
        """Give every species its mass, concentration and sums."""
        self.leave()
        self.beside.leave()
        a, whole, work = self.actions, self.whole, self.works[0]
        content = work.content(self.until)
        part = self.window.part
        outside = ~self.window.inside() if part < 1.0 else np.zeros(0, bool)
        for s, w in enumerate(self.works):
            transport_slab_places.to_cells(whole.mass[s], self.layout.cell, w.mass, self.threads)
            held = np.maximum(content, w.capacity.least)
            np.divide(w.mass, held, out=w.concentration, where=held > 0.0)
            w.concentration[held <= 0.0] = 0.0
            w.concentration[w.boundaries.fixed_cells] = w.boundaries.fixed_concentration
            sums = a.acting.split(s, whole.sums)
            w.integral[a.acting_cells[s]] += sums[0]
            w.taken[a.acting_cells[s]] += sums[1]
            w.fixed_net += a.fixed.split(s, whole.fixed_mass)[2]
            if a.decay.shape[1]:
                before = w.decayed or (0.0, 0.0)
                w.decayed = before[0] + float(whole.decayed[s, 0].sum()), before[1] + float(whole.decayed[s, 1].sum())
            total = float(whole.mass[s].sum())
            if self.window.part < 1.0:
                total = max(total, w.most)
                leak = float(whole.mass[s][outside].sum()) / total if total > 0.0 else 0.0
                w.figures["window_leak"] = max(w.figures.get("window_leak", 0.0), leak)
                w.figures["window_part"] = max(w.figures.get("window_part", 0.0), self.window.part)
            w.figures["runge_kutta" if self.runge_kutta else "lax_wendroff"] = 1.0
