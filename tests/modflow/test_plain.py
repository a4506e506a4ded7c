"""The plain reader gives what flopy gives, or leaves the file to flopy."""

import subprocess
import sys
from pathlib import Path

import flopy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.errors import InputError
from gwsolver.modflow import read
from gwsolver.modflow.definitions import known_packages, taken_from_flopy
from gwsolver.modflow.locate import Block, split
from gwsolver.modflow.plain_arrays import HEADER, NotPlain, cut_arrays, numbers, read_array
from gwsolver.modflow.plain_lists import Layout, read_entries, read_places, read_rows, read_settings
from gwsolver.modflow.reader import _assemble, find_folders, open_folder, open_plain
from gwsolver.run.identity import simulation_hash
from tests.modflow import test_feature_solute, test_lakes, test_movers, test_reaches
from tests.modflow.models import add_transport, change, flow_simulation, write


def both(folder):
    """Return the simulation as read plainly, and as read through flopy."""
    folders = find_folders(folder)
    return tuple(_assemble([open_(f) for f in folders], "auto") for open_ in (open_plain, open_folder))


def assert_same(folder):
    plain, loaded = both(folder)
    assert simulation_hash(plain) == simulation_hash(loaded)
    assert (plain.notes, plain.warnings) == (loaded.notes, loaded.warnings)
    assert sorted(plain.files) == sorted(loaded.files)


def lakes(folder):
    write(test_lakes.lakes(folder))


def streams(folder):
    test_reaches.files(folder)


def solutes(folder):
    write(test_feature_solute.solutes(folder))


def moving(folder):
    """Movers of lakes, and a period that ends them."""
    write(test_movers.movers(folder))
    path = folder / "flow.mvr"
    path.write_text(path.read_text() + "BEGIN PERIOD 3\nEND PERIOD 3\n")


def reach_solute(folder):
    """Solute in the reaches of `test_reaches`."""
    sim = test_reaches.streams(folder)
    gwt = add_transport(sim, "salt")
    gwt.remove_package("ssm")
    flopy.mf6.ModflowGwtsft(
        gwt, pname="stream", boundnames=True, auxiliary=["note"],
        packagedata=[(reach, 1.0 + reach, 0.0, f"part {reach}") for reach in range(5)],
        reachperioddata={0: [(0, "inflow", 7.0), (3, "status", "constant"), (3, "concentration", 2.0)],
                         1: [(0, "runoff", 3.0), (1, "auxiliary", "note", 4.0)]})
    flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="salt", filename="salt.gwfgwt")
    test_reaches.written(sim)


def test_models_of_all_kinds_of_input_are_read_as_flopy_reads_them(tmp_path):
    write(flow_simulation(tmp_path, transport="trans"))
    assert_same(tmp_path)


@pytest.mark.parametrize("make", [lakes, streams, solutes, reach_solute, moving])
def test_lakes_reaches_their_solute_and_movers_are_read_as_flopy_reads_them(make, tmp_path):
    make(tmp_path)
    assert_same(tmp_path)


def test_observations_of_features_are_read_as_flopy_reads_them(tmp_path):
    lakes(tmp_path)
    change(tmp_path / "flow.lak", "BOUNDNAMES", "BOUNDNAMES\n  OBS6 FILEIN waters.obs")
    (tmp_path / "waters.obs").write_text(
        "BEGIN CONTINUOUS FILEOUT waters.csv\n a stage 2\n b lak 2 1\n c lak 'Upper'\n d wetted-area 3 Upper\n"
        " e outlet 1\nEND CONTINUOUS\n")
    assert_same(tmp_path)
    assert len(read(tmp_path).flow_models[0].observations) == 5


def test_plain_lakes_are_read_without_flopy(tmp_path):
    solutes(tmp_path)
    told = subprocess.run(
        [sys.executable, "-c", "import sys; from gwsolver.modflow import read; s = read(sys.argv[1]); "
         "print(len(s.transport_models[0].features), 'flopy' in sys.modules)", str(tmp_path)],
        capture_output=True, text=True, check=True).stdout
    assert told.split() == ["1", "False"]


@pytest.mark.parametrize("folder", ["models/kokzhide/mf6", "tests/data/column"])
def test_models_of_this_repository_are_read_as_flopy_reads_them(folder):
    assert_same(Path(folder))


def test_the_table_of_definitions_is_that_of_flopy():
    if flopy.__version__ != "3.11.0":
        pytest.skip("the table was taken from flopy 3.11.0")
    table = [row for rows in known_packages().values() for row in rows]
    assert table == taken_from_flopy()


