"""Lenses: how wide, and how much oil."""

import math

import numpy as np
import pytest

from gwsolver.reactions.oil.lens import lens_radius, oil_mass, overlap


def test_oil_in_a_lens_of_two_layers():
    """200 x 150 m, 1 m thick, 8 % of a porosity of 0.3 at 850 kg/m3: 720 m3, 612 t."""
    areas = np.full(24, 2500.0)  # twelve cells of 50 m in each of two layers
    top, bottom = np.repeat([10.0, 9.7], 12), np.repeat([9.7, 5.0], 12)
    mass = oil_mass(areas, overlap(top, bottom, 10.0, 9.0), 0.08, 0.30, 850.0)
    assert mass.sum() == pytest.approx(612e3, rel=1e-14)
    assert mass[:12].sum() / mass.sum() == pytest.approx(0.3)
    assert lens_radius(720.0, 0.3, 0.08, 1.0) == pytest.approx(math.sqrt(30000.0 / math.pi))
    assert overlap(np.array([4.0]), np.array([0.0]), 10.0, 9.0).tolist() == [0.0]
