"""Areas of discs in cells: exact shares, and parts that add up."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.dis import structured_grid
from gwsolver.core.disc import disc_area_within
from gwsolver.core.outline import disc_cells

GRID = structured_grid(np.full(3, 10.0), np.full(3, 10.0), 9.0, [0.0])


def shares(radius):
    cells, area = disc_cells(GRID, (15.0, 15.0), radius)
    found = np.zeros(9)
    found[cells] = area / (math.pi * radius**2)
    return found


def test_shares_of_a_lens_on_ten_metre_cells():
    """Zheng, Weaver and Tonkin (2010), the HSS package: a lens of 7.071 m radius around the centre of a cell.

    Its circle passes through the cell's corners: 2 / pi of it is inside, (1 - 2 / pi) / 4 in each neighbour.
    """
    exact = shares(math.sqrt(50.0))
    assert exact[4] == pytest.approx(2.0 / math.pi, rel=1e-14)
    assert exact[[1, 3, 5, 7]] == pytest.approx((1.0 - 2.0 / math.pi) / 4.0, rel=1e-12)
    assert exact[[0, 2, 6, 8]].tolist() == [0.0] * 4
    printed = shares(7.071)
    assert 100.0 * printed[[4, 1]] == pytest.approx([63.66, 9.085], abs=5e-3)


@settings(max_examples=100, deadline=None)
@given(st.floats(5.0, 25.0), st.floats(5.0, 25.0), st.floats(1e-3, 5.0), st.floats(0.0, 360.0))
def test_parts_of_a_disc_add_up_to_it_wherever_the_grid_is_turned(x, y, radius, angle):
    grid = dataclasses.replace(GRID, x_origin=500.0, y_origin=-300.0, angle=angle)
    centre = tuple(float(v[0]) for v in grid.to_map(np.array([x]), np.array([y])))
    cells, area = disc_cells(grid, centre, radius)
    assert area.sum() == pytest.approx(math.pi * radius**2, rel=1e-10, abs=1e-11)
    assert np.unique(cells).size == cells.size


def test_a_disc_against_shapes_that_hold_miss_or_halve_it():
    square = np.array([[-3.0, -3.0], [3.0, -3.0], [3.0, 3.0], [-3.0, 3.0]])
    assert disc_area_within((0.0, 0.0), 1.0, square) == pytest.approx(math.pi, rel=1e-15)
    assert disc_area_within((3.0, 0.0), 1.0, square) == pytest.approx(math.pi / 2.0, rel=1e-14)
    assert disc_area_within((9.0, 0.0), 1.0, square) == pytest.approx(0.0, abs=1e-15)
    assert disc_area_within((0.0, 0.0), 9.0, square) == pytest.approx(36.0, rel=1e-14)
    assert disc_area_within((0.0, 0.0), 1.0, square[::-1]) == pytest.approx(math.pi, rel=1e-15)
