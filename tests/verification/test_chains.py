"""Chains of first-order decay: printed and computed figures, the equations, and one form against the other."""

import numpy as np
import pytest
from scipy.linalg import expm

from gwsolver.bench.solutions import ogata_banks, patch_source
from gwsolver.bench.solutions.chains import Chain, chain_column, chain_of_one_retardation
from gwsolver.core.errors import InputError

TREE = Chain(
    [0.03, 0.02, 0.015, 0.01, 0.011, 0.006, 0.002, 0.0015, 0.003, 0.002], [None, 0, 1, 2, 1, 4, 2, 6, 3, 5],
    [0.0, 0.79, 0.5, 0.45, 0.74, 0.64, 0.37, 0.51, 0.51, 0.45],
)
FOUR = Chain.in_line([0.05, 0.02, 0.01, 0.005])
ETHENES = Chain.in_line([0.005, 0.003, 0.002, 0.001], [0.0, 0.792257, 0.737860, 0.644729])  # ratios of molar masses


def matrix(chain):
    """The K of dc/dt = K c, written on its own."""
    k = -np.diag(chain.rates)
    for i, parent in enumerate(chain.parents):
        if parent is not None:
            k[i, parent] = chain.yields[i] * chain.rates[parent]
    return k


def test_ten_species_in_a_column():
    """Feet and days. The first figure is one of adepy's tests, the others were computed by finite differences.

    The figures that adepy's tests have for daughters (13.652508 and 3.7739144 for the fifth and the tenth) come from
    the transform the wrong way round, a = T**-1 c: other daughters are negative with it.
    """
    c = chain_of_one_retardation(
        TREE, [100.0] + [0.0] * 9,
        lambda rate: ogata_banks(5000.0 / 99.0, 360.0, seepage_velocity=0.5, dispersion=5.0, decay_rate=rate),
    )
    assert c[0] == pytest.approx(11.870861, abs=5.1e-7)
    # Crank-Nicolson, 1,500 cells of 0.2 ft, steps of 0.5 d.
    computed = [11.87096, 22.33985, 11.06843, 3.40350, 19.25130, 7.19246, 4.06851, 0.23410, 0.93659, 1.07671]
    np.testing.assert_allclose(c, computed, rtol=2e-5)


def four(x):
    return chain_of_one_retardation(
        FOUR, [1.0, 0.0, 0.0, 0.0],
        lambda rate: ogata_banks(x, 400.0, seepage_velocity=0.2, dispersion=2.0, decay_rate=rate),
    )


def test_four_species_in_a_column():
    """Computed with the transform of Sun and Clement."""
    computed = [
        [0.314016, 0.374978, 0.198583, 0.079522], [0.098606, 0.319861, 0.315658, 0.176654],
        [0.009723, 0.124456, 0.303395, 0.306769],
    ]
    np.testing.assert_allclose(four(np.array([10.0, 20.0, 40.0])).T, computed, rtol=0.0, atol=5e-7)


def test_four_species_in_a_vessel():
    c = chain_of_one_retardation(ETHENES, [100.0, 0, 0, 0], lambda rate: np.exp(-rate * 365.0))
    # The yields behind these figures are rounded to six digits: 2.2e-6 (measured: 0 to 2.1e-6).
    np.testing.assert_allclose(c, [16.12176, 34.32889, 17.74429, 3.45506], rtol=2.2e-6)
    np.testing.assert_allclose(c, expm(365.0 * matrix(ETHENES)) @ [100.0, 0, 0, 0], rtol=1e-11)


@pytest.mark.parametrize("time", [10.0, 300.0])
def test_a_tree_in_a_vessel_is_the_exponential_of_its_matrix(time):
    start = np.linspace(1.0, 2.0, 10)
    c = chain_of_one_retardation(TREE, start, lambda rate: np.exp(-rate * time))
    np.testing.assert_allclose(c, expm(time * matrix(TREE)) @ start, rtol=1e-9)