def block(text, name="GRIDDATA"):
    return Block(name, (), 1, tuple(enumerate(text.splitlines(), 2)), Path("file"))


def array(text, folder, size=6, layers=2, whole=False):
    return read_array(cut_arrays(block(text), {"K"})["K"], folder, size, layers, whole=whole)


def test_factors_multiply_what_is_read_and_flopy_agrees(tmp_path):
    write(flow_simulation(tmp_path))
    path = tmp_path / "flow.npf"
    text = path.read_text()
    assert text.count("CONSTANT       5.00000000") == 1
    path.write_text(text.replace("CONSTANT       5.00000000", "INTERNAL FACTOR 3.0\n" + " 2.0" * 24))
    assert_same(tmp_path)
    assert np.all(read(tmp_path).flow_models[0].conductivity.k == 6.0)


def test_arrays_by_layer_from_every_place(tmp_path):
    (tmp_path / "k.txt").write_text("1 2\n3\n")
    np.concatenate([np.zeros(HEADER, np.uint8), np.array([4.0, 5.0, 6.0]).view(np.uint8)]).tofile(tmp_path / "k.bin")
    text = "k LAYERED\n open/close k.txt FACTOR 2 IPRN 1\n OPEN/CLOSE k.bin (BINARY) factor 0.5"
    assert array(text, tmp_path).tolist() == [2.0, 4.0, 6.0, 2.0, 2.5, 3.0]
    assert array("K\n constant 7", tmp_path).tolist() == [7.0] * 6
    assert array("K\n CONSTANT 7 # why", tmp_path).tolist() == [7.0] * 6
    assert array("K\n INTERNAL FACTOR 2 IPRN 3 K\n 1 2 3 4 5 6", tmp_path).tolist() == [2, 4, 6, 8, 10, 12]
    assert array("K\n# a comment\n INTERNAL\n 1 2 3\n\n 4 5 -6e0", tmp_path, whole=True).tolist() == [1, 2, 3, 4, 5, -6]


@pytest.mark.parametrize("text", [
    "K\n INTERNAL\n 3*1.0 1 2 3", "K\n INTERNAL\n 1 2 3 4 5", "K\n INTERNAL\n 1 2 3 4 5 6 7",
    "K\n INTERNAL\n 1 2 x 4 5 6",
    "K\n INTERNAL\n 1 2 3 4 5 1.0d0", "K LAYERED\n CONSTANT 1", "K\n CONSTANT one",
    "K\n INTERNAL K FACTOR 2\n 1 2 3 4 5 6",
    "K\n OPEN/CLOSE missing.txt", "K\n OPEN/CLOSE", "K\n INTERNAL FACTOR\n 1 2 3 4 5 6", "K NETCDF", "K\n 1 2 3 4 5 6",
    "L\n CONSTANT 1", "K\n INTERNAL\n 1, 2, 3, 4, 5, 6",
])
def test_what_is_not_plain_is_left_to_flopy(text, tmp_path):
    with pytest.raises(NotPlain):
        array(text, tmp_path)


def test_whole_numbers_stay_whole(tmp_path):
    with pytest.raises(NotPlain):
        array("K\n INTERNAL\n 1 2 3 4 5 6.5", tmp_path, whole=True)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_are_read_to_the_last_bit(values):
    text = " ".join(map(repr, values))
    assert numbers(text, len(values)).tobytes() == np.array([float(w) for w in text.split()]).tobytes()


def test_lists_keep_names_of_series_and_boundnames(tmp_path):
    entries = read_entries(block("1 2 3 -5.0 rate 'north well'\n2 1 1 1e-3 0.5\n", "PERIOD"), tmp_path, 3,
                           ["q", "conc"], True)
    assert entries["cellid"].tolist() == [[0, 1, 2], [1, 0, 0]]
    assert entries["q"].tolist() == [-5.0, 1e-3]
    assert entries["conc"].tolist() == ["rate", "0.5"]
    assert entries["boundname"].tolist() == ["north well", ""]
    assert read_entries(block("# nothing\n", "PERIOD"), tmp_path, 3, ["q"], False) is None


@pytest.mark.parametrize("line", ["1 2 3", "1 2 3 4 5", "1 2 x 4.0"])
def test_lists_that_are_not_plain_are_left_to_flopy(line, tmp_path):
    with pytest.raises(NotPlain):
        read_entries(block(line, "PERIOD"), tmp_path, 3, ["q"], False)


