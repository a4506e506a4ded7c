"""Tables, GeoPackages and isolines for other programs."""

import json
import struct
from dataclasses import replace

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.raw
import pytest

from gwsolver.cli import main
from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import Simulation
from gwsolver.results import ResultsWriter, open_results
from gwsolver.results.export import export, given_limit, pick_times
from gwsolver.results.isolines import isolines, plan_values
from tests.results import models


@pytest.fixture
def results(tmp_path):
    models.write(tmp_path / "out", models.dis(angle=30.0), dry=(3,)).finish({})
    return open_results(tmp_path / "out")


def cone(kind, angle=25.0):
    """A plume that loses a decade every 100 m from the middle of a square of 410 m."""
    grid = structured_grid([10.0] * 41, [10.0] * 41, 1.0, [0.0], x_origin=3_000.0, y_origin=-500.0, angle=angle)
    if kind == "disv":
        grid = Grid(**{**models.vars_of(grid), "kind": "disv", "shape": (1, 41 * 41)})
    return grid, 10.0 ** (-np.hypot(grid.x - 205.0, grid.y - 205.0) / 100.0)


@pytest.mark.parametrize("kind", ["dis", "disv"])
def test_isolines_are_rings_where_the_concentration_is(kind):
    """On the logarithm the cone is straight, so only the corners of the cells round the ring off."""
    grid, values = cone(kind)
    found = isolines(grid, values, [0.1, 10.0 ** -0.5])
    assert [level for level, _ in found] == [0.1, 10.0 ** -0.5]
    for (_, points), radius in zip(found, (100.0, 50.0), strict=True):
        x, y = grid.from_map(*points.T)
        distance = np.hypot(x - 205.0, y - 205.0)
        assert np.abs(distance - radius).max() < 0.3  # measured: 0.22 for a radius of 50 m, cells of 10 m
        np.testing.assert_array_equal(points[0], points[-1])


@pytest.mark.parametrize("kind", ["dis", "disv"])
def test_a_ring_cut_by_the_edge_stays_open(kind):
    grid, values = cone(kind)
    (_, first), *others = isolines(grid, values, [10.0 ** -2.5])
    assert len(others) == 3
    assert not np.array_equal(first[0], first[-1])


def test_isolines_keep_off_cells_without_a_value():
    grid, values = cone("dis")
    values[grid.x < 205.0] = np.nan
    (_, points), = isolines(grid, values, [0.1])
    assert grid.from_map(*points.T)[0].min() >= 205.0 - 1e-9


@pytest.mark.parametrize("kind", ["dis", "disv"])
def test_no_line_where_nothing_is_reached(kind):
    grid, values = cone(kind)
    assert isolines(grid, values, [10.0]) == []


def test_depth_maximum_and_layers():
    grid = models.dis()
    values = np.arange(24.0)
    values[[3, 15]] = np.nan
    values[4] = np.nan
    np.testing.assert_array_equal(plan_values(grid, values, 1), values[:12])
    highest = plan_values(grid, values)
    assert np.isnan(highest[3])
    assert (highest[4], highest[5]) == (16.0, 17.0)


def test_the_table_has_a_row_per_cell_in_map_coordinates(results, tmp_path):
    path, = export(results, ["csv"], tmp_path / "e", times="all")
    assert path.read_bytes().startswith(b"\xef\xbb\xbflayer,row,column,x,y")
    table = pd.read_csv(path, encoding="utf-8-sig")
    grid = models.dis(angle=30.0)
    x, y = grid.to_map(grid.x, grid.y)
    np.testing.assert_allclose(table[["x", "y"]], np.column_stack([x, y]), rtol=1e-15)
    assert list(table.columns[-2:]) == ["benzene 2020-01-11 [mg/L]", "benzene 2020-02-10 [mg/L]"]
    assert table.iloc[2]["benzene 2020-02-10 [mg/L]"] == 40.02
    assert np.isnan(table.iloc[3]["benzene 2020-02-10 [mg/L]"])
    assert list(table.iloc[0][["layer", "row", "column"]]) == [1, 1, 2]


