"""Flows that MODFLOW 6 saved with a stream, a lake and a multi-aquifer well come back whole, step by step.

flopy's own readers are the witness: they share no code with ours.
"""

import tracemalloc
from itertools import pairwise

import flopy
import numpy as np
import pytest

from gwsolver.core.aquifer import Dispersion, MobileDomain
from gwsolver.core.simulation import SavedFlows, SourceConcentration, TransportModel
from gwsolver.core.time import StressPeriod, TimeAxis
from gwsolver.modflow.saved_flows import saved_flow_steps
from gwsolver.transport import TransportSolver
from tests.modflow.saved_valley import FILES, copied, prolonged, valley_grid

GRID = valley_grid()


@pytest.fixture(scope="module")
def steps():
    return list(saved_flow_steps(FILES, GRID, np.full(GRID.n_cells, 28.0)))


@pytest.fixture(scope="module")
def budget():
    with flopy.utils.CellBudgetFile(FILES.budget_file, precision="double") as file:
        yield file


def test_times_follow_the_records(steps, budget):
    assert [s.end for s in steps] == pytest.approx(budget.get_times())
    assert steps[0].start == 0.0
    assert all(b.start == a.end for a, b in pairwise(steps))
    assert [(s.period, s.step) for s in steps] == [(0, 0), (1, 0), (1, 1), (1, 2), (1, 3)]


def test_only_steps_without_storage_are_steady(steps):
    assert [s.steady for s in steps] == [True, False, False, False, False]


def test_heads_are_those_of_flopy_and_start_where_the_last_step_ended(steps):
    with flopy.utils.HeadFile(FILES.head_file, precision="double") as file:
        for i, step in enumerate(steps):
            assert np.array_equal(step.head_end, file.get_data(totim=file.get_times()[i]).ravel()[GRID.node])
            assert np.array_equal(step.head_start, steps[max(i - 1, 0)].head_end)
            assert np.array_equal(step.saturation_start, steps[max(i - 1, 0)].saturation_end)


def test_face_flow_is_minus_the_flow_into_the_lower_cell(steps, budget):
    """MODFLOW counts FLOW-JA-FACE positive into the row's cell; ours is positive from n to m."""
    grb = flopy.mf6.utils.MfGrdFile(FILES.grid_file)
    row = GRID.cell_of_node[np.repeat(np.arange(GRID.n_nodes), np.diff(grb.ia))]
    col = GRID.cell_of_node[grb.ja]
    face_at = {(int(n), int(m)): i for i, (n, m) in enumerate(GRID.face_cells)}
    for i, step in enumerate(steps):
        ja_flow = budget.get_data(idx=None, text="FLOW-JA-FACE", totim=budget.get_times()[i])[0].ravel()
        for n, m, q in zip(row, col, ja_flow, strict=True):
            if n < m:
                assert step.face_flow[face_at[int(n), int(m)]] == -q


@pytest.mark.parametrize(("text", "name", "kind"), [
    ("CHD", "chd-ends", "chd"), ("RCHA", "rain", "rch"), ("SFR", "stream", "sfr"), ("LAK", "lake", "lak"),
    ("MAW", "well", "maw"),
])
def test_packages_bring_their_cells_and_rates(steps, budget, text, name, kind):
    for time, step in zip(budget.get_times(), steps, strict=True):
        (theirs,) = budget.get_data(text=text, totim=time)
        ours = next(p for p in step.packages if p.name == name)
        assert ours.kind == kind
        assert np.array_equal(GRID.node[ours.cells] + 1, theirs["node"])
        assert np.array_equal(ours.rates, theirs["q"])


def test_auxiliary_columns_come_along(steps):
    stream = next(p for p in steps[0].packages if p.name == "stream")
    assert stream.auxiliary["concentration"].tolist() == [3.0] * 10


def test_discharge_saturation_and_storage_are_those_of_flopy(steps, budget):
    for time, step in zip(budget.get_times(), steps, strict=True):
        (spdis,) = budget.get_data(text="DATA-SPDIS", totim=time)
        (sat,) = budget.get_data(text="DATA-SAT", totim=time)
        (specific,) = budget.get_data(text="STO-SS", totim=time)
        (yielded,) = budget.get_data(text="STO-SY", totim=time)
        assert np.array_equal(step.specific_discharge, np.column_stack([spdis["qx"], spdis["qy"], spdis["qz"]]))
        assert np.array_equal(step.saturation_end, sat["sat"])
        assert np.array_equal(step.storage_specific, specific.ravel()[GRID.node])
        assert np.array_equal(step.storage_yield, yielded.ravel()[GRID.node])


