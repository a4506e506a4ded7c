"""Groups of faces and cells put together in runs, in the order in which the kernel works through them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_local_setup
from gwsolver.transport.explicit.local.layout import SEGMENT, Layout
from gwsolver.transport.explicit.local.levels import Levels
from gwsolver.transport.explicit.work import Work

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
LONGEST = 512 // SEGMENT
CHUNKS = 32
FIELDS = np.array([6, 10])


@dataclass(frozen=True, eq=False)
class Rule:
    """What does not depend on levels: the rule of each face and the kinds of groups.

    Attributes
    ----------
    faces : ndarray of float32, shape (4, face)
        Ratio (0 at ends), end (0 none, 1 a line, 2 a given concentration), that concentration, outer weight.
    kind : ndarray of int8, shape (3, segment)
        -1 no faces, 0 even, 1 general.
    shared : ndarray of float32, shape (3, segment, 8)
        Weights of even groups.
    """

    faces: Floats32
    kind: NDArray[np.int8]
    shared: Floats32


@dataclass(frozen=True, eq=False)
class Runs:
    """Tables for ``kernels.transport_local.march``; see there."""

    faces: Ints
    face_data: NDArray[np.int64]
    face_weights: Floats32
    face_packed: Floats32
    face_chunks: Ints
    cells: Ints
    cell_data: NDArray[np.int64]
    cell_packed: Floats
    cell_chunks: Ints
    updates: float


def rule_of(work: Work, layout: Layout) -> Rule:
    """Return rules and kinds of faces as the boundaries have them."""
    faces, k = work.sweep.faces, work.coefficients.faces
    given, concentration = work.rule.given, work.rule.concentration
    side = np.where(k[0] > 0.0, 0, 1)
    ends = np.where(side == 0, faces.ends[:, 0], faces.ends[:, 1])
    rule = np.zeros((4, faces.order.size), np.float32)
    rule[0] = np.where(ends, 0.0, k[2])
    rule[1] = np.where(ends & (k[2] > 0.0), np.where(given, 2.0, 1.0), 0.0)
    rule[2] = concentration
    rule[3] = layout.fourth
    kind = np.zeros((3, layout.n_segments), np.int8)
    shared = np.zeros((3, layout.n_segments, 8), np.float32)
    transport_local_setup.kinds(layout.face_at, layout.offset, layout.weights, rule, kind, shared)
    return Rule(rule, kind, shared)


def build_runs(work: Work, layout: Layout, rule: Rule, levels: Levels, active: Bools, middle: Floats) -> Runs:
    """Return the runs of the active segments with all they need packed."""
    faces, face_weights, face_level, phase = _face_runs(layout, rule, levels.level, active)
    size = faces[:, 3].astype(np.int64) * FIELDS[faces[:, 1]]
    face_data = np.cumsum(size) - size
    packed = np.zeros(int(size.sum()) + 16, np.float32)
    transport_local_setup.pack_faces(
        faces, face_data, layout.face_at, active.view(np.uint8), work.coefficients.faces, levels.corrected,
        rule.faces, packed,
    )
    n_levels = levels.n_levels
    slab = faces[:, 2] // layout.offset[1]
    chunks = _chunks(face_level * 3 + phase, slab, 3 * n_levels)

    b, k = work.boundaries, work.capacity
    busy = np.zeros(layout.n_segments, bool)
    busy[layout.place[(b.loss != 0.0) | (b.source != 0.0)] // SEGMENT] = True
    cells, cell_level = _cell_runs(layout, levels.level, active, busy)
    steady = k.steady
    size = cells[:, 2].astype(np.int64) * (3 * cells[:, 0] + (1 if steady else 3))
    cell_data = np.cumsum(size) - size
    cell_packed = np.zeros(int(size.sum()) + 8)
    transport_local_setup.pack_cells(
        cells, cell_data, levels.level, layout.cell_at, middle, k.start, k.end - k.start, k.least, b.source, b.loss,
        b.decay_dissolved + b.decay_sorbed, levels.length, steady, cell_packed,
    )
    cell_chunks = _chunks(cell_level, np.arange(cell_level.size), n_levels)
    updates = float((faces[:, 3] * 2.0**face_level).sum()) / 3.0
    return Runs(
        faces, face_data, face_weights, packed, chunks, cells, cell_data, cell_packed, cell_chunks, updates
    )


def _face_runs(
    layout: Layout, rule: Rule, level: NDArray[np.int8], active: Bools
) -> tuple[Ints, Floats32, NDArray[np.int64], NDArray[np.int64]]:
    """Return runs of faces (axis, kind, first place, length), their weights, levels and phases, in order of work.

    A group belongs to the finer of its two segments.
    """
    parts = []
    last = layout.face_at[0, SEGMENT - 1::SEGMENT] >= 0
    for direction in range(3):
        own = np.flatnonzero((rule.kind[direction] >= 0) & active)
        other = own + layout.segment_steps[direction]
        if direction == 0:
            joined = last[own] & active[other]
        else:
            joined = active[other]
            own, other, joined = own[joined], other[joined], joined[joined]
        finer = np.where(joined, np.maximum(level[own], level[other]), level[own])
        parts.append((np.full(own.size, direction), own, finer))
    axis, s, level_of = (np.concatenate([p[i] for p in parts]).astype(np.int64) for i in range(3))
    slab = s * SEGMENT // layout.offset[1]
    phase = np.where(axis == 1, 1 + slab % 2, 0)
    order = np.lexsort((s, axis, slab, phase, level_of))
    axis, s, level_of, phase = axis[order], s[order], level_of[order], phase[order]
    kind = rule.kind[axis, s].astype(np.int64)
    shared = rule.shared[axis, s]
    shared[kind == 1] = 0.0
    joins = np.zeros(s.size, bool)
    joins[1:] = (
        (np.diff(s) == 1) & (np.diff(axis) == 0) & (np.diff(level_of) == 0) & (np.diff(kind) == 0)
        & (shared[1:] == shared[:-1]).all(axis=1)
    )
    first, length = _pieces(joins)
    runs = np.column_stack([axis[first], kind[first], s[first] * SEGMENT, length * SEGMENT]).astype(np.int32)
    return np.ascontiguousarray(runs), np.ascontiguousarray(shared[first]), level_of[first], phase[first]


def _cell_runs(
    layout: Layout, level: NDArray[np.int8], active: Bools, busy: Bools
) -> tuple[Ints, NDArray[np.int64]]:
    """Return runs of cells (kind, first place, length) and their levels, in order of work."""
    s = np.flatnonzero(active)
    order = np.lexsort((s, level[s]))
    s = s[order]
    own, kind = level[s].astype(np.int64), busy[s].astype(np.int64)
    joins = np.zeros(s.size, bool)
    joins[1:] = (np.diff(s) == 1) & (np.diff(own) == 0) & (np.diff(kind) == 0)
    first, length = _pieces(joins)
    runs = np.column_stack([kind[first], s[first] * SEGMENT, length * SEGMENT]).astype(np.int32)
    return np.ascontiguousarray(runs), own[first]


def _pieces(joins: Bools) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first item and number of items of stretches that join the item before, none too long."""
    first = np.flatnonzero(~joins)
    length = np.diff(np.append(first, joins.size))
    pieces = -(-length // LONGEST)
    within = np.arange(int(pieces.sum())) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start = np.repeat(first, pieces) + within * LONGEST
    return start, np.minimum(np.repeat(first + length, pieces) - start, LONGEST)


def _chunks(part: NDArray[np.int64], slab: NDArray[np.int64], n_parts: int) -> Ints:
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
