"""Arrival, time above a limit and peak of series whose shape is known; what became of a mass."""

import numpy as np
import pytest

from gwsolver.results.receptors import exposure


def test_a_triangle_in_straight_lines():
    """0 to 4 over 8, back over 4: above 1 from t = 2 to 11."""
    seen = exposure([0.0, 8.0, 12.0], [0.0, 4.0, 0.0], 1.0, scale="linear")
    assert (seen.peak, seen.peak_time) == (4.0, 8.0)
    assert seen.arrival == pytest.approx(2.0, abs=1e-14)
    assert seen.time_above == pytest.approx(9.0, abs=1e-14)
    assert seen.reached


@pytest.mark.parametrize("n", [4, 11, 90])
def test_exponential_rise_and_decay_are_exact_in_logarithms_with_any_steps(n):
    """c = exp(-|t - 10|) 100: above 1 from 10 - ln 100 to 10 + ln 100."""
    time = np.unique([*np.linspace(0.0, 20.0, n), 10.0])
    seen = exposure(time, 100.0 * np.exp(-np.abs(time - 10.0)), 1.0)
    assert seen.arrival == pytest.approx(10.0 - np.log(100.0), rel=1e-12)
    assert seen.time_above == pytest.approx(2.0 * np.log(100.0), rel=1e-12)
    assert seen.peak == pytest.approx(100.0)


def test_both_scales_agree_to_second_order_as_steps_get_short():
    def worst(n):
        time = np.linspace(0.0, 3.0, n + 1)
        c = np.exp(2.0 * time)
        return max(abs(exposure(time, c, limit, scale="linear").arrival - np.log(limit) / 2.0)
                   for limit in np.exp(np.linspace(2.0, 4.0, 300)))

    assert np.log2(worst(40) / worst(80)) == pytest.approx(2.0, abs=0.1)  # measured: 1.98
    assert worst(80) == pytest.approx(2.0 * (3.0 / 80) ** 2 / 8.0, rel=0.05)  # k h**2 / 8


def test_from_zero_the_way_is_straight():
    assert exposure([0.0, 10.0], [0.0, 2.0], 1.0).arrival == pytest.approx(5.0)


def test_a_limit_never_reached_is_told_apart_from_one_at_the_start():
    below = exposure([1.0, 2.0], [0.1, 0.9], 1.0)
    assert not below.reached
    assert np.isnan(below.arrival)
    assert below.time_above == 0.0
    above = exposure([1.0, 2.0, 3.0], [5.0, 5.0, 5.0], 1.0)
    assert (above.arrival, above.time_above) == (1.0, 2.0)


def test_touching_the_limit_is_reaching_it_but_not_above():
    seen = exposure([0.0, 1.0, 2.0], [0.5, 1.0, 0.5], 1.0, scale="linear")
    assert seen.arrival == pytest.approx(1.0)
    assert seen.time_above == pytest.approx(0.0, abs=1e-14)


def test_two_pulses_add_up():
    time = np.arange(9.0)
    seen = exposure(time, [0, 2, 0, 0, 0, 4, 0, 0, 0], 1.0, scale="linear")
    assert seen.time_above == pytest.approx(1.0 + 1.5)
    assert seen.arrival == pytest.approx(0.5)


def test_missing_values_are_no_time_above():
    seen = exposure([0.0, 1.0, 2.0, 3.0, 4.0], [2.0, 2.0, np.nan, 2.0, 2.0], 1.0)
    assert seen.time_above == pytest.approx(2.0)
    assert not exposure([0.0, 1.0], [np.nan, np.nan], 1.0).reached


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_time_above_and_below_is_the_whole_time(scale):
    random = np.random.default_rng(5)
    time = np.cumsum(random.random(50) + 0.1)
    c = random.random(50) * 2.0 + 1e-3
    up = exposure(time, c, 1.0, scale=scale).time_above
    # 1/c is above 1 where c is below; the logarithm runs as straight as that of c
    down = (exposure(time, 1.0 / c, 1.0, scale=scale) if scale == "log"
            else exposure(time, 3.0 - c, 2.0, scale=scale)).time_above
    assert up + down == pytest.approx(time[-1] - time[0], rel=1e-12)


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="allowed: log, linear"):
        exposure([0.0, 1.0], [0.0, 1.0], 1.0, scale="cubic")
