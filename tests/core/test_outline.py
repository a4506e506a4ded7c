"""Areas of outlines in cells: add up, follow rotation, and are those worked out by hand."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.dis import structured_grid
from gwsolver.core.outline import outline_cells

GRID = structured_grid(np.full(6, 10.0), np.full(5, 10.0), 9.0, [6.0, 3.0, 0.0])


def test_a_rectangle_across_cells():
    cells, area = outline_cells(GRID, [(5.0, 5.0), (25.0, 5.0), (25.0, 15.0), (5.0, 15.0)])
    assert area.sum() == pytest.approx(200.0, rel=1e-14)
    assert np.sort(area) == pytest.approx([25.0, 25.0, 25.0, 25.0, 50.0, 50.0])
    assert set(GRID.layer[cells]) == {0}


def test_layers_that_are_asked_for():
    cells, area = outline_cells(GRID, [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)], [1, 2])
    assert sorted(GRID.layer[cells]) == [1, 2]
    assert area == pytest.approx([100.0, 100.0])


def test_an_l_shape_and_what_lies_outside_the_grid():
    shape = [(-10.0, 0.0), (30.0, 0.0), (30.0, 10.0), (10.0, 10.0), (10.0, 30.0), (-10.0, 30.0)]
    _, area = outline_cells(GRID, shape)
    assert area.sum() == pytest.approx(30.0 * 10.0 + 10.0 * 20.0)
    none, _ = outline_cells(GRID, [(100.0, 100.0), (110.0, 100.0), (100.0, 110.0)])
    assert none.size == 0


def test_a_large_outline_is_the_sum_of_its_cells():
    """Most lie inside and are not clipped; those on the edge are."""
    grid = structured_grid(np.full(300, 10.0), np.full(200, 10.0), 1.0, [0.0])
    turn = np.linspace(0.0, 2.0 * np.pi, 90, endpoint=False)
    shape = np.column_stack([1500.0 + 900.0 * np.cos(turn), 1000.0 + 700.0 * np.sin(turn)])
    cells, area = outline_cells(grid, shape)
    assert area.sum() == pytest.approx(0.5 * 90 * np.sin(2.0 * np.pi / 90) * 900.0 * 700.0, rel=1e-12)
    assert (area < 100.0 - 1e-9).sum() < 800 < 19000 < cells.size


def test_the_uppermost_active_cell():
    idomain = np.ones((3, 5, 6), int)
    idomain[0, :, :3] = 0
    grid = structured_grid(np.full(6, 10.0), np.full(5, 10.0), 9.0, [6.0, 3.0, 0.0], idomain=idomain)
    cells, _ = outline_cells(grid, [(20.0, 0.0), (40.0, 0.0), (40.0, 10.0), (20.0, 10.0)])
    assert sorted(grid.layer[cells]) == [0, 1]


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 360.0), st.floats(0.0, 6.3), st.floats(15.0, 45.0), st.floats(15.0, 35.0))
def test_areas_add_up_wherever_the_outline_and_the_grid_are_turned(angle, turn, x, y):
    """A five-cornered star-like outline of at most 14 m around a point well inside the grid."""
    phase = np.linspace(0.0, 2.0 * np.pi, 10, endpoint=False) + turn
    radius = np.where(np.arange(10) % 2, 6.0, 14.0)
    local = np.column_stack([x + radius * np.cos(phase), y + radius * np.sin(phase)])
    grid = dataclasses.replace(GRID, x_origin=5e5, y_origin=5.4e6, angle=angle)
    cells, area = outline_cells(grid, np.column_stack(grid.to_map(*local.T)))
    exact = 0.5 * abs(np.sum(local[:, 0] * np.roll(local[:, 1], -1) - np.roll(local[:, 0], -1) * local[:, 1]))
    inside = local.min() >= 0.0 and (local[:, 0] <= 60.0).all() and (local[:, 1] <= 50.0).all()
    assert area.sum() == pytest.approx(exact, rel=1e-6) if inside else area.sum() <= exact * (1.0 + 1e-6)
    assert np.unique(cells).size == cells.size
