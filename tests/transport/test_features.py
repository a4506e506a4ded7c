"""Solute of lakes and reaches: exact solutions, conservation, positivity, whatever the engine."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.chemistry import Chemistry
from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.core.features import CONSTANT, INACTIVE
from gwsolver.core.time import StressPeriod, TimeAxis, TimeStep
from gwsolver.kernels import set_threads
from gwsolver.transport import TransportSolver
from tests.transport.builders import flow_step, transport_model
from tests.transport.feature_builders import carrying, package, solute, water

IN_TIME = ["limited", "upstream", "central", "tvd", "implicit", "mf6"]
OWN = ["limited", "upstream", "implicit"]
COLUMN = structured_grid(np.full(12, 10.0), [10.0], 10.0, [0.0])


def carried(model, flow, scheme, steps=1):
    """All transport steps over a flow step, divided evenly; and the solver."""
    solver = TransportSolver([model], scheme=scheme)
    times = np.linspace(flow.start, flow.end, steps + 1)
    return [solver.advance(flow, t, TimeStep(0, k, s, t))[0]
            for k, (s, t) in enumerate(pairwise(times))], solver


def still_column(waters, grid=COLUMN, end=1.0):
    """A column in which nothing flows but what features give and take, closed by the package ``edge``."""
    packages = tuple(package(w) for w in waters)
    return carrying(flow_step(grid, np.zeros(grid.n_faces), packages=packages, end=end), *waters)


@pytest.mark.parametrize("scheme", IN_TIME)
def test_a_uniform_concentration_stays_uniform(scheme):
    lakes = water([40.0, 5.0, 0.0], [(0, 0, 2.0), (2, 3, -1.5), (1, 9, 0.5)], [(2, 1, 1.5), (0, 1, 0.25)],
                  ext_inflow=[2.25, 0.0, 0.0], ext_outflow=[0.0, -1.25, 0.0], length=4.0)
    flow = flow_step(COLUMN, np.full(COLUMN.n_faces, 3.0), packages=(package(lakes),), end=4.0, concentration=7.0)
    model = replace(transport_model(COLUMN, initial=7.0, dispersivity=(2.0, 0.2, 0.2), sources=[("edge", "c")]),
                    features=(solute(3, initial=7.0, inflow=7.0),))
    step = carried(model, carrying(flow, lakes), scheme, 3)[0][-1]
    np.testing.assert_allclose(step.concentration, 7.0, rtol=1e-7)
    np.testing.assert_allclose(step.features[0].concentration, 7.0, rtol=1e-7)


def lake_over_a_column(scheme, steps):
    """A lake of volume V that recharges the column with Q and gets Q at c0: c = c0 + (c1 - c0) exp(-Q t / V)."""
    lake = water([50.0], [(0, 0, 2.0)], ext_inflow=2.0, length=20.0)
    flow = flow_step(COLUMN, np.full(COLUMN.n_faces, 2.0), packages=(package(lake),), end=20.0)
    model = replace(transport_model(COLUMN), features=(solute(1, initial=100.0, inflow=20.0),))
    found = carried(model, carrying(flow, lake), scheme, steps)[0]
    return found, 20.0 + 80.0 * np.exp(-2.0 * 20.0 / 50.0)


@pytest.mark.parametrize("scheme", OWN)
def test_a_lake_over_a_column_follows_its_exact_solution(scheme):
    """To round-off where it is carried beside the column's march (a flushed vessel); implicit steps: second order."""
    error = []
    for steps in (8, 16, 32):
        found, exact = lake_over_a_column(scheme, steps)
        error.append(abs(found[-1].features[0].concentration[0] - exact))
    if scheme == "implicit":
        order = np.log2(np.array(error[:-1]) / error[1:])
        assert error[0] < 0.1
        assert (order > 1.8).all(), f"errors {error}, orders {order}"
    else:
        assert max(error) < 1e-12


def test_the_discretisation_of_modflow_takes_backward_euler_steps():
    """c = (c_old + h Q/V c0) / (1 + h Q/V) in each."""
    found, _ = lake_over_a_column("mf6", 5)
    c = 100.0
    for step in found:
        c = (c + 4.0 * 2.0 / 50.0 * 20.0) / (1.0 + 4.0 * 2.0 / 50.0)
        assert step.features[0].concentration[0] == pytest.approx(c, rel=1e-13)