def test_column_of_equal_retardation_is_the_same_by_both_forms():
    x = np.array([5.0, 10.0, 20.0, 40.0])
    both = dict(seepage_velocity=0.2, dispersion=2.0)
    inlet = [1.0, 0.3, 0.0, 0.2]
    direct = chain_of_one_retardation(
        FOUR, inlet, lambda rate: ogata_banks(x, 400.0, retardation=1.7, decay_rate=rate, **both))
    inverted = chain_column(x, 400.0, chain=FOUR, inlet_concentration=inlet, retardation=np.full(4, 1.7), **both)
    np.testing.assert_allclose(inverted, direct, rtol=0.0, atol=2e-8)  # measured: 1e-9


def sixth(f, x, h):
    """First and second derivative by central differences of sixth order."""
    far = [f(x + k * h) for k in range(-3, 4)]
    first = (far[6] - 9 * far[5] + 45 * far[4] - 45 * far[2] + 9 * far[1] - far[0]) / (60 * h)
    second = (2 * (far[6] + far[0]) - 27 * (far[5] + far[1]) + 270 * (far[4] + far[2]) - 490 * far[3]) / (180 * h * h)
    return first, second


@pytest.mark.parametrize("inlet", ["first", "third"])
def test_column_of_unequal_retardation_solves_its_equations(inlet):
    r, v, d = np.array([2.0, 1.0, 3.0, 1.5]), 0.2, 2.0
    decay = r[:, None] * np.array(FOUR.rates)[:, None]

    def c(x, t):
        return chain_column(
            x, t, chain=FOUR, inlet_concentration=[1.0, 0.2, 0.0, 0.0], retardation=r, seepage_velocity=v,
            dispersion=d, inlet=inlet,
        )

    x, time = np.array([6.0, 15.0, 30.0]), 120.0
    rate = sixth(lambda t: c(x, t), time, 4.0)[0]
    first, second = sixth(lambda p: c(p, time), x, 0.5)
    here = c(x, time)
    made = np.vstack([np.zeros(3), (decay * here)[:-1]])  # yields of one
    np.testing.assert_allclose(r[:, None] * rate, d * second - v * first - decay * here + made, rtol=0.0, atol=1e-7)
    if inlet == "first":
        np.testing.assert_allclose(c(np.array([0.0]), time)[:, 0], [1.0, 0.2, 0.0, 0.0], atol=1e-8)


def test_third_type_inlet_takes_in_all_that_flows():
    """Sum over species of mass, with yields of one and a last member that stays: v C0 t."""
    chain = Chain.in_line([0.05, 0.02, 0.0])
    r, time = np.array([2.0, 1.0, 1.4]), 60.0
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x = 75.0 * (nodes + 1.0)
    c = chain_column(x, time, chain=chain, inlet_concentration=[1.0, 0.0, 0.0], retardation=r, seepage_velocity=0.5,
                     dispersion=1.5, inlet="third")
    assert 75.0 * (r @ c @ weights) == pytest.approx(0.5 * time, rel=1e-7)


def test_chains_work_behind_any_source():
    """A patch: parents as one species, and with all members kept the sum is the plume that does not decay."""
    places = (np.array([20.0, 60.0]), np.array([0.0, 4.0]), np.array([1.0, 0.0]))

    def solution(rate):
        return patch_source(*places, 200.0, width=(-5.0, 5.0), height=(-2.0, 2.0), seepage_velocity=0.4,
                            dispersion=(0.8, 0.08, 0.02), retardation=1.3, decay_rate=rate)

    c = chain_of_one_retardation(Chain.in_line([0.03, 0.01, 0.0]), [1.0, 0.0, 0.0], solution)
    np.testing.assert_allclose(c[0], solution(0.03), rtol=1e-14)
    np.testing.assert_allclose(c.sum(axis=0), solution(0.0), rtol=1e-12)


def test_chains_that_cannot_be_decoupled_are_refused():
    with pytest.raises(InputError, match=r"decay rate of species 2 and of its ancestor 0 = 0.1; allowed: two values"):
        Chain.in_line([0.1, 0.2, 0.1])
    with pytest.raises(InputError, match="parent of species 0 = 1; allowed: a species before it"):
        Chain([0.1, 0.2], [1, None], [1.0, 1.0])
