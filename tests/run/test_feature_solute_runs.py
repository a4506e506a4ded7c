"""Solute of lakes and streams from MODFLOW's files to MODFLOW's files: a run beside what MODFLOW 6 wrote of the same.

``tests/data/feature_solute`` has what MODFLOW 6.7.0 wrote of `solute_models.solute_simulation`.
"""

import csv
from pathlib import Path

import flopy
import numpy as np
import pytest

import gwsolver
import gwsolver.run.checkpoint as checkpoint
from tests.run.solute_models import asked_of_lakes, asked_of_reaches, solute_simulation

AMISS = ("PERCENT_DIFFERENCE", "CONSTANT_IN", "CONSTANT_OUT", "TOTAL_IN", "TOTAL_OUT")
"""MODFLOW 6 writes CONSTANT before it has added rain, inflow and what leaves: its budgets then do not close."""
EXPECTED = Path(__file__).resolve().parents[1] / "data" / "feature_solute"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return solute_simulation(tmp_path_factory.mktemp("valley"))


@pytest.fixture(scope="module")
def results(model, tmp_path_factory):
    return gwsolver.run(model, out=tmp_path_factory.mktemp("results") / "mf6", scheme="mf6")


@pytest.fixture(scope="module")
def own(model, tmp_path_factory):
    return gwsolver.run(model, out=tmp_path_factory.mktemp("results") / "own", scheme="limited", checkpoint=0)


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("mine", "theirs"), [
    ("salt.lkt-1.ucn", "salt.lkt.bin"), ("salt.sft-1.ucn", "salt.sft.bin"), ("salt.ucn", "salt.ucn")])
def test_concentrations_are_modflows(results, mine, theirs):
    a, b = (flopy.utils.HeadFile(f, text="CONCENTRATION") for f in (results.path / mine, EXPECTED / theirs))
    try:
        found, expected = a.get_alldata(), b.get_alldata()
        assert found.shape == expected.shape
        assert found == pytest.approx(expected, rel=1e-7, abs=1e-7)
        assert np.allclose(a.get_times(), b.get_times(), rtol=1e-12)
    finally:
        a.close()
        b.close()


def _words(texts):
    return [(t.decode() if isinstance(t, bytes) else str(t)).strip() for t in texts]


@pytest.mark.parametrize(("mine", "theirs"), [("salt.lkt-1.cbc", "salt.lkt.bud"), ("salt.sft-1.cbc", "salt.sft.bud")])
def test_budget_files_are_modflows(results, mine, theirs):
    a, b = (flopy.utils.CellBudgetFile(f) for f in (results.path / mine, EXPECTED / theirs))
    try:
        names = ["delt", "pertim", "totim"]
        assert a.headers.drop(columns=names).equals(b.headers.drop(columns=names))
        for index in np.flatnonzero([not text.endswith("CONSTANT") for text in _words(b.headers.text)]):
            found, expected = a.get_data(idx=index)[0], b.get_data(idx=index)[0]
            assert found.dtype == expected.dtype
            for field in expected.dtype.names:
                assert found[field] == pytest.approx(expected[field], rel=1e-6, abs=1e-4)
    finally:
        a.close()
        b.close()


@pytest.mark.parametrize(("file", "package", "asked"), [
    ("salt.lkt.obs.csv", "lkt-1", asked_of_lakes()), ("salt.sft.obs.csv", "sft-1", asked_of_reaches())])
def test_every_observation_is_modflows(results, file, package, asked):
    table = results.observations()
    table = table[table.package == package].set_index(["time", "name"]).value
    for expected in rows(EXPECTED / file):
        at = np.isclose(table.index.get_level_values(0), float(expected["time"]))
        for name, quantity, *_ in asked:
            found = table[at].xs(name, level=1).iloc[0]
            assert found == pytest.approx(float(expected[name.upper()]), rel=1e-6, abs=1e-6), (name, quantity)


def test_the_table_of_rates_is_modflows(results):
    for mine, theirs in zip(rows(results.path / "salt.lkt-1.csv"), rows(EXPECTED / "salt.lkt.csv"), strict=True):
        assert list(mine) == list(theirs)
        for name, value in theirs.items():
            if name not in AMISS:
                assert float(mine[name]) == pytest.approx(float(value), rel=1e-6, abs=1e-4), name


def test_all_balances_close_and_are_told(results, own):
    for done in (results, own):
        closure = done.summary["closure"]
        assert set(closure) >= {"flow", "flow/lak-1", "flow/sfr-1", "salt", "salt/lkt-1", "salt/sft-1"}
        assert max(closure.values()) < 1e-10
        assert "salt/lkt-1" in (done.path / "run.log").read_text()
        table = done.budget()
        last = table[(table.species == "salt/lkt-1") & (table.time == table.time.max())].set_index(["package", "term"])
        given = last.loc["aquifer", "exchange"]
        got = table[(table.species == "salt") & (table.time == table.time.max())].set_index(["package", "term"])
        assert got.loc["lkt-1", "exchange"]["in"] == pytest.approx(given["out"], rel=1e-12)
        assert got.loc["lkt-1", "exchange"]["out"] == pytest.approx(given["in"], rel=1e-12)


def test_the_own_scheme_comes_to_what_modflow_comes_to(results, own):
    """Backward Euler in steps of weeks against sub-steps of second order: they agree where lakes have come to rest."""
    a, b = (t.feature_table() for t in (results, own))
    for package, allowed in (("lkt-1", 0.06), ("sft-1", 0.1)):
        mine, theirs = (t[(t.package == package) & (t.quantity == "concentration") & (t.time == t.time.max())]
                        .set_index("feature").value for t in (b, a))
        assert mine.to_numpy() == pytest.approx(theirs.to_numpy(), rel=allowed)


class Killed(Exception):
    """Stands for a crash of the process."""


@pytest.mark.parametrize("after", [2, 5])
def test_a_run_that_was_killed_goes_on_to_the_same_files(own, model, tmp_path, monkeypatch, after):
    keep, count = checkpoint.save, []

    def save(where, state):
        keep(where, state)
        count.append(1)
        if len(count) == after:
            raise Killed

    monkeypatch.setattr(checkpoint, "save", save)
    with pytest.raises(Killed):
        gwsolver.run(model, tmp_path / "out", scheme="limited", checkpoint=1e-9)
    gwsolver.run(model, tmp_path / "out", scheme="limited", restart=True)
    for name in ("features.csv", "salt.lkt-1.ucn", "salt.lkt-1.cbc", "salt.lkt-1.csv", "salt.sft-1.ucn",
                 "observations.csv", "budget.csv", "salt.ucn", "salt.cbc"):
        assert (tmp_path / "out" / name).read_bytes() == (own.path / name).read_bytes(), name
