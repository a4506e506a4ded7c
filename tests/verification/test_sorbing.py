"""Nonlinear sorption, zero-order decay, mixed sinks: exact solutions of cells and columns."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from gwsolver.bench.cases import line_grid
from gwsolver.bench.solutions import front_retardation, langmuir_tail, travelling_wave
from gwsolver.bench.uniform import carry, transport_model, uniform_flow
from gwsolver.core.aquifer import MobileDomain
from gwsolver.core.dis import structured_grid
from gwsolver.core.steps import PackageFlow
from gwsolver.core.time import TimeStep
from gwsolver.transport import TransportSolver
from tests.transport.builders import flow_step

ISOTHERMS = {"freundlich": (0.4, 0.7), "langmuir": (2.0, 0.8)}


def sorbing(model, isotherm, density=1.5, **more):
    n = model.grid.n_cells
    full = lambda v: np.full(n, float(v))  # noqa: E731
    k, p = ISOTHERMS[isotherm]
    return replace(model, mobile=MobileDomain(
        full(0.25), full(density), full(k), full(more.pop("decay", 0.0)), full(more.pop("decay_sorbed", 0.0)),
        isotherm=isotherm, sorption_parameter=full(p), **more))


def lone_cell(flows=(), end=1.0):
    grid = structured_grid([10.0], [10.0], 1.0, [0.0])
    return grid, flow_step(grid, np.zeros(0), packages=flows, end=end, close=False)


def flushing(rate, end):
    return lone_cell((PackageFlow("in", "wel", np.array([0]), np.array([rate])),
                      PackageFlow("out", "wel", np.array([0]), np.array([-rate]))), end)


@pytest.mark.parametrize("isotherm", ISOTHERMS)
def test_a_flushed_cell_follows_the_integral_of_its_isotherm(isotherm):
    """W ln(C0/C) + G int_C^C0 S'(c)/c dc = Q t, in closed form for both isotherms."""
    grid, flow = flushing(5.0, 20.0)
    solver = TransportSolver([replace(sorbing(transport_model(grid, initial=1.0), isotherm), sources=())])
    for time in np.linspace(0.2, 20.0, 100):
        step = solver.advance(flow, time, TimeStep(0, 0, 0.0, 20.0))[0]
        assert step.ledger.closure() < 1e-12
    k, p = ISOTHERMS[isotherm]

    def washed(c):
        if isotherm == "freundlich":
            solid = p * k / (p - 1.0) * (1.0 - c ** (p - 1.0))
        else:
            def inner(x):
                return np.log(x / (1.0 + k * x)) + 1.0 / (1.0 + k * x)
            solid = k * p * (inner(1.0) - inner(c))
        return 25.0 * np.log(1.0 / c) + 150.0 * solid - 100.0

    assert step.concentration[0] == pytest.approx(brentq(washed, 1e-6, 1.0), rel=1e-4)


@pytest.mark.parametrize("isotherm", ISOTHERMS)
def test_a_front_moves_and_looks_as_theory_says(isotherm):
    """Place from the balance of mass, shape of the travelling wave (van der Zee, 1990)."""
    n, dx, v, d, time = 400, 0.25, 0.5, 0.1, 180.0
    grid = line_grid(np.full(n, dx), "x")
    model = sorbing(transport_model(grid, longitudinal=d / v, initial=0.05), isotherm)
    step = carry(model, uniform_flow(grid, (0.25 * v, 0.0, 0.0), end=time, inflow_concentration=1.0))
    sorbed = lambda c: model.mobile.sorbed(np.full(n, c) if np.ndim(c) == 0 else c)  # noqa: E731
    k, p = ISOTHERMS[isotherm]
    formula = (lambda c: k * c**p) if isotherm == "freundlich" else (lambda c: k * p * c / (1.0 + k * c))
    ends = {"solid_per_water": 6.0, "inlet": 1.0, "initial": 0.05}
    c = step.concentration
    retardation = front_retardation(formula, **ends)
    total = (c + 6.0 * sorbed(c) - 0.05 - 6.0 * formula(0.05)).sum() * dx / (0.95 * retardation)
    assert total == pytest.approx(v * time / retardation, rel=1e-10)
    levels = np.array([0.15, 0.3, 0.5, 0.7, 0.85])
    place = np.interp(-levels, -c, grid.x)
    exact = travelling_wave(levels, formula, **ends, seepage_velocity=v, dispersion=d)
    assert abs(place - place[2] - (exact - exact[2])).max() < 0.3 * dx  # measured: 0.25 and 0.10
    assert abs(np.interp(-0.525, -c, grid.x) - v * time / retardation) < 1.0
    assert step.minimum >= 0.05 - 1e-12 and step.maximum <= 1.0 + 1e-9
    assert step.ledger.closure() < 1e-12


