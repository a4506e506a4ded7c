"""Dry cells that become wet again: MODFLOW's rule, circles that end, and answers that other formulations share."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.core.merging import merge_flow_models
from gwsolver.core.simulation import Closure
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.wetting import Wetting
from gwsolver.flow import FlowSolver
from gwsolver.flow.wetting import Rewetting
from tests.flow.models import model, package, rock, solve, storage
from tests.run.cut import cut_model, exchanges_between, parts_of


def attempt_one_by_one(flow_model, head, active, tried, fixed):
    """MODFLOW's loop over cells and their neighbours, as it stands in its source."""
    grid, rules = flow_model.grid, flow_model.conductivity.wetting
    ia, ja, face = grid.connections
    head, active = head.copy(), active.copy()
    for n in range(grid.n_cells):
        for entry in range(ia[n] + 1, ia[n + 1]):
            m = ja[entry]
            if active[n] or not tried[n] or rules.threshold[n] == 0.0 or not active[m] or fixed[m]:
                continue
            vertical = grid.face_kind[face[entry]] == 0
            if (vertical or rules.sideways[n]) and head[m] >= grid.bottom[n] + rules.threshold[n]:
                height = rules.threshold[n] if rules.from_threshold[n] else head[m] - grid.bottom[n]
                head[n] = grid.bottom[n] + rules.factor[n] * height
                active[n] = True
    return head, active


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.1, 0.5, 1.0]), st.booleans())
def test_an_attempt_wets_the_cells_that_modflow_wets(seed, factor, from_threshold):
    rng = np.random.default_rng(seed)
    grid = structured_grid([1.0] * 4, [1.0] * 3, 4.0, np.array([3.0, 2.0, 1.0, 0.0])[:, None, None]
                           + rng.uniform(-0.3, 0.3, (4, 3, 4)), idomain=rng.choice([0, 1, 1, 1], (4, 3, 4)))
    n = grid.n_cells
    rules = Wetting.uniform(rng.choice([-0.5, -0.1, 0.0, 0.1, 0.5], n), factor, 1, from_threshold)
    flow_model = model(grid, rock(grid, cell_type=1, wetting=rules), [])
    active, tried = rng.random(n) < 0.4, rng.random(n) < 0.9
    fixed = active & (rng.random(n) < 0.2)
    head = np.where(active, rng.uniform(0.0, 4.0, n), grid.bottom)
    expected = attempt_one_by_one(flow_model, head, active, tried, fixed)
    found = Rewetting(flow_model).attempt(head, active, tried, fixed)
    np.testing.assert_array_equal(found[1], expected[1])
    np.testing.assert_array_equal(found[0], expected[0])


def column(levels, wetdry=-0.5, transient=False, **options):
    """Five cells above one another; a river at the bottom follows the levels, recharge comes from above."""
    grid = structured_grid([10.0], [10.0], 5.0, [4.0, 3.0, 2.0, 1.0, 0.0])
    periods = tuple((10.0, 2, 1.0) for _ in levels)

    def river(step):
        one = np.array([levels[step.period]])
        return StressValues(np.array([4]), {"head": one, "conductance": np.array([50.0])})

    packages = [StressPackage("river", "ghb", river, {}), package("rch", 0, recharge=0.01)]
    stored = storage(grid, 1e-5, 0.2, True, transient=(True,) * len(levels)) if transient else None
    rules = None if options.get("newton") else Wetting.uniform(np.full(5, wetdry), 1.0, 1, False)
    return model(grid, rock(grid, 2.0, k33=0.5, cell_type=1, wetting=rules), packages, start=4.5, time=periods,
                 storage=stored, **options)


def test_a_column_that_drains_and_fills_again_returns_to_the_same_heads():
    steps = solve(column([4.6, 0.6, 4.6, 0.6, 2.6]))
    ends = [s.head_end for s in steps[1::2]]
    assert [(h > -1e29).sum() for h in ends] == [5, 1, 5, 1, 3]
    np.testing.assert_allclose(ends[2], ends[0], rtol=1e-12)
    np.testing.assert_array_equal(ends[3], ends[1])
    for step in steps:
        assert np.abs(step.residual).sum() <= 1e-10 * max(1.0, np.abs(step.face_flow).sum())


def test_where_only_a_column_is_filled_newton_gives_the_same_heads():
    """Vertical conductances are those of full cells in both formulations: the heads of wet cells are equal."""
    levels = [4.6, 0.6, 2.4, 3.3]
    for rewets, newton in zip(solve(column(levels, -0.01)), solve(column(levels, newton=True)), strict=True):
        wet = rewets.head_end > -1e29
        np.testing.assert_allclose(rewets.head_end[wet], newton.head_end[wet], atol=1e-8)
        assert (newton.head_end[~wet] <= column(levels).grid.bottom[~wet] + 1e-3).all()


