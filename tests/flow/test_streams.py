"""Streams and aquifer together: exact answers, closure, units, and what one loses the other gains."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import brentq

from gwsolver.core.dis import structured_grid
from gwsolver.flow import FlowSolver, solver
from gwsolver.flow.linear import LinearSolver
from gwsolver.flow.reduced import ReducedSystem
from gwsolver.flow.sparse import SparseRows
from tests.flow.models import model, package, rock, row, solve, storage
from tests.surface.streams import chain, reaches, trapezium


def strip(stream, head, recharge=0.0, **options):
    """A confined row of 20 cells, 10 m long each, 1 m wide and 10 m thick: a fixed head left, a reach right."""
    grid = row(20, length=200.0, top=0.0, bottom=-10.0)
    return model(grid, rock(grid, k=2.0), [package("chd", 0, head=head), package("rch", np.arange(20),
                 recharge=recharge)], start=head, features=(stream,), **options)


def test_a_gaining_reach_at_the_end_of_an_aquifer():
    """Darcy's law to the cell, leakage through the bed, Manning's formula for half of it in the middle: one root."""
    stream = chain(1, cells=[19], top=0.0, bed_conductivity=0.1, length=5.0, width=2.0, conversion=86400.0)
    flow = solve(strip(stream, 3.0))[-1]
    bed, factor = 0.1 * 5.0 * 2.0 / 0.5, 86400.0 * 2.0 * np.sqrt(1e-3) / 0.03
    resistance = 190.0 / (2.0 * 10.0) + 1.0 / bed

    def off(depth):
        return factor * depth ** (5.0 / 3.0) - 0.5 * (3.0 - depth) / resistance

    depth = brentq(off, 0.0, 1.0, xtol=1e-15)
    assert flow.features[0].stage[0] == pytest.approx(depth, rel=1e-9)
    assert flow.features[0].terms["ext-outflow"][0] == pytest.approx(-(3.0 - depth) / resistance, rel=1e-11)
    assert flow.features[0].rate[0] == pytest.approx(-(3.0 - depth) / resistance, rel=1e-11)


def test_a_losing_reach_gives_what_darcy_takes():
    stream = chain(1, cells=[19], top=4.0, bed_thickness=20.0, bed_conductivity=0.4, length=5.0, width=2.0,
                   inflow=1000.0, conversion=86400.0)
    flow = solve(strip(stream, 3.0))[-1]
    bed, factor = 0.4 * 5.0 * 2.0 / 20.0, 86400.0 * 2.0 * np.sqrt(1e-3) / 0.03
    resistance = 190.0 / (2.0 * 10.0) + 1.0 / bed
    depth = brentq(lambda d: factor * d ** (5.0 / 3.0) - 1000.0 + 0.5 * (1.0 + d) / resistance, 0.0, 10.0, xtol=1e-15)
    assert flow.features[0].rate[0] == pytest.approx((1.0 + depth) / resistance, rel=1e-11)


def test_a_stream_that_falls_dry_gives_all_it_has():
    stream = chain(1, cells=[19], top=4.0, bed_conductivity=10.0, length=5.0, width=2.0, inflow=0.01,
                   conversion=86400.0)
    flow = solve(strip(stream, 3.0))[-1]
    assert flow.features[0].rate[0] == pytest.approx(0.01, rel=1e-14)
    assert flow.head_end[19] == pytest.approx(3.0 + 0.01 * 190.0 / 20.0, rel=1e-11)
    assert flow.features[0].terms["ext-outflow"][0] == 0.0


def valley(scale=1.0, newton=False, transient=False, stores=False, cell_type=1, inflow=3000.0):
    """A sloping valley of 12 x 9 cells: two tributaries, a canal that a diversion feeds, a river out of it."""
    grid = structured_grid(np.full(12, 100.0 * scale), np.full(9, 100.0 * scale), 30.0 * scale, np.array([0.0]))

    def cell(i, j):
        return 12 * i + j

    river = [cell(4, j) for j in range(12)]
    side = [cell(i, 5) for i in range(4)]
    canal = [cell(i, 8) for i in (5, 6, 7)]
    cells = [*river, *side, *canal]
    x, y = grid.x, grid.y
    land = 26.0 - 0.006 * x / scale + 0.004 * np.abs(y / scale - 450.0)
    links = [(j, j + 1) for j in range(11)] + [(12, 13), (13, 14), (14, 15), (15, 5), (16, 17), (17, 18)]
    fraction = np.ones(19)
    fraction[16] = 0.0
    stream = reaches(
        19, links, cells=cells, diversions=[(8, 16, "upto", 2000.0 * scale**3)],
        sections=(trapezium(3.0 * scale, 2.0, 2.0 * scale, 12.0 * scale),), upstream_fraction=fraction,
        cross_section=[-1.0] * 12 + [0.0] * 7, length=100.0 * scale, width=12.0 * scale, slope=3e-3,
        top=(land[cells] - 3.0) * scale, bed_thickness=0.5 * scale, bed_conductivity=0.5 * scale,
        inflow=np.where(np.arange(19) == 0, inflow, 0.0) * scale**3, evaporation=0.005 * scale, rainfall=0.001 * scale,
        runoff=5.0 * scale**3, conversion=86400.0 * scale ** (1.0 / 3.0), stores=stores)
    packages = [package("rch", np.arange(grid.n_cells), recharge=0.0008 * scale),
                package("wel", [cell(2, 8), cell(6, 3)], rate=[-900.0 * scale**3, -2000.0 * scale**3]),
                package("chd", [cell(0, 11), cell(8, 11)], head=[16.0 * scale, 16.0 * scale])]
    return model(grid, rock(grid, k=8.0 * scale, cell_type=cell_type), packages, start=24.0 * scale, newton=newton,
                 storage=storage(grid, 1e-5 / scale, 0.15, cell_type > 0) if transient else None,
                 features=(stream,), time=((10.0, 4, 1.3),))


@pytest.mark.parametrize("newton", [False, True])
@pytest.mark.parametrize(("transient", "stores"), [(False, False), (True, False), (True, True)])
def test_what_reaches_lose_cells_gain_and_everything_closes(newton, transient, stores):
    flow_model = valley(newton=newton, transient=transient, stores=stores)
    for step in solve(flow_model):
        streams = step.features[0]
        total = step.storage_flow.copy()
        n, m = flow_model.grid.face_cells.T
        np.subtract.at(total, n, step.face_flow)
        np.add.at(total, m, step.face_flow)
        for p in step.packages:
            np.add.at(total, p.cells, p.rates)
        free = np.ones(total.size, bool)
        free[flow_model.packages[2].source.values.cells] = False
        enters = sum(np.maximum(p.rates, 0.0).sum() for p in step.packages) + np.maximum(step.storage_flow, 0.0).sum()
        assert np.abs(total[free]).sum() < 1e-10 * enters
        through = np.abs(streams.terms["ext-inflow"]).sum()
        assert np.abs(streams.imbalance()).max() < 1e-13 * through
        gains = next(p for p in step.packages if p.kind == "sfr").rates
        assert np.array_equal(gains, streams.rate)
        assert (streams.rate < 0.0).any()
        assert transient or (streams.rate > 0.0).any()  # at first the transient valley drains everywhere
        assert step.iterations < 40


def test_other_units_give_the_same_stream():
    """Where reaches are not all but dry: there, depths below 1e-5 fade in, whatever the unit."""
    here, there = solve(valley(inflow=9000.0))[-1], solve(valley(scale=3.28084, inflow=9000.0))[-1]
    assert there.head_end == pytest.approx(3.28084 * here.head_end, rel=1e-9)
    wet = here.features[0].figures["depth"] > 1e-4
    assert wet.sum() > 10
    assert there.features[0].stage[wet] == pytest.approx(3.28084 * here.features[0].stage[wet], rel=1e-9)
    assert there.features[0].rate == pytest.approx(3.28084**3 * here.features[0].rate, rel=1e-7, abs=1e-4)


def test_newton_and_picard_agree():
    here, there = solve(valley(cell_type=0))[-1], solve(valley(cell_type=0, newton=True))[-1]
    assert here.head_end == pytest.approx(there.head_end, abs=1e-8)
    assert here.features[0].stage == pytest.approx(there.features[0].stage, abs=1e-8)


def test_a_network_twice_as_finely_divided_loses_the_same():
    """Leakage of a stream of given stage is linear in length: halves of reaches lose halves of the water."""
    def lost(n):
        grid = structured_grid(np.full(4, 50.0), [50.0], 0.0, np.array([-10.0]))
        stream = chain(n, cells=np.repeat(np.arange(4), n // 4), length=200.0 / n, top=1.0, bed_conductivity=0.01,
                       inflow=np.where(np.arange(n) == 0, 1e6, 0.0), conversion=86400.0)
        flow = model(grid, rock(grid), [package("chd", [0, 3], head=[-1.0, -1.0])], features=(stream,))
        # cells of fixed head exchange nothing with streams
        return solve(flow)[-1].features[0].rate.sum()

    assert lost(8) == pytest.approx(lost(4), rel=1e-6)


def test_a_transient_run_starts_again_from_its_state():
    flow_model = valley(transient=True, stores=True)
    steps = list(flow_model.time.steps())
    first = FlowSolver(flow_model)
    for step in steps[:3]:
        last = first.advance(step)
    second = FlowSolver(flow_model)
    again = second.restore(first.state(), steps[2])
    assert np.array_equal(again.head_end, last.head_end)
    assert np.array_equal(again.features[0].stage, last.features[0].stage)
    assert np.array_equal(second.advance(steps[3]).features[0].stage, first.advance(steps[3]).features[0].stage)


def test_a_dry_stream_leaves_the_aquifer_alone():
    high = chain(3, cells=[4, 5, 6], top=5.0, bed_conductivity=1.0)
    still = solve(strip(high, 3.0, recharge=1e-4))[-1]
    grid = row(20, length=200.0, top=0.0, bottom=-10.0)
    bare = solve(model(grid, rock(grid, k=2.0), [package("chd", 0, head=3.0),
                                                 package("rch", np.arange(20), recharge=1e-4)], start=3.0))[-1]
    assert still.head_end == pytest.approx(bare.head_end, abs=1e-12)


def test_taking_features_out_of_a_system_leaves_its_answer():
    rng = np.random.default_rng(3)
    n, cells = 60, 45
    dense = rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.1) + 8.0 * np.eye(n)
    right = rng.normal(size=n)
    whole = sp.csr_matrix(dense)
    reduced = ReducedSystem(whole, cells)
    head = np.linalg.solve(dense, right)[:cells]
    assert reduced @ head == pytest.approx(reduced.right(right), rel=1e-10, abs=1e-12)
    assert reduced.whole(head, right) == pytest.approx(np.linalg.solve(dense, right), rel=1e-10, abs=1e-12)


def test_a_large_system_with_features_is_solved_without_factors():
    # a Laplacian with a chain of 30 one-way unknowns that touches every tenth cell
    cells, chain_length = 400, 30
    laplacian = sp.diags([-np.ones(cells - 1), 2.1 * np.ones(cells), -np.ones(cells - 1)], [-1, 0, 1])
    one_way = sp.diags([-np.ones(chain_length - 1), np.ones(chain_length)], [-1, 0])
    touch = sp.csr_matrix((np.full(chain_length, 0.5), (np.arange(chain_length) * 10, np.arange(chain_length))),
                          shape=(cells, chain_length))
    rows = sp.bmat([[laplacian, -touch], [0.3 * touch.T, one_way]]).tocsr()
    right = np.concatenate([np.sin(np.arange(cells)), np.zeros(chain_length)])
    linear = LinearSolver(limit=10)
    x = linear.solve(SparseRows(rows.data, rows.indices, rows.indptr), right, False, 1e-12, n_cells=cells)
    assert linear.method == "bicgstab"
    assert rows @ x == pytest.approx(right, abs=1e-10)


@pytest.mark.parametrize("newton", [False, True])
def test_large_and_small_systems_give_the_same_stream(monkeypatch, newton):
    small = solve(valley(newton=newton, transient=True))[-1]
    monkeypatch.setattr(solver, "direct_limit", lambda grid: 10)
    large = solve(valley(newton=newton, transient=True))[-1]
    assert large.head_end == pytest.approx(small.head_end, abs=1e-8)
    assert large.features[0].stage == pytest.approx(small.features[0].stage, abs=1e-8)
