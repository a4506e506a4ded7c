"""LAK packages: what is read of them, with MODFLOW's checks, each problem with its line."""

import pickle

import flopy
import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.core.features import ACTIVE, CONSTANT, INACTIVE
from gwsolver.core.lake import EMBEDDEDV, HORIZONTAL, VERTICAL
from gwsolver.modflow import read
from tests.modflow.models import change, flow_simulation, line_of, write

TABLE = [(5.0, 0.0, 0.0, 0.0), (6.0, 10.0, 20.0, 30.0), (8.0, 60.0, 30.0, 40.0)]


def lakes(folder, **changed):
    """Three lakes: on a cell, at two cells' sides with a table of their own making, within a cell."""
    sim = flow_simulation(folder)
    given = {
        "pname": "waters", "auxiliary": ["salt"], "boundnames": True, "nlakes": 3, "noutlets": 2, "ntables": 1,
        "surfdep": 0.1, "maximum_iterations": 50, "stage_filerecord": "waters.stage",
        "budget_filerecord": "waters.bud",
        "packagedata": [(0, 9.5, 1, 35.0, "Upper"), (1, 9.0, 2, "brine", "Lower"), (2, 7.0, 1, 0.0, "Upper")],
        "connectiondata": [
            (0, 0, (0, 0, 0), "VERTICAL", "NONE", 0.0, 0.0, 0.0, 0.0),
            (1, 1, (0, 1, 2), "HORIZONTAL", "3.0E+30", 6.0, 9.0, 5.0, 50.0),
            (1, 0, (0, 1, 1), "HORIZONTAL", 0.2, 0.0, 0.0, 25.0, 50.0),
            (2, 0, (1, 2, 3), "EMBEDDEDV", 0.5, 0.0, 0.0, 2.5, 0.0)],
        "tables": [(2, "pond.tab")],
        "outlets": [(0, 0, 1, "MANNING", 9.1, 2.0, 0.03, 0.001), (1, 1, -1, "SPECIFIED", 0.0, 0.0, 0.0, 0.0)],
        "timeseries": {"filename": "waters.ts", "timeseries": [(0.0, 1.0, 4.0), (30.0, 31.0, 4.0)],
                       "time_series_namerecord": [("brine", "rain")],
                       "interpolation_methodrecord": [("linear", "stepwise")]},
        "perioddata": {
            0: [(0, "rainfall", 0.01), (1, "rainfall", "rain"), (1, "rate", -3.0), (2, "status", "inactive")],
            2: [(1, "status", "constant"), (1, "stage", 8.5), (1, "rainfall", 0.5), (0, "invert", 9.3),
                (0, "auxiliary", "salt", "brine")]},
    }
    lak = flopy.mf6.ModflowGwflak(sim.get_model("flow"), **{**given, **changed})
    flopy.mf6.ModflowUtllaktab(lak, nrow=3, ncol=4, table=TABLE, filename="pond.tab")
    return sim


@pytest.fixture(params=["disk", "memory"])
def waters(request, tmp_path):
    sim = lakes(tmp_path)
    simulation = read(write(sim) if request.param == "disk" else sim)
    assert "waters: MAXIMUM_ITERATIONS is passed over; lakes are unknowns of the flow system." in simulation.notes
    return simulation.flow_models[0]


def test_connections_lie_lake_after_lake(waters):
    package, = waters.features
    assert (package.name, package.kind, package.n_features) == ("waters", "lak", 3)
    assert package.connection_feature.tolist() == [0, 1, 1, 2]
    assert package.connection_cell.tolist() == [0, 5, 6, 23]
    assert package.connection_type.tolist() == [VERTICAL, HORIZONTAL, HORIZONTAL, EMBEDDEDV]
    assert package.leakance == pytest.approx([np.nan, 0.2, np.nan, 0.5], nan_ok=True)
    assert package.bed_bottom.tolist() == [0.0, 0.0, 6.0, 0.0] and package.bed_top.tolist() == [0.0, 0.0, 9.0, 0.0]
    assert package.length.tolist() == [0.0, 25.0, 5.0, 2.5] and package.width.tolist() == [0.0, 50.0, 50.0, 0.0]
    assert package.start.tolist() == [9.5, 9.0, 7.0] and package.surface_depression == 0.1
    assert package.boundnames == ("upper", "lower", "upper") and package.auxiliary_names == ("salt",)
    assert package.saves == {"stage": "waters.stage", "budget": "waters.bud"}