@pytest.mark.parametrize("scheme", OWN)
def test_two_lakes_joined_by_an_outlet_follow_their_exact_solution_in_second_order(scheme):
    """The first empties as exp(-k1 t), the second follows as k2 / (k2 - k1) (exp(-k1 t) - exp(-k2 t))."""
    lakes = water([40.0, 10.0], [], [(0, 1, 2.0)], ext_inflow=[2.0, 0.0], ext_outflow=[0.0, -2.0], length=10.0)
    flow, k1, k2 = still_column([lakes], end=10.0), 2.0 / 40.0, 2.0 / 10.0
    exact = np.array([np.exp(-k1 * 10.0), k2 / (k2 - k1) * (np.exp(-k1 * 10.0) - np.exp(-k2 * 10.0))]) * 5.0
    model = replace(transport_model(COLUMN), features=(solute(2, initial=[5.0, 0.0]),))
    error = [np.abs(carried(model, flow, scheme, n)[0][-1].features[0].concentration - exact).max()
             for n in (16, 32, 64)]
    order = np.log2(np.array(error[:-1]) / error[1:])
    assert error[-1] < 2e-3
    assert (order > 1.8).all(), f"errors {error}, orders {order}"


@pytest.mark.parametrize("scheme", IN_TIME)
def test_a_basin_that_evaporates_keeps_its_salt(scheme):
    """From 100 to 10 volumes of water: ten times the concentration; dry it keeps the mass, and is diluted when wet."""
    model = replace(transport_model(COLUMN), time=TimeAxis((StressPeriod(30.0, 3),)),
                    features=(solute(1, initial=2.0),))
    solver = TransportSolver([model], scheme=scheme)
    levels, seen = [100.0, 10.0, 0.0, 50.0], []
    for k, (before, after) in enumerate(pairwise(levels)):
        change = (after - before) / 10.0
        name = {"rainfall": change} if change > 0.0 else {"evaporation": change}
        flow = replace(still_column([water([before], end=[after], length=10.0, **name)], end=10.0),
                       start=10.0 * k, end=10.0 * (k + 1), step=k)
        seen.append(solver.advance(flow, flow.end, TimeStep(0, k, flow.start, flow.end))[0].features[0])
        assert seen[-1].ledger.closure() < 1e-12
    assert seen[0].concentration[0] == pytest.approx(20.0, rel=1e-9)
    if scheme != "mf6":  # MODFLOW 6 keeps concentrations, not masses: what has no water has no solute
        assert seen[1].mass == pytest.approx(200.0, rel=1e-9)
        assert seen[1].concentration[0] == 0.0
        assert seen[2].concentration[0] == pytest.approx(200.0 / 50.0, rel=1e-9)


@pytest.mark.parametrize("scheme", IN_TIME)
def test_evaporation_takes_what_it_is_given_or_the_lakes_own(scheme):
    """Where the lake is poorer than the given concentration evaporation leaves it as it is."""
    lake = water([100.0, 100.0], end=[50.0, 50.0], evaporation=-5.0, length=10.0)
    model = replace(transport_model(COLUMN), features=(solute(2, initial=[2.0, 10.0], evaporation=[3.0, 3.0]),))
    found = carried(model, still_column([lake], end=10.0), scheme, 200)[0]
    poorer, richer = found[-1].features[0].concentration
    assert poorer == pytest.approx(2.0, rel=1e-5)
    assert richer == pytest.approx((10.0 * 100.0 - 3.0 * 50.0) / 50.0, rel=2e-3)
    taken = sum(10.0 / 200 * s.features[0].terms["evaporation"] for s in found)
    assert taken[1] == pytest.approx(-150.0, rel=1e-5)


