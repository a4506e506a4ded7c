"""Columns against Ogata and Banks (1961) and Wexler (1992), along each axis and against it."""

import numpy as np
import pytest

from gwsolver.bench.cases import column, gaussian_line, line_grid
from gwsolver.bench.norms import observed_orders, order_table
from gwsolver.bench.uniform import carry, transport_model, uniform_flow

PHYSICS = {
    "advection and dispersion": {},
    "sorption": {"retardation": 2.0},
    "sorption and decay": {"retardation": 2.0, "decay_rate": 0.01},
}


@pytest.mark.parametrize("physics", PHYSICS)
@pytest.mark.parametrize(("inlet", "allowed"), [("first", 0.003), ("third", 0.003)])
def test_column_meets_the_exact_solution(inlet, allowed, physics):
    c = column(50, inlet=inlet, **PHYSICS[physics])
    assert c.l1 < allowed  # measured: 0.0010 to 0.0025
    assert c.step.ledger.closure() < 1e-12
    assert c.step.minimum >= 0.0
    assert c.step.maximum <= 1.0 + 1e-6


@pytest.mark.parametrize("inlet", ["first", "third"])
@pytest.mark.parametrize("physics", PHYSICS)
def test_column_is_the_same_along_x_y_z_and_reversed(inlet, physics):
    reference = column(40, inlet=inlet, **PHYSICS[physics]).answer
    for axis in "xyz":
        for reverse in (False, True):
            other = column(40, axis=axis, reverse=reverse, inlet=inlet, **PHYSICS[physics]).answer
            np.testing.assert_allclose(other, reference, rtol=0.0, atol=2e-15, err_msg=f"{axis}, reversed: {reverse}")


@pytest.mark.parametrize("physics", PHYSICS)
def test_front_converges_at_second_order_or_better(physics, show):
    runs = [column(n, inlet="third", **PHYSICS[physics]) for n in (50, 100, 200)]
    spacings, errors = [r.spacing for r in runs], [r.l1 for r in runs]
    show(order_table(f"third-type column, {physics}, L1", spacings, errors))
    assert min(observed_orders(spacings, errors)[1:]) >= 1.8  # measured: 2.7 to 3.5


@pytest.mark.parametrize("physics", PHYSICS)
def test_smooth_pulse_converges_at_second_order_or_better(physics, show):
    runs = [gaussian_line(n, **PHYSICS[physics]) for n in (80, 160, 320)]
    spacings, errors = [r.spacing for r in runs], [r.l2 for r in runs]
    show(order_table(f"Gaussian along a row, {physics}, L2", spacings, errors))
    assert min(observed_orders(spacings, errors)[1:]) >= 1.8  # measured: 2.6 to 3.0


def test_sharp_front_stays_within_its_bounds_and_in_its_place():
    grid = line_grid(np.ones(100), "x")
    step = carry(transport_model(grid), uniform_flow(grid, (0.125, 0.0, 0.0), end=80.0, inflow_concentration=1.0))
    c = step.concentration
    assert step.minimum >= 0.0
    assert step.maximum <= 1.0 + 1e-6  # float32 fluxes; measured: 3e-8
    assert np.sum((c > 0.01) & (c < 0.99)) <= 10  # cells over which the front at x = v t = 40 is spread
    assert c.sum() == pytest.approx(40.0, rel=1e-12)
    assert c[36] > 0.9
    assert c[44] < 0.1
