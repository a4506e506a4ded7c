"""Scenarios run side by side: the bits of a run alone, budgets, what is run again, what fails."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gwsolver as gw
from gwsolver.core.errors import InputError
from gwsolver.results.fates import mass_by_fate, pumped
from gwsolver.results.receptors import receptor_series, receptor_table, well_series
from tests.alternatives import YEAR, build, place

X, Y = place(8, 4)
SCENARIOS = f"""
[[scenario]]
name = "base"
title = "No action"

[[scenario]]
name = "clean"
title = "Pit removed"
[[scenario.source]]
name = "Pit"
off = true
from = 2004-01-01

[[scenario]]
name = "pump"
[[scenario.new_well]]
name = "pt"
x = {X}
y = {Y}
layers = [1]
pumping_rate = "8 m3/d"
from = 2004-01-01

[[scenario]]
name = "wall"
[[scenario.barrier]]
line = [[500137, 5400040], [500137, 5400190]]
width = "1 m"
hydraulic_conductivity = "1e-4 m/d"

[[scenario]]
name = "decay"
[[scenario.species]]
name = "tracer"
decay = "0.5 1/y"
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = build(tmp_path_factory.mktemp("scenarios") / "site", SCENARIOS)
    return folder, gw.scenarios(folder, jobs=1)


def concentrations(results):
    return results.concentration("tracer").values


def test_all_ran_into_folders_of_their_own(found):
    folder, alternatives = found
    assert list(alternatives.results) == ["base", "clean", "pump", "wall", "decay"]
    assert not alternatives.failures
    for name, results in alternatives.results.items():
        assert results.path == folder / "scenarios" / name
        assert results.summary["exit_status"] == 0
        assert results.case.scenario == name


def test_a_scenario_has_the_bits_of_a_run_of_it_alone(found, tmp_path):
    folder, alternatives = found
    alone = gw.run(folder, tmp_path / "alone", scenario="pump", threads=2)
    assert alone.summary["input_hash"] == alternatives.results["pump"].summary["input_hash"]
    np.testing.assert_array_equal(concentrations(alone), concentrations(alternatives.results["pump"]))


def test_the_base_is_the_case_itself(found, tmp_path):
    folder, alternatives = found
    alone = gw.run(folder, tmp_path / "alone")
    assert alone.summary["input_hash"] == alternatives.results["base"].summary["input_hash"]
    np.testing.assert_array_equal(concentrations(alone), concentrations(alternatives.results["base"]))


def test_a_source_that_ends_is_that_of_files_that_say_so(found, tmp_path):
    """The MODFLOW files with an empty PERIOD 2 of SRC give the bits of the scenario."""
    _, alternatives = found
    other = build(tmp_path / "other")
    src = next((other / "mf6").glob("*.src"))
    src.write_text(src.read_text().rstrip() + "\n\nBEGIN period 2\nEND period 2\n")
    alone = gw.run(other)
    np.testing.assert_array_equal(concentrations(alone), concentrations(alternatives.results["clean"]))


def test_every_balance_closes_and_nothing_is_negative(found):
    for results in found[1].results.values():
        assert max(results.summary["closure"].values()) < 1e-10
        assert results.summary["minimum"]["tracer"] >= 0.0


def test_fates_add_up_to_what_was_given(found):
    for name, results in found[1].results.items():
        fates = mass_by_fate(results, "tracer").set_index("fate")["amount"]
        given = fates.pop("given")
        assert given == pytest.approx(18.0 * (4.0 if name == "clean" else 12.0) * YEAR, rel=1e-9)
        assert fates.sum() == pytest.approx(given, rel=1e-10)
    assert mass_by_fate(found[1].results["decay"], "tracer")["fate"].str.startswith("degraded").any()


def test_what_wells_at_receptors_take_is_what_the_budget_books(found):
    """The village's wells alone pump: their mass rates over the steps make up WEL's sum, to the steps' own change."""
    results = found[1].results["base"]
    rate = well_series(results, "tracer", "well-mass-rate")["Village"].dropna()
    blend = well_series(results, "tracer")["Village"].dropna()
    np.testing.assert_allclose(rate, blend * 10.0, rtol=1e-12)  # 4 + 6 m3/d
    assert list(rate.index) == pytest.approx([YEAR * y for y in range(5, 13)])
    seen = receptor_series(results, "tracer")["Village"]
    assert blend.iloc[-1] == pytest.approx(seen.iloc[-1], rel=1e-12)  # thickness 4 and 6 m: the same weights
    [(mass, water)] = pumped(results, "tracer").values()
    assert water == pytest.approx(15.0 * 8 * YEAR, rel=1e-9)
    # trapezoidal sum of the well's rate, the other well's part is small
    sums = float(np.trapezoid(np.r_[0.0, rate], np.r_[4 * YEAR, rate.index]))
    assert 0.8 < sums / mass < 1.05


def test_measures_help_where_they_should(found):
    table = found[1].table().set_index(["scenario", "receptor"])
    years = table["time above limit [y]"].astype(float)
    assert years["base", "Village"] > 0.0
    for name in ("clean", "decay"):
        assert years[name, "Village"] < years["base", "Village"]
    peaks = table["peak [mg/L]"].astype(float)
    for name in ("clean", "pump", "wall", "decay"):
        assert peaks[name, "Village"] < peaks["base", "Village"], name


