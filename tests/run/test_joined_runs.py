"""Models joined by exchanges, from files to results: one simulation, two through FMI, and saved flows."""

import shutil
from contextlib import closing

import flopy
import numpy as np
import pytest

import gwsolver as gw
from gwsolver.modflow import read
from tests.modflow.joined_models import apart, joined_folder, joined_simulation, second_line


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    folder = tmp_path_factory.mktemp("joined")
    return gw.run(joined_folder(folder / "model"), folder / "results")


def test_every_model_has_its_results(together):
    assert together.species == ["cleft", "cright"]
    assert together.flow_models == ["left", "right"]
    assert {f.name for f in together.path.iterdir()} >= {
        f"{m}.{e}" for m in ("left", "right") for e in ("hds", "cbc", "grb")} | {"cleft.ucn", "cright.ucn"}
    west, east = (together.concentration(s).values[-1, 0] for s in ("cleft", "cright"))
    assert west.shape == east.shape == (4, 6)
    assert (east[:, 0] > 0.1).all()  # what started in the west has crossed
    assert together.head("right").values[-1].min() < together.head("left").values[-1].min()


def test_the_books_of_both_models_close_with_what_crosses(together):
    assert max(together.summary["closure"].values()) < 1e-10
    budget = together.budget()
    end = budget[np.isclose(budget["time"], 20.0)]
    for left, right, term in (("left", "right", "gwf-gwf"), ("cleft", "cright", "gwt-gwt")):
        rows = {m: end[(end["model"] == m) & (end["term"] == term)].iloc[0] for m in (left, right)}
        assert rows[left]["out"] == pytest.approx(rows[right]["in"], rel=1e-12)
        assert rows[left]["out"] > 0.0
    totals = end[end["package"] == "total"]
    assert totals["closure"].max() < 1e-12


def test_the_budget_file_holds_the_exchange_as_modflow_writes_it(together):
    for model, other, sign in (("left", "right", -1.0), ("right", "left", 1.0)):
        with closing(flopy.utils.CellBudgetFile(together.path / f"{model}.cbc")) as file:
            entries = file.get_data(text="FLOW-JA-FACE")[1]
        records = [r for r in file.recordarray if r["text"].strip() == b"FLOW-JA-FACE" and r["imeth"] == 6]
        assert {tuple(r[k].decode().strip() for k in ("modelnam", "paknam", "modelnam2", "paknam2")) for r in records} \
            == {(model.upper(), "GWF-GWF_1", other.upper(), "GWF-GWF_1")}
        assert entries["node"].tolist() == [n + {"left": 6, "right": 1}[model] for n in (0, 6, 12, 18)]
        assert entries["node2"].tolist() == [n + {"left": 1, "right": 6}[model] for n in (0, 6, 12, 18)]
        assert (sign * entries["q"] > 0.0).all()
        assert entries["CDIST"].tolist() == [10.0] * 4


@pytest.mark.parametrize("scheme", ["limited", "mf6"])
def test_mass_budgets_of_joined_models_close_in_every_cell(tmp_path, scheme):
    """Storage, faces, packages and what crosses add up to nothing; both models tell of the same crossing.

    Saved for the last step in the one, for every step in the other, as output control asks.
    """
    results = gw.run(joined_folder(tmp_path / "model"), tmp_path / "results", scheme=scheme)
    crossing = {}
    for model, column, steps in (("cleft", 6, 1), ("cright", 1, 2)):
        grb = flopy.mf6.utils.MfGrdFile(results.path / f"{model}.grb")
        with closing(flopy.utils.CellBudgetFile(results.path / f"{model}.cbc")) as file:
            assert len(file.get_kstpkper()) == steps
            face, across = file.get_data(text="FLOW-JA-FACE")[-2:]
            total = file.get_data(text="STORAGE-AQUEOUS")[-1].ravel()
            mixed = file.get_data(text="SOURCE-SINK MIX")[-1]
        row = np.repeat(np.arange(24), np.diff(grb.ia))
        between = row != grb.ja
        total = total + np.bincount(row[between], face.ravel()[between], 24)
        for record in (across, mixed):
            np.add.at(total, record["node"] - 1, record["q"])
        assert np.abs(total).max() < 1e-12 * np.abs(face).max()
        assert across["node"].tolist() == [n + column for n in (0, 6, 12, 18)]
        assert across["node2"].tolist() == [n + 7 - column for n in (0, 6, 12, 18)]
        assert across["CDIST"].tolist() == [10.0] * 4
        crossing[model] = across["q"]
        seen = results.observations()
        seen = seen[(seen["model"] == model) & np.isclose(seen["time"], 20.0)].set_index("name")["value"]
        here = (row == 8) & (grb.ja == 7)  # into row 2, column 3 from the column before
        assert seen["inside"] == face.ravel()[here].item() != 0.0
    assert (crossing["cleft"] == -crossing["cright"]).all()
    assert (crossing["cright"] > 0.1).all()


