"""``gwsolver scenarios``: what it prints, writes and refuses."""

import json

import pytest

from gwsolver.cli import main
from tests.alternatives import build

SCENARIOS = """
[[scenario]]
name = "clean"
title = "Pit removed"
[[scenario.source]]
name = "Pit"
off = true
from = 2004-01-01
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build(tmp_path_factory.mktemp("cli") / "site", SCENARIOS)


def test_tables_figure_and_files(folder, capsys):
    assert main(["scenarios", str(folder), "--lang", "ru", "--jobs", "1"]) == 0
    out, err = capsys.readouterr()
    for part in ("receptors", "Village", "above limit", "mass and water", "water pumped, m³", "comparison.csv",
                 "alternatives_ru.png"):
        assert part in out, part
    assert "clean: finished" in err
    given = next(line for line in out.splitlines() if line.strip().startswith("given, g"))
    assert given.split()[2:] == ["78,894", "26,298"]  # 18 g/d for 12 and for 4 years: a column for each scenario
    assert (folder / "scenarios" / "alternatives_ru.png").stat().st_size > 10_000
    assert (folder / "scenarios" / "comparison.csv").read_text().startswith("scenario,receptor,species,figure,value")


def test_json_is_one_object_with_all_rows(folder, capsys):
    assert main(["scenarios", str(folder), "--json", "--only", "clean", "--jobs", "1"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert err == ""
    assert told["status"] == "ok"
    assert {r["scenario"] for r in told["rows"]} == {"base", "clean"}
    assert any(r["text"] == "not reached" or r["figure"] == "arrival" for r in told["rows"])


def test_a_failed_scenario_is_told_and_gives_exit_code_1(folder, capsys, tmp_path):
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "mine.txt").write_text("x")
    assert main(["scenarios", str(folder), "--out", str(tmp_path), "--no-figures", "--jobs", "1"]) == 1
    out, err = capsys.readouterr()
    assert "error: scenario clean failed: " in err
    assert "Village" in out


def test_one_scenario_runs_alone(folder, capsys):
    assert main(["run", str(folder), "--scenario", "clean", "--out", str(folder / "one"), "--no-figures"]) == 0
    assert "finished" in capsys.readouterr().out


@pytest.mark.parametrize(("options", "words"), [
    (["--only", "cleen"], "Did you mean 'clean'?"),
    (["--lang", "de"], "lang = de; allowed: one of en, ru, kk, fr"),
    (["--jobs", "-1"], "jobs = -1 is outside [0, inf)"),
    (["--scheme", "fast"], "fast"),
])
def test_bad_options_are_refused_before_anything_runs(folder, capsys, options, words, tmp_path):
    assert main(["scenarios", str(folder), "--out", str(tmp_path / "out"), *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_scenario_with_a_well_that_is_not_there_is_refused_with_its_line(folder, capsys, tmp_path):
    other = build(tmp_path / "other", '[[scenario]]\nname = "s"\n[[scenario.well]]\nname = "pw11"\noff = true\n')
    for command in ("check", "scenarios", "run"):
        assert main([command, str(other)]) == 2
        err = capsys.readouterr().err
        assert "[[scenario.well]]), line 37: there is no well 'pw11'" in err, command
        assert "Did you mean 'pw1'?" in err


def test_a_comparison_that_another_program_holds_is_told_in_words(folder, capsys):
    """As Excel holds a table on Windows: here a folder of that name refuses to be written as a file."""
    table = folder / "scenarios" / "comparison.csv"
    table.unlink(missing_ok=True)
    table.mkdir()
    try:
        assert main(["scenarios", str(folder), "--jobs", "1", "--no-figures"]) == 1
    finally:
        table.rmdir()
    assert "error: comparison.csv cannot be written: is a directory" in capsys.readouterr().err
