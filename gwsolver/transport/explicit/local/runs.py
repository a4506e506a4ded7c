"""Groups of faces and segments of cells put together in runs, in the order in which the kernel works through them.

All groups are sorted and their coefficients packed once per plan. A window only picks from them: a run is
then a part of a packed stretch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_local_setup
from gwsolver.transport.explicit.local.layout import SEGMENT, Layout
from gwsolver.transport.explicit.local.levels import Levels
from gwsolver.transport.explicit.local.rules import Rule
from gwsolver.transport.explicit.work import Work

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
LONGEST = 512 // SEGMENT
CHUNKS = 32
FIELDS = np.array([6, 10])


@dataclass(frozen=True, eq=False)
class Runs:
    """Tables for ``kernels.transport_local.march``, faces or cells; see there.

    Attributes
    ----------
    runs : ndarray of int32, shape (run, 6) or (run, 4)
    data : ndarray of int64, shape (run,)
    weights : ndarray of float32, shape (run, 8)
        Empty for cells.
    chunks : ndarray of int32
    updates : float
        Faces or cells worked on in one step of the slowest.
    """

    runs: Ints
    data: Longs
    weights: Floats32
    chunks: Ints
    updates: float


class Stretches:
    """Items in order of work, and how they stand in stretches of consecutive ones.

    Parameters
    ----------
    joins : ndarray of bool, shape (item,)
        Whether an item continues the one before.

    Attributes
    ----------
    stretch, within : ndarray of int64, shape (item,)
        Stretch of each item and its place there.
    first, length : ndarray of int64, shape (stretch,)
        First item, number of items.
    """

    def __init__(self, joins: Bools) -> None:
        begin = np.flatnonzero(~joins)
        whole = np.diff(np.append(begin, joins.size))
        pieces = -(-whole // LONGEST)
        number = np.arange(int(pieces.sum())) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        self.first = np.repeat(begin, pieces) + number * LONGEST
        self.length = np.minimum(np.repeat(begin + whole, pieces) - self.first, LONGEST)
        self.stretch = np.repeat(np.arange(self.first.size), self.length)
        self.within = np.arange(joins.size) - self.first[self.stretch]

    def parts(self, kept: Bools) -> tuple[Longs, Longs]:
        """Return first item and number of items of the parts of stretches that are kept."""
        item = np.flatnonzero(kept)
        joins = np.zeros(item.size, bool)
        joins[1:] = (np.diff(item) == 1) & (np.diff(self.stretch[item]) == 0)
        begin = np.flatnonzero(~joins)
        return item[begin], np.diff(np.append(begin, item.size))


class FaceRuns:
    """All groups of eight faces, sorted and packed; a group belongs to the finer of its two segments."""

    def __init__(self, work: Work, layout: Layout, rule: Rule, levels: Levels) -> None:
        self._layout, self._n_levels = layout, levels.n_levels
        level, parts = levels.level, []
        last = layout.face_at[0, SEGMENT - 1::SEGMENT] >= 0
        for direction in range(3):
            own = np.flatnonzero(rule.kind[direction] >= 0)
            other = own + layout.segment_steps[direction]
            if direction == 0:
                other = np.where(last[own], other, own)
            parts.append((np.full(own.size, direction), own, other, np.maximum(level[own], level[other])))
        axis, own, other, finer = (np.concatenate([p[i] for p in parts]).astype(np.int64) for i in range(4))
        slab = own * SEGMENT // layout.offset[1]
        part = finer * 3 + np.where(axis == 1, 1 + slab % 2, 0)
        order = np.argsort((part * (slab.max(initial=0) + 1) + slab) * (3 * level.size) + axis * level.size + own)
        self._axis, self._own, self._other = axis[order], own[order], other[order]
        self._level, self._part, self._slab = finer[order], part[order], slab[order]
        self._kind = rule.kind[self._axis, self._own].astype(np.int64)
        self._shared = rule.shared[self._axis, self._own]
        self._shared[self._kind == 1] = 0.0
        joins = np.zeros(own.size, bool)
        joins[1:] = (
            (np.diff(self._own) == 1) & (np.diff(self._axis) == 0) & (np.diff(self._part) == 0)
            & (np.diff(self._kind) == 0) & (self._shared[1:] == self._shared[:-1]).all(axis=1)
        )
        self._stretches = s = Stretches(joins)
        length = s.length * SEGMENT
        size = length * FIELDS[self._kind[s.first]]
        self._start = np.cumsum(size) - size
        self.packed = np.zeros(int(size.sum()) + 16, np.float32)
        runs = self._table(s.first, s.length, np.zeros(s.first.size, np.int64))
        transport_local_setup.pack_faces(
            runs, self._start, layout.face_at, work.coefficients.faces, levels.corrected, rule.faces, self.packed
        )

    def _table(self, first: Longs, length: Longs, shut: Longs) -> Ints:
        """Return axis, kind, first place, length, length of the packed stretch, whether the last face is shut."""
        whole = self._stretches.length[self._stretches.stretch[first]]
        columns = (
            self._axis[first], self._kind[first], self._own[first] * SEGMENT, length * SEGMENT, whole * SEGMENT, shut
        )
        return np.ascontiguousarray(np.column_stack(columns).astype(np.int32))

    def within(self, active: Bools) -> Runs:
        """Return the runs between active segments."""
        along, beside = self._axis == 0, active[self._other]
        first, length = self._stretches.parts(active[self._own] & (along | beside))
        end = first + length - 1
        shut = (along[end] & ~beside[end]).astype(np.int64)
        runs = self._table(first, length, shut)
        data = self._start[self._stretches.stretch[first]] + self._stretches.within[first] * SEGMENT
        chunks = _chunks(self._part[first], self._slab[first], 3 * self._n_levels)
        updates = float((runs[:, 3] * 2.0**self._level[first]).sum())
        return Runs(runs, data, np.ascontiguousarray(self._shared[first]), chunks, updates)


class CellRuns:
    """All segments, sorted, with what their cells need at the end of a step packed."""

    def __init__(
        self, work: Work, layout: Layout, levels: Levels, middle: Floats, length: float
    ) -> None:
        b, k = work.boundaries, work.capacity
        busy = np.zeros(layout.n_segments, np.int64)
        busy[layout.place[(b.loss != 0.0) | (b.source != 0.0)] // SEGMENT] = 1
        own = np.flatnonzero(layout.exists)
        level = levels.level[own].astype(np.int64)
        order = np.argsort(level * levels.level.size + own)
        self._own, self._level, self._n_levels = own[order], level[order], levels.n_levels
        self._kind = busy[self._own]
        joins = np.zeros(own.size, bool)
        joins[1:] = (np.diff(self._own) == 1) & (np.diff(self._level) == 0) & (np.diff(self._kind) == 0)
        self._stretches = s = Stretches(joins)
        size = s.length * SEGMENT * (3 * self._kind[s.first] + (1 if k.steady else 3))
        self._start = np.cumsum(size) - size
        self.packed = np.zeros(int(size.sum()) + 8)
        transport_local_setup.pack_cells(
            self._table(s.first, s.length), self._start, levels.level, layout.cell_at, middle, k.start,
            k.end - k.start, k.least, b.source, b.loss, b.decay_dissolved + b.decay_sorbed, length, k.steady,
            self.packed,
        )

    def _table(self, first: Longs, length: Longs) -> Ints:
        """Return kind, first place, length, length of the packed stretch."""
        whole = self._stretches.length[self._stretches.stretch[first]]
        columns = (self._kind[first], self._own[first] * SEGMENT, length * SEGMENT, whole * SEGMENT)
        return np.ascontiguousarray(np.column_stack(columns).astype(np.int32))

    def within(self, active: Bools) -> Runs:
        """Return the runs of active segments."""
        first, length = self._stretches.parts(active[self._own])
        runs = self._table(first, length)
        data = self._start[self._stretches.stretch[first]] + self._stretches.within[first] * SEGMENT
        chunks = _chunks(self._level[first], np.arange(first.size), self._n_levels)
        updates = float((runs[:, 2] * 2.0**self._level[first]).sum())
        return Runs(runs, data, np.zeros((0, 8), np.float32), chunks, updates)


def _chunks(part: Longs, slab: Longs, n_parts: int) -> Ints:
    """Return first run and first chunk of each part, then first and last run of each chunk.

    A chunk is what one thread works on; it holds whole slabs.
    """
    bounds = np.searchsorted(part, np.arange(n_parts + 1))
    heads: list[tuple[int, int]] = []
    chunks: list[tuple[int, int]] = []
    for p in range(n_parts):
        heads.append((int(bounds[p]), len(chunks)))
        n = bounds[p + 1] - bounds[p]
        if n == 0:
            continue
        own = slab[bounds[p]:bounds[p + 1]]
        starts = np.flatnonzero(np.diff(own, prepend=own[0] - 1))
        wanted = np.arange(CHUNKS) * n // CHUNKS
        cuts = np.unique(starts[np.searchsorted(starts, wanted, side="right") - 1])
        chunks += [(bounds[p] + a, bounds[p] + e) for a, e in zip(cuts, np.append(cuts[1:], n), strict=True)]
    heads.append((int(bounds[n_parts]), len(chunks)))
    return np.ascontiguousarray(np.array(heads + chunks, np.int32).reshape(-1, 2))
