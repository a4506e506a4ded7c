"""The kernels of a lake's balance against their numpy twins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gwsolver.kernels import surface_balance
from gwsolver.surface.hypsometry import Hypsometry

TABLE = Hypsometry([0.0, 10.0, 30.0], [0.0, 100.0, 150.0])
MEMBERS = 7


def by_numpy(at, factor, volume, gains, rain, evaporation, asked, seeps):
    area = factor * np.where(at <= 0.0, 0.0, np.interp(at, TABLE.level, TABLE.area))
    rained, evaporates = rain * area, evaporation * area
    there, out = volume + gains + rained, evaporates + asked + seeps
    part = np.divide(there, out, out=np.ones(MEMBERS), where=out > there)
    return rained, evaporates, part, np.maximum(there - part * out, 0.0)


def amounts(most):
    one = st.one_of(st.just(0.0), st.floats(1e-6 * most, most))
    return st.lists(one, min_size=MEMBERS, max_size=MEMBERS).map(np.array)


@given(st.tuples(amounts(35.0), amounts(3.0), amounts(1e3), amounts(1e3), amounts(1.0), amounts(30.0), amounts(1e3),
                 amounts(1e3)))
def test_change_is_its_numpy_twin(values):
    found = [np.empty(MEMBERS) for _ in range(4)]
    surface_balance.change(TABLE.level, TABLE.area, TABLE.slope, *values, *found)
    for ours, twin in zip(found, by_numpy(*values), strict=True):
        assert np.allclose(ours, twin, rtol=1e-12, atol=1e-9)


@given(st.lists(amounts(1e6), min_size=1, max_size=5), amounts(1e6), amounts(1e6))
def test_imbalance_is_its_numpy_twin(terms, before, after):
    net, moved, worst = np.zeros(MEMBERS), np.zeros(MEMBERS), np.full(MEMBERS, 1e-3)
    signs = [1.0 if i % 2 else -1.0 for i in range(len(terms))]
    for term, sign in zip(terms, signs, strict=True):
        surface_balance.count(term, sign, net, moved)
    surface_balance.judge(before, after, net, moved, 1e-5, worst)
    twin = np.abs(np.tensordot(signs, terms, 1) - (after - before)) / (1.0 + np.sum(terms, axis=0) + 1e-5 * before)
    assert np.allclose(worst, np.maximum(twin, 1e-3), rtol=1e-9)
