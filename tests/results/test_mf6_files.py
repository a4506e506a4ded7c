"""What flopy reads from our MODFLOW 6 files is what was written."""

import flopy
import numpy as np
import pytest
from flopy.mf6.utils import MfGrdFile

from gwsolver.core.stress import StressPackage
from tests.results import models

GRIDS = {"dis": models.dis, "disv": models.layered_squares, "disu": models.stacked_nodes}


@pytest.fixture(params=GRIDS)
def run(request, tmp_path):
    grid = GRIDS[request.param]()
    models.write(tmp_path / "out", grid, dry=(3,)).finish({})
    return grid, tmp_path / "out"


def last_flow_step(grid):
    step = list(models.AXIS.steps())[-1]
    return models.flow_step(models.flow_model(grid), step, dry=(3,))


def test_heads_come_back_with_inactive_and_dry_marks(run):
    grid, folder = run
    with flopy.utils.HeadFile(folder / "gwf.hds") as file:
        assert file.get_times() == [5.0, 10.0, 20.0, 30.0, 40.0]
        assert file.get_kstpkper()[-1] == (2, 1)
        head = file.get_data(totim=40.0).ravel()
    expected = np.full(grid.n_nodes, 1e30)
    expected[grid.node] = 50.0 + 0.1 * np.arange(grid.n_cells)
    expected[grid.node[3]] = -1e30
    np.testing.assert_array_equal(head, expected)


def test_concentrations_are_saved_at_the_end_of_periods_if_nobody_asks(run):
    grid, folder = run
    with flopy.utils.HeadFile(folder / "benzene.ucn", text="CONCENTRATION") as file:
        assert file.get_times() == [10.0, 40.0]
        values = file.get_data(totim=10.0).ravel()
    assert values[grid.node[3]] == -1e30
    assert values[grid.node[2]] == 10.02
    assert (values[grid.idomain < 1] == 1e30).all()


def test_flow_ja_face_is_positive_into_the_cell_of_its_row(run):
    """Row n holds minus the flow from n to m, row m plus it: the sum over all is that of the diagonal."""
    grid, folder = run
    with flopy.utils.CellBudgetFile(folder / "gwf.cbc") as file:
        values = file.get_data(text="FLOW-JA-FACE", totim=40.0)[0].ravel()
    ia, ja, _ = grid.connections
    step = last_flow_step(grid)
    n, m = grid.face_cells[0]
    row_n = dict(zip(ja[ia[n]:ia[n + 1]], values[ia[n]:ia[n + 1]], strict=True))
    row_m = dict(zip(ja[ia[m]:ia[m + 1]], values[ia[m]:ia[m + 1]], strict=True))
    assert row_n[m] == -step.face_flow[0]
    assert row_m[n] == step.face_flow[0]
    np.testing.assert_array_equal(values[ia[:-1]], step.residual)
    assert values.sum() == pytest.approx(step.residual.sum(), abs=1e-12)


def test_cell_by_cell_terms_come_back(run):
    grid, folder = run
    step = last_flow_step(grid)
    with flopy.utils.CellBudgetFile(folder / "gwf.cbc") as file:
        names = [n.strip().decode() for n in file.get_unique_record_names()]
        discharge = file.get_data(text="DATA-SPDIS", totim=40.0)[0]
        saturation = file.get_data(text="DATA-SAT", totim=40.0)[0]
        storage = file.get_data(text="STO-SS", totim=40.0)[0].ravel()
    assert names == ["STO-SS", "STO-SY", "FLOW-JA-FACE", "DATA-SPDIS", "DATA-SAT", "WEL", "RIV"]
    np.testing.assert_array_equal(discharge["node"], grid.node + 1)
    np.testing.assert_array_equal(np.column_stack([discharge[q] for q in ("qx", "qy", "qz")]), step.specific_discharge)
    np.testing.assert_array_equal(saturation["sat"], step.saturation_end)
    np.testing.assert_array_equal(storage[grid.node], step.storage_specific)


def test_packages_come_back_with_auxiliary_values(run):
    grid, folder = run
    with flopy.utils.CellBudgetFile(folder / "gwf.cbc") as file:
        wells = file.get_data(text="WEL", totim=40.0)[0]
        assert [t.strip() for t in np.unique(file.recordarray["paknam2"]).astype(str)][-2:] == ["RIV-1", "WEL-1"]
    np.testing.assert_array_equal(wells["node"], grid.node[[0, grid.n_cells - 1]] + 1)
    np.testing.assert_array_equal(wells["q"], [-42.0, -43.0])
    np.testing.assert_array_equal(wells["CONC"], [1.0, 7.0])


def test_a_package_without_entries_still_has_its_record(tmp_path):
    """MODFLOW's FMI counts on the same records in every step."""
    grid = models.dis()
    more = (*models.flow_model(grid).packages, StressPackage("drn-1", "drn", models.NOTHING))
    models.write(tmp_path / "out", grid, packages=more).finish({})
    with flopy.utils.CellBudgetFile(tmp_path / "out" / "gwf.cbc") as file:
        assert [t.strip() for t in file.get_unique_record_names()][-3:] == [b"WEL", b"DRN", b"RIV"]
        assert [len(d) for d in file.get_data(text="DRN")] == [0] * 5


def test_the_binary_grid_is_the_grid(run):
    grid, folder = run
    file = MfGrdFile(folder / "gwf.grb")
    file.file.close()
    ia, ja, _ = grid.connections
    assert file.grid_type == grid.kind.upper()
    assert (file.xorigin, file.yorigin, file.angrot) == (500_000.0, 5_400_000.0, 0.0)
    np.testing.assert_array_equal(file.idomain.ravel(), grid.idomain)
    counts = np.diff(file.ia)
    np.testing.assert_array_equal(counts[grid.node], np.diff(ia))
    assert counts.sum() == np.diff(ia).sum()
    np.testing.assert_array_equal(file.ja, grid.node[ja])
    np.testing.assert_array_equal(file.bot.ravel()[grid.node], grid.bottom)


def test_flopy_builds_the_same_geometry_from_the_binary_grid(tmp_path):
    grid = models.dis(angle=30.0)
    models.write(tmp_path / "out", grid).finish({})
    file = MfGrdFile(tmp_path / "out" / "gwf.grb")
    file.file.close()
    theirs = file.modelgrid
    x, y = grid.to_map(grid.x, grid.y)
    np.testing.assert_allclose(np.tile(theirs.xcellcenters.ravel(), 2)[grid.node], x, rtol=1e-14)
    np.testing.assert_allclose(np.tile(theirs.ycellcenters.ravel(), 2)[grid.node], y, rtol=1e-14)
    tops = np.concatenate([theirs.top[None], theirs.botm[:-1]]).ravel()
    np.testing.assert_array_equal(tops[grid.node], grid.top)