def hillside(columns, newton=False):
    """A strip of 100 m with a hump of rock below and recharge on one side, drawn up from dry: two layers."""
    x = (np.arange(columns) + 0.5) * 100.0 / columns
    floor = 4.0 * np.exp(-((x - 50.0) / 15.0) ** 2)
    grid = structured_grid(np.full(columns, 100.0 / columns), [1.0], 20.0, np.stack([floor + 5.0, floor])[:, None, :])
    rules = None if newton else Wetting.uniform(np.full(grid.n_cells, 0.05), 0.5, 1, False)
    left, right = columns, 2 * columns - 1
    ends = package("chd", [left, right], head=[6.5, 3.0])
    rain = package("rch", np.arange(columns), recharge=0.004)
    start = np.where(grid.layer == 1, np.tile(floor, 2) + 0.5, 0.0)
    return model(grid, rock(grid, 5.0, k33=5.0, cell_type=1, wetting=rules), [ends, rain], start=start, newton=newton)


def test_the_answer_nears_newtons_as_the_grid_is_refined():
    """They differ in the saturation at faces (mean, upstream): first order in the spacing."""
    apart = []
    for columns in (50, 100, 200):
        (rewets,), (newton,) = solve(hillside(columns)), solve(hillside(columns, newton=True))
        lower = slice(columns, None)
        assert (rewets.head_end[lower] > -1e29).all()
        apart.append(np.abs(rewets.head_end - newton.head_end)[lower].mean())
    order = np.log2(np.array(apart[:-1]) / apart[1:])
    assert order == pytest.approx(1.0, abs=0.1)  # measured: 1.01, 0.97


def balances(step):
    enters = sum(np.maximum(p.rates, 0.0).sum() for p in step.packages) + np.maximum(step.storage_flow, 0.0).sum()
    return np.abs(step.residual).sum() <= 1e-10 * enters


@pytest.mark.parametrize("transient", [False, True])
def test_a_flood_through_dry_ground_balances(transient):
    """Cells fall dry and become wet within the same step."""
    rng = np.random.default_rng(4)
    shape = (3, 6, 8)
    bottoms = np.array([20.0, 10.0, 0.0])[:, None, None] + rng.normal(size=shape)
    grid = structured_grid(np.full(8, 10.0), np.full(6, 10.0), 30.0 + rng.normal(size=(6, 8)), bottoms)
    k = np.exp(rng.normal(size=grid.n_cells))
    side = np.flatnonzero((grid.x < 10.0) & (grid.layer == 2))
    levels = [12.0, 26.0, 12.0]

    def river(step):
        return StressValues(side, {"head": np.full(side.size, levels[step.period])})

    rules = Wetting.uniform(rng.choice([0.2, 1.0, -0.2, -1.0], grid.n_cells), 0.5, 1, False)
    flow_model = model(
        grid, rock(grid, k, k33=0.1 * k, cell_type=1, wetting=rules),
        [StressPackage("flood", "chd", river, {}), package("rch", np.arange(48), recharge=0.001),
         package("wel", np.ravel_multi_index((2, 2, 5), shape), rate=-15.0)],
        start=12.0, time=((50.0, 3, 1.5),) * 3,
        storage=storage(grid, 1e-4, 0.1, True, transient=(True,) * 3) if transient else None,
    )
    solver, wet = FlowSolver(flow_model), []
    for time in flow_model.time.steps():
        step = solver.advance(time)
        assert balances(step)
        wet.append(int((step.saturation_end > 0.0).sum()))
    assert wet[5] > wet[2] + 20
    assert wet[8] < wet[5] - 20


def flipping(interval):
    """A well that empties its cell, which the layer below fills again: no iteration ends it."""
    grid = structured_grid([10.0] * 5, [10.0], 10.0, [5.0, 0.0])
    rules = Wetting.uniform(np.full(10, 0.5), 0.5, interval, False)
    packages = [package("chd", [5, 9], head=7.0), package("wel", 2, rate=-40.0)]
    flow_model = model(grid, rock(grid, 1.0, k33=0.1, cell_type=1 - grid.layer, wetting=rules), packages, start=7.0)
    return replace(flow_model, closure=Closure(head_change=1e-6, outer_maximum=200))


