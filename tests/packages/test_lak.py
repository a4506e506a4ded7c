"""Lakes in the flow system: exact answers, conservation, derivatives, and a bed that drains when bared."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError, RunError
from gwsolver.core.features import ACTIVE, CONSTANT, INACTIVE
from gwsolver.core.lake import StageTable
from gwsolver.flow import FlowSolver
from gwsolver.flow.boundaries import Boundaries
from gwsolver.flow.coupling import Coupling
from gwsolver.flow.faces import FaceEquations
from gwsolver.flow.storage import StorageEquations
from gwsolver.flow.system import Pattern, StepSystem
from gwsolver.packages.lak import KIND
from gwsolver.packages.registry import Aquifer
from tests.flow.models import package, rock, solve, storage
from tests.packages.lakes import lakes, with_lakes

K, WIDTH, THICK = 5.0, 10.0, 10.0


def strip(n=5, layers=(10.0, 0.0)):
    """A row of cells of 10 m by 10 m."""
    return structured_grid([WIDTH] * n, [WIDTH], layers[0], list(layers[1:]))


def closed(step, rtol=1e-10):
    """Hold every lake's balance and every cell's to round-off, and what a lake loses to what the aquifer gains."""
    for feature in step.features:
        moved = sum(np.abs(v).sum() for v in feature.terms.values()) + np.abs(feature.rate).sum()
        assert np.abs(feature.imbalance()).max() <= rtol * moved
        flow = next(p for p in step.packages if p.name == feature.name)
        np.testing.assert_array_equal(flow.rates, feature.rate)
    through = sum(np.abs(p.rates).sum() for p in step.packages)
    assert np.abs(step.residual).sum() <= rtol * max(through, 1e-300)


@pytest.mark.parametrize("newton", [False, True])
@pytest.mark.parametrize("cell_type", [0, 1])
def test_rain_on_a_lake_leaves_through_its_bed(newton, cell_type):
    # All rain goes through the bed and along three confined cells to a fixed head.
    grid = strip()
    rain, leakance = 0.02, 0.1
    flow = with_lakes(grid, rock(grid, K, cell_type=cell_type), [package("chd", [4], head=12.0)],
                      lakes([(0, 0, "vertical", leakance)], 20.0, rainfall=rain), start=12.0, newton=newton)
    step, = solve(flow)
    amount = rain * WIDTH * WIDTH
    bed = WIDTH * WIDTH / (1.0 / leakance + 0.5 * THICK / K)
    head = 12.0 + amount * 4.0 * WIDTH / (K * THICK * WIDTH)
    np.testing.assert_allclose(step.head_end[0], head, rtol=1e-9)
    np.testing.assert_allclose(step.features[0].stage, head + amount / bed, rtol=1e-9)
    np.testing.assert_allclose(step.features[0].rate, amount, rtol=1e-9)
    closed(step)


@pytest.mark.parametrize("newton", [False, True])
def test_a_lake_falls_towards_the_aquifer_as_backward_euler_says(newton):
    # Without storage in the rock the bed and the row are one conductance G: V' = G (h - s).
    grid = strip()
    flow = with_lakes(grid, rock(grid, K), [package("chd", [4], head=12.0)],
                      lakes([(0, 0, "vertical", 0.1)], 15.0), start=12.0, newton=newton,
                      time=((40.0, 20, 1.0),), storage=storage(grid))
    bed = WIDTH * WIDTH / (10.0 + 0.5 * THICK / K)
    along = K * THICK * WIDTH / (4.0 * WIDTH)
    g = 1.0 / (1.0 / bed + 1.0 / along)
    stage = 15.0
    for step in solve(flow):
        a = g * step.length / (WIDTH * WIDTH)
        stage = (stage + a * 12.0) / (1.0 + a)
        np.testing.assert_allclose(step.features[0].stage, stage, rtol=1e-10)
        closed(step)


@pytest.mark.parametrize("newton", [False, True])
def test_a_lake_that_dries_gives_only_what_it_gets(newton):
    # The aquifer brings what passes a horizontal shore; evaporation could take ten times as much.
    grid = strip(layers=(10.0, 5.0, 0.0))
    at = [(0, 0, "horizontal", 0.1, 0.0, 0.0, 5.0, 10.0), (0, 6, "vertical", 0.1)]
    flow = with_lakes(grid, rock(grid, K, cell_type=1), [package("chd", [4, 9], head=8.0)],
                      lakes(at, 9.0, evaporation=0.5), start=8.0, newton=newton,
                      time=((200.0, 40, 1.0),), storage=storage(grid, 1e-5, 0.2, True))
    steps = solve(flow)
    for step in steps:
        closed(step)
        lake = step.features[0]
        assert lake.stage[0] >= 5.0 and lake.volume_end[0] >= 0.0
        change = (lake.volume_start[0] - lake.volume_end[0]) / step.length
        np.testing.assert_allclose(lake.terms["storage"][0], change, rtol=1e-9, atol=1e-12)
    last = steps[-1].features[0]
    assert last.volume_end[0] < 1e-3
    np.testing.assert_allclose(-last.terms["evaporation"][0], -last.rate.sum(), rtol=1e-6)
    assert -last.terms["evaporation"][0] < 0.5 * WIDTH * WIDTH


@pytest.mark.parametrize(("kind", "depth"), [
    ("weir", lambda q: (q / (2 / 3 * 0.61 * 2.0 * np.sqrt(2 * 9.80665))) ** (2 / 3)),
    ("manning", lambda q: (q * 0.03 / (2.0 * np.sqrt(1e-3))) ** (3 / 5)),
])
def test_outlets_hand_on_what_rain_brings(kind, depth):
    # Three lakes in a chain without beds that let water through; times in seconds.
    grid = strip(3)
    rain = 1e-3
    chain = lakes([(i, i, "vertical", 0.0) for i in range(3)], [12.0, 11.0, 10.5],
                  outlets=[(1, 2, kind), (0, 1, kind), (2, -1, kind)], rainfall=rain,
                  invert=[np.array([11.0, 12.0, 10.0])], width=2.0, roughness=0.03, slope=1e-3)
    flow = with_lakes(grid, rock(grid, K), [package("chd", [0], head=5.0)], chain, start=5.0)
    step, = solve(flow)
    amount = rain * WIDTH * WIDTH
    expected = [12.0 + depth(amount), 11.0 + depth(2 * amount), 10.0 + depth(3 * amount)]
    np.testing.assert_allclose(step.features[0].stage, expected, rtol=1e-9)
    np.testing.assert_allclose(step.features[0].terms["ext-outflow"], [0.0, 0.0, -3 * amount], rtol=1e-9, atol=1e-15)
    closed(step)


def test_outlets_that_lead_in_a_circle_close_too():
    grid = strip(3)
    ring = lakes([(i, i, "vertical", 0.0) for i in range(3)], [10.5, 10.2, 10.1],
                 outlets=[(0, 1, "weir"), (1, 2, "weir"), (2, 0, "weir"), (2, -1, "weir")], rainfall=1e-4,
                 invert=[np.array([10.0, 10.0, 10.0, 10.1])], width=[np.array([2.0, 2.0, 2.0, 1.0])])
    flow = with_lakes(grid, rock(grid, K), [package("chd", [0], head=5.0)], ring, start=5.0,
                      time=((1000.0, 10, 1.0),), storage=storage(grid))
    steps = solve(flow)
    for step in steps:
        closed(step)
    assert steps[-1].features[0].link_rate.min() > 0.0


def test_a_thousand_times_as_much_water_goes_round_as_comes():
    # Rain q = P A on either lake. Weirs of 999 m and 1 m at one level lead back and out: 2 q leave, 1998 q go back.
    grid = strip(2)
    rain = 1e-4
    pair = lakes([(i, i, "vertical", 0.0) for i in range(2)], [10.5, 10.2],
                 outlets=[(0, 1, "weir"), (1, 0, "weir"), (1, -1, "weir")], rainfall=rain,
                 invert=10.0, width=[np.array([100.0, 999.0, 1.0])])
    flow = with_lakes(grid, rock(grid, K), [package("chd", [0], head=5.0)], pair, start=5.0)
    step, = solve(flow)
    amount = rain * WIDTH * WIDTH
    np.testing.assert_allclose(step.features[0].terms["ext-outflow"], [0.0, -2 * amount], rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(step.features[0].link_rate, [1999 * amount, 1998 * amount], rtol=1e-9)
    closed(step, 1e-11)


def test_empty_lakes_pump_water_round_until_one_keeps_some():
    # Each could give more than comes: water goes round until the first gives all it may, and keeps its inflow.
    grid = strip(2)
    pair = lakes([(i, i, "vertical", 0.0) for i in range(2)], [10.0, 10.0],
                 outlets=[(0, 1, "specified"), (1, 0, "specified")], rate=[np.array([-6.0, -7.0])],
                 inflow=[np.array([1e-3, 0.0])])
    flow = with_lakes(grid, rock(grid, K), [package("chd", [0], head=5.0)], pair, start=5.0,
                      time=((20.0, 1, 1.0),), storage=storage(grid))
    step, = solve(flow)
    np.testing.assert_allclose(step.features[0].link_rate, 6.0, rtol=1e-12)
    np.testing.assert_allclose(step.features[0].volume_end, [0.02, 0.0], rtol=1e-9, atol=1e-12)
    closed(step, 1e-11)


def test_an_outlet_to_a_lake_that_is_left_out_closes_no_circle():
    grid = strip(2)
    pair = lakes([(i, i, "vertical", 0.0) for i in range(2)], [10.5, 10.2], status=[np.array([ACTIVE, INACTIVE])],
                 outlets=[(0, 1, "weir"), (1, 0, "weir")], rainfall=1e-4, invert=10.0, width=2.0)
    flow = with_lakes(grid, rock(grid, K), [package("chd", [0], head=5.0)], pair, start=5.0)
    step, = solve(flow)
    np.testing.assert_allclose(step.features[0].terms["ext-outflow"], [-1e-4 * WIDTH * WIDTH, 0.0], rtol=1e-9)
    assert not step.features[0].link_rate.any()
    closed(step, 1e-13)


def test_a_specified_outlet_takes_no_more_than_there_is():
    grid = strip(1)
    flow = with_lakes(grid, rock(grid, K), [package("chd", [0], head=5.0)],
                      lakes([(0, 0, "vertical", 0.0)], 10.5, outlets=[(0, -1, "specified")], rate=-8.0, inflow=3.0),
                      start=5.0, time=((20.0, 10, 1.0),), storage=storage(grid))
    steps = solve(flow)
    np.testing.assert_allclose(steps[0].features[0].stage, 10.5 - 5.0 * 2.0 / 100.0)
    np.testing.assert_allclose(steps[-1].features[0].terms["ext-outflow"], -3.0)
    assert steps[-1].features[0].stage[0] == 10.0
    closed(steps[-1])


def test_a_lake_may_rest_on_a_flat_bed_and_cover_a_part_of_it():
    # Two cells, one a step higher: evaporation from the lower cell alone is too little, from both too much.
    grid = structured_grid([WIDTH] * 2, [WIDTH], [[10.0, 11.0]], [0.0])
    flow = with_lakes(grid, rock(grid, K), [package("chd", [0], head=5.0)],
                      lakes([(0, 0, "vertical", 0.0), (0, 1, "vertical", 0.0)], 10.2, inflow=3.0, evaporation=0.02),
                      start=5.0)
    step, = solve(flow)
    lake = step.features[0]
    np.testing.assert_allclose(lake.stage, 11.0, rtol=1e-9)
    np.testing.assert_allclose(lake.area, 150.0, rtol=1e-8)
    np.testing.assert_allclose(lake.terms["evaporation"], -3.0, rtol=1e-12)
    closed(step)


@pytest.mark.parametrize("newton", [False, True])
def test_a_bared_bed_goes_on_draining_to_the_lake(newton):
    # The lake leaves its shore cell (bed at 10) for the deep one (bed at 5): the aquifer still drains there.
    grid = structured_grid([WIDTH] * 4, [WIDTH], [[10.0, 10.0, 10.0, 5.0]], [0.0])
    flow = with_lakes(grid, rock(grid, K, cell_type=1), [package("chd", [0], head=30.0)],
                      lakes([(0, 2, "vertical", 1.0), (0, 3, "vertical", 1.0)], 11.0, status=CONSTANT,
                            stage=[11.0, 7.0]),
                      start=12.0, newton=newton, time=((1.0, 1, 1.0), (1.0, 1, 1.0)))
    full, bared = solve(flow)
    assert bared.features[0].rate[0] < 0.0
    bed = WIDTH * WIDTH / (1.0 + 0.5 * 10.0 / K)
    np.testing.assert_allclose(bared.features[0].rate[0], -bed * (bared.head_end[2] - 10.0), rtol=1e-9)
    assert bared.head_end[2] < full.head_end[2]
    closed(bared)


def test_recharge_and_evapotranspiration_stop_where_the_lake_stands():
    grid = strip(4)
    fall = [package("rch", [0, 1, 2], recharge=0.01), package("chd", [3], head=5.0)]
    at = [(0, 0, "vertical", 0.0), (0, 1, "vertical", 0.0)]

    def recharge(stage, **more):
        flow = with_lakes(grid, rock(grid, K), fall, lakes(at, stage, status=CONSTANT, stage=stage, **more), start=5.0)
        return solve(flow)[0].packages[0].rates

    np.testing.assert_allclose(recharge(12.0), [0.0, 0.0, 1.0])
    np.testing.assert_allclose(recharge(9.0), 1.0)
    np.testing.assert_allclose(recharge(10.005), [0.5, 0.5, 1.0], rtol=1e-9)


def test_a_lake_left_out_does_nothing():
    grid = strip()
    flow = with_lakes(grid, rock(grid, K), [package("chd", [4], head=12.0)],
                      lakes([(0, 0, "vertical", 0.1)], 20.0, rainfall=0.1, status=[INACTIVE, 1]), start=12.0,
                      time=((1.0, 1, 1.0), (1.0, 1, 1.0)))
    without, with_it = solve(flow)
    np.testing.assert_allclose(without.head_end, 12.0)
    assert not any(v.any() for v in without.features[0].terms.values())
    assert with_it.head_end[0] > 12.0


def test_an_embedded_lake_follows_its_table():
    # Wetted bed 4 m2 per metre of stage; k = 5 over 2.5 m and the bed's leakance in series.
    grid = strip()
    table = StageTable(np.array([0.0, 5.0, 10.0]), np.array([0.0, 100.0, 400.0]), np.array([0.0, 40.0, 80.0]),
                       np.array([0.0, 20.0, 40.0]))
    flow = with_lakes(grid, rock(grid, K, cell_type=1), [package("chd", [4], head=6.0)],
                      lakes([(0, 1, "embeddedv", 0.5, 0.0, 0.0, 2.5)], 5.0, tables=(table,), rainfall=0.05), start=6.0,
                      newton=True, time=((50.0, 10, 1.0), (1.0, 1, 1.0)),
                      storage=storage(grid, 0.0, 0.1, True, transient=(True, False)))
    steps = solve(flow)
    for step in steps:
        closed(step)
    lake = steps[-1].features[0]
    np.testing.assert_allclose(lake.terms["rainfall"], 0.05 * 80.0)
    per_area = 1.0 / (1.0 / 0.5 + 2.5 / K)
    wet = 4.0 * max(lake.stage[0], steps[-1].head_end[1])
    np.testing.assert_allclose(lake.rate[0], per_area * wet * (lake.stage[0] - steps[-1].head_end[1]), rtol=1e-6)
    np.testing.assert_allclose(lake.rate[0], 4.0, rtol=1e-9)


@pytest.mark.parametrize("newton", [False, True])
@pytest.mark.parametrize("exact", [False, True])
def test_slopes_are_the_derivatives_of_the_balance(newton, exact):
    # Eliminating the stages from the matrix gives the derivative of the cells' balance.
    grid = structured_grid([WIDTH] * 4, [WIDTH], [[10.0, 9.0, 8.0, 10.0]], [5.0, 0.0])
    at = [(0, 1, "vertical", 0.3), (0, 2, "vertical", 0.3), (0, 0, "horizontal", 0.2, 0.0, 0.0, 5.0, 10.0),
          (1, 3, "vertical", 0.1)]
    package_ = lakes(at, [9.4, 10.4], outlets=[(0, 1, "weir"), (1, -1, "manning")], rainfall=0.5, evaporation=0.01,
                     invert=[np.array([9.0, 10.0])], width=0.05, roughness=0.03, slope=1e-4, depression=0.2)
    flow = with_lakes(grid, rock(grid, K, cell_type=0 if not exact else 1), [package("ghb", [3], head=9.0,
                      conductance=3.0)], package_, start=9.0, newton=newton, storage=storage(grid, 1e-4, 0.1, True))
    step = next(flow.time.steps())
    faces, coupling = FaceEquations(flow), Coupling(flow, grid.cell_below)
    boundaries = Boundaries(flow, step, grid.cell_below)
    system = StepSystem(faces, StorageEquations(flow), boundaries, Pattern(faces, coupling), flow.initial_head, step,
                        coupling)
    coupling.begin(step, True)
    head, active = np.linspace(8.6, 9.3, grid.n_cells), np.ones(grid.n_cells, bool)
    balance = system.balance(head, active)
    full = system.matrix(balance, active, exact).csr().toarray()
    n = head.size
    schur = full[:n, :n] - full[:n, n:] @ np.linalg.solve(full[n:, n:], full[n:, :n])
    if not exact:
        return np.testing.assert_allclose(full[:n, n:], full[n:, :n].T, atol=1e-12)
    h = 1e-6
    for cell in range(n):
        up, down = head.copy(), head.copy()
        up[cell] += h
        down[cell] -= h
        slope = (system.balance(up, active).residual - system.balance(down, active).residual) / (2 * h)
        np.testing.assert_allclose(-schur[:, cell], slope, rtol=2e-4, atol=2e-4)
    return None


def test_a_step_repeats_bit_for_bit_from_its_state():
    grid = strip()
    flow = with_lakes(grid, rock(grid, K, cell_type=1), [package("chd", [4], head=8.0)],
                      lakes([(0, 0, "vertical", 0.1)], 12.0, rainfall=0.01), start=8.0,
                      time=((20.0, 5, 1.2),), storage=storage(grid, 1e-5, 0.2, True))
    one, other = FlowSolver(flow), FlowSolver(flow)
    steps = list(flow.time.steps())
    for step in steps[:3]:
        one.advance(step)
    other.restore(one.state(), steps[2])
    a, b = one.advance(steps[3]), other.advance(steps[3])
    np.testing.assert_array_equal(a.head_end, b.head_end)
    np.testing.assert_array_equal(a.features[0].stage, b.features[0].stage)


def test_a_lake_that_cannot_lose_its_water_is_named():
    grid = strip()
    flow = with_lakes(grid, rock(grid, K), [package("chd", [4], head=12.0)],
                      lakes([(0, 0, "vertical", 0.0)], 20.0, rainfall=0.1), start=12.0)
    with pytest.raises(RunError, match="Lake 1 of package lak-1 gets more water than it can lose"):
        solve(flow)


def test_what_falls_below_zero_is_refused_all_at_once():
    grid = strip()
    flow = with_lakes(grid, rock(grid, K), [package("chd", [4], head=12.0)],
                      lakes([(0, 0, "vertical", 0.1)], 20.0, rainfall=-0.1, withdrawal=-1.0), start=12.0)
    with pytest.raises(InputError) as error:
        solve(flow)
    assert len(error.value.problems) == 2 and "rainfall of lake 1" in str(error.value)


def test_connections_where_head_and_stage_are_alike_count_in_newtons_matrix():
    # At 341.7 m the last bit of a stage is a large part of 1e-8 m between head and stage: no limit of the lake's.
    grid = structured_grid([2000.0] * 40, [1000.0], 330.0, [310.0])
    flow = with_lakes(grid, rock(grid, K, cell_type=1), [], lakes([(0, c, "vertical", 0.02) for c in range(40)], 341.7,
                      status=CONSTANT, stage=341.7), start=341.7, newton=True, time=((91.0, 1, 1.0),),
                      storage=storage(grid, 1e-5, 0.15, True, transient=(True,)))
    k = flow.conductivity.k
    lake = KIND.start(flow.features[0], Aquifer(grid, k, k, np.ones(40, bool), True, flow.initial_head))
    lake.begin(next(flow.time.steps()), True)
    everywhere, nowhere, below = np.ones(40, bool), np.zeros(40, bool), np.full(40, -1)
    response = lake.respond(341.7 + 1e-8 * np.linspace(-1.0, 1.0, 40), everywhere, nowhere, below)
    one_bit_up = lake.beds.seepage(np.full(40, np.nextafter(341.7, 400.0)), response.head).flow
    assert np.abs(one_bit_up / response.flows.seepage - 1.0).max() > 1e-6
    response = replace(response, flows=replace(response.flows, seepage=one_bit_up))
    assert np.all(response.slopes(True).rate_by_head < 0.0)
