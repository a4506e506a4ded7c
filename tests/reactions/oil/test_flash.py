"""Equilibrium of oil, water and solids: closed forms, the twin, and the laws it keeps whatever the amounts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver import kernels
from gwsolver.reactions.oil.flash import in_oil, oil_amount
from tests.reactions.oil import twins

MOLAR_MASS = np.array([78.11, 92.14, 106.17])  # benzene, toluene, xylenes [g/mol]
SOLUBILITY = np.array([1780.0, 526.0, 170.0])  # [g/m3]


def column(*values):
    return np.array(values, float)[:, None]


def test_three_components_and_inert_bulk():
    """Computed by bracketing root finding to 1e-12: N = 489.43520 mol per m3 of aquifer."""
    water = 0.3 * np.array([1.17, 1.53, 2.13])
    moles = column(20, 30, 40)
    keeps = (water * SOLUBILITY / MOLAR_MASS)[:, None]
    amount = oil_amount(moles, keeps, np.array([400.0]))
    oil = in_oil(moles, keeps, amount)
    c = (moles - oil)[:, 0] * MOLAR_MASS / water
    assert amount == pytest.approx([489.43520], abs=5e-6)
    assert oil[:, 0] == pytest.approx([19.67840, 29.84024, 39.91655], abs=5e-6)
    assert c == pytest.approx([71.567, 32.070, 13.865], abs=5e-4)
    assert c == pytest.approx((oil / amount)[:, 0] * SOLUBILITY, rel=1e-12)  # Raoult's law


@pytest.mark.parametrize("total", [1.0 + 1e-12, 1.5, 7.0, 1e9])
def test_one_component_is_oil_above_what_water_and_solids_keep(total):
    assert oil_amount(column(total), column(1.0), np.zeros(1)) == pytest.approx([total - 1.0], rel=1e-15)


@pytest.mark.parametrize("scale", [1e-250, 1e-12, 1.0, 1e12, 1e250])
def test_two_components_by_the_quadratic_at_any_scale(scale):
    """N**2 + (a1 + a2 - T1 - T2) N + a1 a2 - T1 a2 - T2 a1 = 0."""
    t, a = np.array([3.0, 5.0]), np.array([2.0, 7.0])
    n = max(np.roots([1.0, a.sum() - t.sum(), a.prod() - t[0] * a[1] - t[1] * a[0]]))
    found = oil_amount(scale * t[:, None], scale * a[:, None], np.zeros(1))
    assert found / scale == pytest.approx([n], rel=1e-14)


def test_whether_there_is_oil_is_decided_exactly():
    """In doubles 1/3 is (1 - 2**-54) / 3: one last place more in one of three makes the sum one, in two of them oil."""
    third = 1.0 / 3.0
    more = np.nextafter(third, 1.0)
    moles = np.array([[third, third, third, more], [third, third, more, third], [third, more, more, more]])
    amount = oil_amount(moles, np.ones((3, 4)), np.zeros(4))
    assert amount[:2].tolist() == [0.0, 0.0]
    assert amount[2:] == pytest.approx(2.0**-54, rel=1e-12)


def test_cells_without_anything_or_without_water():
    moles = np.array([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 3.0, 0.0]])
    keeps = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 5.0]])
    amount = oil_amount(moles, keeps, np.array([0.0, 4.0, 0.0, 1e-300]))
    assert amount.tolist() == [0.0, 4.0, 5.0, 2.0]
    assert in_oil(moles, keeps, amount).tolist() == [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 3.0, 0.0]]


amounts = st.one_of(st.just(0.0), st.floats(-12.0, 12.0).map(lambda x: 10.0**x))
cells = st.integers(1, 8).flatmap(
    lambda n: st.tuples(
        st.lists(amounts, min_size=n, max_size=n), st.lists(amounts, min_size=n, max_size=n), amounts
    )
)


def flash(cell):
    moles, keeps, bulk = column(*cell[0]), column(*cell[1]), np.array([cell[2]])
    return moles, keeps, bulk, oil_amount(moles, keeps, bulk)


def noise(moles, keeps):
    """How much N moves when every term of F is rounded: relative to N + the largest content in it."""
    return 1e-13 * (keeps[moles > 0.0].max(initial=0.0) + moles.sum())


@settings(max_examples=300, deadline=None)
@given(cells)
def test_the_kernel_finds_what_the_twin_finds(cell):
    moles, keeps, bulk, amount = flash(cell)
    wanted = twins.oil_amount(moles, keeps, bulk)
    assert (amount > 0.0) == (wanted > 0.0)
    sensitive = 1e-14 * (1.0 + float(np.divide(moles, keeps, out=np.zeros_like(moles), where=keeps > 0).sum()))
    assert amount == pytest.approx(wanted, rel=1e-12) or residual(moles, keeps, bulk, amount) < max(sensitive, 1e-14)


def residual(moles, keeps, bulk, amount):
    """|F(N) - 1|, all that can be asked where N is far below what water keeps."""
    if amount[0] == 0.0:
        return 0.0
    f = bulk[0] / amount[0] + (moles[:, 0] / (amount[0] + keeps[:, 0]))[moles[:, 0] > 0].sum()
    return abs(f - 1.0)


@settings(max_examples=200, deadline=None)
@given(cells)
def test_nothing_is_lost_or_negative(cell):
    moles, keeps, bulk, amount = flash(cell)
    oil = in_oil(moles, keeps, amount)
    left = moles * np.where(moles > 0, keeps / np.where(amount + keeps > 0, amount + keeps, 1.0), 0.0)
    assert (oil >= 0.0).all() and (oil <= moles).all() and amount[0] >= bulk[0]
    if amount[0] > 0.0:
        assert oil + left == pytest.approx(moles, rel=1e-15)
        assert oil.sum() + bulk[0] == pytest.approx(amount[0], rel=1e-12, abs=2 * noise(moles, keeps))


@settings(max_examples=200, deadline=None)
@given(cells, st.integers(0, 7), st.floats(1.0, 1e3))
def test_more_of_a_component_is_more_oil(cell, which, factor):
    moles, keeps, bulk, amount = flash(cell)
    more = moles.copy()
    more[which % len(moles)] *= factor
    assert oil_amount(more, keeps, bulk)[0] >= amount[0] - noise(more, keeps)
    assert oil_amount(moles, keeps * factor, bulk)[0] <= amount[0] + noise(moles, keeps * factor)


@settings(max_examples=200, deadline=None)
@given(cells, st.randoms(use_true_random=False), st.integers(-40, 40))
def test_neither_order_nor_units_matter(cell, random, power):
    moles, keeps, bulk, amount = flash(cell)
    order = list(range(len(moles)))
    random.shuffle(order)
    shuffled = oil_amount(moles[order], keeps[order], bulk)
    assert (shuffled > 0.0) == (amount > 0.0)
    assert shuffled == pytest.approx(amount, rel=1e-13, abs=noise(moles, keeps))
    unit = 2.0**power
    assert oil_amount(moles * unit, keeps * unit, bulk * unit)[0] == amount[0] * unit


def test_the_same_bits_for_any_number_of_threads():
    random = np.random.default_rng(1)
    moles, keeps = 10.0 ** random.uniform(-6, 6, (2, 5, 1000))
    bulk = np.where(random.random(1000) < 0.5, 0.0, 10.0 ** random.uniform(-6, 6, 1000))
    before, found = kernels.n_threads(), []
    for threads in (1, 2, 3):
        kernels.set_threads(threads)
        found.append(oil_amount(moles, keeps, bulk))
    kernels.set_threads(before)
    assert all(np.array_equal(found[0], f) for f in found)