def test_every_cell_closes_with_the_packages_we_do_not_solve(steps):
    """The flow model was solved to 1e-9 in head: every cell closes to 1e-9 of the largest throughput."""
    stream = saved_flow_steps(FILES, GRID)
    assert 0.0 < stream.closure < 1e-9  # measured: 6e-11
    stream.close()
    for step in steps:
        into = step.storage_flow.sum() + sum(p.rates.sum() for p in step.packages)
        assert step.residual.sum() == pytest.approx(into, abs=1e-9)  # what faces exchange cancels
        assert np.abs(step.residual).max() < 1e-7


def test_the_grid_file_is_not_needed(steps):
    bare = list(saved_flow_steps(SavedFlows(FILES.head_file, FILES.budget_file), GRID))
    assert all(np.array_equal(a.face_flow, b.face_flow) for a, b in zip(steps, bare, strict=True))


def test_a_transient_first_step_starts_from_the_initial_head(tmp_path):
    from tests.modflow.saved_valley import budget_of, heads_of, patch, without

    files = copied(tmp_path)
    for file, records, at in ((files.head_file, heads_of(files), 8), (files.budget_file, budget_of(files), 48)):
        without(file, [r for r in records if r.period == 1])
        records = heads_of(files) if file == files.head_file else budget_of(files)
        for r in records:  # the flow now begins with the second period
            patch(file, r.start + at, np.array([r.period_time, r.time - 1.0]).tobytes())
    first = next(saved_flow_steps(files, GRID, np.full(GRID.n_cells, 26.0)))
    assert not first.steady
    assert first.start == pytest.approx(0.0)
    assert np.all(first.head_start == 26.0)
    top_layer = GRID.layer == 0
    assert first.saturation_start[top_layer] == pytest.approx(0.6)
    assert np.all(first.saturation_start[~top_layer] == 1.0)


def test_one_step_is_in_memory_at_a_time(tmp_path):
    files = copied(tmp_path)
    prolonged(files, 200)
    size = (tmp_path / "valley.cbc").stat().st_size
    tracemalloc.start()
    stream = saved_flow_steps(files, GRID)
    n_steps = sum(1 for _ in stream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_steps == stream.n_steps == 205
    assert stream.steps_in_period(1) == 204
    assert peak < 0.5 * size  # 7 MB of flows


def test_a_plume_on_saved_flows_closes(steps):
    """Solute enters with the stream, leaves through lake, well and ends: in = out + stored to 1e-10."""
    n = GRID.n_cells
    fill = lambda value: np.full(n, value)  # noqa: E731
    start = np.where(np.arange(n) % 7 == 0, 100.0, 0.0)
    model = TransportModel(
        name="tracer", time=TimeAxis((StressPeriod(1.0), StressPeriod(200.0, 4, 1.5))), grid=GRID, flow_model="",
        saved_flows=FILES, initial_concentration=start,
        mobile=MobileDomain(fill(0.25), fill(0.0), fill(0.0), fill(0.0), fill(0.0)),
        dispersion=Dispersion(fill(10.0), fill(10.0), fill(1.0), fill(0.1), fill(0.1), fill(0.0)),
        sources=(SourceConcentration("stream", "concentration"),),
    )
    solver = TransportSolver([model])
    for flow, stress in zip(steps, model.time.steps(), strict=True):
        done = solver.advance(flow, flow.end, stress)[0]
        assert done.ledger.closure() < 1e-10
        assert done.minimum >= 0.0
    entered = {name: into for name, _, into, _ in done.ledger.rows() if into > 0.0}
    left = {name for name, _, _, out in done.ledger.rows() if out > 0.0}
    assert "stream" in entered
    assert {"well", "lake", "chd-ends"} <= left
    stream = next(p for p in steps[-1].packages if p.name == "stream")
    expected = 3.0 * stream.rates[stream.rates > 0.0].sum() * steps[-1].length
    assert entered["stream"] == pytest.approx(expected)