def test_the_geopackage_lies_where_the_model_is(results, tmp_path):
    path, = export(results, ["gpkg"], tmp_path / "e", limit=0.5)
    assert dict(pyogrio.list_layers(path)) == {
        "benzene_isolines": "LineString", "benzene_cells": "Polygon", "receptors": "Point",
    }
    fields, geometry, columns = (pyogrio.raw.read(path, layer="receptors")[i] for i in (0, 2, 3))
    assert struct.unpack("<BIdd", geometry[0]) == (1, 1, 500_015.0, 5_400_003.0)
    places = dict(zip(fields["fields"], columns, strict=True))
    assert (places["name"][0], places["layers"][0]) == ("village well", "1 2")
    about = pyogrio.read_info(path, layer="benzene_cells")
    assert about["crs"] == "EPSG:32640"
    grid = models.dis(angle=30.0)
    corners = np.column_stack(grid.to_map(*grid.vertices.T))
    used = corners[grid.polygon_vertex.reshape(-1, 4)[np.unique(grid.column)]].reshape(-1, 2)
    np.testing.assert_allclose(about["total_bounds"], [*used.min(axis=0), *used.max(axis=0)], rtol=1e-15)
    fields, columns = pyogrio.raw.read(path, layer="benzene_cells")[::3]
    cells = dict(zip(fields["fields"], columns, strict=True))
    assert list(fields["fields"]) == ["time", "date", "row", "column", "maximum", "layer_1", "layer_2", "unit"]
    assert cells["row"].size == np.unique(grid.column).size
    np.testing.assert_array_equal(cells["maximum"], np.fmax(cells["layer_1"], cells["layer_2"]))
    assert set(cells["date"]) == {"2020-02-10"}


def test_isolines_of_the_geopackage_are_the_classes_of_the_limit(tmp_path):
    grid, values = cone("dis")
    species = models.transport_model(grid, observations=(), packages=())
    writer = ResultsWriter(tmp_path / "out", Simulation((), (species,)), models.info())
    step = list(models.AXIS.steps())[-1]
    writer.transport(replace(models.transport_step(species, step), concentration=values, package_rates={}),
                     step, 3, ends=True)
    writer.finish({})
    path, = export(open_results(tmp_path / "out"), ["gpkg"])
    fields, columns = pyogrio.raw.read(path, layer="benzene_isolines")[::3]
    lines = dict(zip(fields["fields"], columns, strict=True))
    assert sorted(set(lines["times_limit"])) == [1.0, 10.0]  # 0.01 mg/L is the case's limit
    np.testing.assert_allclose(lines["concentration"], 0.01 * lines["times_limit"])


@pytest.mark.parametrize(("text", "index"), [
    ("last", [1]), ("all", [0, 1]), ("12", [0]), ("2020-02-09", [1]), ("2020-02-09, 0", [0, 1]),
])
def test_times_are_picked_by_model_time_or_date(results, text, index):
    assert pick_times(results, text) == index


def test_wrong_wishes_are_refused(results, tmp_path):
    with pytest.raises(InputError, match="--to = shp; allowed: one of nc, csv, gpkg"):
        export(results, ["shp"], tmp_path / "e")
    with pytest.raises(InputError, match=r"--times = soon; allowed: last, all, a model time or an ISO date"):
        export(results, ["csv"], tmp_path / "e", times="soon")
    with pytest.raises(InputError, match=r"--limit = -1 is outside \(0, inf\)"):
        export(results, ["gpkg"], tmp_path / "e", limit=-1.0)
    assert not (tmp_path / "e").exists()


def test_the_command_writes_files_and_names_them(results, tmp_path, capsys):
    assert main(["export", str(results.path), "--to", "nc,csv", "--out", str(tmp_path / "e"), "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert sorted(p.name for p in (tmp_path / "e").iterdir()) == ["benzene.csv", "results.nc"]
    assert len(files) == 2
    assert main(["export", str(results.path), "--to", "doc"]) == 2
    assert "allowed: one of nc, csv, gpkg" in capsys.readouterr().err


def test_a_limit_may_have_a_unit(results, tmp_path):
    assert given_limit(results, "500 µg/L") == pytest.approx(0.5, rel=1e-15)
    assert given_limit(results, "0.5") == given_limit(results, 0.5) == 0.5
    assert given_limit(results, None) is None
    for wrong, words in (("1 m/d", "m/d"), ("-1 mg/L", r"outside \(0, inf\)"), ("soon", "not a number")):
        with pytest.raises(InputError, match=rf"--limit.*{words}"):
            export(results, ["gpkg"], tmp_path / "wrong", limit=wrong)