@pytest.mark.parametrize("scheme", [*IN_TIME, "steady"])
def test_reaches_without_storage_route_what_enters_them(scheme):
    """Each reach mixes what comes from above with what seeps in; nothing decays on the way."""
    n, seeps = 6, 0.5
    gains = [(i, i, -seeps) for i in range(n)]
    links = [(i, i + 1, 2.0 + seeps * (i + 1)) for i in range(n - 1)]
    out = np.zeros(n)
    out[-1] = -(2.0 + seeps * n)
    reaches = water(np.zeros(n), gains, links, ext_inflow=[2.0] + [0.0] * (n - 1), ext_outflow=out, name="sfr-1",
                    kind="sfr")
    flow = still_column([reaches])
    flow = replace(flow, packages=tuple(replace(p, auxiliary={"c": np.full(p.cells.size, 4.0)}) for p in flow.packages))
    model = replace(transport_model(COLUMN, initial=4.0, sources=[("edge", "c")]),
                    features=(solute(n, inflow=10.0, name="sft-1", kind="sft", flow_package="sfr-1"),))
    step = carried(model, flow, scheme)[0][-1]
    place = np.arange(1, n + 1)
    exact = (2.0 * 10.0 + seeps * place * 4.0) / (2.0 + seeps * place)
    np.testing.assert_allclose(step.features[0].concentration, exact, rtol=1e-9)
    np.testing.assert_allclose(step.features[0].link_rate, exact[:-1] * [r for _, _, r in links], rtol=1e-9)
    assert step.features[0].ledger.closure() < 1e-10
    assert step.ledger.closure() < 1e-10


@pytest.mark.parametrize("scheme", [*IN_TIME, "steady"])
def test_a_lake_of_given_concentration_passes_it_on(scheme):
    lake = water([10.0], [(0, 0, 2.0), (0, 5, -1.0)], ext_outflow=-1.0, ext_inflow=2.0, rainfall=0.5, withdrawal=-0.5)
    flow = carrying(flow_step(COLUMN, np.full(COLUMN.n_faces, 2.0), packages=(package(lake),)), lake)
    given_c = solute(1, initial=1.0, status=CONSTANT, concentration=9.0, rainfall=4.0, inflow=1.0)
    step = carried(replace(transport_model(COLUMN), features=(given_c,)), flow, scheme)[0][-1]
    lake = step.features[0]
    assert lake.concentration[0] == pytest.approx(9.0)
    assert lake.rate[0] == pytest.approx(18.0)
    assert lake.terms["rainfall"][0] == pytest.approx(2.0)
    assert lake.terms["ext-outflow"][0] == pytest.approx(-9.0)
    assert lake.terms["storage"][0] == 0.0
    assert lake.terms["constant"][0] == pytest.approx(18.0 - 2.0 - 2.0 + 9.0 + 4.5 - (-lake.rate[1]))
    assert lake.ledger.closure() < 1e-12
    assert step.ledger.closure() < 1e-10


@pytest.mark.parametrize("scheme", IN_TIME)
def test_an_inactive_lake_exchanges_no_solute(scheme):
    lake = water([10.0], [(0, 0, 2.0), (0, 5, -1.0)], ext_inflow=2.0, ext_outflow=-1.0)
    flow = carrying(flow_step(COLUMN, np.full(COLUMN.n_faces, 2.0), packages=(package(lake),)), lake)
    model = replace(transport_model(COLUMN), features=(solute(1, initial=50.0, status=INACTIVE),))
    step = carried(model, flow, scheme)[0][-1]
    assert step.concentration.max() == 0.0
    assert step.features[0].concentration[0] == 0.0
    assert not step.features[0].rate.any()


