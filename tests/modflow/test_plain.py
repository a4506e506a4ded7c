"""The plain reader gives what flopy gives, or leaves the file to flopy."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.errors import InputError
from gwsolver.modflow import read
from gwsolver.modflow.definitions import known_packages, taken_from_flopy
from gwsolver.modflow.locate import Block, split
from gwsolver.modflow.plain_arrays import HEADER, NotPlain, cut_arrays, numbers, read_array
from gwsolver.modflow.plain_lists import read_entries, read_places
from gwsolver.modflow.reader import _assemble, find_folders, open_folder, open_plain
from gwsolver.run.identity import simulation_hash
from tests.modflow.models import flow_simulation, write


def both(folder):
    """Return the simulation as read plainly, and as read through flopy."""
    folders = find_folders(folder)
    return tuple(_assemble([open_(f) for f in folders], "auto") for open_ in (open_plain, open_folder))


def assert_same(folder):
    plain, loaded = both(folder)
    assert simulation_hash(plain) == simulation_hash(loaded)
    assert (plain.notes, plain.warnings) == (loaded.notes, loaded.warnings)
    assert sorted(plain.files) == sorted(loaded.files)


def test_models_of_all_kinds_of_input_are_read_as_flopy_reads_them(tmp_path):
    write(flow_simulation(tmp_path, transport="trans"))
    assert_same(tmp_path)


@pytest.mark.parametrize("folder", ["models/kokzhide/mf6", "tests/data/column"])
def test_models_of_this_repository_are_read_as_flopy_reads_them(folder):
    assert_same(Path(folder))


def test_the_table_of_definitions_is_that_of_flopy():
    import flopy

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
    assert array("K\n# a comment\n INTERNAL\n 1 2 3\n\n 4 5 -6e0", tmp_path, whole=True).tolist() == [1, 2, 3, 4, 5, -6]


@pytest.mark.parametrize("text", [
    "K\n INTERNAL\n 3*1.0 1 2 3", "K\n INTERNAL\n 1 2 3 4 5", "K\n INTERNAL\n 1 2 3 4 5 6 7",
    "K\n INTERNAL\n 1 2 x 4 5 6",
    "K\n INTERNAL\n 1 2 3 4 5 1.0d0", "K LAYERED\n CONSTANT 1", "K\n CONSTANT one", "K\n CONSTANT 1 # why",
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
