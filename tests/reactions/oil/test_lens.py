"""Lenses in plan: exact areas of polygons and discs in cells."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.reactions.oil.lens import clipped, disc_areas, lens_radius, oil_mass, overlap, polygon_area, polygon_areas


def square(x, y, size=10.0):
    return np.array([[x, y], [x + size, y], [x + size, y + size], [x, y + size]], float)


def grid(n, size, x=0.0, y=0.0):
    return [square(x + size * i, y + size * j, size) for j in range(n) for i in range(n)]


def test_shares_of_a_disc_on_ten_metre_cells():
    """Zheng, Weaver and Tonkin (2010), the HSS package: a lens of 7.071 m radius around the centre of a 10 m cell.

    Its circle passes through the cell's corners: 2 / pi of it is inside, (1 - 2 / pi) / 4 in each neighbour.
    """
    radius = math.sqrt(50.0)
    shares = disc_areas((15.0, 15.0), radius, grid(3, 10.0)) / (math.pi * radius**2)
    assert shares[4] == pytest.approx(2.0 / math.pi, rel=1e-14)
    assert shares[[1, 3, 5, 7]] == pytest.approx((1.0 - 2.0 / math.pi) / 4.0, rel=1e-13)
    assert shares[[0, 2, 6, 8]] == pytest.approx(0.0, abs=1e-15)
    assert 100.0 * shares[[4, 1]] == pytest.approx([63.66, 9.085], abs=5e-3)
    printed = disc_areas((15.0, 15.0), 7.071, grid(3, 10.0)) / (math.pi * 7.071**2)
    assert printed[4] == pytest.approx(0.6366, abs=1e-4)


@settings(max_examples=100, deadline=None)
@given(st.floats(0.0, 8.0), st.floats(0.0, 8.0), st.floats(1e-3, 4.0), st.floats(0.0, 1.5), st.sampled_from([0.0, 5e6]))
def test_parts_of_a_shape_add_up_to_it(x, y, radius, angle, far):
    cells = grid(17, 1.0, far - 4.5, far - 4.5)
    centre = (far + x - 0.1, far + y - 0.3)
    blur = 1e-15 * max(far, 1.0) * 20.0
    assert disc_areas(centre, radius, cells).sum() == pytest.approx(math.pi * radius**2, rel=1e-11, abs=blur)
    turned = angle + np.array([0.0, 1.3, 2.2, 4.0, 5.1])
    star = np.array(centre) + radius * np.column_stack([np.cos(turned), np.sin(turned)]) * [[1], [0.3], [1], [0.6], [1]]
    parts = polygon_areas(star, cells)
    assert (parts >= 0.0).all() and (parts <= 1.0 + blur).all()
    assert parts.sum() == pytest.approx(abs(polygon_area(star)), rel=1e-11, abs=blur)
    assert polygon_areas(star[::-1], cells) == pytest.approx(parts, abs=blur)


def test_an_l_shape_in_cells_and_turned_cells():
    shape = np.array([[0, 0], [3, 0], [3, 1], [1, 1], [1, 3], [0, 3]], float)
    assert polygon_area(shape) == pytest.approx(5.0)
    assert polygon_areas(shape, grid(2, 2.0)) == pytest.approx([3.0, 1.0, 1.0, 0.0])
    diamond = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [1.0, 2.0]])
    assert polygon_areas(shape, [diamond, diamond[::-1]]) == pytest.approx([1.5, 1.5])
    assert clipped(shape, square(5.0, 5.0)).shape == (0, 2)


def test_oil_in_a_lens_of_two_layers():
    """200 x 150 m, 1 m thick, 8 % of a porosity of 0.3 at 850 kg/m3: 720 m3, 612 t."""
    lens = np.array([[0, 0], [200, 0], [200, 150], [0, 150]], float)
    areas = np.tile(polygon_areas(lens, grid(4, 50.0)), 2)
    top, bottom = np.repeat([10.0, 9.7], 16), np.repeat([9.7, 5.0], 16)
    thickness = overlap(top, bottom, 10.0, 9.0)
    mass = oil_mass(areas, thickness, 0.08, 0.30, 850.0)
    assert mass.sum() == pytest.approx(612e3, rel=1e-14)
    assert mass[:16].sum() / mass.sum() == pytest.approx(0.3)
    assert lens_radius(720.0, 0.3, 0.08, 1.0) == pytest.approx(math.sqrt(30000.0 / math.pi))