def test_observations_name_cells_or_boundnames():
    text = "a head 1 2 3\nb flow-ja-face 1 2 3 1 2 4\nc wel north\n"
    assert read_places(block(text), 3) == [
        ("a", "head", "1 2 3"), ("b", "flow-ja-face", "1 2 3", "1 2 4"), ("c", "wel", "north")]
    with pytest.raises(NotPlain):
        read_places(block("a head 1 2"), 3)


def test_bad_input_is_worded_by_the_same_reader_as_ever(tmp_path):
    """A repeat count is left to flopy, which refuses it; so is a number that is none."""
    write(flow_simulation(tmp_path))
    path = tmp_path / "flow.npf"
    path.write_text(path.read_text().replace("CONSTANT       5.00000000", "CONSTANT five"))
    with pytest.raises(InputError, match=r"flow\.npf"):
        read(tmp_path)


def test_words_are_cut_as_modflow_cuts_them():
    assert split("  'a b', 3\t4  ") == ("a b", "3", "4")


FIELDS = known_packages()
LAYOUT = Layout(n_index=3, n_auxiliary=1, named=True, series=False)


def table(package, name, *columns):
    return [next(e for e in FIELDS[package] if (e["block"], e["name"]) == (name, c)) for c in columns]


REACH = table("gwfsfr", "packagedata", "ifno", "cellid", "rlen", "aux", "boundname")


def test_rows_name_cells_none_auxiliary_variables_and_boundnames(tmp_path):
    text = "1 1 2 3 50.0 7 'North arm'\n2 none 60 8\n3 0 0 0 70 9 south"
    assert read_rows(block(text), tmp_path, REACH, LAYOUT) == [
        (0, (0, 1, 2), 50.0, 7.0, "North arm"), (1, "none", 60.0, 8.0), (2, (-1, -1, -1), 70.0, 9.0, "south")]
    with_series = Layout(3, 1, True, series=True)
    assert read_rows(block("1 NONE 50.0 salt"), tmp_path, REACH, with_series) == [(0, "NONE", 50.0, "salt")]


@pytest.mark.parametrize("line", [
    "1 1 2 50.0", "1 1 2 3 50.0", "1 1 2 3 50.0 salt", "1 1 2 3 50.0 7 a b", "1 1 2 3 50.0 7 #remark", "-1 NONE 50.0 7",
    "1 NONE long 7", "1.0 NONE 50.0 7"])
def test_rows_that_are_not_plain_are_left_to_flopy(line, tmp_path):
    with pytest.raises(NotPlain):
        read_rows(block(line), tmp_path, REACH, LAYOUT)


def test_connections_of_reaches_keep_their_sign(tmp_path):
    fields = table("gwfsfr", "connectiondata", "ifno", "ic")
    rows = read_rows(block("2 1 -3\n4 -1\n5"), tmp_path, fields, LAYOUT)
    assert rows == [(1, 0, -2.0), (3, -0.0), (4,)]
    assert np.signbit(rows[1][1])
    with pytest.raises(NotPlain):
        read_rows(block("2 0"), tmp_path, fields, LAYOUT)


def settings_of(text, folder):
    fields = {e["name"]: e for e in FIELDS["gwfsfr"] if e["block"] == "period"}
    return read_settings(block(text, "PERIOD"), folder, fields, fields["sfrsetting"], LAYOUT)


def test_settings_are_words_after_a_number(tmp_path):
    text = "1 INFLOW 5.0\n2 diversion 1 0.5\n3 cross_section TAB6 FILEIN bed.tab\n3 rainfall rain\n1 auxiliary salt 3"
    assert settings_of(text, tmp_path) == [
        (0, "INFLOW", "5.0"), (1, "diversion", 0, 0.5), (2, "cross_section", "TAB6", "FILEIN", "bed.tab"),
        (2, "rainfall", "rain"), (0, "auxiliary", "salt", 3.0)]
    assert settings_of("# nothing\n", tmp_path) is None


@pytest.mark.parametrize("line", [
    "1", "1 inflow", "1 inflow 5 6", "1 outflow 5", "one inflow 5", "2 diversion 1 half", "3 cross_section bed.tab",
    "3 cross_section TAB5 FILEIN bed.tab", "1 inflow #5"])
def test_settings_that_are_not_plain_are_left_to_flopy(line, tmp_path):
    with pytest.raises(NotPlain):
        settings_of(line, tmp_path)


def test_observations_of_features_name_numbers():
    assert read_places(block("a lak 1 2\nb stage 3\nc wetted-area 1 upper"), 0) == [
        ("a", "lak", "1", "2"), ("b", "stage", "3"), ("c", "wetted-area", "1", "upper")]
    with pytest.raises(NotPlain):
        read_places(block("a lak 1 2 3"), 0)