def test_tables_and_outlets(waters):
    package, = waters.features
    assert package.tables[:2] == (None, None)
    assert package.tables[2].volume.tolist() == [0.0, 10.0, 60.0]
    assert package.tables[2].exchange_area.tolist() == [0.0, 30.0, 40.0]
    assert package.outlet_from.tolist() == [0, 1] and package.outlet_to.tolist() == [1, -1]
    assert package.outlet_type.tolist() == [1, 0]


def test_settings_hold_until_they_are_given_again(waters):
    package, = pickle.loads(pickle.dumps(waters)).features
    steps = list(waters.time.steps())
    first, last = package.at(steps[2]), package.at(steps[5])
    assert first.columns["rainfall"].tolist() == [0.01, 4.0, 0.0]
    assert last.columns["rainfall"].tolist() == [0.01, 0.5, 0.0]
    assert first.status.tolist() == [ACTIVE, ACTIVE, INACTIVE]
    assert last.status.tolist() == [ACTIVE, CONSTANT, INACTIVE]
    assert first.columns["stage"].tolist() == [9.5, 9.0, 7.0] and last.columns["stage"].tolist() == [9.5, 8.5, 7.0]
    assert first.columns["rate"].tolist() == [0.0, -3.0] and last.columns["invert"].tolist() == [9.3, 0.0]
    assert last.columns["roughness"].tolist() == [0.03, 0.0]
    # Steps from 10 to 15 and from 25 to 30 of a line that grows from 1 by 1.
    assert first.auxiliary["salt"].tolist() == [35.0, 13.5, 0.0]
    assert last.auxiliary["salt"].tolist() == [28.5, 28.5, 0.0]


def test_what_did_not_change_is_kept_once(waters):
    source = waters.features[0].source
    assert source.starts == (0, 2)
    early, late = source.values
    assert early.columns["runoff"] is late.columns["runoff"]
    assert early.columns["rainfall"] is not late.columns["rainfall"]


