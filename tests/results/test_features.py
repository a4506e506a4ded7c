"""Lakes in the results folder: MODFLOW's own files, the table of states, balances, observations."""

import contextlib
import csv
from dataclasses import replace

import flopy
import numpy as np
import pytest

from gwsolver import open_results
from gwsolver.core.features import ACTIVE, INACTIVE, FeatureStep
from gwsolver.core.lake import EMBEDDEDH, HORIZONTAL, VERTICAL, LakePackage, StageTable
from gwsolver.core.output import Observation
from gwsolver.core.simulation import Simulation
from gwsolver.flow.coupling import package_flows
from gwsolver.results import ResultsWriter
from gwsolver.results.mf6_features import lake_bottoms
from tests.results.models import AXIS, dis, flow_model, flow_step, info

FILES = {"stage": "a.stg", "budget": "a.bud", "budgetcsv": "a.csv"}
TERMS = ("rainfall", "evaporation", "runoff", "ext-inflow", "withdrawal", "ext-outflow", "storage", "constant",
         "from-mvr", "to-mvr")


def waters(grid, saves=FILES):
    """Three lakes, the third left out; an outlet from the first into the second, one from there out of the model."""
    return LakePackage(
        "lak-1", "lak", None, np.array([0, 1, 1, 2]), np.array([0, 4, 5, 9]), boundnames=("north", "south", "south"),
        auxiliary_names=("salt",), saves=saves, start=np.full(3, 9.0),
        connection_type=np.array([VERTICAL, HORIZONTAL, HORIZONTAL, VERTICAL], np.int8),
        bed_bottom=np.array([0.0, 0.0, 7.0, 0.0]), bed_top=np.array([0.0, 0.0, 9.0, 0.0]),
        outlet_from=np.array([0, 1]), outlet_to=np.array([1, -1]), tables=(None,) * 3,
    )


def waters_step(step, *, status=(ACTIVE, ACTIVE, INACTIVE)):
    """What those lakes move: storage closes their balances."""
    rng = np.random.default_rng(int(step.end))
    rate, outlet = rng.normal(size=4) * [1, 1, 1, 0], rng.uniform(size=2)
    terms = {t: np.zeros(3) for t in TERMS}
    terms["rainfall"][:2], terms["evaporation"][:2] = rng.uniform(size=2), -rng.uniform(size=2)
    terms["ext-outflow"][1] = -outlet[1]
    lakes = FeatureStep(
        "lak-1", "lak", np.array(status, np.int8), np.array([12.5, 8.0, 9.0]) + 0.01 * step.end, np.full(3, 100.0),
        np.array([110.0, 90.0, 0.0]), np.array([50.0, 60.0, 0.0]), terms, np.array([0, 1, 1, 2]),
        np.array([0, 4, 5, 9]), rate, np.arange(4.0), np.array([0]), np.array([1]), outlet[:1],
        {"salt": np.array([35.0, 1.0, 0.0])}, {"outlet": outlet, "conductance": np.arange(4.0) + 0.5},
        ("north", "south", "south"),
    )
    terms["storage"][:2] = -lakes.imbalance()[:2]
    return lakes


OBSERVED = tuple(Observation(f"o{i}", q, "lak-1", places=p) for i, (q, p) in enumerate([
    ("stage", (0,)), ("rainfall", (0, 1)), ("lak", (1, 2)), ("outlet", (0,)), ("ext-outflow", (1,)),
    ("ext-outflow", (0,)), ("outlet-inflow", (1,)), ("volume", (1,)), ("wetted-area", (2,)), ("conductance", (1, 2)),
    ("stage", (2,))]))


def moved(model, step):
    """A flow step with them."""
    flow, lakes = flow_step(model, step), waters_step(step)
    return replace(flow, features=(lakes,), packages=(*flow.packages, *package_flows((lakes,))))