def test_a_langmuir_tail_draws_out_along_its_characteristics():
    n, dx, v, time = 400, 0.25, 0.5, 120.0
    grid = line_grid(np.full(n, dx), "x")
    model = sorbing(transport_model(grid, initial=1.0), "langmuir")
    step = carry(model, uniform_flow(grid, (0.25 * v, 0.0, 0.0), end=time, inflow_concentration=0.0))
    exact = langmuir_tail(grid.x, time, seepage_velocity=v, solid_per_water=6.0, k=2.0, capacity=0.8, initial=1.0)
    assert np.abs(step.concentration - exact).mean() < 2e-3
    assert step.minimum >= 0.0


@pytest.mark.parametrize("isotherm", ["linear", *ISOTHERMS])
def test_order_zero_takes_its_rate_and_never_more_than_there_is(isotherm):
    """dm/dt = -(gamma W + gamma_s G) until m = 0."""
    grid, flow = lone_cell(end=10.0)
    model = transport_model(grid, initial=1.0)
    if isotherm == "linear":
        values = (np.array([v]) for v in (0.25, 1.5, 0.2, 0.03, 0.01))
        model = replace(model, mobile=MobileDomain(*values, decay_order=0))
    else:
        model = sorbing(model, isotherm, decay=0.03, decay_sorbed=0.01, decay_order=0)
    whole = 25.0 + 150.0 * float(model.mobile.sorbed(np.ones(1))[0])
    for end in (10.0, 200.0):
        step = carry(model, replace(flow, end=end))
        left = max(whole - (0.03 * 25.0 + 0.01 * 150.0) * end, 0.0)
        assert step.mass + step.mass_sorbed == pytest.approx(left, abs=1e-10)
        assert step.minimum >= 0.0
        booked = {(p, t): o for p, t, _, o in step.ledger.rows()}
        assert booked["decay", "dissolved"] / booked["decay", "sorbed"] == pytest.approx(0.75 / 1.5)
        assert step.ledger.closure() < 1e-12


def test_order_zero_production_in_a_column_is_a_straight_line():
    """v dC/dx = gamma: C rises linearly from the inlet; dispersion changes nothing but a shift near it."""
    n = 100
    grid = line_grid(np.ones(n), "x")
    model = transport_model(grid, longitudinal=1.0)
    model = replace(model, mobile=replace(model.mobile, decay_rate=np.full(n, -0.02), decay_order=0))
    c = carry(model, uniform_flow(grid, (0.125, 0.0, 0.0), end=800.0)).concentration
    np.testing.assert_allclose(np.diff(c[20:-20]), 0.02 / 0.5, rtol=1e-6)


def test_both_phases_decay_at_their_own_rate_under_nonlinear_sorption():
    """A lone cell: dm/dt = -(lambda W C + lambda_s G S(C)), integrated by fourth-order Runge-Kutta."""
    grid, flow = lone_cell(end=8.0)
    model = sorbing(transport_model(grid, initial=1.0), "freundlich", decay=0.2, decay_sorbed=0.02)
    step = carry(model, flow)
    k, p = ISOTHERMS["freundlich"]
    c = 1.0

    def slope(c):
        return -(0.2 * 25.0 * c + 0.02 * 150.0 * k * c**p) / (25.0 + 150.0 * k * p * c ** (p - 1.0))

    for _ in range(4000):
        h = 8.0 / 4000
        a = slope(c)
        b = slope(c + 0.5 * h * a)
        d = slope(c + 0.5 * h * b)
        e = slope(c + h * d)
        c += h * (a + 2.0 * b + 2.0 * d + e) / 6.0
    assert step.concentration[0] == pytest.approx(c, rel=1e-3)


def test_a_mixed_sink_leaves_behind_what_is_above_its_limit():
    """Evaporation at C_aux = 0.5: first q C_aux t leaves; below the limit C = C0 exp(-q t / W)."""
    for initial, aux, left in ((2.0, 0.5, 2.0 - 0.16), (0.4, 0.5, 0.4 * np.exp(-0.32)), (2.0, 0.0, 2.0)):
        evaporates = PackageFlow("evt", "evt", np.array([0]), np.array([-1.0]), {"c": np.array([aux])})
        rains = PackageFlow("in", "wel", np.array([0]), np.array([1.0]))
        grid, flow = lone_cell((rains, evaporates), 8.0)
        model = transport_model(grid, initial=initial, sources=())
        source = replace(transport_model(grid).sources[0], package="evt", auxiliary="c", mixed=True)
        step = carry(replace(model, sources=(source,)), flow)
        assert step.concentration[0] == pytest.approx(left, rel=1e-10)
        assert step.ledger.closure() < 1e-12
        assert step.package_rates["evt"][1][0] == pytest.approx((left - initial) * 25.0 / 8.0)