def test_flow_and_transport_in_two_simulations_give_the_same(together, tmp_path):
    """Flow solved here and handed on; then the same flow read from its files."""
    folder = apart(tmp_path / "case")
    handed = gw.run(folder, tmp_path / "handed")
    for model in ("left", "right"):
        for ending in ("hds", "cbc"):
            shutil.copy(handed.path / f"{model}.{ending}", folder / "mf6gwf")
    saved = gw.run(folder, tmp_path / "saved", flow="saved")
    assert saved.flow_models == []
    for species in together.species:
        expected = together.concentration(species).values
        assert np.array_equal(handed.concentration(species).values, expected)
        assert saved.concentration(species).values == pytest.approx(expected, rel=1e-9)


def test_a_connection_that_saved_flows_do_not_have_is_refused(together, tmp_path):
    folder = apart(tmp_path / "case")
    second_line(folder / "mf6gwt" / "both.gwtgwt", "1 2 5")
    for model in ("left", "right"):
        for ending in ("hds", "cbc"):
            shutil.copy(together.path / f"{model}.{ending}", folder / "mf6gwf")
    with pytest.raises(gw.InputError, match=r"have no flow between layer 1, row 2, column 5 and layer 1, row 2, "
                                            r"column 1, which connection 2 joins"):
        gw.run(folder, tmp_path / "saved", flow="saved")


def test_observations_of_an_exchange(tmp_path):
    """One connection, and all with a boundname: positive into the first model, as MODFLOW reports them."""
    sim = joined_simulation(tmp_path / "model", transport=False)
    sim.get_package("gwfgwf").obs.initialize(
        filename="both.obs",
        continuous={"both.csv": [("second", "FLOW-JA-FACE", "2"), ("even", "FLOW-JA-FACE", "row0")]})
    sim.write_simulation(silent=True)
    results = gw.run(tmp_path / "model", tmp_path / "results")
    with closing(flopy.utils.CellBudgetFile(results.path / "left.cbc")) as file:
        rates = file.get_data(text="FLOW-JA-FACE")[-1]["q"]
    seen = results.observations()
    last = seen[np.isclose(seen["time"], 20.0)].set_index("name")["value"]
    assert last["second"] == pytest.approx(rates[1], rel=1e-12)
    assert last["even"] == pytest.approx(rates[0] + rates[2], rel=1e-12)


def test_a_map_is_drawn_for_each_model(together):
    for species in together.species:
        assert gw.plume_map(together, species, time=20.0) is not None
    wells = together.features_of("cright")
    assert [f.package for f in wells if f.is_point] == ["pump"]
    assert not any(f.is_point for f in together.features_of("cleft"))


def test_joined_models_in_memory_are_those_on_disk(together, tmp_path):
    simulation = read(joined_simulation(tmp_path))
    assert [(e.name, e.models, e.flow_models) for e in simulation.exchanges] == [
        ("gwf-gwf_1", ("left", "right"), ("left", "right")), ("gwt-gwt_2", ("cleft", "cright"), ("left", "right"))]
    assert simulation.exchanges[0].boundnames == ("row0", "row1", "row0", "row1")


def test_info_and_log_tell_what_is_joined(together):
    described = {m["model"]: m for m in gw.load(together.path.parent / "model").describe()["models"]}
    assert described["left"]["joined to"] == ["right by gwf-gwf_1 (4 connections)"]
    assert described["cright"]["joined to"] == ["cleft by gwt-gwt_2 (4 connections)"]
    assert "joined to right by gwf-gwf_1 (4 connections)" in (together.path / "run.log").read_text()
