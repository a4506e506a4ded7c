"""Alternatives of a network: what they change, how they are compared, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

import gwsolver as gw
from gwsolver.case import read_case
from gwsolver.cli import main
from gwsolver.core.errors import InputError
from gwsolver.run.surface_scenarios import surface_scenarios
from tests.run.test_surface_runs import CASE

WITH = CASE.replace("end = 2011-01-01", "end = 2011-01-01\nmembers = 12") + """
[[surface.uncertain]]
name = "evaporation"
on = ["lake.evaporation"]
range = [0.9, 1.1]

[[surface.scenario]]
name = "dry"
title = { en = "A dry decade" }
[[surface.scenario.change]]
on = ["river.flow"]
value = 0.5

[[surface.scenario]]
name = "ramp"
[[surface.scenario.change]]
on = ["river.flow"]
acts = "plus"
value = { value = [0, 0.01], unit = "km3/y" }
dates = ["2001-01-01", "2011-01-01"]

[[surface.scenario]]
name = "flood"
[[surface.scenario.change]]
on = ["river.flow"]
acts = "plus"
value = "0.1 km3/y"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "case.toml").write_text(WITH, encoding="utf-8")
    return tmp_path / "lake"


def test_each_member_is_compared_with_itself(folder):
    found = surface_scenarios(read_case(folder))
    last = found.tidy[found.tidy["year"] == 2010].set_index("scenario")
    assert last.loc["base", ["change", "change p10", "change p90"]].tolist() == [0.0, 0.0, 0.0]
    dry = last.loc["dry"]
    assert dry["change p10"] < dry["change"] < 0.0
    assert dry["change p10"] < dry["change p90"] < 0.0
    alone = gw.run(folder, scenario="dry", out=folder.parent / "one").level("lake")
    base = gw.run(folder, out=folder.parent / "base").level("lake")
    by_hand = (alone - base).to_numpy()[-12:].mean()
    assert dry["change"] == pytest.approx(by_hand, abs=1e-12)
    assert found.titles["dry"] == "A dry decade"


def test_a_ramp_brings_the_mean_of_its_ends(folder):
    base = gw.run(folder, out=folder.parent / "base").balance()
    ramp = gw.run(folder, scenario="ramp", out=folder.parent / "ramp").balance()
    flows = [b[(b["node"] == "river") & (b["term"] == "inflow")]["value"] for b in (base, ramp)]
    assert (flows[1].to_numpy() - flows[0].to_numpy()).sum() == pytest.approx(0.5 * 0.01e9 * 10, rel=1e-3)
    assert np.all(np.diff((flows[1] - flows[0]).to_numpy().reshape(10, 12).sum(axis=1)) > 0.0)


def test_a_lake_that_leaves_its_table_is_told_and_not_fatal(folder):
    found = surface_scenarios(read_case(folder), only=["flood"])
    flood = found.tidy[found.tidy["scenario"] == "flood"]
    assert np.isnan(flood["change"].iloc[-1])
    assert flood["left"].iloc[-1] > 0
    assert "the case as it stands did so in" in "".join(found.results["flood"].summary["warnings"])


def test_scenarios_through_the_command_line(folder, capsys):
    assert main(["scenarios", str(folder), "--only", "dry"]) == 0
    printed = capsys.readouterr().out
    assert "dry" in printed and "ramp" not in printed
    table = pd.read_csv(folder / "scenarios" / "comparison.csv")
    assert set(table["scenario"]) == {"base", "dry"}
    assert main(["scenarios", str(folder), "--json", "--only", "dry", "--out", str(folder / "again")]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "ok"


@pytest.mark.parametrize(("old", "new", "words"), [
    ("value = 0.5", 'value = "0.5 km3/y"', "dry: factors are not below zero and have no unit"),
    ('value = "0.1 km3/y"', "value = 0.1", "flood: what is added needs a unit"),
    ('on = ["river.flow"]\nvalue', 'on = ["rivre.flow"]\nvalue', "there is no node 'rivre'.\nDid you mean 'river'?"),
    ('["2001-01-01", "2011-01-01"]', '["2001-01-01"]', "ramp: 2 values for 1 dates"),
    ('name = "ramp"', 'name = "dry"', "'dry' is taken"),
    ('name = "dry"', 'name = "base"', "'base' is taken"),
])
def test_slips(folder, old, new, words):
    assert old in WITH
    (folder / "case.toml").write_text(WITH.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        assert read_case(folder).surface is None
    assert any(words in str(p) for p in error.value.problems)


def test_scenarios_that_are_not_there(folder, capsys):
    assert main(["scenarios", str(folder), "--only", "wet"]) == 2
    assert "there is no such scenario = wet; allowed: one of base, dry, ramp, flood" in capsys.readouterr().err
    assert main(["run", str(folder), "--scenario", "wet"]) == 2
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    assert main(["scenarios", str(folder)]) == 2
    assert "has no [[surface.scenario]]" in capsys.readouterr().err


def test_what_a_change_takes_beyond_what_comes_is_told(folder):
    """0.05 km3 a year less of a river of 0.02: nothing comes, and what is missing is said."""
    (folder / "case.toml").write_text(WITH.replace('"0.1 km3/y"', '"-0.05 km3/y"'), encoding="utf-8")
    results = gw.run(folder, scenario="flood", out=folder.parent / "taken")
    balance = results.balance().set_index(["node", "term"]).sort_index()
    assert balance.loc[("river", "inflow"), "value"].sum() == 0.0
    assert balance.loc[("river", "unmet inflow"), "value"].sum() == pytest.approx(0.03e9 * 3652 / 365.25)
    assert any("river: 0.3 km3 of inflow were asked for and not there" in w for w in results.summary["warnings"])