def test_tables_keep_what_is_not_reached_and_their_units(found):
    _, alternatives = found
    tidy = pd.read_csv(alternatives.write(), keep_default_na=False)
    assert list(tidy.columns) == ["scenario", "receptor", "species", "figure", "value", "unit", "text"]
    arrival = tidy[(tidy["figure"] == "arrival") & (tidy["receptor"] == "Village")].set_index("scenario")
    assert arrival.loc["decay", "text"] == "not reached"
    assert arrival.loc["decay", "value"] == ""
    assert float(arrival.loc["base", "value"]) > 0.0
    assert set(arrival["unit"]) == {"y"}
    wide = alternatives.table().set_index(["scenario", "receptor"])
    assert wide.loc[("decay", "Village"), "arrival [y]"] == "not reached"
    masses = alternatives.masses().set_index("scenario")
    removed = masses["mass removed per volume pumped [g/m³]"]
    assert removed["pump"] > 0.0
    # Where wells of several packages pump, each is told for itself too, and they add up.
    whole, own = removed["pump"] * masses.loc["pump", "water pumped [m³]"], 0.0
    for name, volume in (("pt", 8.0 * 8 * YEAR), ("wel", 15.0 * 8 * YEAR)):
        assert masses.loc["pump", f"water pumped, {name} [m³]"] == pytest.approx(volume, rel=1e-9)
        own += volume * masses.loc["pump", f"mass removed per volume pumped, {name} [g/m³]"]
    assert own == pytest.approx(whole, rel=1e-9)
    assert np.isnan(masses.loc["base", "mass removed per volume pumped, pt [g/m³]"])


def test_the_receptor_table_is_that_of_the_series(found):
    own = receptor_table(found[1].results["base"], "tracer", 0.5).set_index("receptor")
    seen = receptor_series(found[1].results["base"], "tracer")
    assert own.loc["MW", "peak"] == pytest.approx(seen["MW"].max())
    assert own.loc["MW", "time_above"] > 0.0
    assert np.isnan(own.loc["MW", "well_mass_rate"])
    with pytest.raises(InputError, match="there is no species benzene"):
        receptor_table(found[1].results["base"], "benzene", 0.5)


def test_finished_ones_are_not_run_again_and_a_changed_one_is(found):
    folder, first = found
    stamps = {n: (r.path / "summary.json").stat().st_mtime_ns for n, r in first.results.items()}
    case = folder / "case.toml"
    text = case.read_text()
    case.write_text(text.replace('decay = "0.5 1/y"', 'decay = "0.6 1/y"'))
    try:
        told = {}
        second = gw.scenarios(folder, jobs=1, only=["clean", "decay"], tell=lambda n, w: told.update({n: w}))
        assert told == {"base": "there already", "clean": "there already", "decay": "finished"}
        for name in ("base", "clean", "pump"):
            assert (first.results[name].path / "summary.json").stat().st_mtime_ns == stamps[name]
        assert list(second.results) == ["base", "clean", "decay"]
    finally:
        case.write_text(text)
    gw.scenarios(folder, jobs=1, only=["decay"])


def test_a_moved_receptor_alone_is_reason_to_run_again(found):
    folder, _ = found
    case = folder / "case.toml"
    text = case.read_text()
    case.write_text(text.replace("x = 500162", "x = 500187"))
    try:
        told = []
        gw.scenarios(folder, folder / "elsewhere", jobs=1, only=["base"], tell=lambda n, w: told.append(w))
        case.write_text(text)
        gw.scenarios(folder, folder / "elsewhere", jobs=1, only=["base"], tell=lambda n, w: told.append(w))
        assert told == ["running", "finished"] * 2
    finally:
        case.write_text(text)


def test_what_fails_is_listed_and_the_others_stand(found):
    folder, _ = found
    out = folder / "some"
    (out / "wall").mkdir(parents=True)
    (out / "wall" / "notes.txt").write_text("mine")
    alternatives = gw.scenarios(folder, out, jobs=2, only=["wall", "decay"])
    assert list(alternatives.results) == ["base", "decay"]
    assert "files that are not results" in alternatives.failures["wall"]
    assert (out / "wall" / "notes.txt").read_text() == "mine"
    tidy = alternatives.tidy.set_index("scenario")
    assert tidy.loc["wall", "text"].startswith("failed: ")
    assert (alternatives.table()["scenario"] == "wall").sum() == 1


def test_a_folder_without_a_case_has_no_scenarios(found, tmp_path):
    with pytest.raises(InputError, match=r"there is no case\.toml"):
        gw.scenarios(found[0] / "mf6")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="the output folder is a file"):
        gw.scenarios(found[0], tmp_path / "file")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_leaves_what_is_finished_and_goes_on_later(found, tmp_path):
    folder, first = found
    out = tmp_path / "out"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    # Shells start background work with Ctrl-C ignored, and so would Python here.
    heed = ("import signal, sys; from gwsolver.cli import main; "
            "signal.signal(signal.SIGINT, signal.default_int_handler); sys.exit(main(sys.argv[1:]))")
    command = [sys.executable, "-c", heed, "scenarios", str(folder), "--out", str(out), "--jobs", "1",
               "--no-figures", "--only", "clean", "pump"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, text=True)
    # Told as its process starts, which takes longer to come to itself than the signal does to come here.
    while (line := process.stderr.readline()) != "clean: running\n":
        assert line, "ended before it ran"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in said
    assert (out / "base" / "summary.json").exists()
    assert not (out / "pump").exists()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    again = gw.open_results(out / "clean")
    np.testing.assert_array_equal(concentrations(again), concentrations(first.results["clean"]))
