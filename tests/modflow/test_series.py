"""Series over a step: the integral divided by its length, as a fine sum gives it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwsolver.modflow.series import Series

TIMES = np.array([0.0, 1.0, 2.5, 6.0, 10.0])
VALUES = np.array([3.0, -1.0, 4.0, 4.0, 0.0])


@given(st.floats(0.0, 9.0), st.floats(0.01, 1.0))
@pytest.mark.parametrize("method", ["linear", "stepwise"])
def test_mean_equals_a_fine_sum(method, start, length):
    end = start + length
    middle = start + (np.arange(20_000) + 0.5) * length / 20_000
    at = np.interp(middle, TIMES, VALUES) if method == "linear" else VALUES[np.searchsorted(TIMES, middle) - 1]
    assert Series("s", method, TIMES, VALUES).over(start, end) == pytest.approx(at.mean(), abs=1e-3)


def test_linearend_is_the_value_at_the_end():
    assert Series("s", "linearend", TIMES, VALUES).over(0.0, 0.25) == pytest.approx(2.0)


def test_two_records_at_one_time_make_a_jump():
    series = Series("s", "linear", np.array([0.0, 1.0, 1.0, 2.0]), np.array([0.0, 0.0, 8.0, 8.0]))
    assert series.over(0.5, 1.5) == pytest.approx(4.0)


def test_arrays_are_averaged_element_by_element():
    series = Series("s", "linear", np.array([0.0, 2.0]), np.array([[0.0, 10.0], [2.0, 10.0]]))
    assert series.over(0.0, 1.0) == pytest.approx([0.5, 10.0])


@pytest.mark.parametrize(("method", "start", "end", "covered"), [
    ("linear", 0.0, 10.0, True), ("linear", 9.0, 10.1, False), ("stepwise", -0.1, 1.0, False),
    ("linearend", -0.5, 0.0, True)])
def test_coverage(method, start, end, covered):
    assert Series("s", method, TIMES, VALUES).covers(start, end) is covered
