"""Slabs that go through all stages while they stand in the cache: each stage finds what it reads, no bit differs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver import kernels
from gwsolver.transport.explicit.slab import turns as slab_turns
from gwsolver.transport.explicit.slab.turns import turns
from tests.transport.test_slab import by_slabs, carry, random_case, spot


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(1, 5), st.integers(1, 4),
    st.sampled_from([1, 10**5, 10**6, 10**7]),
)
def test_every_stage_finds_what_it_reads(widths, stages, threads, slab_bytes):
    """Stage s of slab j reads what s - 1 left in j - 2 to j + 2, and overwrites what s - 1 has read there."""
    n = len(widths)
    order = turns(8 * np.array(widths), stages, slab_bytes, threads)
    assert order.shape[1] == threads + 2
    done = [0] * stages
    for stage, *bounds in order.tolist():
        assert bounds == sorted(bounds)
        begin, end = bounds[0], bounds[-1]
        assert begin == done[stage]
        if stage > 0:
            assert done[stage - 1] >= min(end + 2, n)
        if stage + 1 < stages:  # this stage still reads two slabs before its first, which the next one writes to
            assert done[stage + 1] <= max(done[stage] - 2, 0)
        done[stage] = end
    assert done == [n] * stages


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("model, flow", [
    random_case((3, 70, 91), 11), random_case((3, 70, 91), 12, drains=True), spot(),
], ids=["steady", "drained", "a small plume in a window"])
def test_blocks_give_the_same_bits(monkeypatch, model, flow, threads):
    until = min(0.02, flow.end) if flow.end < 1.0 else flow.end
    kernels.set_threads(threads)
    try:
        whole = carry(model, flow, by_slabs(model), until=until)
        for name in ("BLOCK", "SHARED_BLOCK", "FEWEST"):
            monkeypatch.setattr(slab_turns, name, 1)
        taken = []

        def kept(*given):
            taken.append(turns(*given))
            return taken[-1]

        monkeypatch.setattr("gwsolver.transport.explicit.slab.march.turns", kept)
        found = carry(model, flow, by_slabs(model), until=until)
    finally:
        kernels.set_threads(0)
    assert max(len(order) for order in taken) > 4 * 20  # not one turn a stage: blocks of three slabs
    assert np.array_equal(found.concentration, whole.concentration)
    assert list(found.ledger.rows()) == list(whole.ledger.rows())