def written(folder, steps=None, *, saves=FILES, finish=True, resume=None, skip=0):
    grid = dis()
    model = flow_model(grid, features=(waters(grid, saves),), observations=OBSERVED)
    writer = ResultsWriter(folder, Simulation((model,)), info(), resume=resume)
    for step in list(AXIS.steps())[skip:steps]:
        writer.flow("gwf", moved(model, step), AXIS.periods[step.period].n_steps)
    if finish:
        writer.finish({})
    return writer


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lakes") / "results"
    written(folder)
    return open_results(folder)


def test_stages_are_read_by_flopy_as_modflow_writes_them(results):
    with contextlib.closing(flopy.utils.HeadFile(results.path / "gwf.lak-1.stg", text="STAGE")) as file:
        times, stages = file.get_times(), file.get_data(totim=10.0).ravel()
    assert times == [5.0, 10.0, 20.0, 30.0, 40.0]
    # The third is left out.
    assert stages == pytest.approx([12.6, 8.1, 1e30])


def lists(path, time):
    """All lists of a budget file at a time, by name and in their order."""
    with contextlib.closing(flopy.utils.CellBudgetFile(path)) as file:
        names = [n.decode().strip() for n in file.get_unique_record_names()]
        return {n: file.get_data(text=n, totim=time)[0] for n in names}


def test_the_budget_is_read_by_flopy_with_the_terms_of_modflow(results):
    found = lists(results.path / "gwf.lak-1.cbc", 10.0)
    assert list(found) == ["FLOW-JA-FACE", "GWF", "RAINFALL", "EVAPORATION", "RUNOFF", "EXT-INFLOW", "WITHDRAWAL",
                           "EXT-OUTFLOW", "STORAGE", "CONSTANT", "AUXILIARY"]
    step = waters_step(list(AXIS.steps())[1])
    grid = dis()
    between, aquifer, stored = found["FLOW-JA-FACE"], found["GWF"], found["STORAGE"]
    assert between["node"].tolist() == [1, 2] and between["node2"].tolist() == [2, 1]
    assert between["q"] == pytest.approx([-step.link_rate[0], step.link_rate[0]])
    assert aquifer["node"].tolist() == [1, 2, 2, 3]
    assert aquifer["node2"].tolist() == (grid.node[[0, 4, 5, 9]] + 1).tolist()
    assert aquifer["q"] == pytest.approx(-step.rate) and aquifer["FLOW-AREA"] == pytest.approx([0.0, 1.0, 2.0, 3.0])
    assert stored["q"] == pytest.approx(step.terms["storage"]) and stored["VOLUME"] == pytest.approx([110.0, 90.0, 0.0])
    assert found["AUXILIARY"]["SALT"].tolist() == [35.0, 1.0, 0.0]
    flows = sum(np.bincount(r["node"] - 1, r["q"], 3) for r in found.values())
    assert flows == pytest.approx(np.zeros(3), abs=1e-12)


def test_the_model_budget_has_the_lakes_as_any_package(results):
    entries = lists(results.path / "gwf.cbc", 10.0)
    assert entries["LAK"]["node"].tolist() == (dis().node[[0, 4, 5, 9]] + 1).tolist()
    assert entries["LAK"]["q"] == pytest.approx(waters_step(list(AXIS.steps())[1]).rate)
    assert entries["LAK"]["SALT"].tolist() == [35.0, 1.0, 1.0, 0.0]


