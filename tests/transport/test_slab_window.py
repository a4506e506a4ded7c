"""The window of the slab kernels, and what limits a stage in it, beside plain numpy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.kernels import transport_slab_limits, transport_slab_places

many = settings(max_examples=200, deadline=None)


def widened(filled, first_slab, first_lane, keep, margin, n_lanes):
    """The window by marking every lane that is filled or kept, and all around it."""
    n = len(keep)
    marked = np.zeros((n, n_lanes), bool)
    for j, (low, high) in enumerate(keep):
        marked[j, low:high] = True
    for j, (low, high) in enumerate(filled):
        marked[first_slab + j, first_lane + low:first_lane + max(high, low)] = True
    out = np.zeros((n, 2), np.int32)
    for j in range(n):
        lanes = np.flatnonzero(marked[max(j - margin, 0):j + margin + 1].any(axis=0))
        if lanes.size:
            out[j] = max(lanes[0] - margin, 0) // 8 * 8, min(-(-(lanes[-1] + 1 + margin) // 8) * 8, n_lanes)
    return out


@many
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 5), st.integers(0, 5), st.floats(0.0, 1.0))
def test_the_window_is_widened_around_all_that_is_filled_or_kept(seed, n, groups, margin, part):
    rng = np.random.default_rng(seed)
    n_lanes = 8 * groups
    first_slab, first_group = int(rng.integers(n)), int(rng.integers(groups))
    size, lanes = int(rng.integers(1, n - first_slab + 1)), n_lanes - 8 * first_group

    def intervals(count, most):
        ends = np.sort(rng.integers(0, most + 1, (count, 2)), axis=1)
        return np.where(rng.random((count, 1)) < part, ends, [most, 0]).astype(np.int32)

    filled, keep = intervals(size, lanes), intervals(n, n_lanes)
    keep[keep[:, 0] == keep[:, 1]] = n_lanes, 0
    wanted = widened(filled, first_slab, 8 * first_group, keep, margin, n_lanes)
    window, extent = np.tile(np.array([0, n_lanes], np.int32), (n, 1)), np.zeros(4, np.int32)
    given_before = window.copy()
    moved = transport_slab_places.widen(filled, first_slab, 8 * first_group, keep, margin, n_lanes, window, extent)
    np.testing.assert_array_equal(window, wanted)
    assert moved == (not np.array_equal(wanted, given_before))
    assert not transport_slab_places.widen(filled, first_slab, 8 * first_group, keep, margin, n_lanes, window, extent)
    used = np.flatnonzero(wanted[:, 1] > wanted[:, 0])
    if used.size:
        assert extent.tolist() == [used[0], used[-1] + 1, wanted[used, 0].min(), wanted[used, 1].max()]
    else:
        assert extent[0] >= extent[1]


@many
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
def test_loads_are_the_largest_of_every_group(seed, n_slabs, n_layers, groups, threads):
    rng = np.random.default_rng(seed)
    n_lanes = 8 * groups
    inside = n_slabs * n_layers * n_lanes
    content, rate, loss = (rng.random(inside + 16).astype(np.float32) for _ in range(3))
    loss[rng.random(loss.size) < 0.3] = -1.0
    found = np.full((n_slabs, groups), np.nan, np.float32)
    transport_slab_limits.loads(content[None], rate, loss, n_layers, found, threads)
    load = np.where(loss < 0.0, np.float32(0.0), (rate + loss) * content)[8:-8]
    np.testing.assert_array_equal(found, load.reshape(n_slabs, n_layers, groups, 8).max(axis=(1, 3)))
    window = 8 * np.sort(rng.integers(0, groups + 1, (n_slabs, 2)), axis=1).astype(np.int32)
    at = transport_slab_limits.heaviest_place(found, content[None], rate, loss, window, n_layers)
    lane = np.arange(n_lanes)
    inside = ((lane >= window[:, :1]) & (lane < window[:, 1:]))[:, None] & (load > 0.0).reshape(n_slabs, n_layers, -1)
    if inside.any():
        assert load[at - 8] == load[inside.ravel()].max()
        assert inside.ravel()[at - 8]
    else:
        assert at == -1
