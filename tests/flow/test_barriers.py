"""Walls between cells: exact columns, walls behind each other, slopes, periods, joined models, MODFLOW's own heads."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from gwsolver.core.barriers import Barriers, BarriersInForce
from gwsolver.core.dis import structured_grid
from gwsolver.core.exchange import Exchange
from gwsolver.core.grid import HORIZONTAL
from gwsolver.core.merging import merge_flow_models
from gwsolver.core.simulation import Closure
from gwsolver.flow.barriers import behind
from gwsolver.flow.boundaries import Boundaries
from gwsolver.flow.coupling import Coupling
from gwsolver.flow.faces import FaceEquations
from gwsolver.flow.storage import StorageEquations
from gwsolver.flow.system import Pattern, StepSystem
from tests.flow.models import model, package, rock, row, solve, storage

DATA = Path(__file__).parents[1] / "data" / "barriers"


def walls(*periods):
    """Barriers by period: (period, pairs of cells, characteristics)."""
    return Barriers("hfb", tuple(
        (period, BarriersInForce(np.array(cells, np.int64).reshape(-1, 2), np.array(values, float)))
        for period, cells, values in periods
    ))


def column(barriers, n=10, k=2.0, cell_type=0, newton=False, time=((1.0, 1, 1.0),)):
    """A row of cells, 100 long and 10 thick, between heads of 9 and 4."""
    grid = row(n)
    return model(grid, rock(grid, k, cell_type=cell_type), [package("chd", [0, n - 1], head=[9.0, 4.0])], start=8.0,
                 barriers=barriers, newton=newton, time=time)


@pytest.mark.parametrize("characteristics", [[0.01], [1e-4], [0.02, 0.05], [1e6]])
def test_a_confined_row_behind_walls_is_exact(characteristics):
    """Resistances add up: q = dh / (L / K + sum 1 / characteristic); walls at one face stand behind each other."""
    flow, = solve(column(walls((0, [(4, 5)] * len(characteristics), characteristics))))
    q = 5.0 / (90.0 / 2.0 + sum(1.0 / c for c in characteristics))
    np.testing.assert_allclose(flow.face_flow, q * 10.0, rtol=1e-10)
    drop = flow.head_end[4] - flow.head_end[5]
    assert drop == pytest.approx(q * (10.0 / 2.0 + sum(1.0 / c for c in characteristics)))


def test_a_negative_characteristic_multiplies_and_zero_closes():
    """A third of one conductance is two more cells' resistance; the order of the two cells means nothing."""
    flow, = solve(column(walls((0, [(7, 6)], [-1.0 / 3.0]))))
    np.testing.assert_allclose(flow.face_flow, 5.0 / (90.0 / 2.0 + 2 * 10.0 / 2.0) * 10.0, rtol=1e-10)
    closed, = solve(column(walls((0, [(4, 5)], [0.0]))))
    np.testing.assert_allclose(closed.face_flow, 0.0, atol=1e-12)
    np.testing.assert_allclose(closed.head_end, [9.0] * 5 + [4.0] * 5, atol=1e-9)


@pytest.mark.parametrize("newton", [False, True])
def test_a_water_table_falls_over_a_wall_as_dupuit_has_it(newton):
    """h**2 falls linearly on both sides; the wall passes characteristic * drop * height: upstream (Newton), or mean."""
    n, c, k, half = 400, 0.01, 2.0, 50.0 - 0.125
    flow, = solve(column(walls((0, [(199, 200)], [c])), n=n, cell_type=1, newton=newton))

    def below(q):
        return np.sqrt(16.0 + 2.0 * q * half / k)

    def surplus(q):
        above = np.sqrt(81.0 - 2.0 * q * half / k)
        return c * (above if newton else 0.5 * (above + below(q))) * (above - below(q)) - q

    q = brentq(surplus, 0.0, 1.0)
    np.testing.assert_allclose(flow.face_flow, q, rtol=2e-3)
    np.testing.assert_allclose(flow.head_end[200], below(q), rtol=2e-3)


def test_walls_come_and_go_with_periods():
    """Each steady period is that of a model with these walls alone; one without a wall of its own keeps the last."""
    time = ((1.0, 2, 1.0),) * 4
    flows = solve(column(walls((1, [(4, 5)], [0.01]), (3, [], [])), time=time))
    without, with_wall = (solve(column(w))[0].face_flow for w in (None, walls((0, [(4, 5)], [0.01]))))
    for step in flows:
        np.testing.assert_allclose(step.face_flow, with_wall if step.period in (1, 2) else without, rtol=1e-9)
    assert [step.iterations > 0 for step in flows] == [True, False, True, False, False, False, True, False]


@settings(max_examples=100, deadline=None)
@given(st.floats(-3.0, 3.0), st.floats(1e-6, 1e3), st.floats(0.1, 10.0), st.floats(0.01, 10.0))
def test_slopes_of_the_formula_are_its_derivatives(characteristic, conductance, width, height):
    def at(c, b):
        return behind(*(np.array([v]) for v in (characteristic, c, width, b)))

    value, by_c, by_b = (float(v[0]) for v in at(conductance, height))
    assert 0.0 <= value <= conductance * max(1.0, -characteristic)
    for slope, step, moved in ((by_c, 1e-6 * conductance, (1, 0)), (by_b, 1e-6 * height, (0, 1))):
        up, down = (float(at(conductance + s * step * moved[0], height + s * step * moved[1])[0][0]) for s in (1, -1))
        assert slope == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-9 * max(value / step, 1.0) + 1e-12)


