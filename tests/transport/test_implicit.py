"""The implicit march: second order in time, L-stable, never negative, every gram accounted for."""

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.bench.cases import column, line_grid, oblique_gaussian
from gwsolver.bench.meshes import hexagons
from gwsolver.bench.norms import observed_orders, order_table
from gwsolver.bench.uniform import carry, transport_model, uniform_flow
from gwsolver.core.aquifer import ImmobileDomain
from gwsolver.core.dis import structured_grid
from gwsolver.core.simulation import SourceConcentration
from gwsolver.core.steps import PackageFlow
from gwsolver.transport import TransportSolver
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.implicit.fixed_point import fixed_point
from gwsolver.transport.implicit.march import ImplicitMarch
from gwsolver.transport.implicit.operator import Operator
from gwsolver.transport.implicit.positive import fill
from gwsolver.transport.implicit.scheme import ImplicitScheme
from gwsolver.transport.implicit.solve import LinearSystem
from gwsolver.transport.progress import Reporter
from tests.transport import builders

NO_FLOW = (0.0, 0.0, 0.0)
LIMITED = ExplicitScheme("limited", "", order=1.0)


def in_steps(model, flow, step, *, tolerance=np.inf):
    """Carry the model over the flow step in implicit steps of one length."""
    scheme = ImplicitScheme("", "", LIMITED, lambda: ImplicitMarch(tolerance, step))
    return scheme.start([model], Reporter(None)).advance(flow, flow.end, builders.whole(flow))[0]


def test_time_is_of_second_order(show):
    """A cosine between closed ends decays at the discrete rate 4 D sin2(k dx/2) / dx2, plus that of decay."""
    n, rate = 40, 0.02
    grid = line_grid(np.ones(n), "x")
    wave = np.pi / n
    model = transport_model(grid, diffusion_coefficient=25.0, initial=1.0 + 0.5 * np.cos(wave * grid.x),
                            decay_rate=rate)
    flow = uniform_flow(grid, NO_FLOW, end=8.0)
    decay = 4.0 * 25.0 * np.sin(0.5 * wave) ** 2
    exact = np.exp(-rate * 8.0) * (1.0 + 0.5 * np.exp(-decay * 8.0) * np.cos(wave * grid.x))
    lengths = [4.0, 2.0, 1.0, 0.5]
    errors = [float(np.abs(in_steps(model, flow, h).concentration - exact).max()) for h in lengths]
    show(order_table("implicit steps, decaying cosine", lengths, errors))
    assert min(observed_orders(lengths, errors)[1:]) > 1.8
    assert errors[-1] < 1e-4


def test_time_is_of_second_order_with_limited_advection(show):
    """Against many short steps of the same: the front of a column."""
    runs = {h: column_in_steps(h) for h in (4.0, 2.0, 1.0, 1.0 / 16.0)}
    lengths = [4.0, 2.0, 1.0]
    errors = [float(np.abs(runs[h] - runs[1.0 / 16.0]).mean()) for h in lengths]
    show(order_table("implicit steps, front in a column", lengths, errors))
    assert min(observed_orders(lengths, errors)[1:]) > 1.6


def column_in_steps(step):
    grid = line_grid(np.full(50, 2.0), "x")
    model = transport_model(grid, longitudinal=4.0, initial=np.exp(-(((grid.x - 30.0) / 12.0) ** 2)))
    return in_steps(model, uniform_flow(grid, (0.125, 0.0, 0.0), end=32.0), step).concentration


def test_a_huge_step_goes_to_the_end_state_without_oscillation():
    """A million times the explicit step on a jump: one step leaves what 1 / nu leaves."""
    grid = line_grid(np.ones(30), "x")
    model = transport_model(grid, diffusion_coefficient=1.0, initial=(grid.x < 15.0).astype(float))
    step = in_steps(model, uniform_flow(grid, NO_FLOW, end=1e7), np.inf)
    assert step.sub_steps == 1
    np.testing.assert_allclose(step.concentration, 0.5, atol=1e-4)
    assert step.ledger.closure() < 1e-12


def test_what_decays_fast_is_gone_after_one_step_and_never_negative():
    grid = line_grid(np.ones(3), "x")
    step = in_steps(transport_model(grid, initial=1.0, decay_rate=1e6), uniform_flow(grid, NO_FLOW, end=1.0), np.inf)
    assert 0.0 <= step.minimum <= step.maximum < 1e-5


@pytest.mark.parametrize("kind", ["dis", "hexagons"])
def test_oblique_gaussian_meets_the_exact_solution(kind):
    grid = hexagons(40, 10.0) if kind == "hexagons" else None
    c = oblique_gaussian(30.0, n=40, travel=50.0, grid=grid, scheme="implicit")
    explicit = oblique_gaussian(30.0, n=40, travel=50.0, grid=grid)
    assert c.l2 < 1.2 * explicit.l2 + 2e-3
    assert c.step.minimum >= 0.0
    assert c.step.ledger.closure() < 1e-12


