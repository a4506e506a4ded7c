"""Mass, concentration and exchange: the kernels against short numpy twins and against laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.aquifer import Domain
from gwsolver.core.isotherms import isotherms
from gwsolver.kernels import transport_retention
from gwsolver.transport.retention import Retention

few = settings(max_examples=60, deadline=None)
NAMES = sorted(isotherms())


def domain(isotherm, k, p):
    zero = np.zeros(k.size)
    return Domain(zero + 0.3, zero + 1.0, k, zero, zero, isotherm=isotherm, sorption_parameter=p)


def bisected(m, w, s, formula, k, p):
    """C of m = w C + s S(C), between 0 and m / w."""
    low, high = np.zeros(m.size), m / w
    for _ in range(200):
        middle = 0.5 * (low + high)
        above = w * middle + s * formula(middle, k, p) > m
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return high


def test_every_isotherm_has_its_kernel():
    assert set(transport_retention.CODES) == set(isotherms())


@pytest.mark.parametrize("name", NAMES)
@few
@given(seed=st.integers(0, 10**6))
def test_concentration_belongs_to_its_mass(name, seed):
    rng = np.random.default_rng(seed)
    w, s = 10.0 ** rng.uniform(-3, 3, 40), 10.0 ** rng.uniform(-3, 3, 40) * (rng.random(40) > 0.2)
    k, p = 10.0 ** rng.uniform(-4, 2, 40) * (rng.random(40) > 0.1), rng.uniform(0.3, 2.0, 40)
    m = 10.0 ** rng.uniform(-12, 6, 40) * (rng.random(40) > 0.1)
    guess = 10.0 ** rng.uniform(-9, 9, 40) * (rng.random(40) > 0.3)
    retention = Retention(domain(name, k, p))
    w, s = retention.contents(w, s)
    c = guess.copy()
    retention.concentration(m, w, s, c)
    np.testing.assert_allclose(c, bisected(m, w, s, isotherms()[name].sorbed, k, p), rtol=1e-10)
    np.testing.assert_allclose(retention.mass(c, w, s), m, rtol=1e-10)


@pytest.mark.parametrize("name", NAMES)
@few
@given(seed=st.integers(0, 10**6))
def test_a_cell_surely_holds_what_is_said(name, seed):
    """(m(a) - m(b)) / (a - b) is never less between 0 and the largest concentration."""
    rng = np.random.default_rng(seed)
    k, p = 10.0 ** rng.uniform(-2, 2, 30), rng.uniform(0.3, 2.0, 30)
    retention = Retention(domain(name, k, p))
    w, s = retention.contents(10.0 ** rng.uniform(-2, 2, 30), 10.0 ** rng.uniform(-2, 2, 30))
    surely = retention.surely(w, s, 3.0)
    a, b = np.sort(3.0 * rng.random((2, 30)), axis=0)
    assert np.all((retention.mass(b, w, s) - retention.mass(a, w, s)) >= surely * (b - a) * (1.0 - 1e-9))


def exchange(name, m, w, s, k, p, m2, w2, s2, k2, p2, z, length, fixed=None, given_c=None):
    mass, mass2, net = m.copy(), m2.copy(), np.zeros(m.size)
    fixed = np.zeros(m.size, np.uint8) if fixed is None else fixed
    transport_retention.exchange(transport_retention.CODES[name], mass, w, s, k, p, mass2, w2, s2, k2, p2, z, fixed,
                                 np.zeros(m.size) if given_c is None else given_c, length, net, 1)
    return mass, mass2, net


@pytest.mark.parametrize("name", NAMES)
@few
@given(seed=st.integers(0, 10**6))
def test_exchange_keeps_mass_sign_and_order(name, seed):
    """Nothing is lost, nothing negative; the higher concentration stays the higher."""
    rng = np.random.default_rng(seed)
    n = 30
    w, w2 = 10.0 ** rng.uniform(-3, 2, (2, n))
    s, s2 = 10.0 ** rng.uniform(-3, 2, (2, n)) * (name != "linear")
    (k, k2), (p, p2) = 10.0 ** rng.uniform(-2, 2, (2, n)), rng.uniform(0.3, 2.0, (2, n))
    m, m2 = 10.0 ** rng.uniform(-8, 3, (2, n)) * (rng.random((2, n)) > 0.2)
    after, after2, net = exchange(name, m, w, s, k, p, m2, w2, s2, k2, p2, 10.0 ** rng.uniform(-4, 4, n), 1.0)
    assert after.min() >= 0.0 and after2.min() >= 0.0
    np.testing.assert_allclose(after + after2, m + m2, rtol=1e-14)
    np.testing.assert_allclose(after2 - m2, net, rtol=1e-9, atol=1e-14 * (m + m2).max())
    formula = isotherms()[name].sorbed
    c, c2 = bisected(m, w, s, formula, k, p), bisected(m2, w2, s2, formula, k2, p2)
    d, d2 = bisected(after, w, s, formula, k, p), bisected(after2, w2, s2, formula, k2, p2)
    assert np.all((d - d2) * np.sign(c - c2) >= -1e-7 * np.maximum(c, c2))


@pytest.mark.parametrize("name", ["freundlich", "langmuir"])
def test_nonlinear_exchange_converges_at_second_order(name):
    one = np.ones(1)
    start = tuple(v * one for v in (1.0, 0.3, 1.0, 2.0, 0.6, 0.0, 0.2, 0.5, 2.0, 0.6))

    def end(n):
        m, w, s, k, p, m2, *rest = start
        for _ in range(n):
            m, m2, _ = exchange(name, m, w, s, k, p, m2, *rest, 0.5 * one, 1.0 / n)
        return m2[0]

    exact = end(4096)
    errors = [abs(end(n) - exact) for n in (32, 64, 128)]
    assert np.log2(errors[0] / errors[1]) > 1.8
    assert np.log2(errors[1] / errors[2]) > 1.8


@pytest.mark.parametrize("name", ["freundlich", "langmuir"])
@pytest.mark.parametrize("seed", range(3))
def test_nonlinear_exchange_is_that_of_its_numpy_twin(name, seed):
    """X (1 - exp(-r t)) passes: X until both are in equilibrium, found by bisection, r from the middle of the time."""
    rng = np.random.default_rng(seed)
    n, formula, length = 60, isotherms()[name].sorbed, 0.7
    w, s, w2, s2, k, k2 = (rng.uniform(0.2, 3.0, n) for _ in range(6))
    p, p2 = (rng.uniform(0.4, 1.3, n) for _ in range(2))
    m, m2, z = (10.0 ** rng.uniform(low, high, n) for low, high in ((-6, 1), (-6, 1), (-3, 1)))
    m2[::7] = 0.0
    c, c2 = bisected(m, w, s, formula, k, p), bisected(m2, w2, s2, formula, k2, p2)
    low, high = np.minimum(c, c2), np.maximum(c, c2)
    for _ in range(200):
        both = 0.5 * (low + high)
        more = (w + w2) * both + s * formula(both, k, p) + s2 * formula(both, k2, p2) > m + m2
        low, high = np.where(more, low, both), np.where(more, both, high)
    whole = w2 * both + s2 * formula(both, k2, p2) - m2
    half = -whole * np.expm1(-0.5 * z * (c - c2) / whole * length)
    gap = bisected(m - half, w, s, formula, k, p) - bisected(m2 + half, w2, s2, formula, k2, p2)
    done = np.abs(whole - half) <= 1e-6 * np.abs(whole)  # what is left is then mere round-off
    speed = np.where(done, np.inf, np.maximum(z * gap / np.where(done, 1.0, whole - half), 0.0))
    passes = -whole * np.expm1(-speed * length)
    after, after2, net = exchange(name, m, w, s, k, p, m2, w2, s2, k2, p2, z, length)
    np.testing.assert_allclose(net, passes, rtol=1e-6, atol=1e-10 * (m + m2).min())
    np.testing.assert_allclose(after, m - passes, rtol=1e-9, atol=1e-9 * (m + m2).min())
    np.testing.assert_allclose(after2, m2 + passes, rtol=1e-9, atol=1e-9 * (m + m2).min())
