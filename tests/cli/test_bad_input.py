"""Bad input at the command line: one message per problem, exit code 2, nothing run and nothing written."""

import json
import re
import shutil

import pytest

from gwsolver.cli import main
from tests.cli.column import DATA, change, column, refused


@pytest.fixture
def model(tmp_path):
    return column(tmp_path)


def assert_untouched(model):
    """Nothing was written: no results folder, no file beside the input."""
    assert sorted(p.name for p in model.iterdir() if p.suffix in {".hds", ".ucn", ".cbc", ".lst"}) == []
    assert not (model / "results").exists()


def test_a_folder_that_is_not_there(tmp_path, capsys):
    words = refused(capsys, tmp_path / "nowhere")
    assert words == f"error: {tmp_path / 'nowhere'}: there is no such folder.\n"


def test_a_folder_without_a_simulation(tmp_path, capsys):
    words = refused(capsys, tmp_path)
    assert "mfsim.nam" in words
    assert str(tmp_path) in words


def test_a_file_in_place_of_a_folder(model, capsys):
    words = refused(capsys, model / "flow.npf")
    assert "this is a file, not a folder." in words
    assert "Give the folder that holds case.toml or mfsim.nam." in words


@pytest.mark.parametrize("name", ["flow.npf", "flow.wel", "trans.mst", "column.tdis", "flow.nam"])
def test_a_missing_file_names_the_line_that_asks_for_it(model, capsys, name):
    (model / name).unlink()
    words = refused(capsys, model)
    owner = {"flow.nam": "mfsim.nam", "column.tdis": "mfsim.nam", "trans.mst": "trans.nam"}.get(name, "flow.nam")
    line = next(i for i, text in enumerate((model / owner).read_text().splitlines(), 1) if name in text)
    assert f"{model / owner}, line {line}: " in words
    assert f'"{name}" is not there.' in words
    assert_untouched(model)


@pytest.mark.parametrize(("value", "told"), [("nan", "nan"), ("-0.25", "-0.25"), ("25.0", "25"), ("0.0", "0")])
def test_porosity_outside_its_range(model, capsys, value, told):
    line = change(model / "trans.mst", r"(porosity\n\s+CONSTANT\s+)\S+", rf"\g<1>{value}")
    words = refused(capsys, model)
    assert (f"trans.mst, line {line}: porosity = {told} at layer 1, row 1, column 1 is outside (0, 1] "
            "(40 of 40 cells are).\nPorosity is a fraction: write 30% as 0.30.") in words
    assert_untouched(model)


def test_what_is_not_a_number(model, capsys):
    line = change(model / "flow.npf", r"(k\n\s+CONSTANT\s+)\S+", r"\g<1>fast")
    assert f'flow.npf, line {line + 1}: k "fast" is not a number.' in refused(capsys, model)
    assert_untouched(model)


def test_a_well_in_an_inactive_cell(model, capsys):
    for name in ("flow.dis", "trans.dis"):
        zeros = " ".join(["0", *["1"] * 39])
        change(model / name, r"END griddata", f"  idomain\n    INTERNAL FACTOR 1\n      {zeros}\nEND griddata")
    line = next(i for i, t in enumerate((model / "flow.wel").read_text().splitlines(), 1) if t.split()[:3] == ["1"] * 3)
    words = refused(capsys, model)
    assert re.search(rf"flow\.wel \(wel-1\), line {line}: .*inactive cell at layer 1, row 1, column 1\.", words)
    assert_untouched(model)


def test_a_well_outside_the_grid(model, capsys):
    line = change(model / "flow.wel", r"1 1 1 ", "1 1 41 ")
    words = refused(capsys, model)
    allowed = "layer 1, row 1, column 1 to 40."
    assert f"flow.wel (wel-1), line {line}: cell (1, 1, 41) is outside the grid; allowed: {allowed}" in words
    assert_untouched(model)


def test_a_series_that_ends_early(model, capsys):
    change(model / "flow.wel", r"auxiliary  concentration\n", r"auxiliary  concentration\n  TS6 FILEIN well.ts\n")
    change(model / "flow.wel", r"1 1 1 1.00000000E\+00", "1 1 1 rate")
    (model / "well.ts").write_text(
        "BEGIN attributes\n  NAMES rate\n  METHODS linear\nEND attributes\n"
        "BEGIN timeseries\n  0.0 1.0\n  4.5 1.0\nEND timeseries\n"
    )
    words = refused(capsys, model)
    assert 'well.ts' in words
    assert 'series "rate" ends at time 4.5, but is needed from 4 to 5 (period 1, step 5)' in words
    assert_untouched(model)