@pytest.mark.parametrize("inlet", ["first", "third"])
def test_column_meets_the_exact_solution(inlet):
    c = column(100, inlet=inlet, retardation=2.0, decay_rate=0.01, scheme="implicit")
    assert c.l1 < 2e-3
    assert c.step.ledger.closure() < 1e-12
    assert c.step.minimum >= 0.0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.01, 1.0, 100.0, 1e6]))
def test_any_step_on_random_flow_is_positive_and_closes(seed, end):
    rng = np.random.default_rng(seed)
    grid = structured_grid(rng.choice([1.0, 3.0], 6), rng.choice([1.0, 2.0], 5), 3.0, [2.0, 0.0])
    model = builders.transport_model(
        grid, dispersivity=(3.0, 0.5, 0.1), kd=0.2, bulk_density=1.0, decay=rng.choice([0.0, 0.5]),
        initial=np.where(rng.random(grid.n_cells) < 0.8, 0.0, 1.0), sources=[("edge", "c")],
        packages=[builders.constant("cnc-1", "cnc", [7], concentration=2.0)],
    )
    flow = builders.flow_step(grid, rng.normal(size=grid.n_faces), discharge=rng.normal(size=(grid.n_cells, 3)),
                              end=end, concentration=0.5)
    step = carry(model, flow, scheme="implicit")
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-10


def test_the_step_follows_the_error():
    """Ten times less error takes some three times the steps (second order: sqrt 10)."""
    grid = line_grid(np.ones(60), "x")
    model = transport_model(grid, longitudinal=2.0, initial=np.exp(-(((grid.x - 20.0) / 6.0) ** 2)))
    flow = uniform_flow(grid, (0.25, 0.0, 0.0), end=20.0)
    few, many = (in_steps(model, flow, np.inf, tolerance=t) for t in (1e-2, 1e-3))
    assert 2.0 < many.sub_steps / few.sub_steps < 5.0
    assert few.limits[0].reason == "time error"


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 60), st.integers(0, 10**6), st.floats(-9.0, 9.0))
def test_direct_solutions_of_positive_systems_are_positive_in_every_bit(n, seed, power):
    rng = np.random.default_rng(seed)
    couple = sp.random(n, n, 0.2, random_state=rng, format="csc") * 10.0**power
    couple.setdiag(0.0)
    matrix = sp.diags(rng.random(n) + np.asarray(couple.sum(axis=0)).ravel()) - couple
    right = np.where(rng.random(n) < 0.7, 0.0, rng.random(n))
    x = LinearSystem(sp.csc_matrix(matrix)).solve(right)
    assert x.min() >= 0.0
    np.testing.assert_allclose(matrix @ x, right, atol=1e-9 * max(1.0, 10.0**power) * max(x.max(), 1e-30))


def test_the_iterative_solver_gives_what_the_direct_one_gives(monkeypatch):
    rng = np.random.default_rng(1)
    n, m = np.arange(399), np.arange(1, 400)
    op = Operator(n, m, rng.random(399) + 5.0, rng.random(399), 400)
    matrix = op.matrix(op.leaving() + 0.1 * rng.random(400), np.zeros(400, bool))
    right = rng.random(400)
    exact = LinearSystem(matrix).solve(right)
    monkeypatch.setattr("gwsolver.transport.implicit.solve.DIRECT", 10)
    monkeypatch.setattr("gwsolver.transport.implicit.solve.DIRECT_PLANE", 10)
    system = LinearSystem(matrix)
    assert not system.direct
    np.testing.assert_allclose(system.solve(right), exact, rtol=1e-8)
    assert system.iterations > 0


