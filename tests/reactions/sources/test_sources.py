"""Source functions: closed forms, exact integrals, and never more than there is."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.special import hyp2f1

from gwsolver.reactions.sources import mean
from gwsolver.reactions.sources.exponential import Exponential
from gwsolver.reactions.sources.fixed import Fixed
from gwsolver.reactions.sources.lens_schedule import LensSchedule, oil_conductivity
from gwsolver.reactions.sources.pit import Pit
from gwsolver.reactions.sources.power_law import PowerLaw
from gwsolver.reactions.sources.series import Series

LAW = PowerLaw(5.0, 6e5, 10.0, 0.7, 1e-4)
SERIES = Series(np.array([0.0, 5.0, 20.0]), np.array([2.0, 7.0, 1.0]))
LINES = Series(np.array([0.0, 5.0, 20.0]), np.array([2.0, 7.0, 1.0]), between="lines")
PIT = Pit(1e4, Fixed(3e-3, "rate", 0.0, 100.0), 90.0, volume=2500.0)
LENS = LensSchedule(100.0, 0.5, 10.0, 4.0, 0.3, 0.1, 0.4, 2.0, 850.0)
ALL = [Fixed(3.0, "concentration", 2.0, 9.0), SERIES, LINES, Exponential(5.0, 100.0, 2.0, 0.03, 1.0), LAW,
       PowerLaw(5.0, 100.0, 2.0, 0.5, 0.0, 1.0), PowerLaw(5.0, 100.0, 2.0, 2.0, 0.01),
       PowerLaw(0.01, 10.0, 1.0, 0.75, 3.0), PIT, LENS,
       Pit(2.0, SERIES, 1.0, volume=50.0)]

KNOTS = (0, 0.24, 1, 2, 5, 5 + 15 / 7, 9, 10, 10.24, 20, 21, 250 / 3, 100)  # where one of them jumps or bends


def test_power_law_closed_form():
    """Falta, Rao and Basu (2005); the same by the differential equation."""
    assert LAW.left(5000.0) == pytest.approx(224537.486, rel=1e-8)
    assert LAW.at(5000.0) == pytest.approx(2.512849, rel=1e-6)
    ode = solve_ivp(lambda t, m: [-10.0 * 5.0 * (m[0] / 6e5) ** 0.7 - 1e-4 * m[0]], (0.0, 5000.0), [6e5],
                    method="DOP853", rtol=1e-12, atol=1e-6)
    assert LAW.left(5000.0) == pytest.approx(ode.y[0, -1], rel=1e-10)


def test_a_power_of_one_is_exponential_and_of_zero_a_constant():
    one, exponential = PowerLaw(5.0, 100.0, 2.0, 1.0, 0.01), Exponential(5.0, 100.0, 2.0, 0.01)
    near = PowerLaw(5.0, 100.0, 2.0, 1.0 + 1e-9, 0.01)
    for t in (0.0, 1.0, 30.0):
        assert one.left(t) == pytest.approx(exponential.left(t), rel=1e-13)
        assert near.left(t) == pytest.approx(exponential.left(t), rel=1e-7)
        assert one.integral(0.0, t) == pytest.approx(exponential.integral(0.0, t), rel=1e-11)
    constant = PowerLaw(5.0, 100.0, 2.0, 0.0)
    assert [constant.at(t) for t in (0.0, 9.99, 10.01)] == [5.0, 5.0, 0.0]


def test_a_half_power_is_gone_when_its_time_comes():
    """G = 1/2, no decay: m = m0 (1 - Q C0 t / (2 m0))**2, gone at 2 m0 / (Q C0)."""
    law = PowerLaw(5.0, 100.0, 2.0, 0.5)
    assert law.left(7.0) == pytest.approx(100.0 * (1 - 10 * 7 / 200) ** 2, rel=1e-13)
    assert law.left(20.0) == pytest.approx(0.0, abs=1e-12)
    assert law.left(25.0) == law.at(25.0) == 0.0
    assert 2.0 * law.integral(0.0, 40.0) == pytest.approx(100.0, rel=1e-14)


def test_half_life_of_a_source_that_flow_flushes():
    """612 kg of benzene, 4.95 mg/L in 14.9 m3/d: half of it gone in 15.7 years."""
    source = Exponential(4.95, 612e3, 14.9)
    assert source.left(15.7 * 365.25) / 612e3 == pytest.approx(0.5, abs=5e-3)


@pytest.mark.parametrize("source", ALL, ids=lambda s: type(s).__name__)
@settings(max_examples=30, deadline=None)
@given(st.floats(-5.0, 40.0), st.floats(0.0, 60.0))
def test_integrals_are_exact(source, start, length):
    end = start + length
    knots = [start, *(t for t in KNOTS if start < t < end), end]
    parts = [quad(source.at, a, b, epsabs=1e-12, epsrel=1e-12, limit=200)[0] for a, b in itertools.pairwise(knots)]
    assert source.integral(start, end) == pytest.approx(sum(parts), rel=1e-7, abs=1e-9)
    middle = start + 0.3 * length
    both = source.integral(start, middle) + source.integral(middle, end)
    assert both == pytest.approx(source.integral(start, end), rel=1e-10, abs=1e-12)
    assert source.at(start) >= 0.0
    assert mean(source, start, start) == source.at(start)


masses = st.floats(-3.0, 6.0).map(lambda x: 10.0**x)


@settings(max_examples=100, deadline=None)
@given(masses, masses, st.floats(0.0, 3.0), st.sampled_from([0.0, 1e-6, 1e-2, 3.0]),
       st.lists(st.tuples(st.one_of(st.just(0.0), masses), masses), min_size=1, max_size=6))
def test_never_more_is_drawn_than_there_is(concentration, mass, power, decay, steps):
    for source in (PowerLaw(concentration, mass, 1.0, power, decay), Exponential(concentration, mass, 1.0, decay)):
        left, drawn = mass, 0.0
        for flow, length in steps:
            left, given_ = source.step(left, flow, length)
            assert left >= 0.0 and given_ >= 0.0
            drawn += given_
        assert left + drawn <= mass * (1.0 + 1e-14)
        if decay == 0.0:
            assert left + drawn == pytest.approx(mass, rel=1e-14)


@pytest.mark.parametrize("source", [LAW, Exponential(5.0, 6e5, 10.0, 1e-4)], ids=["power law", "exponential"])
def test_steps_under_its_own_flow_are_the_closed_form(source):
    left, drawn = 6e5, 0.0
    for length in (1000.0, 1.0, 3999.0):
        left, given_ = source.step(left, 10.0, length)
        drawn += given_
    assert left == pytest.approx(source.left(5000.0), rel=1e-12)
    assert drawn == pytest.approx(10.0 * source.integral(0.0, 5000.0), rel=1e-11)


def test_a_pit_seeps_until_it_is_empty():
    """30 m3/d of 90 g/m3 from 1 ha; 2,500 m3 last 83.3 of the 100 days."""
    assert PIT.integral(0.0, 1.0) == pytest.approx(2700.0, rel=1e-14)
    assert PIT.integral(0.0, 1000.0) == pytest.approx(2500.0 * 90.0, rel=1e-14)
    assert PIT.recharge(0.0, 10.0) == pytest.approx(3e-3, rel=1e-14)
    assert PIT.recharge(80.0, 90.0) == pytest.approx(1e-3, rel=1e-12)
    assert (PIT.at(83.0), PIT.at(84.0)) == (2700.0, 0.0)


def test_oil_reaches_the_table_after_its_front_and_less_what_stays_behind():
    """r = 0.1 * 0.3 * 4 = 0.12 m of 0.5 m; the front needs 4 m / (2 / (0.3 * 0.4) m/d) = 0.24 d."""
    assert LENS.retained == pytest.approx(0.12)
    assert LENS.volume == pytest.approx(38.0)
    assert LENS.arrival == pytest.approx(0.24)
    assert LENS.integral(-1e9, 1e9) == pytest.approx(38.0 * 850.0, rel=1e-15)
    assert LENS.radius(0.2) == pytest.approx(math.sqrt(38.0 / (0.3 * 0.4 * 0.2) / math.pi))
    assert oil_conductivity(12.0, 0.86, 20.0, 0.5) == pytest.approx(0.258)
    shallow = LensSchedule(100.0, 0.1, 10.0, 4.0, 0.3, 0.1, 0.4, 2.0, 850.0)
    assert shallow.volume == shallow.integral(0.0, 100.0) == 0.0


def test_wrong_values_are_told():
    problems = [str(p) for source in (
        Fixed(-1.0), Fixed(1.0, start=2.0, end=1.0), Series(np.array([0.0, 0.0]), np.array([1.0, np.nan])),
        Series(np.zeros(2), np.zeros(3)), Exponential(0.0, 1.0, 1.0), PowerLaw(1.0, 1.0, 1.0, -1.0),
        Pit(0.0, Fixed(1.0), 1.0, volume=0.0), LensSchedule(1.0, 1.0, 1.0, 1.0, 1.3, 0.1, 0.4, 2.0, 850.0),
    ) for p in source.problems()]
    for words in ("source value = -1.0", "ends at 1 but starts at 2", "series value = nan", "time 0 follows 0",
                  "2 times and 3 values", "source concentration = 0.0", "source power = -1.0", "source area = 0.0",
                  "source volume = 0.0", "source porosity = 1.3"):
        assert any(words in p for p in problems), words
    assert all(not source.problems() for source in ALL)


@pytest.mark.parametrize("power", [0.0, 0.3, 0.75, 0.99])
@pytest.mark.parametrize("decay", [1e-6, 0.03, 1.0, 1e6])
def test_what_a_decaying_source_gives_in_all(power, decay):
    """The integral of k / (k + l y**(1-G)) over y from 0 to 1: 2F1(1, p; 1 + p; -l / k), p = 1 / (1-G); here k = 1."""
    source = PowerLaw(1.0, 1.0, 1.0, power, decay)
    p = 1.0 / (1.0 - power)
    assert source.step(1.0, 1.0, 1e9)[1] == pytest.approx(hyp2f1(1.0, p, 1.0 + p, -decay), rel=1e-9)