def problems(folder, file, old, new):
    write(lakes(folder))
    change(folder / file, old, new)
    with pytest.raises(InputError) as caught:
        read(folder)
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(("file", "old", "new", "line", "told"), [
    ("flow.lak", r"1  1  1 1 1  VERTICAL", "4  1  1 1 1  VERTICAL", "4  1", "lake 4; allowed: 1 to 3"),
    ("flow.lak", r"2  2  1 2 3", "2  3  1 2 3", "2  3", "connection 3 of lake 2; allowed: 1 to 2, its NLAKECONN"),
    ("flow.lak", r"2  2  1 2 3", "2  1  1 2 3", "2  1  1 2 2", "connection 1 of lake 2 is there twice"),
    ("flow.lak", r"1  1  1 1 1  VERT", "1  1  1 4 1  VERT", "1  1  1 4", "cell (1, 4, 1) is outside the grid"),
    ("flow.lak", "HORIZONTAL", "SIDEWAYS", "2  2  1 2 3", 'claktype "sideways"; allowed: one of vertical'),
    ("flow.lak", r"  0\.2  ", "  -0.2  ", "2  1  1 2 2", "lake 2, connection 1: bedleak = -0.2 is outside [0, inf)"),
    ("flow.lak", r"  0\.2  ", "  mud  ", "2  1  1 2 2", 'bedleak "mud" is neither a number nor NONE'),
    ("flow.lak", r"6\.0+ +9\.0+", "4.0 9.0", "2  2  1 2 3",
     "belev = 4; allowed: not below the bottom of its cell, 5"),
    ("flow.lak", r"6\.0+ +9\.0+", "6.0 11.0", "2  2  1 2 3", "telev = 11; allowed: not above the top of its cell, 10"),
    ("flow.lak", r"6\.0+ +9\.0+", "9.0 6.0", "2  2  1 2 3", "belev = 9; allowed: below telev, 6"),
    ("flow.lak", r"6\.0+ +9\.0+", "nan 9.0", "2  2  1 2 3", "lake 2, connection 2: belev or telev is not a number"),
    ("flow.lak", r"SURFDEP.*", "SURFDEP nan", "SURFDEP", "SURFDEP = nan is outside [0, inf)"),
    ("flow.lak", r" 2\.5", " 0.0", "3  1  2 3 4", "connlen of a connection that is embeddedv = 0 is outside (0, inf)"),
    ("flow.lak", r"3  1  2 3 4", "3  1  1 1 1", "1  1  1 1 1",
     "lake 1 stands on the cell in which lake 3 is embedded at layer 1, row 1, column 1"),
    ("flow.lak", r"  9\.0+  2  brine", "  9.0 2 bryne", "2       9.0", '"bryne" is not a number'),
    ("flow.lak", r"(?m)^ +3 +7\.0+ .*\n", "", None, "block PACKAGEDATA says nothing of lake 3"),
    ("flow.lak", "MANNING", "PIPE", "1  1  2  PIPE", 'outlet 1: couttype "pipe"; allowed: one of specified'),
    ("flow.lak", r"2  2  0", "2  4  0", "2  4  0", "outlet 2: lakein = 4; allowed: 1 to 3"),
    ("flow.lak", r"1  rainfall  0\.01", "1  rainfall  -0.01", "1  rainfall",
     "period 1, lake 1: rainfall = -0.01 is outside [0, inf)"),
    ("flow.lak", r"1  rainfall  0\.01", "4  rainfall  0.01", "4  rainfall", "period 1, lake 4; allowed: 1 to 3"),
    ("flow.lak", r"2  rate", "3  rate", "3  rate", "period 1, outlet 3; allowed: 1 to 2"),
    ("flow.lak", r"status  inactive", "status  dry", "3  status", 'status = "dry"; allowed: one of active, constant'),
    ("flow.lak", r"auxiliary  salt  brine", "auxiliary  sugar  brine", "1  auxiliary",
     'auxiliary variable "sugar" is not known'),
    ("flow.lak", "NTABLES  1", "NTABLES  2", "NTABLES", "block TABLES has 1 records, NTABLES = 2"),
    ("pond.tab", r"10\.0+", "70.0", "8.0", "volume of row 3 = 60; allowed: above that of the row before, 70"),
    ("pond.tab", r"30\.0+\s+40\.0+", "10.0 40.0", "8.0", "surface area of row 3 = 10; allowed: not below"),
    ("pond.tab", "NROW  3", "NROW  4", "NROW", "block TABLE has 3 rows, NROW = 4"),
    ("pond.tab", "NCOL  4", "NCOL  3", "NCOL", "NCOL = 3; allowed: 4 or more"),
    ("waters.ts", r"30\.0+ ", "25.0 ", None, 'series "brine" ends at time 25, but is needed from 25 to 30'),
])
def test_problems_name_file_line_value_and_what_is_allowed(tmp_path, file, old, new, line, told):
    found = next((p for p in problems(tmp_path, file, old, new) if told in p), None)
    assert found is not None
    place = f"{tmp_path / file}" if line is None else f"{tmp_path / file}, line {line_of(tmp_path / file, line)}: "
    assert found.replace(" (waters)", "").startswith(place)


def test_all_problems_at_once(tmp_path):
    write(lakes(tmp_path))
    change(tmp_path / "flow.lak", r"  0\.2  ", "  -0.2  ")
    change(tmp_path / "pond.tab", r"10\.0+", "70.0")
    change(tmp_path / "flow.lak", "MANNING", "PIPE")
    with pytest.raises(InputError) as caught:
        read(tmp_path)
    text = str(caught.value)
    assert "bedleak" in text and "couttype" in text and "volume of row 3" in text


def test_embedded_lakes_need_a_table_and_one_connection(tmp_path):
    sim = lakes(tmp_path, tables=None, ntables=0, connectiondata=[
        (0, 0, (0, 0, 0), "VERTICAL", "NONE", 0.0, 0.0, 0.0, 0.0), (1, 0, (0, 1, 1), "EMBEDDEDH", 1.0, 0, 0, 5.0, 0.0),
        (1, 1, (0, 1, 2), "EMBEDDEDH", 1.0, 0, 0, 5.0, 0.0), (2, 0, (1, 2, 3), "EMBEDDEDV", 0.5, 0.0, 0.0, 2.5, 0.0)])
    with pytest.raises(InputError) as caught:
        read(sim)
    text = str(caught.value)
    assert "lake 2 is embedded in a cell and has 2 connections; allowed: one" in text
    assert "lake 3 is embedded in a cell and has no table" in text


def test_a_lake_may_have_movers(tmp_path):
    assert read(lakes(tmp_path, mover=True)).flow_models[0].mover is None


def test_a_missing_table_is_named(tmp_path):
    write(lakes(tmp_path))
    (tmp_path / "pond.tab").unlink()
    with pytest.raises(InputError, match=r'TAB6 file "pond.tab" is not there'):
        read(tmp_path)
