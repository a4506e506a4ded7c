"""Stage tables: exact integral, exact inverse, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwsolver.core.errors import InputError
from gwsolver.surface.hypsometry import Hypsometry, joined


@st.composite
def tables(draw):
    steps = draw(st.lists(st.floats(0.01, 20.0), min_size=1, max_size=12))
    more = draw(st.lists(st.one_of(st.just(0.0), st.floats(0.1, 1e6)), min_size=len(steps), max_size=len(steps)))
    first = draw(st.sampled_from([0.0, 1e3]))
    area = first + np.cumsum([0.0, *more])
    if area[1] <= 0.0:
        area[1:] += 10.0
    return Hypsometry(draw(st.floats(-100.0, 500.0)) + np.cumsum([0.0, *steps]), area)


def by_numpy(table, level):
    """Area and volume, the plain way."""
    area = np.interp(level, table.level, table.area)
    k = np.clip(np.searchsorted(table.level, level, side="right") - 1, 0, table.level.size - 2)
    return area, table.volume[k] + 0.5 * (table.area[k] + area) * (level - table.level[k])


@given(tables())
def test_kernel_is_its_numpy_twin(table):
    level = np.linspace(table.floor, table.top, 57)
    area, volume = by_numpy(table, level)
    if table.area[0] == 0.0:
        assert np.allclose(table.area_at(level), area, rtol=1e-12, atol=1e-9 * table.area[-1])
    assert np.allclose(table.volume_at(level), volume, rtol=1e-10, atol=1e-12 * table.capacity)


@given(tables())
def test_level_is_the_inverse_of_volume(table):
    volume = np.linspace(0.0, 1.0, 101) ** 2 * table.capacity
    again = table.volume_at(table.level_at(volume))
    # A last bit of the level moves the volume by as much as the area says.
    bit = np.spacing(np.abs(table.level).max()) * table.area[-1]
    assert np.abs(again - volume).max() <= 4.0 * bit + 1e-14 * table.capacity
    assert np.all(np.diff(table.level_at(volume)) >= 0.0)


@given(tables())
def test_volume_is_the_integral_of_area(table):
    """Simpson's rule is exact on each segment."""
    for low, high in zip(table.level[:-1], table.level[1:], strict=True):
        at = np.array([low, 0.5 * (low + high), high])
        area = np.interp(at, table.level, table.area)
        held = table.volume_at(at)
        assert held[2] - held[0] == pytest.approx((high - low) * (area @ [1, 4, 1]) / 6.0, rel=1e-9,
                                                  abs=1e-12 * table.capacity)


def test_beyond_the_ends():
    table = Hypsometry([10.0, 12.0, 13.0], [0.0, 4.0, 4.0])
    assert table.level_at(np.array([0.0, 4.0, 8.0, 9.0])).tolist() == [10.0, 12.0, 13.0, 13.0]
    assert table.area_at(np.array([9.0, 10.0, 11.0, 99.0])).tolist() == [0.0, 0.0, 2.0, 4.0]
    assert table.volume_at(np.array([9.0, 11.0, 12.5, 99.0])).tolist() == [0.0, 1.0, 6.0, 8.0]


def test_joined_tables_add_up():
    west, east = Hypsometry([0.0, 3.0, 9.0], [0.0, 3.0, 4.0]), Hypsometry([1.0, 2.0, 8.0], [0.0, 5.0, 6.0])
    both = joined([west, east])
    level = np.linspace(1.001, 8.0, 33)
    assert both.top == 8.0
    assert np.allclose(both.volume_at(level), west.volume_at(level) + east.volume_at(level), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(("level", "area", "words"), [
    ([1.0, 2.0, 2.0], [0.0, 1.0, 2.0], "levels must rise: after 2 m comes 2 m"),
    ([1.0, 2.0, 3.0], [0.0, 2.0, 1.0], "the area falls from 2 m2 at 2 m to 1 m2 at 3 m"),
    ([1.0, 2.0], [0.0, 0.0], "nothing is covered at 2 m"),
    ([1.0, 2.0], [-1.0, 1.0], "area at the floor = -1 m2"),
    ([1.0, 2.0], [1.0], "2 levels and 1 areas"),
])
def test_refused(level, area, words):
    with pytest.raises(InputError, match=words):
        Hypsometry(level, area, name="lake")


def test_a_volume_column_must_be_the_integral():
    Hypsometry.from_columns([0.0, 1.0], [0.0, 2.0], [0.0, 1.0004], tolerance=1e-3)
    with pytest.raises(InputError, match=r"lake: the volume at node 2 is not the integral .* 1 m3 = 1.1 m3"):
        Hypsometry.from_columns([0.0, 1.0], [0.0, 2.0], [0.0, 1.1], tolerance=1e-3, name="lake")
