"""Steady states: exact solutions, what the default scheme ends in, books, and what has no steady state."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.bench import solutions
from gwsolver.bench.cases import line_grid, pose_patch
from gwsolver.bench.heterogeneous import heterogeneous_flow
from gwsolver.bench.meshes import hexagons
from gwsolver.bench.norms import observed_orders, order_table
from gwsolver.bench.uniform import carry, steady_flow, transport_model, uniform_flow
from gwsolver.core.aquifer import ImmobileDomain
from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.core.simulation import SourceConcentration
from gwsolver.core.steps import PackageFlow
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.time import StressPeriod, TimeAxis, TimeStep
from gwsolver.transport import TransportSolver
from tests.transport import builders

VELOCITY, DISPERSIVITY, DECAY = 0.5, 2.0, 0.02


def column_error(n_cells):
    """A column of 100 entered by water of C0 = 1 (third kind); van Genuchten and Alves (1982), steady parts."""
    grid = line_grid(np.full(n_cells, 100.0 / n_cells), "x")
    model = transport_model(grid, longitudinal=DISPERSIVITY, decay_rate=DECAY)
    step = carry(model, uniform_flow(grid, (0.25 * VELOCITY, 0.0, 0.0), end=1.0, inflow_concentration=1.0),
                 scheme="steady")
    # C = a exp(r x) + b exp(s x), D r2 - v r - decay = 0, v C - D C' = v at the inlet, C' = 0 at the outlet.
    d = DISPERSIVITY * VELOCITY
    root = np.sqrt(VELOCITY**2 + 4.0 * d * DECAY)
    r, s = (VELOCITY - root) / (2.0 * d), (VELOCITY + root) / (2.0 * d)
    a, b = np.linalg.solve([[VELOCITY - d * r, (VELOCITY - d * s) * np.exp(-100.0 * s)],
                            [r * np.exp(100.0 * r), s]], [VELOCITY, 0.0])
    exact = a * np.exp(r * grid.x) + b * np.exp(s * (grid.x - 100.0))
    assert step.ledger.closure() < 1e-12
    return float(np.abs(step.concentration - exact).mean())


def test_column_with_decay_converges_in_second_order(show):
    counts = [50, 100, 200]
    errors = [column_error(n) for n in counts]
    spacings = [100.0 / n for n in counts]
    show(order_table("steady column with decay", spacings, errors))
    assert min(observed_orders(spacings, errors)[1:]) > 1.9
    assert errors[1] < 3e-5


def patch_error(fineness):
    """A patch source between walls with decay, beyond the first 6 m; Wexler (1992), after a long time."""
    posed = pose_patch(20 * fineness, 15 * fineness, 10 * fineness, spacing=2.0 / fineness, decay_rate=0.005,
                       time=1e4, width=(-7.0, 7.0))
    step = posed.solve("steady").step
    grid, cells = posed.model.grid, posed.compared
    cells = cells[(grid.x[cells] > 6.0) & (grid.x[cells] < 30.0)]
    exact = solutions.patch_source_between_walls(
        grid.x[cells] - 2e-3 / fineness, grid.y[cells], grid.z[cells] + 10.0, 1e4, width=(8.0, 22.0),
        height=(6.0, 14.0), aquifer_width=30.0, aquifer_height=20.0, seepage_velocity=0.5,
        dispersion=(1.0, 0.2, 0.1), decay_rate=0.005,
    )
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-11  # the larger one is iterated: 2e-12
    return float(np.abs(step.concentration[cells] - exact).sum() / exact.sum())


def test_patch_source_meets_the_steady_limit_of_wexler(show):
    errors = [patch_error(1), patch_error(2)]
    show(order_table("steady patch source", [2.0, 1.0], errors))
    assert observed_orders([2.0, 1.0], errors)[1] > 1.8
    assert errors[1] < 0.012


def injected(shape=(2, 12, 20), **options):
    """A heterogeneous field entered by solute on part of its upstream face; model and flow."""
    grid, flow = heterogeneous_flow(shape, seed=3)
    entering = np.where((grid.x < 10.0) & (np.abs(grid.y - 60.0) < 30.0), 1.0, 0.0)
    flow = steady_flow(grid, flow.face_flow, flow.specific_discharge, 1.5e3, entering)
    options = {"longitudinal": 10.0, "transverse": 2.0, **options}
    return transport_model(grid, **options), flow


def changed(model, **fields):
    """The model with other fields of its mobile domain."""
    return dataclasses.replace(model, mobile=dataclasses.replace(model.mobile, **fields))


def full(model, value):
    return np.full(model.grid.n_cells, value)


def linear():
    return injected(retardation=2.0, decay_rate=1e-4)


def freundlich():
    model, flow = injected()
    return changed(model, bulk_density=full(model, 1.0), distribution_coefficient=full(model, 0.2),
                   sorption_parameter=full(model, 0.6), isotherm="freundlich", decay_rate=full(model, 1e-4),
                   decay_rate_sorbed=full(model, 3e-4)), flow


def langmuir():
    model, flow = injected()
    return changed(model, bulk_density=full(model, 1.0), distribution_coefficient=full(model, 5.0),
                   sorption_parameter=full(model, 0.2), isotherm="langmuir",
                   decay_rate_sorbed=full(model, 3e-4)), flow


def zero_order():
    model, flow = injected()
    return changed(model, decay_order=0, decay_rate=np.where(model.grid.x < 100.0, 5e-5, -1e-5)), flow


def immobile(**fields):
    model, flow = injected(decay_rate=1e-5)
    zero = full(model, 0.0)
    domain = ImmobileDomain(**{
        "porosity": full(model, 0.1), "bulk_density": full(model, 1.0), "distribution_coefficient": full(model, 0.1),
        "decay_rate": full(model, 2e-4), "decay_rate_sorbed": full(model, 1e-4), "name": "ist-1",
        "transfer_rate": full(model, 2e-3), "initial_concentration": zero, **fields,
    })
    return dataclasses.replace(model, immobile=(domain,)), flow


def standing():
    return immobile()


def standing_freundlich():
    model, flow = immobile(isotherm="freundlich", sorption_parameter=np.full(480, 0.7))
    return changed(model, bulk_density=full(model, 1.0), distribution_coefficient=full(model, 0.1),
                   sorption_parameter=full(model, 0.7), isotherm="freundlich"), flow


def standing_zero_order():
    return immobile(decay_order=0, decay_rate=np.full(480, 1e-6), decay_rate_sorbed=np.full(480, 1e-7))


def mixed_sinks():
    model, flow = injected()
    cells = np.array([70, 71, 320])
    sink = PackageFlow("drn", "drn", cells, np.full(3, -0.1), {"limit": np.array([0.3, 0.05, 0.9])})
    rain = PackageFlow("rch", "rch", cells, np.full(3, 0.1))
    flow = dataclasses.replace(flow, packages=(*flow.packages, sink, rain))
    return dataclasses.replace(
        model, sources=(*model.sources, SourceConcentration("drn", "limit", mixed=True))), flow


def taking():
    """SRC takes less than there is."""
    model, flow = injected()
    src = builders.constant("src-1", "src", [65, 300], mass_rate=[-0.2, -0.1])
    return dataclasses.replace(model, packages=(src,)), flow


def test_src_takes_no_more_than_there_is():
    model, flow = injected()
    src = builders.constant("src-1", "src", [65], mass_rate=-1e9)
    step = carry(dataclasses.replace(model, packages=(src,)), flow, scheme="steady")
    assert 0.0 <= step.concentration[65] < 1e-9
    taken = {row[0]: row[3] for row in step.ledger.rows()}["src-1"]
    assert 0.0 < taken < step.ledger.total_in()
    assert step.ledger.closure() < 1e-10


CASES = [linear, freundlich, langmuir, zero_order, standing, standing_freundlich, standing_zero_order, mixed_sinks,
         taking]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.__name__)
def test_the_default_scheme_stays_there(case):
    """Whatever the physics, for three times as long as water stays; and both book the same at the end."""
    model, flow = case()
    step = carry(model, flow, scheme="steady")
    begun = tuple(dataclasses.replace(d, initial_concentration=i.concentration)
                  for d, i in zip(model.immobile, step.immobile, strict=True))
    solver = TransportSolver([dataclasses.replace(
        model, time=TimeAxis((StressPeriod(flow.end),)), initial_concentration=step.concentration, immobile=begun)])
    solver.advance(flow, 0.95 * flow.end, TimeStep(0, 0, 0.0, flow.end))
    late = solver.advance(flow, flow.end, TimeStep(0, 0, 0.0, flow.end))[0]
    # Measured: 6e-8 (float32) where sub-steps do all at once, else what splitting leaves: 3e-5, mixed sinks 9e-4.
    error = {linear: 1e-6, taking: 1e-6, mixed_sinks: 2e-3}.get(case, 5e-5)
    np.testing.assert_allclose(step.concentration, late.concentration, atol=error)
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-10
    share = flow.end / (0.05 * flow.end)
    steady = {row[:2]: row[2:] for row in step.ledger.rows()}
    for package, term, into, out in late.ledger.rows():
        if package != "storage" and into + out > 0.0:
            np.testing.assert_allclose(steady[package, term], (share * into, share * out), rtol=2e-3,
                                       atol=1e-4 * step.ledger.total_in())
    for mine, theirs in zip(step.immobile, late.immobile, strict=True):
        np.testing.assert_allclose(mine.concentration, theirs.concentration, atol=5e-5)
        assert mine.ledger.closure() < 1e-10
    assert step.mass + step.mass_sorbed == pytest.approx(late.mass + late.mass_sorbed, rel=1e-3)


def test_any_grid_ends_where_its_default_scheme_ends():
    grid = hexagons(24, 10.0)
    entering = np.where((grid.x < 12.0) & (np.abs(grid.y - 100.0) < 40.0), 1.0, 0.0)
    model = transport_model(grid, longitudinal=6.0, transverse=0.6, decay_rate=1e-3)
    flow = uniform_flow(grid, (0.25, 0.05, 0.0), end=3000.0, inflow_concentration=entering)
    step = carry(model, flow, scheme="steady")
    np.testing.assert_allclose(step.concentration, carry(model, flow).concentration, atol=1e-4)
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-10


def test_large_systems_are_iterated_to_the_same(monkeypatch):
    model, flow = injected((4, 12, 20), decay_rate=1e-4)
    direct = carry(model, flow, scheme="steady")
    monkeypatch.setattr("gwsolver.transport.implicit.solve.DIRECT", 10)
    monkeypatch.setattr("gwsolver.transport.implicit.solve.DIRECT_PLANE", 10)
    step = carry(model, flow, scheme="steady")
    assert step.figures["iterations"] > 0
    np.testing.assert_allclose(step.concentration, direct.concentration, atol=1e-6)
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-10


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_random_flow_is_positive_and_balances(seed):
    rng = np.random.default_rng(seed)
    grid = structured_grid(rng.choice([1.0, 3.0], 6), rng.choice([1.0, 2.0], 5), 3.0, [2.0, 0.0])
    model = builders.transport_model(
        grid, dispersivity=(3.0, 0.5, 0.1) if rng.random() < 0.7 else None, kd=0.2, bulk_density=1.0,
        decay=rng.choice([0.0, 0.5]), initial=np.where(rng.random(grid.n_cells) < 0.8, 0.0, 1.0),
        sources=[("edge", "c")],
        packages=[builders.constant("cnc-1", "cnc", [7], concentration=2.0),
                  builders.constant("src-1", "src", [20, 30], mass_rate=[0.3, -0.1])],
    )
    flow = builders.flow_step(grid, rng.normal(size=grid.n_faces), discharge=rng.normal(size=(grid.n_cells, 3)),
                              concentration=0.5)
    step = carry(model, flow, scheme="steady")
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-10
    assert step.figures["steady_change"] < 1e-3


def two_periods(**mobile):
    """A column entered by one concentration in the first period, by another in the second; axis, models, flow."""
    grid = line_grid(np.full(20, 5.0), "x")
    axis = TimeAxis((StressPeriod(10.0, 2), StressPeriod(30.0, 3)))
    at = lambda step: StressValues(np.array([0]), {"concentration": np.array([1.0 + 2.0 * step.period])})  # noqa: E731
    package = StressPackage("cnc", "cnc", at)
    model = transport_model(grid, longitudinal=5.0, decay_rate=0.01, time=40.0)
    flow = uniform_flow(grid, (0.25, 0.0, 0.0), end=40.0)
    return axis, dataclasses.replace(model, packages=(package,), time=axis), flow


def test_each_period_has_its_own_state_and_books():
    axis, model, flow = two_periods()
    solver = TransportSolver([model, dataclasses.replace(model, name="other")], scheme="steady")
    found = [solver.advance(flow, step.end, step) for step in axis.steps()]
    assert [pair[0].sub_steps for pair in found] == [1, 0, 1, 0, 0]
    for one, other in found:
        np.testing.assert_array_equal(one.concentration, other.concentration)
        assert one.ledger.closure() < 1e-12
        storage = [row for row in one.ledger.rows() if row[0] == "storage"]
        assert all(into == out == 0.0 for *_, into, out in storage)
    np.testing.assert_allclose(found[4][0].concentration, 3.0 * found[0][0].concentration, rtol=1e-12)
    assert found[4][0].ledger.total_in() == pytest.approx(3.0 * 2.0 * found[0][0].ledger.total_in(), rel=1e-9)


def test_it_goes_on_from_a_state_bit_for_bit():
    axis, model, flow = two_periods()
    steps = list(axis.steps())
    solver, again = (TransportSolver([model], scheme="steady") for _ in range(2))
    for step in steps[:3]:
        solver.advance(flow, step.end, step)
    again.restore({key: value.copy() for key, value in solver.state().items()}, flow)
    one, other = (s.advance(flow, steps[3].end, steps[3])[0] for s in (solver, again))
    np.testing.assert_array_equal(one.concentration, other.concentration)
    assert list(one.ledger.rows()) == list(other.ledger.rows())


def test_cells_that_pass_water_without_holding_any_have_what_flows_through():
    """A dry cell of the Newton formulation between two wet ones."""
    grid = line_grid(np.full(3, 10.0), "z")
    flow = builders.flow_step(grid, np.full(2, 0.5), saturation=((1.0, 0.0, 1.0), (1.0, 0.0, 1.0)), concentration=2.0)
    step = carry(builders.transport_model(grid, sources=[("edge", "c")]), flow, scheme="steady")
    np.testing.assert_allclose(step.concentration, 2.0, rtol=1e-12)
    assert not step.dry.any()


def test_cells_in_which_nothing_happens_keep_what_they_have():
    grid = line_grid(np.full(4, 1.0), "x")
    flow = builders.flow_step(grid, np.array([1.0, 0.0, 0.0]), concentration=1.0)
    step = carry(builders.transport_model(grid, sources=[("edge", "c")], initial=(0.0, 0.0, 0.0, 7.0)), flow,
                 scheme="steady")
    np.testing.assert_allclose(step.concentration, [1.0, 1.0, 0.0, 7.0], rtol=1e-12)


def test_storage_that_takes_no_part_is_no_obstacle():
    """A transient flow that has come to its end; what is left of storage is left out, also of the balance."""
    model, flow = injected(decay_rate=1e-4)
    rest = 1e-8 * np.random.default_rng(1).normal(size=flow.residual.size)
    late = dataclasses.replace(flow, steady=False, storage_yield=rest, residual=flow.residual + rest)
    step = carry(model, late, scheme="steady")
    np.testing.assert_allclose(step.concentration, carry(model, flow, scheme="steady").concentration, atol=1e-7)
    assert step.ledger.closure() < 1e-10


def no_way_out():
    grid = line_grid(np.full(5, 1.0), "x")
    src = builders.constant("src-1", "src", [2], mass_rate=1.0)
    return builders.transport_model(grid, diffusion=1.0, packages=[src]), uniform_flow(grid, (0, 0, 0), end=1.0)


def mixes_only():
    grid = line_grid(np.full(5, 1.0), "x")
    model = transport_model(grid, diffusion_coefficient=1.0, initial=np.arange(5.0))
    return model, uniform_flow(grid, (0, 0, 0), end=1.0)


def transient():
    grid = line_grid(np.full(5, 1.0), "x")
    return builders.transport_model(grid), builders.flow_step(grid, np.full(4, 1.0), storage_yield=(0.1, 0, 0, 0, 0))


def growing():
    grid = line_grid(np.full(5, 1.0), "x")
    return changed(transport_model(grid), decay_rate=np.full(5, -0.1)), uniform_flow(grid, (1.0, 0, 0), end=1.0)


@pytest.mark.parametrize(("case", "words"), [
    (no_way_out, "solute enters 1 cells from which no flow, .* takes it away, .* at layer 1, row 1, column 3"),
    (mixes_only, "no one steady concentration in 5 cells"),
    (transient, r"no steady concentration in stress period 1: the flow changes with time \(storage\)"),
    (growing, "negative decay of order one may grow for ever: .* 'steady' = -0.1"),
], ids=lambda v: v.__name__ if callable(v) else "")
def test_what_has_no_steady_state_is_refused_by_name(case, words):
    with pytest.raises(InputError, match=words):
        carry(*case(), scheme="steady")


def test_sources_that_change_within_a_period_are_refused():
    axis, model, flow = two_periods()
    at = lambda step: StressValues(np.array([0]), {"concentration": np.array([1.0 + step.step])})  # noqa: E731
    package = StressPackage("cnc", "cnc", at)
    solver = TransportSolver([dataclasses.replace(model, packages=(package,))], scheme="steady")
    first, second, *_ = axis.steps()
    solver.advance(flow, first.end, first)
    with pytest.raises(InputError, match="stress period 1: what sources bring changes with time"):
        solver.advance(flow, second.end, second)