@pytest.mark.parametrize("options", [{"newton": True}, {}, {"averaging": "logarithmic"}, {"averaging": "amt-lmk"}])
def test_the_jacobian_is_the_derivative_of_the_residual(options):
    rng = np.random.default_rng(5)
    grid = structured_grid([10.0] * 6, [10.0] * 5, 20.0, [10.0, 0.0])
    newton = options.pop("newton", False)
    level = np.flatnonzero(grid.face_kind == HORIZONTAL)
    some = rng.choice(level, 12, replace=False)
    flow = model(
        grid, rock(grid, rng.uniform(1.0, 5.0, grid.n_cells), cell_type=1, **options),
        [package("chd", [0, 59], head=[19.0, 12.0])], newton=newton,
        barriers=walls((0, grid.face_cells[some], np.where(rng.random(12) < 0.3, -0.4, 0.05))),
    )
    step = next(flow.time.steps())
    faces, coupling = FaceEquations(flow), Coupling(flow, flow.grid.cell_below)
    faces.begin(step)
    boundaries = Boundaries(flow, step, grid.cell_below)
    system = StepSystem(faces, StorageEquations(flow), boundaries, Pattern(faces, coupling), flow.initial_head, step,
                        coupling)
    head = np.array([17.0, 8.0])[grid.layer] + rng.uniform(-3.0, 1.0, grid.n_cells)
    active = np.ones(head.size, bool)
    matrix = system.matrix(system.balance(head, active), active, exact=True).csr().toarray()
    for cell in np.flatnonzero(~boundaries.fixed)[::3]:
        up, down = head.copy(), head.copy()
        up[cell] += 1e-6
        down[cell] -= 1e-6
        slope = (system.balance(up, active).residual - system.balance(down, active).residual) / 2e-6
        np.testing.assert_allclose(-matrix[:, cell] * ~boundaries.fixed, slope, rtol=1e-5, atol=1e-6)


def test_walls_of_joined_models_stand_where_they_stood():
    """Two rows joined at their ends are one row, with the walls of both."""
    whole, = solve(column(walls((0, [(2, 3), (7, 8)], [0.01, 0.03]))))
    halves = []
    for name, cell, head, pair, value in (("west", 0, 9.0, (2, 3), 0.01), ("east", 4, 4.0, (2, 3), 0.03)):
        grid = row(5, length=50.0)
        half = model(grid, rock(grid, 2.0), [package("chd", [cell], head=[head])], barriers=walls((0, [pair], [value])))
        halves.append(replace(half, name=name))
    exchange = Exchange(
        "join", ("west", "east"), np.array([[4, 0]]), np.array([HORIZONTAL], np.int8), np.array([[5.0, 5.0]]),
        np.array([1.0]), np.array([0.0]),
    )
    joined, = solve(merge_flow_models(halves, [exchange]))
    np.testing.assert_allclose(joined.head_end, whole.head_end, rtol=1e-10)


@pytest.mark.parametrize("name", ["standard", "newton", "confined", "mixed", "amt"])
def test_heads_are_those_of_modflow(name):
    """Two layers, three periods, walls that change and stand behind each other; MODFLOW 6.7 closed to 1e-10."""
    known = np.load(DATA / "heads.npz")
    grid = structured_grid([10.0, 12.0, 8.0] * 4, [10.0] * 9, 20.0, [10.0, 0.0])
    types = {"confined": (0, 0), "mixed": (1, 0)}.get(name, (1, 1))
    averaging = {"mixed": "logarithmic", "amt": "amt-lmk"}.get(name, "harmonic")
    k = np.exp(np.random.default_rng(1).normal(0, 0.8, (2, 9, 12))).ravel() * 5
    cell = np.arange(grid.n_cells).reshape(2, 9, 12)
    wall = [((lay, r, 5), (lay, r, 6), 1e-3 * (1 + r)) for lay in (0, 1) for r in range(1, 8)]
    later = [*wall[:6], ((0, 3, 5), (0, 3, 6), 2e-3), ((0, 4, 7), (0, 5, 7), -0.25), ((1, 4, 7), (1, 5, 7), 0.0),
             ((1, 2, 8), (1, 2, 9), -3.0), ((0, 2, 8), (0, 2, 9), 5e-2)]
    periods = [(p, [(cell[a], cell[b]) for a, b, _ in w], [v for *_, v in w]) for p, w in ((0, wall), (1, later))]
    west, east = cell[:, :, 0].ravel(), cell[1, :, 11]
    types = np.array(types)[grid.layer]
    flow = model(
        grid, rock(grid, k, k33=k / 10, cell_type=types, averaging=averaging), [
            package("chd", [*west, *east], head=[*np.tile(17.0 + 0.02 * np.arange(9), 2), *np.full(9, 12.0)]),
            package("rch", cell[0].ravel(), recharge=5e-4),
        ], start=16.0, newton=name == "newton", time=((100.0, 4, 1.0), (100.0, 3, 1.0), (100.0, 3, 1.0)),
        storage=storage(grid, 1e-5, 0.15, bool(types.any()), (True, True, True)), barriers=walls(*periods),
    )
    for number, step in enumerate(solve(replace(flow, closure=Closure(head_change=1e-11)))):
        # Its conductivity was given in nine digits.
        np.testing.assert_allclose(step.head_end, known[name][number], rtol=0, atol=2e-8)