@pytest.mark.parametrize("interval", [1, 4])
def test_a_cell_that_would_dry_and_rewet_for_ever_stays_dry(interval):
    """And that cell alone: its neighbours fell dry with it on the way."""
    flow_model = flipping(interval)
    step, = solve(flow_model)
    np.testing.assert_array_equal(step.saturation_end > 0.0, np.arange(10) != 2)
    assert step.head_end[7] >= flow_model.grid.bottom[2] + 0.5  # the rule would wet it once more
    assert balances(step)
    assert step.iterations < 60


def test_iterations_that_never_come_back_end_too(monkeypatch):
    """Without seeing the circle they go on to OUTER_MAXIMUM, and soon end then."""
    monkeypatch.setattr("gwsolver.flow.wetting.REMEMBERED", 0)
    step, = solve(flipping(1))
    assert 200 <= step.iterations < 220
    assert step.saturation_end[2] == 0.0
    assert balances(step)


def test_no_cell_stays_dry_only_because_no_attempt_was_due():
    """IWETIT beyond the iterations that a step takes: MODFLOW 6 would leave the column as dry as it was."""
    often, seldom = column([0.6, 4.4]), column([0.6, 4.4])
    rules = seldom.conductivity.wetting
    seldom = replace(seldom, conductivity=replace(
        seldom.conductivity, wetting=replace(rules, interval=np.full(5, 1000))))
    np.testing.assert_allclose(solve(seldom)[-1].head_end, solve(often)[-1].head_end, rtol=1e-10)


def test_a_step_with_wetting_is_solved_again_bit_for_bit():
    flow_model = column([4.4, 0.6, 4.4], transient=True)
    first, second = FlowSolver(flow_model), FlowSolver(flow_model)
    for time in flow_model.time.steps():
        step = first.advance(time)
        again = second.restore(first.state(), time)
        np.testing.assert_array_equal(again.head_end, step.head_end)
        np.testing.assert_array_equal(again.face_flow, step.face_flow)


def test_newton_with_rewet_is_refused():
    flow_model = replace(column([4.4]), newton=True)
    with pytest.raises(InputError, match="NEWTON cannot be used with REWET"):
        FlowSolver(flow_model)


def test_values_that_cannot_be_solved_are_named():
    flow_model = column([4.4])
    bad = replace(flow_model.conductivity.wetting, threshold=np.array([0.5, np.nan, 0.5, 0.5, 0.5]),
                  factor=np.full(5, -1.0), interval=np.zeros(5, int))
    flow_model = replace(flow_model, conductivity=replace(flow_model.conductivity, wetting=bad))
    with pytest.raises(InputError) as error:
        FlowSolver(flow_model)
    for words in ("wetdry = nan at cell 2", "wetfct = -1 at cell 1 is outside (0, inf)", "iwetit = 0 at cell 1"):
        assert words in str(error.value)


@pytest.mark.parametrize(("axis", "cuts"), [(0, (1,)), (2, (4,))])
@pytest.mark.parametrize("shared", [True, False])
def test_joined_models_wet_each_other_by_their_own_rules(axis, cuts, shared):
    """Cut in two and joined again, and where the first of the two has no REWET."""
    grid = structured_grid([10.0] * 8, [10.0] * 2, 15.0, [10.0, 5.0, 0.0])
    (one, first), (two, second) = parts_of(grid, axis, cuts)
    wetdry = np.where(np.isin(np.arange(grid.n_cells), first) & (not shared), 0.0, 0.1)
    rules = Wetting.uniform(wetdry, 0.5, 1, True)
    west = np.flatnonzero((grid.x < 10.0) & (grid.layer == 2))
    packages = [package("ghb", west, head=12.5, conductance=30.0),
                package("drn", [14, 47], elevation=2.0, conductance=1.0)]
    whole = model(grid, rock(grid, 2.0, k33=0.2, cell_type=1, wetting=rules), packages, start=3.0)
    pieces = cut_model(whole, [(one, first), (two, second)], "ab")
    if not shared:
        pieces[0] = replace(pieces[0], conductivity=replace(pieces[0].conductivity, wetting=None))
    joined = merge_flow_models(pieces, exchanges_between(grid, [(one, first), (two, second)], "ab"))
    (step,), (expected,) = solve(joined), solve(whole)
    np.testing.assert_allclose(step.head_end, expected.head_end[np.concatenate([first, second])], rtol=1e-9)
    wet, dry_at_first = expected.saturation_end > 0.0, grid.layer < 2
    assert wet[second][dry_at_first[second]].any()
    assert wet[first][dry_at_first[first]].any() == shared
