"""The whole way of a small simulation: files in, balance closed, results out."""

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

import gwsolver as gw
from gwsolver.bench.solutions import semi_infinite_third_type
from gwsolver.cli import main
from gwsolver.run.identity import simulation_hash

COLUMN = Path(__file__).resolve().parents[1] / "data" / "column"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "results"
    return gw.run(COLUMN, folder)


def test_the_front_lies_where_the_exact_solution_puts_it(results):
    """q = 1 m/d, n = 0.25: v = 4 m/d, D = 10 m2/d; the front is at 40 m after 10 d."""
    concentration = results.concentration("trans").values[-1].ravel()
    x = 1.25 + 2.5 * np.arange(40)
    exact = 5.0 * semi_infinite_third_type(x, 10.0, seepage_velocity=4.0, dispersion=10.0)
    assert np.abs(concentration - exact).sum() / exact.sum() < 0.05  # the well mixes in a cell: half a cell of it


def test_the_balance_is_the_inflow(results):
    """The well brings 1 m3/d of 5 g/m3 for 10 d."""
    budget = results.budget()
    last = budget[(budget["species"] == "trans") & np.isclose(budget["time"], 10.0) & (budget["package"] == "wel-1")]
    assert float(last["in"].sum()) == pytest.approx(50.0, rel=1e-12)
    assert results.summary["closure"]["trans"] < 1e-10
    assert results.summary["closure"]["flow"] < 1e-10
    assert results.summary["minimum"]["trans"] >= 0.0


def test_heads_fall_by_darcy(results):
    """1 m3/d through 1 m2 with K 10 m/d: 0.25 m over each cell's 2.5 m."""
    head = results.head().values[-1].ravel()
    np.testing.assert_allclose(np.diff(head), -0.25, rtol=1e-9)


def test_an_object_in_memory_gives_what_its_files_give(results, tmp_path):
    import flopy

    sim = flopy.mf6.MFSimulation.load(sim_ws=str(COLUMN), verbosity_level=0)
    again = gw.run(sim, tmp_path / "out")
    assert again.summary["input_hash"] == results.summary["input_hash"]
    np.testing.assert_array_equal(again.concentration("trans").values, results.concentration("trans").values)


def test_saved_flows_carry_the_same_plume(results, tmp_path):
    case = tmp_path / "case"
    shutil.copytree(COLUMN, case)
    gw.run(case, tmp_path / "solved")
    for name in ("flow.hds", "flow.cbc", "flow.grb"):
        source = tmp_path / "solved" / name
        shutil.copy(source, case / (name if name != "flow.grb" else "flow.dis.grb"))
    again = gw.run(case, tmp_path / "saved", flow="saved")
    np.testing.assert_allclose(
        again.concentration("trans").values, results.concentration("trans").values, rtol=0.0, atol=1e-6
    )


def test_the_hash_sees_every_number_and_no_place():
    from dataclasses import replace

    first = gw.load(COLUMN).simulation
    model = first.flow_models[0]
    moved = replace(first, flow_models=(replace(model, file="elsewhere"),))
    changed = replace(first, flow_models=(replace(model, initial_head=model.initial_head + 1e-12),))
    assert simulation_hash(moved) == simulation_hash(first)
    assert simulation_hash(changed) != simulation_hash(first)


def test_the_command_line_says_the_same(tmp_path, capsys):
    code = main(["run", str(COLUMN), "--out", str(tmp_path / "out"), "--json", "--no-figures"])
    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert said["closure"]["trans"] < 1e-10
    assert math.isclose(said["maximum"]["trans"], 5.0, rel_tol=0.05)
    assert (tmp_path / "out" / "run.log").read_text().count("solved with the scheme 'limited'") == 1


def test_info_and_check_tell_what_is_there(capsys):
    assert main(["check", str(COLUMN)]) == 0
    assert "nothing wrong was found" in capsys.readouterr().out
    assert main(["info", str(COLUMN), "--json"]) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    assert [m["model"] for m in models] == ["flow", "trans"]


def test_help_answers_without_the_heavy_libraries():
    import subprocess
    import sys

    code = ("import sys, gwsolver.cli as c; c.main(['--help']); "
            "heavy = {'numpy', 'flopy', 'matplotlib', 'xarray'} & set(sys.modules); sys.exit(len(heavy))")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_the_log_tells_models_balance_limits_and_warnings(tmp_path):
    case = tmp_path / "case"
    shutil.copytree(COLUMN, case / "mf6")
    (case / "case.toml").write_text("""
[case]
title = "Column"
units = "g"
[modflow]
simulation = "mf6"
[[receptor]]
name = "Far away"
kind = "village"
x = 1e6
y = 1e6
""", encoding="utf-8")
    results = gw.run(case)
    log = (results.path / "run.log").read_text(encoding="utf-8")
    assert "flow: flow, DIS grid of 1 x 1 x 40, 40 active cells; 1 stress period, 10 time steps, 10 d" in log
    assert any(line.split() == ["wel-1", "50.00", "0"] for line in log.splitlines())
    (held,) = results.summary["limits"]["trans"]
    shown = [str(held["sub_steps"]), "100.0%", *held["cell"].split(), held["reason"]]
    assert any(line.split() == shown for line in log.splitlines())
    told = ("receptor Far away is not observed: no active cell at x = 1000000, y = 1000000; the grid reaches from "
            "x = 0 to 100 and from y = 0 to 1.")
    assert f"WARNING: {told}" in log and told in results.summary["warnings"]
