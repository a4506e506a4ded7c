"""Which inflow holds a level: against the balance by hand, against a long run, and what is refused."""

import numpy as np
import pytest

from gwsolver.case import read_case
from gwsolver.cli import main
from gwsolver.core.errors import InputError
from gwsolver.run.holding import holding
from tests.run.test_surface_runs import CASE

LONG = CASE.replace("2011-01-01", "2201-01-01")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "case.toml").write_text(LONG, encoding="utf-8")
    return tmp_path


def test_what_holds_a_lake_is_what_it_evaporates(folder):
    """Area 0.2 km2 per metre, 1 m a year."""
    for held, level in zip(holding(read_case(folder), [15.0, 25.0], node="lake", on="river.flow"), (15.0, 25.0),
                           strict=True):
        assert held.flow[0] * 365.25 == pytest.approx(0.2e6 * level, rel=2e-4)


def test_with_that_inflow_the_level_stays(folder):
    [held] = holding(read_case(folder), [18.0], node="lake", on="river.flow")
    (folder / "case.toml").write_text(
        LONG.replace("0.02 km3/y", f"{held.flow[0]:.6f} m3/d").replace('"20 m"', '"18 m"'), encoding="utf-8")
    surface = read_case(folder).surface
    network = surface.network()
    levels = np.array([network.advance(s).held["lake"].level[0] for s in surface.steps])
    assert levels[-12:].mean() == pytest.approx(18.0, abs=0.01)


def test_members_each_have_their_own(folder):
    (folder / "case.toml").write_text(LONG.replace("end = 2201-01-01", "end = 2201-01-01\nmembers = 30") + """
[[surface.uncertain]]
name = "evaporation"
on = ["lake.evaporation"]
range = [0.9, 1.1]
""", encoding="utf-8")
    case = read_case(folder)
    [held] = holding(case, [20.0], node="lake", on="river.flow")
    _, made = case.surface.ensemble()
    [(_, _, factor)] = made.columns()
    assert held.flow[1:] / held.flow[0] == pytest.approx(factor, rel=1e-4)


def test_through_the_command_line(folder, capsys):
    assert main(["hold", str(folder), "--node", "lake", "--level", "15", "--on", "river.flow"]) == 0
    assert "river.flow [km3/y]" in capsys.readouterr().out


@pytest.mark.parametrize(("node", "level", "on", "words"), [
    ("pond", 15.0, "river.flow", "there is no such lake = pond; allowed: one of lake"),
    ("lake", 60.0, "river.flow", "level = 60 m is outside (0, 50)"),
    ("lake", 15.0, "rivr.flow", "there is no node 'rivr'"),
    ("lake", 15.0, "river.flw", "'river' has no such value that can differ"),
])
def test_refused(folder, node, level, on, words):
    with pytest.raises(InputError) as error:
        holding(read_case(folder), [level], node=node, on=on)
    assert words in str(error.value)


def test_only_networks_can_be_asked(tmp_path, capsys):
    assert main(["hold", str(tmp_path), "--node", "lake", "--level", "15", "--on", "river.flow"]) == 2
    assert "there is no [surface] in a case.toml here" in capsys.readouterr().err
