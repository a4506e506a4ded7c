"""Central weighting and van Leer's limiter: exact on lines, second order, never negative."""

import dataclasses

import numpy as np
import pytest

from gwsolver.bench.cases import column, gaussian_line, line_grid
from gwsolver.bench.norms import observed_orders, order_table
from gwsolver.bench.uniform import carry, transport_model, uniform_flow
from gwsolver.transport.explicit.coefficients import coefficients
from gwsolver.transport.explicit.sweeps import sweep_for
from gwsolver.transport.schemes import named

SECOND_ORDER = ("limited", "tvd", "central")


@pytest.mark.parametrize("kind", ["dis", "disv"])
@pytest.mark.parametrize("scheme", SECOND_ORDER)
def test_a_straight_profile_is_carried_exactly(scheme, kind):
    """J = q C(face): C is 1 + 0.1 x; cells of any width on the grid line, of one width in a cloud."""
    widths = np.array([1.0, 2.0, 0.5, 3.0, 1.0, 1.5, 1.0]) if kind == "dis" else np.full(7, 2.0)
    grid = line_grid(widths, "x")
    grid = dataclasses.replace(grid, kind=kind, shape=grid.shape if kind == "dis" else (1, 7))
    for q in (0.4, -0.4):
        flow = uniform_flow(grid, (q, 0.0, 0.0), end=1.0)
        sweep = sweep_for(grid, np.ones(7, bool))
        k = coefficients(transport_model(grid), flow, sweep.faces, sweep.structured, named(scheme))
        k.faces[2] = sweep.faces.upstream_ratio[np.arange(6), 0 if q > 0 else 1]
        c, zero = 1.0 + 0.1 * grid.x, np.zeros(7)
        sweep.stage(k, c, zero.copy(), zero.copy(), zero, zero, zero, 1.0, 1.0)
        at_face = np.cumsum(widths)[:-1]
        inner = slice(1, -1) if kind == "disv" else slice(None)  # a cloud's end cells are told by the solver
        rounding = 1e-12 if kind == "dis" else 1e-6  # a cloud runs in float32
        np.testing.assert_allclose(sweep.flux[:6][inner], q * (1.0 + 0.1 * at_face)[inner], rtol=rounding)


@pytest.mark.parametrize("scheme", ["tvd", "central"])
def test_smooth_pulse_converges_at_second_order(scheme, show):
    runs = [gaussian_line(n, dispersivity=2.0, scheme=scheme) for n in (80, 160, 320)]
    spacings, errors = [r.spacing for r in runs], [r.l2 for r in runs]
    show(order_table(f"Gaussian along a row, {scheme}, L2", spacings, errors))
    assert min(observed_orders(spacings, errors)[1:]) >= 1.6
    assert errors[-1] < 2e-3


@pytest.mark.parametrize("scheme", ["tvd", "central"])
def test_column_converges_to_the_exact_solution(scheme):
    runs = [column(n, scheme=scheme, retardation=2.0, decay_rate=0.01) for n in (50, 100)]
    assert observed_orders([r.spacing for r in runs], [r.l1 for r in runs])[-1] > 1.8  # measured: 2.4 and 2.1
    for run in runs:
        assert run.step.ledger.closure() < 1e-12
        assert run.step.minimum >= 0.0


def test_tvd_is_between_upstream_and_the_default():
    error = {s: gaussian_line(80, scheme=s).l2 for s in ("upstream", "tvd", "limited")}
    assert error["limited"] < error["tvd"] < 0.3 * error["upstream"]


@pytest.mark.parametrize("peclet", [1.0, 10.0, np.inf])
def test_central_weighting_oscillates_but_is_never_negative(peclet):
    """A block of C = 1 at several grid Peclet numbers: from two on there are new maxima, never a minimum below 0."""
    grid = line_grid(np.ones(60), "x")
    model = transport_model(grid, longitudinal=1.0 / peclet, initial=((grid.x > 10) & (grid.x < 20)).astype(float))
    flow = uniform_flow(grid, (0.25, 0.0, 0.0), end=20.0)
    step = carry(model, flow, scheme="central")
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-12
    assert (step.maximum > 1.0 + 1e-3) == (peclet > 2.0)


@pytest.mark.parametrize("peclet", [1.0, np.inf])
def test_tvd_makes_no_new_extremes(peclet):
    grid = line_grid(np.array([1.0, 0.1, 3.0] * 20), "x")
    model = transport_model(grid, longitudinal=1.0 / peclet, initial=((grid.x > 10) & (grid.x < 20)).astype(float))
    step = carry(model, uniform_flow(grid, (-0.25, 0.0, 0.0), end=20.0, inflow_concentration=0.5), scheme="tvd")
    assert step.minimum >= 0.0
    assert step.maximum <= 1.0 + 1e-12
