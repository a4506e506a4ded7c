"""Networks through `gwsolver run`: what stands in the results folder, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

import gwsolver as gw
from gwsolver.cli import main
from gwsolver.core.errors import InputError, RunError
from gwsolver.results.surface import SurfaceWriter
from tests.surface.builders import FORCINGS, lake, months

CASE = """\
[case]
title = "A lake"
status = "illustrative"

[surface]
start = 2001-01-01
end = 2011-01-01

[[surface.inflow]]
name = "river"
to = "lake"
flow = "0.02 km3/y"
salinity = "0.4 g/L"

[[surface.lake]]
name = "lake"
table = { levels = [0, 50], areas = [0, 10], unit = "km2" }
initial = "20 m"
initial_salinity = "2 g/L"
evaporation = "1 m/y"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "case.toml").write_text(CASE, encoding="utf-8")
    return tmp_path / "lake"


def test_a_run_through_the_command_line(folder, capsys):
    assert main(["check", str(folder)]) == 0
    assert main(["info", str(folder)]) == 0
    assert "river" in capsys.readouterr().out
    assert main(["run", str(folder)]) == 0
    assert "imbalance of water" in capsys.readouterr().out
    results = gw.open_surface(folder)
    summary = json.loads((results.path / "summary.json").read_text())
    assert max(summary["closure"].values()) <= 1e-10
    assert summary["closure"].keys() == {"surface.water", "surface.salt"}
    assert results.level("lake").index[-1] == pd.Timestamp("2011-01-01")


def test_the_balance_makes_up_the_change(folder):
    results = gw.run(folder)
    balance, levels = results.balance(), results.levels()
    assert balance["date"].nunique() == 120
    of_lake = balance[(balance["node"] == "lake") & (balance["unit"] == "m3")]
    came = -balance[(balance["node"] == "river") & (balance["term"] == "outflow to")]["value"].sum()
    volume = levels[(levels["node"] == "lake") & (levels["quantity"] == "volume")]["value"].to_numpy()
    start = 0.5 * 0.2e6 * 400
    assert came == pytest.approx(0.02e9 * 3652 / 365.25)
    assert of_lake[of_lake["term"] == "from river"]["value"].sum() == pytest.approx(came, rel=1e-12)
    assert volume[-1] - start == pytest.approx(of_lake["value"].sum(), rel=1e-9)
    salt = balance[(balance["node"] == "lake") & (balance["unit"] == "kg")]["value"].sum()
    assert salt == pytest.approx(0.4 * came, rel=1e-9)  # 0.4 g/L, and nothing else brings or takes salt


def test_the_same_run_again_gives_the_same_bytes(folder, tmp_path):
    for name in ("one", "two"):
        gw.run(folder, tmp_path / name)
    for file in ("levels.csv", "balance.csv"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_results_of_another_network_are_not_written_over(folder):
    gw.run(folder)
    (folder / "case.toml").write_text(CASE.replace("1 m/y", "1.1 m/y"), encoding="utf-8")
    with pytest.raises(InputError, match="holds the results of another input"):
        gw.run(folder)


def test_a_lake_that_leaves_its_table_stops_the_run(folder):
    (folder / "case.toml").write_text(CASE.replace("0.02 km3/y", "0.05 km3/y"), encoding="utf-8")
    with pytest.raises(RunError, match=r"in 20\d\d-\d\d a level leaves its stage table, which is not extrapolated"):
        gw.run(folder)
    assert not (folder / "results").exists()


def test_what_networks_do_not_offer_is_refused(folder, capsys):
    assert main(["run", str(folder), "--restart"]) == 2
    assert "a restart is asked for: a network has none" in capsys.readouterr().err
    (folder / "mfsim.nam").write_text("")
    assert main(["run", str(folder)]) == 2
    assert "a MODFLOW simulation stands beside the network" in capsys.readouterr().err
    with pytest.raises(InputError, match="the case is a network of rivers and lakes"):
        gw.load(folder)


def test_maps_of_a_network_are_refused(folder):
    gw.run(folder)
    with pytest.raises(InputError, match=r"Open them with gwsolver\.open_surface"):
        gw.open_results(folder)
    with pytest.raises(InputError, match="there are no results here"):
        gw.open_surface(folder.parent)


def test_wanted_water_that_is_not_there_is_told(folder):
    (folder / "case.toml").write_text(CASE + 'withdrawal = "1 km3/y"\n', encoding="utf-8")
    results = gw.run(folder)
    assert any("withdrawal were asked for and not there" in w for w in results.summary["warnings"])
    assert results.level("lake").iloc[-1] == pytest.approx(0.0, abs=1.0)


def test_the_case_as_it_stands_does_not_depend_on_its_members(folder, tmp_path):
    text = CASE + """
[[surface.uncertain]]
name = "evaporation"
on = ["lake.evaporation"]
range = [0.9, 1.1]
"""
    alone = gw.run(folder).level("lake")
    (folder / "case.toml").write_text(text.replace("end = 2011-01-01", "end = 2011-01-01\nmembers = 20"))
    results = gw.run(folder, tmp_path / "many")
    assert np.array_equal(results.level("lake"), alone)
    last = results.levels().iloc[-3:].set_index("quantity").loc["level"]
    assert last["p05"] < last["value"] < last["p95"]
    assert results.summary["ensemble"]["members"] == 20


def test_members_are_told_as_mean_and_percentiles(tmp_path):
    from gwsolver.core.case import CaseInfo
    from gwsolver.surface.forcing import Constant
    from gwsolver.surface.network import Network
    from gwsolver.surface.nodes.inflow import Inflow

    assert "evaporation" in FORCINGS
    flows = np.linspace(1e3, 9e4, 5)
    network = Network([Inflow("river", "lake", Constant(flows)), lake(evaporation=0.003)], 5)
    writer = SurfaceWriter(tmp_path / "out", CaseInfo(), {"river": "inflow", "lake": "lake"}, 5)
    for step in months(120):
        done = network.advance(step)
        writer.step(done)
    writer.finish({"models": []})
    levels = gw.open_surface(tmp_path / "out").levels()
    last = levels[(levels["node"] == "lake") & (levels["quantity"] == "level")].iloc[-1]
    stays = done.held["lake"].level[~done.left]
    assert last["left"] == done.left.sum() > 0
    assert last["value"] == done.held["lake"].level[0]
    assert last["p50"] == pytest.approx(np.median(stays[1:]), rel=1e-9)
    assert last["mean"] == pytest.approx(stays[1:].mean(), rel=1e-9)