def test_budgetcsv_has_a_line_per_step(results):
    with open(results.path / "gwf.lak-1.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(r["time"]) for r in rows] == [5.0, 10.0, 20.0, 30.0, 40.0]
    step = waters_step(next(AXIS.steps()))
    assert float(rows[0]["RAINFALL_IN"]) == pytest.approx(step.terms["rainfall"].sum())
    assert float(rows[0]["GWF_OUT"]) == pytest.approx(step.rate[step.rate > 0].sum())
    assert float(rows[0]["TOTAL_IN"]) == pytest.approx(float(rows[0]["TOTAL_OUT"]))


def test_the_table_of_states_closes_feature_by_feature(results):
    table = results.feature_table()
    assert list(table.columns) == ["time", "model", "package", "feature", "boundname", "quantity", "value", "unit"]
    north = table[(table.feature == 1) & (table.time == 20.0)].set_index("quantity")
    assert set(north.boundname) == {"north"}
    assert north.loc["stage", "value"] == pytest.approx(12.7) and north.loc["volume", "unit"] == "m³"
    flows = north.drop(["stage", "volume", "surface-area"]).value
    assert set(flows.index) == {"gwf", "flow-ja-face", *TERMS} and flows.sum() == pytest.approx(0.0, abs=1e-12)
    assert table[table.feature == 3].value.isna().all()


def test_observations_have_the_signs_of_modflow(results):
    table = results.observations()
    step = waters_step(list(AXIS.steps())[1])
    seen = table[table.time == 10.0].set_index("name")
    outlet = step.figures["outlet"]
    expected = [12.6, step.terms["rainfall"].sum(), step.rate[1] + step.rate[2], -outlet[0], -outlet[1], np.nan,
                outlet[0], 90.0, 2.0, 4.0, np.nan]
    assert seen.loc[[f"o{i}" for i in range(11)], "value"].to_numpy() == pytest.approx(expected, nan_ok=True)
    assert seen.loc["o9", "unit"] == "m²/d" and seen.loc["o1", "unit"] == "m³/d"


def test_stages_stand_among_observations_without_any_obs(results):
    table = results.observations()
    rows = table[(table.package == "lak-1") & ~table.name.str.startswith("o") & (table.time == 10.0)]
    assert rows.name.tolist() == ["north", "2", "3"] and set(rows.type) == {"stage"}
    assert rows.value.to_numpy() == pytest.approx([12.6, 8.1, np.nan], nan_ok=True)


def test_balances_of_lakes_stand_in_budget_csv(results):
    table = results.budget()
    last = table[(table.species == "gwf/lak-1") & (table.time == 40.0)]
    steps = [(s, waters_step(s)) for s in AXIS.steps()]
    rain = last[last.term == "rainfall"].iloc[0]
    assert rain["in"] == pytest.approx(sum(w.terms["rainfall"].sum() * s.length for s, w in steps))
    assert last[last.package == "total"].closure.iloc[0] < 1e-14
    assert results.summary["closure"]["gwf/lak-1"] < 1e-14


def test_nothing_of_modflows_is_written_that_was_not_asked_for(tmp_path):
    written(tmp_path / "results", saves={})
    names = {p.name for p in (tmp_path / "results").iterdir()}
    assert not any("lak-1" in n for n in names) and "features.csv" in names


def test_a_run_that_goes_on_writes_the_same_files(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    written(whole)
    writer = written(cut, 2, finish=False)
    state = writer.checkpoint(1)
    step = list(AXIS.steps())[2]
    model = writer.simulation.flow_models[0]
    writer.flow("gwf", moved(model, step), 3)
    writer.leave()
    written(cut, resume=state, skip=2)
    for name in ("features.csv", "gwf.lak-1.stg", "gwf.lak-1.cbc", "gwf.lak-1.csv", "observations.csv", "budget.csv"):
        assert (cut / name).read_bytes() == (whole / name).read_bytes(), name


def test_a_lake_within_a_cell_is_dry_where_its_table_says():
    grid = dis()
    table = StageTable(*(np.array(v) for v in ([3.0, 4.0, 5.0], [0.0, 0.0, 9.0], [0.0, 2.0, 9.0], [0.0, 1.0, 9.0])))
    package = replace(waters(grid), connection_feature=np.array([0, 1, 1, 2]), tables=(None, None, table),
                      connection_type=np.array([VERTICAL, HORIZONTAL, HORIZONTAL, EMBEDDEDH], np.int8))
    assert lake_bottoms(package, grid) == pytest.approx([grid.top[0], min(grid.bottom[4], 7.0), 4.0])
