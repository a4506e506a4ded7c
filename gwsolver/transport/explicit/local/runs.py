"""Groups of faces and segments of cells put together in runs, in the order in which the kernel works through them.

All groups are sorted and their coefficients packed once per plan. A window only picks from them: a run is
then a part of a packed stretch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.memory import zeros
from gwsolver.kernels import transport_local_packing, transport_local_window
from gwsolver.transport.explicit.local.layout import SEGMENT, Layout
from gwsolver.transport.explicit.local.levels import Levels
from gwsolver.transport.explicit.local.rules import Groups, Rule
from gwsolver.transport.explicit.local.second_order import SecondOrder
from gwsolver.transport.explicit.work import Work

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Integers = NDArray[np.integer]
Bools = NDArray[np.bool_]
LONGEST = 512 // SEGMENT
CHUNKS = 32
FIELDS = np.array([6, 10])


@dataclass(frozen=True, eq=False)
class Runs:
    """Tables for ``kernels.transport_local.march``, faces or cells; see there. They last until the next are picked.

    Attributes
    ----------
    runs : ndarray of int32, shape (run, 7)
    data : ndarray of int64, shape (run,)
    chunks : ndarray of int32, shape (chunk, 2)
    updates : float
        Faces or cells worked on in one step of the slowest.
    """

    runs: Ints
    data: Longs
    chunks: Ints
    updates: float


class Stretches:
    """Items in order of work, and how they stand in stretches of consecutive ones.

    Parameters
    ----------
    axis, kind, own, other, part, slab : ndarray of int, shape (item,)
        Axis of faces (0 for cells), kind, segment, segment on the far side, place in the order of work, and what
        one thread may take at once.
    fields : ndarray of int64, shape (kind,)
        Packed numbers of one place, by kind.
    shared : ndarray of float32, shape (item, 8), optional
        Weights that items of a stretch have in common.

    Attributes
    ----------
    table : ndarray of int32, shape (stretch, 5)
        Axis, kind, first place, length, packed numbers of eight places.
    weights : ndarray of float32, shape (stretch, 8)
    start : ndarray of int64, shape (stretch,)
        Where each begins among packed numbers.
    size : int
        Packed numbers of all.
    """

    def __init__(
        self, axis: Integers, kind: Integers, own: Integers, other: Integers, part: Integers, slab: Integers,
        fields: Longs, shared: Floats32 | None = None,
    ) -> None:
        joins = np.zeros(own.size, bool)
        joins[1:] = np.diff(own) == 1
        for same in (axis, kind, part):
            joins[1:] &= np.diff(same) == 0
        if shared is not None:
            joins[1:] &= (shared[1:] == shared[:-1]).all(axis=1)
        begin = np.flatnonzero(~joins)
        whole = np.diff(np.append(begin, own.size))
        pieces = -(-whole // LONGEST)
        number = np.arange(int(pieces.sum())) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        first = np.repeat(begin, pieces) + number * LONGEST
        length = np.minimum(np.repeat(begin + whole, pieces) - first, LONGEST) * SEGMENT
        columns = (axis[first], kind[first], own[first] * SEGMENT, length, SEGMENT * fields[kind[first]])
        self.table = np.ascontiguousarray(np.column_stack(columns).astype(np.int32))
        self.weights = np.zeros((0, 8), np.float32) if shared is None else np.ascontiguousarray(shared[first])
        size = length * fields[kind[first]]
        self.start, self.size = np.cumsum(size) - size, int(size.sum())
        self._first = np.append(first, own.size).astype(np.int32)
        self._own, self._other = own.astype(np.int32), other.astype(np.int32)
        self._part, self._slab = part[first].astype(np.int32), slab[first].astype(np.int32)
        self._runs, self._data = np.zeros((own.size, 7), np.int32), np.zeros(own.size, np.int64)
        self._beside = np.zeros(own.size, np.int32)

    def pick(self, active: Bools, steps: Floats) -> Runs:
        """Return the runs between active segments; `steps` tells how often each part is worked on."""
        chunks = np.zeros((steps.size * (CHUNKS + 1) + 1, 2), np.int32)
        items = np.zeros(steps.size)
        n = transport_local_window.pick(
            self.table, self.start, self._first, self._own, self._other, self._part, self._slab, active.view(np.uint8),
            CHUNKS, self._runs, self._data, self._beside, chunks, items,
        )
        return Runs(self._runs[:n], self._data[:n], chunks, SEGMENT * float((items * steps).sum()))


class FaceRuns:
    """All groups of eight faces, sorted (`face_stretches`), and their coefficients packed."""

    def __init__(
        self, layout: Layout, rule: Rule, levels: Levels, stretches: Stretches, second: SecondOrder
    ) -> None:
        self._stretches = s = stretches
        self._steps = np.exp2(np.arange(3 * levels.n_levels) // 3)
        self.weights, self.packed = s.weights, zeros(int(s.size), np.float32)
        second.pack(levels.steps(layout), s.table, s.start, layout, rule, self.packed)

    def within(self, active: Bools) -> Runs:
        """Return the runs between active segments."""
        return self._stretches.pick(active, self._steps)


def face_stretches(layout: Layout, groups: Groups, level: NDArray[np.int8]) -> Stretches:
    """Return groups of faces in the order of work; a group belongs to the finer of its two segments."""
    parts = []
    last = layout.face_at[0, SEGMENT - 1::SEGMENT] >= 0
    for direction in range(3):
        own = np.flatnonzero(groups.kind[direction] >= 0).astype(np.int32)
        other = own + layout.segment_steps[direction]
        if direction == 0:
            other = np.where(last[own], other, own)
        parts.append((np.full(own.size, direction, np.int32), own, other, np.maximum(level[own], level[other])))
    axis, own, other, finer = (np.concatenate([p[i] for p in parts]).astype(np.int32) for i in range(4))
    slab = own // np.int32(layout.offset[1] // SEGMENT)
    part = finer * 3 + np.where(axis == 1, 1 + slab % 2, np.int32(0))
    key = part.astype(np.int64) * (slab.max(initial=0) + 1) + slab
    order = np.argsort(key * (3 * level.size) + axis * level.size + own)
    axis, own, other, part, slab = axis[order], own[order], other[order], part[order], slab[order]
    kind = groups.kind[axis, own]
    shared = groups.shared[axis, own]
    shared[kind == 1] = 0.0
    return Stretches(axis, kind, own, other, part, slab, FIELDS, shared)


class CellRuns:
    """All segments, sorted, with what their cells need at the end of a step packed."""

    def __init__(
        self, work: Work, layout: Layout, levels: Levels, middle: Floats, length: float
    ) -> None:
        b, k, loss = work.boundaries, work.capacity, work.boundaries.own_loss
        busy = np.zeros(layout.n_segments, np.int64)
        busy[layout.place[(loss != 0.0) | (b.source != 0.0)] // SEGMENT] = 1
        own = np.flatnonzero(layout.exists)
        level = levels.level[own].astype(np.int64)
        order = np.argsort(level, kind="stable")
        own, level = own[order], level[order]
        fields = np.array([0, 3]) + (1 if k.steady else 3)
        self._stretches = s = Stretches(np.zeros_like(own), busy[own], own, own, level, np.arange(own.size), fields)
        self._steps = np.exp2(np.arange(levels.n_levels))
        self.packed = zeros(int(s.size), np.float64)
        transport_local_packing.pack_cells(
            s.table, s.start, levels.level, layout.cell_at, middle, k.start, k.end - k.start, k.least, b.source,
            loss, b.decay_dissolved + b.decay_sorbed, length, k.steady, self.packed,
        )

    def within(self, active: Bools) -> Runs:
        """Return the runs of active segments."""
        return self._stretches.pick(active, self._steps)