def test_advection_alone_is_solved_at_once_in_the_order_of_falling_heads(monkeypatch):
    monkeypatch.setattr("gwsolver.transport.implicit.solve.DIRECT", 10)
    monkeypatch.setattr("gwsolver.transport.implicit.solve.DIRECT_PLANE", 10)
    rng = np.random.default_rng(3)
    head = rng.random(300)
    n, m = rng.integers(0, 300, (2, 900))
    n, m = n[head[n] > head[m]], m[head[n] > head[m]]
    op = Operator(n, m, rng.random(n.size), np.zeros(n.size), 300)
    matrix, right = op.matrix(op.leaving() + 0.1, np.zeros(300, bool)), rng.random(300)
    ordered = LinearSystem(matrix, np.argsort(-head))
    np.testing.assert_allclose(matrix @ ordered.solve(right), right, rtol=1e-10)
    assert ordered.iterations <= 2


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_any_fluxes_out_of_cells_that_hold_solute_have_coefficients_that_are_positive(seed):
    rng = np.random.default_rng(seed)
    n, m = np.arange(19), np.arange(1, 20)
    op = Operator(n, m, rng.random(19) + 0.1, rng.random(19), 20)
    c = np.where(rng.random(20) < 0.2, 0.0, rng.random(20) * 10.0 ** rng.uniform(-20, 0, 20))
    flux = op.fluxes(c) + rng.normal(size=19) * np.maximum(c[n], c[m])
    flux = np.where((flux > 0.0) & (c[n] == 0.0), 0.0, np.where((flux < 0.0) & (c[m] == 0.0), 0.0, flux))
    through = op.through(c, flux)
    assert min(through.forth.min(), through.back.min()) >= 0.0
    np.testing.assert_allclose(through.fluxes(c), flux, rtol=1e-9, atol=1e-12 * c.max())


def test_operator_balances_what_it_moves():
    rng = np.random.default_rng(2)
    n, m = np.array([0, 1, 0, 2]), np.array([1, 2, 3, 3])
    op = Operator(n, m, rng.random(4), rng.random(4), 4)
    c = rng.random(4)
    a = op.matrix(op.leaving(), np.zeros(4, bool))
    np.testing.assert_allclose(-(a @ c), op.net(op.fluxes(c)), atol=1e-15)
    np.testing.assert_allclose(np.asarray(a.sum(axis=0)).ravel(), 0.0, atol=1e-15)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_filling_moves_mass_and_makes_none(seed):
    rng = np.random.default_rng(seed)
    n_cells = 30
    n, m = np.arange(n_cells - 1), np.arange(1, n_cells)
    op = Operator(n, m, rng.random(n_cells - 1), rng.random(n_cells - 1), n_cells)
    mass = rng.random(n_cells) - 0.3
    if mass.sum() <= 0.0:
        mass += 0.5
    held = np.zeros(n_cells, bool)
    held[3] = True
    total, own = mass.sum(), mass[3]
    fill(mass, op, held)
    assert np.delete(mass, 3).min() >= 0.0
    assert mass[3] == own
    assert mass.sum() == pytest.approx(total, rel=1e-12)


def test_fixed_points_are_found_faster_than_by_repetition():
    """Of a linear map whose repetition gains 0.8 a turn and would take 83 turns; measured: 21."""
    a = 0.8 * np.diag(np.linspace(-1.0, 1.0, 4))
    found, _, count, _ = fixed_point(lambda c: (a @ c + 1.0, c), np.zeros(4), tolerance=1e-8, most=50)
    np.testing.assert_allclose(found, np.linalg.solve(np.eye(4) - a, np.ones(4)), rtol=1e-6)
    assert count < 40


def entered_column(time=60.0, **mobile):
    """A column entered by water of concentration 1, half full at the start; model and flow."""
    grid = line_grid(np.full(60, 2.0), "x")
    model = transport_model(grid, longitudinal=4.0, initial=0.5)
    model = dataclasses.replace(model, mobile=dataclasses.replace(model.mobile, **mobile))
    return model, uniform_flow(grid, (0.25, 0.0, 0.0), end=time, inflow_concentration=1.0)


def decay_of_order_zero():
    return entered_column(decay_order=0, decay_rate=np.where(np.arange(60) < 40, 0.02, -0.005))


def immobile_domain(rate=0.05):
    model, flow = entered_column()
    full = lambda v: np.full(60, v)  # noqa: E731
    domain = ImmobileDomain(
        porosity=full(0.15), bulk_density=full(1.0), distribution_coefficient=full(0.1), decay_rate=full(0.01),
        decay_rate_sorbed=full(0.002), name="ist-1", transfer_rate=full(rate), initial_concentration=full(0.0))
    return dataclasses.replace(model, immobile=(domain,)), flow


def fast_immobile_domain():
    return immobile_domain(rate=20.0)


def immobile_freundlich():
    model, flow = immobile_domain()
    fields = dict(isotherm="freundlich", sorption_parameter=np.full(60, 0.7))
    mobile = dataclasses.replace(model.mobile, bulk_density=np.full(60, 1.0),
                                 distribution_coefficient=np.full(60, 0.1), **fields)
    return dataclasses.replace(model, mobile=mobile, immobile=(dataclasses.replace(model.immobile[0], **fields),)), flow


def mixed_sinks():
    model, flow = entered_column()
    cells = np.array([10, 30])
    sink = PackageFlow("drn", "drn", cells, np.full(2, -0.1), {"limit": np.array([0.3, 0.9])})
    rain = PackageFlow("rch", "rch", cells, np.full(2, 0.1))
    flow = dataclasses.replace(flow, packages=(*flow.packages, sink, rain))
    return dataclasses.replace(
        model, sources=(*model.sources, SourceConcentration("drn", "limit", mixed=True))), flow