def test_an_unknown_option_names_the_nearest(model, capsys):
    line = change(model / "flow.npf", "BEGIN options", "BEGIN options\n  SAVE_SPECIFIC_DISCHARG") + 1
    words = refused(capsys, model)
    assert f'flow.npf, line {line}: option "SAVE_SPECIFIC_DISCHARG" is not known' in words
    assert "Did you mean SAVE_SPECIFIC_DISCHARGE?" in words
    assert_untouched(model)


def test_what_is_not_supported_is_refused_by_name(model, capsys):
    (model / "flow.maw").write_text("BEGIN options\nEND options\n")
    line = change(model / "flow.nam", "BEGIN packages", "BEGIN packages\n  MAW6  flow.maw  river") + 1
    words = refused(capsys, model)
    assert f"flow.nam, line {line}: " in words
    assert "package MAW6 is not supported" in words
    assert_untouched(model)


def test_mixed_grids_of_flow_and_transport(model, capsys):
    change(model / "trans.dis", r"(botm\n\s+CONSTANT\s+)\S+", r"\g<1>-1.0")
    words = refused(capsys, model)
    assert "the grid differs from that of flow model flow: bottom is -1 here and 0 there at layer 1" in words
    assert_untouched(model)


def test_another_number_of_cells_in_transport(model, capsys):
    change(model / "trans.dis", r"NCOL  40", "NCOL  30")
    words = refused(capsys, model)
    assert "the grid differs from that of flow model flow" in words
    assert_untouched(model)


def test_a_block_that_is_not_closed(model, capsys):
    change(model / "trans.ic", r"END griddata", "")
    assert "trans.ic" in refused(capsys, model)
    assert_untouched(model)


def test_all_problems_are_told_at_once(model, capsys):
    change(model / "trans.mst", r"(porosity\n\s+CONSTANT\s+)\S+", r"\g<1>nan")
    change(model / "flow.npf", r"(k\n\s+CONSTANT\s+)\S+", r"\g<1>-10.0")
    change(model / "flow.wel", r"1 1 1 ", "1 1 41 ")
    change(model / "flow.npf", "BEGIN options", "BEGIN options\n  SAVE_SPECIFIC_DISCHARG")
    words = refused(capsys, model)
    for part in ("porosity = nan", "k = -10", "(1, 1, 41) is outside the grid", '"SAVE_SPECIFIC_DISCHARG" is not kn'):
        assert part in words
    assert_untouched(model)


def test_check_tells_the_same_and_json_is_one_object(model, capsys):
    change(model / "trans.mst", r"(porosity\n\s+CONSTANT\s+)\S+", r"\g<1>nan")
    words = refused(capsys, model)
    assert main(["check", str(model)]) == 2
    assert capsys.readouterr().err == words
    assert main(["run", str(model), "--json"]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    said = json.loads(out)
    assert (said["exit_code"], said["status"]) == (2, "input")
    assert "porosity = nan" in said["message"]


def test_an_unknown_scheme(model, capsys):
    words = refused(capsys, model, "--scheme", "tvdd")
    assert "tvdd" in words
    assert "limited" in words
    assert_untouched(model)


@pytest.mark.parametrize("option", ["--flow=guess", "--threads=many", "--speed"])
def test_options_of_the_command_line(model, capsys, option):
    assert main(["run", str(model), option]) == 2
    assert "error:" in capsys.readouterr().err
    assert_untouched(model)


def test_a_truncated_budget_is_refused_before_anything_runs(tmp_path, capsys):
    case = shutil.copytree(DATA / "saved_flows", tmp_path / "valley")
    budget = case / "valley.cbc"
    budget.write_bytes(budget.read_bytes()[:-5000])
    for command in ("check", "run"):
        assert main([command, str(case / "gwt")]) == 2
        err = capsys.readouterr().err
        assert re.search(r"valley\.cbc: the file is cut off in record \d+: [\d,]+ bytes should follow byte [\d,]+, "
                         r"but it ends at byte 179,920\.", err)
    assert not (case / "gwt" / "results").exists()


def test_missing_saved_flows(tmp_path, capsys):
    case = shutil.copytree(DATA / "saved_flows", tmp_path / "valley")
    (case / "valley.cbc").unlink()
    words = refused(capsys, case / "gwt")
    assert re.search(r"tracer\.fmi.*: no flow: \S*valley\.cbc is not there", words)
    assert not (case / "gwt" / "results").exists()


def test_flows_that_end_before_transport_does(tmp_path, capsys):
    case = shutil.copytree(DATA / "saved_flows", tmp_path / "valley")
    change(case / "gwt" / "plume.tdis", r"NPER  2", "NPER  3")
    change(case / "gwt" / "plume.tdis", r"END perioddata", "  50.0 1 1.0\nEND perioddata")
    words = refused(capsys, case / "gwt")
    assert "the flow ends before the transport model does: transport needs flow until 251" in words
    assert not (case / "gwt" / "results").exists()