@st.composite
def random_case(draw):
    """A block of cells with a random flow, lakes and reaches on it, and their solute."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    grid = structured_grid(rng.uniform(5.0, 15.0, 5), rng.uniform(5.0, 15.0, 4), 10.0, [5.0, 0.0])
    n = draw(st.integers(1, 4))
    joins = [(int(rng.integers(n)), int(rng.integers(grid.n_cells)), float(rng.normal(0.0, 20.0)))
             for _ in range(draw(st.integers(1, 6)))]
    joins.sort()
    links = [(i, j, float(rng.uniform(0.0, 20.0))) for i in range(n) for j in range(n)
             if i != j and rng.random() < 0.4]
    volume = np.where(rng.random(n) < 0.3, 0.0, 10.0 ** rng.uniform(-2.0, 4.0, n))
    inflow, rain = rng.uniform(0.0, 10.0, n), rng.uniform(0.0, 5.0, n)
    net = inflow + rain
    for f, _, rate in joins:
        net[f] -= rate
    for i, j, rate in links:
        net[i] -= rate
        net[j] += rate
    lakes = water(volume, joins, links, ext_inflow=inflow, rainfall=rain, length=5.0,
                  ext_outflow=-np.maximum(net, 0.0) * 0.5, evaporation=-np.maximum(net, 0.0) * 0.5,
                  from_mvr=np.maximum(-net, 0.0))
    flow = flow_step(grid, rng.normal(0.0, 30.0, grid.n_faces), packages=(package(lakes),), end=5.0, concentration=2.0)
    own = solute(n, initial=rng.uniform(0.0, 50.0, n), inflow=rng.uniform(0.0, 9.0, n), rainfall=1.0,
                 evaporation=float(rng.integers(2)) * 3.0)
    model = replace(transport_model(grid, initial=rng.uniform(0.0, 3.0, grid.n_cells), dispersivity=(1.0, 0.1, 0.1),
                                    sources=[("edge", "c")]), features=(own,))
    return model, carrying(flow, lakes)


@pytest.mark.parametrize("scheme", OWN)
@given(case=random_case())
@settings(max_examples=30, deadline=None)
def test_no_gram_is_lost_and_none_is_negative(scheme, case):
    model, flow = case
    start = float((model.features[0].initial_concentration * flow.features[0].volume_start).sum())
    held = float((model.initial_concentration * model.mobile.porosity * model.grid.volume).sum())
    found, _ = carried(model, flow, scheme, 2)
    for step in found:
        lakes = step.features[0]
        assert step.concentration.min() >= 0.0
        assert lakes.concentration.min() >= 0.0
        assert step.ledger.closure(held) < 1e-10
        assert lakes.ledger.closure(start) < 1e-10
        assert np.isfinite(step.concentration).all()
        assert np.isfinite(lakes.concentration).all()
    moved = sum(sum(i - o for p, t, i, o in step.features[0].ledger.rows() if p != "storage") for step in found)
    assert found[-1].features[0].mass == pytest.approx(start + moved, rel=1e-9, abs=1e-9 * max(start, abs(moved), 1.0))


@given(case=random_case())
@settings(max_examples=20, deadline=None)
def test_books_of_modflows_discretisation_close(case):
    model, flow = case
    for step in carried(model, flow, "mf6", 2)[0]:
        assert step.ledger.closure() < 1e-10
        assert step.features[0].ledger.closure() < 1e-10


def through_flow(k, lake_cells=(0, 6)):
    """Step k of a flow in which a lake loses to one cell and gains from another, with a reach below its outlet."""
    lake = water([30.0 + k], [(0, lake_cells[0], 2.0), (0, lake_cells[1], -0.5)], end=[31.0 + k], ext_inflow=3.5,
                 ext_outflow=-1.9, length=10.0)
    reach = water([0.0], [(0, 9, 0.4)], ext_inflow=1.9, ext_outflow=-1.5, name="sfr-1", kind="sfr", length=10.0)
    flow = flow_step(COLUMN, np.full(COLUMN.n_faces, 2.0), packages=(package(lake), package(reach)), start=10.0 * k,
                     end=10.0 * (k + 1), concentration=1.0)
    return replace(carrying(flow, lake, reach), step=k)


def two_bodies(**options):
    solutes = (solute(1, initial=40.0, inflow=8.0, evaporation=0.0),
               solute(1, inflow=5.0, name="sft-1", kind="sft", flow_package="sfr-1"))
    return replace(transport_model(COLUMN, dispersivity=(1.0, 0.1, 0.1), sources=[("edge", "c")], **options),
                   time=TimeAxis((StressPeriod(40.0, 4),)), features=solutes)


def step_of(flow):
    return TimeStep(0, flow.step, flow.start, flow.end)


@pytest.mark.parametrize("scheme", IN_TIME)
def test_a_run_goes_on_bit_for_bit_from_what_it_kept(scheme):
    flows, solver = [through_flow(k) for k in range(4)], TransportSolver([two_bodies()], scheme=scheme)
    for flow in flows[:2]:
        solver.advance(flow, flow.end, step_of(flow))
    kept = {name: np.array(values) for name, values in solver.state().items()}
    again = TransportSolver([two_bodies()], scheme=scheme)
    again.restore(kept, flows[1])
    for flow in flows[2:]:
        a, b = (s.advance(flow, flow.end, step_of(flow))[0] for s in (solver, again))
        assert np.array_equal(a.concentration, b.concentration)
        for one, other in zip(a.features, b.features, strict=True):
            assert np.array_equal(one.concentration, other.concentration)
            assert np.array_equal(one.rate, other.rate)


@pytest.mark.parametrize("scheme", IN_TIME)
def test_a_connection_may_move_to_another_cell(scheme):
    """Where a lake stands above a dry cell: what was carried so far stays, and the books go on closing."""
    solver, before = TransportSolver([two_bodies()], scheme=scheme), None
    for k, cells in enumerate([(0, 6), (1, 6), (0, 7)]):
        flow = through_flow(k, cells)
        step = solver.advance(flow, flow.end, step_of(flow))[0]
        lake = step.features[0]
        assert step.ledger.closure() < 1e-10
        assert lake.ledger.closure() < 1e-10
        moved = sum(i - o for p, _, i, o in lake.ledger.rows() if p != "storage")
        if before is not None:
            assert lake.mass == pytest.approx(before + moved, rel=1e-9)
        before = lake.mass
    assert list(lake.water.connection_cell) == [0, 7]


@pytest.mark.parametrize("scheme", IN_TIME)
def test_a_moved_connection_is_taken_up_by_a_run_that_goes_on(scheme):
    flows = [through_flow(0), through_flow(1, (1, 6)), through_flow(2)]
    solver, again = (TransportSolver([two_bodies()], scheme=scheme) for _ in range(2))
    for flow in flows[:2]:
        solver.advance(flow, flow.end, step_of(flow))
    again.restore({name: np.array(values) for name, values in solver.state().items()}, flows[1])
    a, b = (s.advance(flows[2], 30.0, step_of(flows[2]))[0] for s in (solver, again))
    assert np.array_equal(a.concentration, b.concentration)
    assert np.array_equal(a.features[0].concentration, b.features[0].concentration)


@pytest.mark.parametrize("scheme", ["limited", "implicit", "mf6"])
def test_a_species_without_lakes_goes_its_own_way(scheme):
    """Its answer is that of a run of its own, and the package of the lake brings it what SSM says: nothing."""
    flow, alone = through_flow(0), replace(two_bodies(initial=3.0), name="other", features=())
    both = TransportSolver([two_bodies(), alone], scheme=scheme).advance(flow, 10.0, step_of(flow))
    single = TransportSolver([alone], scheme=scheme).advance(flow, 10.0, step_of(flow))[0]
    assert [s.species for s in both] == ["solute", "other"]
    assert not both[1].features
    assert np.array_equal(both[1].concentration, single.concentration)


def test_threads_change_no_bit():
    grid = structured_grid(np.full(120, 5.0), np.full(100, 5.0), 10.0, [0.0])
    rng = np.random.default_rng(4)
    lake = water([3e3, 0.0], [(0, int(c), float(q)) for c, q in zip(range(400, 460), rng.normal(0.0, 9.0, 60),
                                                                    strict=True)], [(0, 1, 3.0)], ext_inflow=500.0,
                 ext_outflow=-100.0, length=5.0)
    flow = carrying(flow_step(grid, rng.normal(0.0, 3.0, grid.n_faces), packages=(package(lake),), end=5.0), lake)
    model = replace(transport_model(grid, dispersivity=(1.0, 0.1, 0.1)), features=(solute(2, initial=9.0),))
    found = []
    try:
        for threads in (1, 2):
            set_threads(threads)
            found.append(carried(model, flow, "limited")[0][-1])
    finally:
        set_threads(0)
    assert np.array_equal(found[0].concentration, found[1].concentration)
    assert np.array_equal(found[0].features[0].concentration, found[1].features[0].concentration)


def test_a_lake_that_the_flow_does_not_know_is_refused_by_name():
    flow = through_flow(0)
    model = replace(two_bodies(), features=(solute(1, flow_package="lak-9"),))
    with pytest.raises(InputError, match="no lakes or streams of the name lak-9"):
        TransportSolver([model], scheme="limited").advance(flow, 10.0, step_of(flow))


def test_a_basin_without_a_way_out_has_no_steady_state():
    lake = water([10.0], ext_inflow=2.0, evaporation=-2.0)
    model = replace(transport_model(COLUMN), features=(solute(1, inflow=1.0),))
    with pytest.raises(InputError, match="lake 1 of lkt-1"):
        carried(model, still_column([lake]), "steady")


def test_reactions_beside_features_are_refused_by_name():
    with pytest.raises(InputError, match="LKT6, SFT6"):
        TransportSolver([two_bodies()], scheme="limited", chemistry=Chemistry(()))