@pytest.mark.parametrize("case", [decay_of_order_zero, immobile_domain, fast_immobile_domain, mixed_sinks,
                                  immobile_freundlich],
                         ids=lambda c: c.__name__)
def test_what_acts_on_single_cells_goes_as_in_explicit_steps(case):
    """Within the error that steps may make (measured: 8e-4 to 4.4e-3); refused steps leave no trace in the books."""
    model, flow = case()
    step, explicit = (carry(model, flow, scheme=scheme) for scheme in ("implicit", "limited"))
    assert np.abs(step.concentration - explicit.concentration).mean() < 5e-3 * explicit.concentration.mean()
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-12
    for mine, theirs in zip(step.immobile, explicit.immobile, strict=True):
        np.testing.assert_allclose(mine.concentration, theirs.concentration, atol=1e-2)
        assert mine.ledger.closure() < 1e-12


ISOTHERMS = {"freundlich": (0.6, 0.3), "langmuir": (0.3, 5.0), "convex": (1.5, 0.3)}


@pytest.mark.parametrize("decays", [False, True], ids=["", "decays"])
@pytest.mark.parametrize("start", ["half", "empty", "pulse"])
@pytest.mark.parametrize("kind", list(ISOTHERMS))
def test_nonlinear_sorption_goes_as_in_explicit_steps(kind, start, decays):
    """Fronts that sharpen and tails that do not end, also into clean rock, where Freundlich's slope is infinite."""
    p, k = ISOTHERMS[kind]
    full = lambda v: np.full(60, v)  # noqa: E731
    model, flow = entered_column(
        bulk_density=full(1.0), distribution_coefficient=full(k), sorption_parameter=full(p),
        isotherm="langmuir" if kind == "langmuir" else "freundlich", decay_rate=full(0.01 * decays),
        decay_rate_sorbed=full(0.002 * decays))
    x = model.grid.x
    initial = {"half": full(0.5), "empty": full(0.0), "pulse": np.exp(-(((x - 40.0) / 8.0) ** 2))}[start]
    model = dataclasses.replace(model, initial_concentration=initial)
    step, explicit = (carry(model, flow, scheme=scheme) for scheme in ("implicit", "limited"))
    # Measured: 3e-4 to 1.1e-3.
    assert np.abs(step.concentration - explicit.concentration).mean() < 2e-3 * explicit.concentration.mean()
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-12
    assert step.mass_sorbed == pytest.approx(explicit.mass_sorbed, rel=2e-3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1.0, 100.0, 1e6]), st.sampled_from(["freundlich", "langmuir"]))
def test_any_step_with_nonlinear_sorption_is_positive_and_closes(seed, end, isotherm):
    rng = np.random.default_rng(seed)
    grid = structured_grid(rng.choice([1.0, 3.0], 6), rng.choice([1.0, 2.0], 5), 3.0, [2.0, 0.0])
    model = builders.transport_model(
        grid, dispersivity=(3.0, 0.5, 0.1), kd=0.2, bulk_density=1.0, decay=rng.choice([0.0, 0.5]),
        initial=np.where(rng.random(grid.n_cells) < 0.8, 0.0, 1.0), sources=[("edge", "c")],
        packages=[builders.constant("cnc-1", "cnc", [7], concentration=2.0)],
    )
    model = dataclasses.replace(model, mobile=dataclasses.replace(
        model.mobile, isotherm=isotherm, sorption_parameter=np.full(grid.n_cells, 0.7)))
    flow = builders.flow_step(grid, rng.normal(size=grid.n_faces), discharge=rng.normal(size=(grid.n_cells, 3)),
                              end=end, concentration=0.5)
    step = carry(model, flow, scheme="implicit")
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-10


def test_it_goes_on_from_a_state_bit_for_bit():
    grid = line_grid(np.ones(40), "x")
    model = transport_model(grid, longitudinal=2.0, initial=np.exp(-(((grid.x - 15.0) / 5.0) ** 2)))
    flow = uniform_flow(grid, (0.25, 0.0, 0.0), end=16.0)
    solver = TransportSolver([model], scheme="implicit")
    solver.advance(flow, 4.0, builders.whole(flow))
    state = {key: value.copy() for key, value in solver.state().items()}
    went_on = solver.advance(flow, 16.0, builders.whole(flow))[0]
    again = TransportSolver([model], scheme="implicit")
    again.restore(state, flow)
    np.testing.assert_array_equal(again.advance(flow, 16.0, builders.whole(flow))[0].concentration,
                                  went_on.concentration)
