"""results.nc as other programs see it, and as `open_results` gives it back."""

from datetime import datetime

import netCDF4
import numpy as np
import pyproj
import pytest
import xarray as xr

from gwsolver.core.errors import InputError
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import Simulation
from gwsolver.core.time import StressPeriod, TimeAxis
from gwsolver.results import ResultsWriter, open_results
from gwsolver.results.cf import date_of, time_attributes
from tests.results import models

GRIDS = {"dis": models.dis, "rotated": lambda: models.dis(30.0), "disv": models.layered_squares,
         "disu": models.stacked_nodes}


@pytest.fixture(params=GRIDS)
def run(request, tmp_path):
    grid = GRIDS[request.param]()
    models.write(tmp_path / "out", grid, dry=(3,)).finish({"input_hash": "1"})
    return grid, open_results(tmp_path / "out")


def test_the_grid_comes_back_bit_for_bit(run):
    grid, results = run
    back = results.grid
    for name in Grid.__dataclass_fields__:
        mine, theirs = getattr(grid, name), getattr(back, name)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype, name
            np.testing.assert_array_equal(mine, theirs, err_msg=name)
        else:
            assert mine == theirs, name


def test_fields_are_lazy_and_come_back(run):
    grid, results = run
    concentration, head, discharge = results.concentration("benzene"), results.head(), results.specific_discharge()
    for field in (concentration, head, discharge):
        assert not field.variable._in_memory
    dims = ("layer", "row", "column") if grid.kind == "dis" else ("cell",)
    assert concentration.dims == ("time", *dims)
    assert discharge.dims == ("time", *dims, "component")
    values = concentration.isel(time=-1).values.ravel()
    expected = 40.0 + 0.01 * np.arange(grid.n_cells)
    expected[3] = np.nan
    np.testing.assert_array_equal(values[grid.node], expected)
    assert np.isnan(np.delete(values, grid.node)).all()
    np.testing.assert_allclose(
        discharge[-1].values.reshape(-1, 3)[grid.node], np.arange(3.0 * grid.n_cells).reshape(-1, 3), rtol=1e-7)
    assert np.isnan(head[0].values.ravel()[grid.node[3]])
    assert concentration.attrs["units"] == "mg/L"


def test_flat_fields_answer_to_any_index(tmp_path):
    """DISV is stored (time, layer, face) and seen as (time, cell)."""
    models.write(tmp_path / "out", models.layered_squares()).finish({})
    field = open_results(tmp_path / "out").head()
    whole = field.values
    np.testing.assert_array_equal(field[1:3, 2:5].values, whole[1:3, 2:5])
    np.testing.assert_array_equal(field[-1, 4].values, whole[-1, 4])
    np.testing.assert_array_equal(field.isel(cell=[5, 0], time=[0, 3]).values, whole[[0, 3]][:, [5, 0]])
    np.testing.assert_array_equal(field.sel(time=20.0).values, whole[2])


def test_times_and_dates(run):
    _, results = run
    np.testing.assert_array_equal(results.times, [10.0, 40.0])
    assert results.date(31.5) == datetime(2020, 2, 1, 12)
    field = results.concentration()
    np.testing.assert_array_equal(field["time"].values, [10.0, 40.0])
    assert field["date"].values[1] == np.datetime64("2020-02-10")
    assert results.head().sizes["time"] == 5


def test_xarray_decodes_time_and_finds_the_reference_system(run):
    grid, results = run
    with xr.open_dataset(results.path / "results.nc") as data:
        assert data["time"].values[-1] == np.datetime64("2020-02-10")
        assert pyproj.CRS.from_cf(data["crs"].attrs) == pyproj.CRS("EPSG:32640")
        assert data["concentration_benzene"].attrs["grid_mapping"] == "crs" or (
            data["concentration_benzene"].encoding["grid_mapping"] == "crs")
        assert data.attrs["Conventions"].startswith("CF-1.11")
        assert data.attrs["status"] == "illustrative"
        assert data.attrs["time_coverage_end"] == "2020-02-10T00:00:00"
        x, y = data["x"].values, data["y"].values
    mx, my = grid.to_map(grid.x, grid.y)
    if grid.kind == "dis":
        x, y = (x, y) if x.ndim == 2 else np.meshgrid(x, y)
    np.testing.assert_allclose(x.ravel()[grid.column % x.size], mx)
    np.testing.assert_allclose(y.ravel()[grid.column % x.size], my)


