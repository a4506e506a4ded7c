"""Lakes from MODFLOW's files to MODFLOW's files: a run beside what MODFLOW 6 wrote of the same model.

``tests/data/lakes`` has what MODFLOW 6.7.0 wrote of `lake_models.lake_simulation`.
"""

import csv
from pathlib import Path

import flopy
import numpy as np
import pytest

import gwsolver
import gwsolver.run.checkpoint as checkpoint
from tests.run.lake_models import asked, lake_simulation

EXPECTED = Path(__file__).resolve().parents[1] / "data" / "lakes"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lakes")
    lake_simulation(folder / "model")
    return gwsolver.run(folder / "model", out=folder / "results")


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_every_observation_is_modflows(results):
    table = results.observations()
    table = table[table.package == "waters"].set_index(["time", "name"]).value
    times = [10.0, 18.241758241758241, 28.131868131868131, 40.0]
    for time, expected in zip(times, rows(EXPECTED / "waters.obs.csv"), strict=True):
        for name, quantity, *_ in asked():
            value = float(expected[name.upper()])
            found = table[np.isclose(table.index.get_level_values(0), time)].xs(name, level=1).iloc[0]
            if value == 3e30:
                assert np.isnan(found), name
            else:
                assert found == pytest.approx(value, rel=1e-8, abs=1e-8), (name, quantity, time)


def test_the_budget_file_is_modflows(results):
    mine = flopy.utils.CellBudgetFile(results.path / "flow.waters.cbc")
    theirs = flopy.utils.CellBudgetFile(EXPECTED / "waters.bud")
    try:
        names = theirs.get_unique_record_names()
        assert mine.get_unique_record_names() == names and len(mine.get_times()) == 4
        assert mine.headers.drop(columns=["delt", "pertim", "totim"]).equals(
            theirs.headers.drop(columns=["delt", "pertim", "totim"]))
        for index in range(len(theirs.headers)):
            a, b = mine.get_data(idx=index)[0], theirs.get_data(idx=index)[0]
            assert a.dtype == b.dtype
            for field in b.dtype.names:
                assert a[field] == pytest.approx(b[field], rel=1e-8, abs=1e-8)
    finally:
        mine.close()
        theirs.close()


def test_stages_are_modflows(results):
    mine, theirs = (np.frombuffer(p.read_bytes(), np.uint8).reshape(4, -1)
                    for p in (results.path / "flow.waters.stg", EXPECTED / "waters.stg"))
    # Step, period, name and shape before the stages; times may differ in their last bit.
    assert np.array_equal(np.delete(mine[:, :52], np.s_[8:24], 1), np.delete(theirs[:, :52], np.s_[8:24], 1))
    stages = [np.ascontiguousarray(b[:, 52:]).view("<f8") for b in (mine, theirs)]
    assert stages[0] == pytest.approx(stages[1], rel=1e-11)


def test_the_table_of_rates_is_modflows(results):
    for mine, theirs in zip(rows(results.path / "flow.waters.csv"), rows(EXPECTED / "waters.budget.csv"), strict=True):
        assert list(mine) == list(theirs)
        for name, value in theirs.items():
            if name != "PERCENT_DIFFERENCE":
                assert float(mine[name]) == pytest.approx(float(value), rel=1e-8, abs=1e-8), name


def test_both_balances_close_and_are_told(results):
    closure = results.summary["closure"]
    assert closure["flow"] < 1e-10 and closure["flow/waters"] < 1e-10
    assert "flow/waters" in (results.path / "run.log").read_text()
    table = results.budget()
    last = table[(table.species == "flow/waters") & (table.package == "total")].iloc[-1]
    assert last["in"] == pytest.approx(last["out"], rel=1e-12)


def test_check_and_info_tell_of_lakes(tmp_path):
    lake_simulation(tmp_path)
    case = gwsolver.load(tmp_path)
    assert case.check() == []
    assert "waters" in case.describe()["models"][0]["packages"]


class Killed(Exception):
    """Stands for a crash of the process."""


@pytest.mark.parametrize("after", [1, 3])
def test_a_run_that_was_killed_goes_on_to_the_same_files(results, tmp_path, monkeypatch, after):
    folder, keep, count = results.path.parent / "model", checkpoint.save, []

    def save(where, state):
        keep(where, state)
        count.append(1)
        if len(count) == after:
            raise Killed

    monkeypatch.setattr(checkpoint, "save", save)
    with pytest.raises(Killed):
        gwsolver.run(folder, tmp_path / "out", checkpoint=1e-9)
    gwsolver.run(folder, tmp_path / "out", restart=True)
    for name in ("features.csv", "flow.waters.cbc", "flow.waters.stg", "flow.waters.csv", "observations.csv",
                 "budget.csv", "flow.hds", "flow.cbc"):
        assert (tmp_path / "out" / name).read_bytes() == (results.path / name).read_bytes(), name


SCENARIOS = """
[[scenario]]
name = "base"

[[scenario]]
name = "pump"
[[scenario.new_well]]
name = "pt"
x = 125.0
y = 20.0
layers = [2]
pumping_rate = 20.0
"""


def test_a_well_of_a_scenario_draws_on_the_lakes(tmp_path):
    lake_simulation(tmp_path)
    (tmp_path / "case.toml").write_text(f'[case]\ntitle = "Lakes"\n{SCENARIOS}')
    drawn = {}
    for name in ("base", "pump"):
        table = gwsolver.run(tmp_path, tmp_path / name, scenario=name).feature_table()
        last = table[(table.time == 40.0) & (table.quantity == "stage")].set_index("feature").value
        drawn[name] = last
    assert (drawn["pump"] <= drawn["base"]).all() and drawn["pump"][3] < drawn["base"][3] - 0.01
