"""Grid Peclet and Courant numbers against what they are in uniform flow."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.transport import TransportSolver
from gwsolver.transport.resolution import Resolution, resolution_of
from tests.transport.builders import transport_model, uniform_flow, whole

LINE = structured_grid(np.full(40, 2.5), np.full(1, 1.0), np.ones((1, 40)), np.zeros((1, 1, 40)))


def test_two_cells_in_series():
    """Q = 6, K = 1, d = 3: Pe = 6; at d = 2 it would be 4. Cell 1 gives 6 per day of the 12 it holds."""
    flow, conductance, distance = np.array([6.0, 4.1]), np.array([1.0, 1.0]), np.array([3.0, 3.0])
    field = Resolution(flow, conductance, np.array([[0, 1], [1, 2]]), distance, 3)
    found = field.coarse(np.array([1.0, 1.0, 1.0]))
    assert (found.cells, found.holding, found.worst) == (1, 3, 0)
    assert (found.peclet, found.spacing, found.enough) == (6.0, 3.0, 2.0)
    assert field.coarse(np.array([1e-7, 1.0, 1.0])) is None  # no solute there
    assert field.courant(np.array([12.0, 12.0, 0.0]), 0.5) == 0.25


def test_faces_without_dispersion_say_nothing():
    field = Resolution(np.array([1.0]), np.array([0.0]), np.array([[0, 1]]), np.array([1.0]), 2)
    assert field.coarse(np.ones(2)) is None


@pytest.mark.parametrize(("dispersivity", "cells"), [(0.5, 39), (0.7, 0)])
def test_a_uniform_line(dispersivity, cells):
    """D = alpha |v|: Pe = d / alpha everywhere, 5 or 3.6; the Courant number is v dt / d with v = q / n."""
    model = transport_model(LINE, initial=1.0, dispersivity=(dispersivity, 0.0, 0.0))
    flow = uniform_flow(LINE, [0.5, 0.0, 0.0], end=20.0, concentration=1.0)
    step = TransportSolver([model]).advance(flow, 2.0, whole(flow))[0]  # clean water has come as far as the second cell
    assert step.figures["courant"] == pytest.approx(0.5 / 0.25 * 2.0 / step.sub_steps / 2.5, rel=1e-6)
    if not cells:
        assert step.coarse is None
        return
    assert step.coarse.cells == cells  # the last cell gives to no other one
    assert step.coarse.holding == 40
    assert step.coarse.peclet == pytest.approx(5.0, rel=1e-9)
    assert step.coarse.enough == pytest.approx(4.0 * dispersivity, rel=1e-9)


def test_the_cell_of_a_well_does_not_count_as_too_coarse():
    """Flow from both sides ends in the middle cell, whose specific discharge is nil: Pe is that of its neighbours."""
    grid = structured_grid(np.full(5, 2.0), np.full(1, 1.0), np.ones((1, 5)), np.zeros((1, 1, 5)))
    model = transport_model(grid, initial=1.0, dispersivity=(1.0, 0.0, 0.0))
    toward = np.array([0.5, 0.5, -0.5, -0.5])
    discharge = np.zeros((5, 3))
    discharge[:, 0] = (0.5, 0.5, 0.0, -0.5, -0.5)
    flow = replace(uniform_flow(grid, [0.0, 0.0, 0.0]), face_flow=toward, specific_discharge=discharge)
    assert resolution_of(model, flow).coarse(np.ones(5)) is None
    finer = transport_model(grid, initial=1.0, dispersivity=(0.25, 0.0, 0.0))
    found = resolution_of(finer, flow).coarse(np.ones(5))
    assert found is not None and found.peclet == pytest.approx(8.0, rel=1e-9)
