"""Picking runs of a window out of packed stretches, and grading levels, beside their plain twins."""

import numpy as np
import pytest

from gwsolver.kernels import transport_local_levels
from gwsolver.transport.explicit.local.runs import CHUNKS, Stretches

PARTS = 4


def random_items(rng):
    """Items of work in order: a part, a slab, an axis, segments that often follow each other."""
    n = int(rng.integers(1, 400))
    key = np.sort(rng.integers(0, PARTS * 6, n))
    part, slab = key // 6, key % 6
    axis = rng.integers(0, 2, n) if rng.random() < 0.5 else np.zeros(n, int)
    own = np.cumsum(np.where(np.diff(key, prepend=-1) > 0, 3, rng.choice([1, 1, 1, 1, 3], n)))
    other = np.where(rng.random(n) < 0.8, own + 1, own)
    kind = rng.integers(0, 2, n) * (rng.random() < 0.5)
    return tuple(np.asarray(a, np.int64) for a in (axis, kind, own, other, part, slab))


@pytest.mark.parametrize("seed", range(20))
def test_runs_hold_what_is_active_in_order_and_nothing_else(seed):
    rng = np.random.default_rng(seed)
    axis, kind, own, other, part, slab = random_items(rng)
    fields = np.array([1, 3])
    s = Stretches(axis, kind, own, other, part, slab, fields)
    begins = np.cumsum(8 * fields[kind]) - 8 * fields[kind]
    assert s.size == 8 * fields[kind].sum()
    active = rng.random(int(own.max()) + 2) < rng.choice([0.2, 0.7, 1.0])
    picked = s.pick(active, 2.0 ** np.arange(PARTS))
    kept = active[own] & ((axis == 0) | active[other])
    found = []
    for run, at in zip(picked.runs, picked.data, strict=True):
        items = np.searchsorted(begins, at) + np.arange(run[3] // 8)
        assert begins[items[0]] == at
        found.append(items)
        assert (axis[items] == run[0]).all() and (kind[items] == run[1]).all()
        assert (own[items] == run[2] // 8 + np.arange(items.size)).all()
        assert (s.table[run[6], :2] == run[:2]).all()
        assert run[5] == int(not active[other[items[-1]]])  # shut
        assert active[other[items[:-1]]].all()
    assert np.array_equal(np.concatenate(found) if found else np.zeros(0), np.flatnonzero(kept))
    assert picked.updates == 8.0 * (2.0 ** part[kept]).sum()
    heads, chunks = picked.chunks[:PARTS + 1], picked.chunks[PARTS + 1:]
    for p in range(PARTS):
        runs = np.arange(heads[p, 0], heads[p + 1, 0])
        own_chunks = chunks[heads[p, 1]:heads[p + 1, 1]]
        assert len(own_chunks) <= CHUNKS
        covered = [np.arange(a, e) for a, e in own_chunks]
        assert np.array_equal(np.concatenate([*covered, np.zeros(0, int)]), runs)
        of = [set(slab[np.searchsorted(begins, picked.data[c])]) for c in covered]
        assert all(not a & b for i, a in enumerate(of) for b in of[:i])  # no slab on two threads
        assert all((part[np.searchsorted(begins, picked.data[c])] == p).all() for c in covered)


@pytest.mark.parametrize("apart", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_levels_are_raised_as_little_as_neighbours_ask(seed, apart):
    rng = np.random.default_rng(seed)
    shape = (7, 6, 9)
    exists = np.zeros(shape, bool)
    exists[1:-1, 1:-1, 1:-1] = rng.random((5, 4, 7)) < 0.8
    before = np.where(exists & (rng.random(shape) < 0.1), rng.integers(1, 9, shape), 0).astype(np.int8)
    level = before.ravel().copy()
    steps = np.array([1, 54, 9], np.int32)
    transport_local_levels.grade(exists.view(np.uint8).ravel(), steps, apart, level)
    expected = before.astype(int)
    for _ in range(60):
        for axis in range(3):
            for shift in (1, -1):
                beside = np.roll(expected, shift, axis) * np.roll(exists, shift, axis)
                expected = np.where(exists, np.maximum(expected, beside - apart), expected)
    assert np.array_equal(level.reshape(shape), expected)
