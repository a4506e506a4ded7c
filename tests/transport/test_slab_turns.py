"""Slabs that go through all stages while they stand in the cache: each stage finds what it reads, no bit differs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver import kernels
from gwsolver.transport.explicit.slab import turns as slab_turns
from gwsolver.transport.explicit.slab.turns import turns
from tests.transport.test_slab import by_slabs, carry, random_case, spot


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=90), st.integers(1, 5), st.integers(1, 4),
    st.sampled_from([1, 10**5, 10**6, 10**7]), st.randoms(use_true_random=False),
)
def test_every_stage_finds_what_it_reads(widths, stages, threads, slab_bytes, random):
    """Stage s of slab j reads what s - 1 left in j - 2 to j + 2, and writes over s - 2, in any order of threads."""
    n = len(widths)
    order = turns(8 * np.array(widths), stages, slab_bytes, threads)
    held = np.zeros((2, n), int)  # which stage's concentrations stand in either array: those before the step, or none
    held[1] = -1
    taken = np.zeros((stages, n), int)
    reached = {}
    for phase in range(order[-1, 0] + 1):
        queues = [[turn for turn in order.tolist() if turn[0] == phase and turn[1] == t] for t in range(threads)]
        while any(queues):  # threads in any order within a phase
            _, t, stage, begin, end, goes_on = random.choice([q for q in queues if q]).pop(0)
            assert 0 <= begin < end <= n or begin == end
            assert goes_on == (reached.get((phase, t, stage)) == begin)
            reached[phase, t, stage] = end
            for j in range(begin, end):
                assert (held[stage % 2, max(j - 2, 0):j + 3] == stage).all()
                held[1 - stage % 2, j] = stage + 1
            taken[stage, begin:end] += 1
    assert (taken == 1).all()


def test_threads_work_side_by_side_where_there_are_slabs_enough():
    order = turns(np.full(200, 256), 4, 140_000, 2)
    slabs = order[:, 4] - order[:, 3]
    alone = order[order[:, 0] == 0]
    shares = [slabs[:len(alone)][alone[:, 1] == t].sum() for t in range(2)]
    assert order[-1, 0] == 1
    assert shares[0] == shares[1]
    assert sum(shares) == 4 * 200 - 24


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("model, flow", [
    random_case((3, 70, 91), 11), random_case((3, 70, 91), 12, drains=True), spot(),
], ids=["steady", "drained", "a small plume in a window"])
def test_blocks_give_the_same_bits(monkeypatch, model, flow, threads):
    until = min(0.02, flow.end) if flow.end < 1.0 else flow.end
    kernels.set_threads(threads)
    try:
        whole = carry(model, flow, by_slabs(model), until=until)
        monkeypatch.setattr(slab_turns, "BLOCK", 1)
        taken = []

        def kept(*given):
            taken.append(turns(*given))
            return taken[-1]

        monkeypatch.setattr("gwsolver.transport.explicit.slab.interval.turns", kept)
        found = carry(model, flow, by_slabs(model), until=until)
    finally:
        kernels.set_threads(0)
    assert max(len(order) for order in taken) > 4 * 20  # not one turn a stage: blocks of three slabs
    assert np.array_equal(found.concentration, whole.concentration)
    assert list(found.ledger.rows()) == list(whole.ledger.rows())