def test_meshes_are_ugrid(tmp_path):
    grid = models.layered_squares()
    models.write(tmp_path / "out", grid).finish({})
    with netCDF4.Dataset(tmp_path / "out" / "results.nc") as data:
        mesh = data["mesh"]
        assert (mesh.cf_role, mesh.topology_dimension) == ("mesh_topology", 2)
        nodes = data[mesh.face_node_connectivity][:]
        x, y = (data[n][:] for n in mesh.node_coordinates.split())
        assert (data["concentration_benzene"].mesh, data["concentration_benzene"].location) == ("mesh", "face")
    ring_x = x[nodes[1]]
    assert (ring_x.min(), ring_x.max()) == (500_010.0, 500_020.0)
    assert y.max() == 5_400_010.0


def test_without_a_start_times_are_plain_numbers(tmp_path):
    axis = TimeAxis((StressPeriod(10.0, 2), StressPeriod(30.0, 3)), "days")
    flow = models.flow_model(models.dis(), time=axis)
    writer = ResultsWriter(tmp_path / "out", Simulation((flow,)), models.info())
    for step in axis.steps():
        writer.flow("gwf", models.flow_step(flow, step), axis.periods[step.period].n_steps)
    writer.finish({})
    results = open_results(tmp_path / "out")
    assert results.date(1.0) is None
    assert "date" not in results.head().coords
    with xr.open_dataset(tmp_path / "out" / "results.nc", decode_timedelta=False) as data:
        np.testing.assert_array_equal(data["time"], [5.0, 10.0, 20.0, 30.0, 40.0])


def test_a_year_of_modflow_has_365_and_a_quarter_days():
    attributes, factor = time_attributes(TimeAxis((), "years"), datetime(2000, 1, 1))
    assert attributes["units"] == "days since 2000-01-01 00:00:00"
    assert factor == 365.25
    assert date_of(datetime(2000, 1, 1), "years", 4.0) == datetime(2004, 1, 1)
    assert date_of(datetime(2000, 1, 1), "years", 1e5) is None


def test_at_reads_a_breakthrough_by_map_coordinates(run):
    grid, results = run
    x, y = (float(v) for v in grid.to_map(grid.x[1], grid.y[1]))
    np.testing.assert_array_equal(results.at(x=x, y=y).values, [10.01, 40.01])
    assert results.at(x=x, y=y).attrs["cell"] == grid.describe(1)
    if grid.kind != "disu":
        below = np.flatnonzero((grid.column == grid.column[1]) & (grid.layer == 1))[0]
        np.testing.assert_allclose(results.at(x=x, y=y, layer=2).values, [10.0 + 0.01 * below, 40.0 + 0.01 * below])
    with pytest.raises(InputError, match="no active cell at x = 0, y = 0"):
        results.at(x=0.0, y=0.0)


def test_unknown_names_are_refused_by_name(run):
    _, results = run
    with pytest.raises(InputError, match=r"there is no species toluene; allowed: one of benzene"):
        results.concentration("toluene")
    with pytest.raises(InputError, match=r"there is no flow model x; allowed: one of gwf"):
        results.head("x")


def test_features_are_wells_and_groups(run):
    grid, results = run
    found = {f.name: f for f in results.features}
    well, river = found["field b"], found["riv-1"]
    x, y = grid.to_map(grid.x[-1], grid.y[-1])
    assert well.is_point
    assert (well.x, well.y) == pytest.approx((float(x), float(y)))
    np.testing.assert_array_equal(well.times, [5.0, 10.0, 20.0, 30.0, 40.0])
    np.testing.assert_array_equal(well.rate(40.0), [-43.0])
    np.testing.assert_array_equal(well.rate(12.0), [-23.0])
    assert not river.is_point
    np.testing.assert_array_equal(river.cells, [1, 2])
    np.testing.assert_array_equal(river.rate(0.0), [4.0, -0.5])
    assert found["cnc-1"].model == "benzene"


def test_the_case_comes_back(run):
    _, results = run
    assert results.case == models.info()
    assert results.species == ["benzene"]
    assert results.flow_models == ["gwf"]
