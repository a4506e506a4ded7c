"""pywr beside us: it is told the very network that we solve, and what is missing is told."""

import os
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from gwsolver.bench import suites
from gwsolver.bench.peers import pywr
from gwsolver.bench.two_basins import without_lags_and_salt
from gwsolver.core.calendar import daily, monthly
from gwsolver.core.errors import InputError
from gwsolver.surface.network import Network

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "performance" / "surface_members" / "pywr_model.py"


def levels_here(nodes, members, steps):
    network = Network(nodes, members)
    return np.array([network.advance(step).held["west"].level for step in steps])


def levels_told(told, table):
    """The network as it is told to pywr, in numpy: areas of the start of each step."""
    dam, lake = (np.array(told[name]["initial"]) for name in ("dam", "lake"))
    levels = []
    for i in range(len(told["series"]["rain"])):
        now = {name: values[i] * np.array(told["factors"].get(name, 1.0)) for name, values in told["series"].items()}

        def wet(name, volume, now=now):
            area = np.interp(volume, told[name]["volume"], told[name]["area"])
            return volume + (now["rain"] - now["evaporation"]) * area

        dam = wet("dam", dam) + (1.0 - told["upper"]) * now["border"] + now["tributaries"]
        release = np.maximum(told["least"], dam - told["dam"]["volume"][-1])
        dam = dam - release
        taken = now["returned"] / (1.0 - told["used"])
        at_lake = (1.0 - told["delta"]) * (release - taken + now["returned"]) - now["reeds"]
        lake = wet("lake", lake) + at_lake + now["rivers"] + now["ground water"]
        levels.append(table.level_at(1e6 * lake))
    return np.array(levels)


def test_what_pywr_is_told_gives_our_levels():
    members, steps = 3, list(daily(date(2001, 1, 1), date(2003, 1, 1)))
    nodes = without_lags_and_salt(members)
    told = levels_told(pywr.told(nodes, members, steps), pywr.whole_lake(nodes))
    ours = levels_here(nodes, members, steps)
    assert np.ptp(ours[-1]) > 0.02  # members differ by far more than what is allowed between the two
    assert told == pytest.approx(ours, abs=5e-4)  # measured: 2.4e-4 m, areas of the start against those of mid-step


def test_pywr_gives_our_levels(tmp_path):
    python = os.environ.get("GWSOLVER_PYWR", "")
    if not python:
        pytest.skip("GWSOLVER_PYWR names no Python with pywr")
    members, steps = 3, list(monthly(date(2001, 1, 1), date(2006, 1, 1)))
    nodes = without_lags_and_salt(members)
    answer = pywr.solve(python, SCRIPT, nodes, members, steps, tmp_path)
    theirs = np.array([pywr.whole_lake(nodes).level_at(volume) for volume in answer.volume])
    assert theirs == pytest.approx(levels_here(nodes, members, steps), abs=0.012)  # measured: 9 mm
    assert 0.0 < answer.solve_seconds < answer.process_seconds


def test_without_pywr_it_is_told_how_to_get_it(monkeypatch):
    monkeypatch.delenv("GWSOLVER_PYWR", raising=False)
    assert pywr.find() is None
    assert "pip install pywr" in suites.PEERS["pywr"].absent


@pytest.mark.parametrize("python", ["/nowhere/python", sys.executable])
def test_a_python_without_pywr_is_refused(monkeypatch, python):
    monkeypatch.setenv("GWSOLVER_PYWR", python)
    with pytest.raises(InputError, match=r"GWSOLVER_PYWR = .*; allowed: a Python that has pywr"):
        pywr.find()


def test_a_problem_gets_the_peer_it_names_and_no_other(monkeypatch, tmp_path):
    for name, text in {"one": "", "two": 'PEER = "pywr"\n'}.items():
        (tmp_path / "verification" / name).mkdir(parents=True)
        (tmp_path / "verification" / name / "problem.py").write_text(
            text + f"def run(folder, peer):\n    yield ({name!r}, peer)\n")
    monkeypatch.setenv("GWSOLVER_BENCHMARKS", str(tmp_path))
    monkeypatch.setitem(suites.PEERS, "pywr", suites.Peer(lambda: "found", ""))
    assert suites.run_suite("verification", against="pywr") == [("one", None), ("two", "found")]
    assert suites.run_suite("verification") == [("one", None), ("two", None)]
    with pytest.raises(InputError, match="against = modflow; allowed: one of mf6, pywr"):
        suites.run_suite("verification", against="modflow")
