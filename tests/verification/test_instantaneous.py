"""Instantaneous reaction carried on grids: the conserved scalar in a column, lengths of steady plumes."""

import numpy as np
import pytest

from gwsolver.bench.reacting import ACCEPTOR, DONOR, column, length_of_rectangle, length_under_acceptor, source_zone
from gwsolver.bench.solutions import SourceZone
from gwsolver.bench.solutions.mixing_controlled import point_ham, thickness_maier_grathwohl

LAYER = dict(thickness=2.0, vertical_dispersivity=0.01)
BEMIDJI = dict(demand=6.0 * 3.14 / 8.0, width=2.0, depth=1.0, horizontal_dispersivity=0.015,
               vertical_dispersivity=0.0015)


@pytest.mark.parametrize(("step", "allowed"), [(0.0, 5e-4), (0.5, 2e-3), (50.0, 5e-4)])
def test_column_is_the_conserved_scalar_whatever_the_splitting(step, allowed):
    done, ours, exact = column(0.5, step=step)
    assert np.abs(ours[DONOR] - exact[DONOR]).max() < 5e-4 * 10.0  # of H0; measured: 8e-5 to 1.4e-4
    assert np.abs(ours[ACCEPTOR] - exact[ACCEPTOR]).max() < allowed * 8.0  # measured: 2e-4, with short steps 1.6e-3
    assert done.minimum >= 0.0
    assert done.closure < 1e-12


def test_column_converges_at_second_order():
    errors = []
    for spacing in (1.0, 0.5):
        _, ours, exact = column(spacing)
        errors.append(np.abs(3.08 * (ours[DONOR] - exact[DONOR]) - ours[ACCEPTOR] + exact[ACCEPTOR]).mean())
    assert np.log2(errors[0] / errors[1]) > 1.7


@pytest.mark.parametrize("demand", [2.1875, 4.5])
def test_length_under_acceptor_on_a_grid_that_is_fine_enough(demand):
    found = length_under_acceptor(3, along=2.0, demand=demand, **LAYER)
    assert not found.warning
    assert found.error < 0.03  # measured: 0.006, 0.012
    assert found.minimum >= 0.0
    assert found.closure < 1e-12


def test_length_under_acceptor_is_warned_of_where_layers_are_thick():
    said = length_under_acceptor(2, along=4.0, demand=2.1875, **LAYER).warning
    assert "donor: spacing of layers across the edge of a plume that is 22" in said
    assert " at layer 3, row 1, column " in said  # layer 1 is the water above
    assert "; allowed: at most 0.7" in said


def test_length_of_a_strip():
    found = length_of_rectangle(spacing=(4.0, 2.5, 1.0), demand=2.1875, width=10.0, horizontal_dispersivity=0.2)
    assert not found.warning
    assert found.error < 0.03  # measured: 0.012


@pytest.mark.parametrize("acceptor_in_source", [False, True])
def test_length_behind_a_point_is_hams(acceptor_in_source):
    """A strip as narrow as a cell whose donor needs twenty times the acceptor."""
    found = length_of_rectangle(spacing=(8.0, 0.5, 1.0), demand=20.0, width=1.0, horizontal_dispersivity=0.05,
                                acceptor_in_source=acceptor_in_source)
    ham = point_ham(20.0, width=1.0, horizontal_dispersivity=0.05, acceptor_in_source=acceptor_in_source)
    assert found.ours == pytest.approx(ham, rel=0.03)  # measured: 0.0011, 0.0008
    assert found.ours == pytest.approx(found.exact, rel=0.03)


def test_length_where_the_fit_of_maier_and_grathwohl_meets_the_series():
    found = length_under_acceptor(4, along=4.0, demand=4.5, **LAYER)
    assert found.ours == pytest.approx(thickness_maier_grathwohl(4.5, **LAYER), rel=0.03)


def test_bemidji_in_three_dimensions():
    found = length_of_rectangle(spacing=(4.0, 0.5, 0.2), **BEMIDJI)
    assert not found.warning
    assert found.exact == pytest.approx(161.1, abs=0.05)
    assert found.error < 0.03  # measured: 0.004
    assert found.minimum >= 0.0
    assert found.closure < 1e-12


def test_bemidji_on_thick_layers_and_wide_rows_is_warned_of():
    layers = length_of_rectangle(spacing=(4.0, 0.5, 0.5), **BEMIDJI).warning
    assert "spacing of layers" in layers
    assert "= 0.5 m at layer " in layers
    assert "; allowed: at most 0.2" in layers
    rows = length_of_rectangle(spacing=(4.0, 1.0, 0.2), **BEMIDJI).warning
    assert "spacing of rows and columns" in rows
    assert "; allowed: at most 0.7" in rows


def test_plume_behind_three_zones_is_the_exact_superposition():
    site = SourceZone(0.1, (10.0, 1.0, 0.0), ((2.0, 14.0), (12.0, 2.5)), 3.0, capacity=10.0)
    done, ours, exact = source_zone(site, time=1000.0, spacing=(3.0, 0.5, 3.0), extent=(180.0, 40.0, 3.0))
    assert np.abs(ours - exact).max() < 0.02 * 14.0  # measured: 0.015
    assert 0.05 < (exact > 0.0).mean() < 0.5
    assert done.minimum >= 0.0
    assert done.closure < 1e-12
