"""Witnesses of the solution for production of order zero: where nothing else acts, its steady state, its balance."""

import numpy as np
import pytest

from gwsolver.bench.solutions import finite_column_third_type, produced, semi_infinite_third_type

V, D, LENGTH, RATE = 0.8, 0.6, 6.0, 0.003


def semi_infinite(x, time):
    return semi_infinite_third_type(x, time, seepage_velocity=V, dispersion=D)


def finite(x, time):
    """Before 0.5 the series converges slowly and the outlet feels nothing."""
    if time < 0.5:
        return semi_infinite(x, time)
    return finite_column_third_type(x, time, length=LENGTH, seepage_velocity=V, dispersion=D, n_terms=80)


def test_far_from_the_inlet_concentration_grows_with_time():
    assert produced([60.0, 80.0], 20.0, rate=RATE, breakthrough=semi_infinite) == pytest.approx(RATE * 20.0, rel=1e-12)


def test_in_the_end_what_flows_past_is_what_is_produced_upstream():
    """v C - D dC/dx = rate x and dC/dx = 0 at the outlet: C = rate/v [x + D/v (1 - exp(-v (L - x) / D))]."""
    x = np.linspace(0.0, LENGTH, 13)
    steady = RATE / V * (x + D / V * (1.0 - np.exp(-V * (LENGTH - x) / D)))
    found = produced(x, 120.0, rate=RATE, breakthrough=finite)
    assert np.abs(found - steady).max() < 1e-4 * steady.max()  # measured: 2e-5


def test_it_solves_the_equation():
    """dC/dt = D d2C/dx2 - v dC/dx + rate by central differences."""
    x, t, h = np.array([1.0, 3.0, 5.0]), 4.0, 0.01

    def c(place, time):
        return produced(place, time, rate=RATE, breakthrough=semi_infinite)

    change = (c(x, t + h) - c(x, t - h)) / (2 * h)
    spread = D * (c(x + h, t) - 2 * c(x, t) + c(x - h, t)) / h**2
    carried = V * (c(x + h, t) - c(x - h, t)) / (2 * h)
    np.testing.assert_allclose(change, spread - carried + RATE, atol=1e-4 * RATE)  # measured: 6e-6
