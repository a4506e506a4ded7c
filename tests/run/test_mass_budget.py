"""The mass budget of a species in MODFLOW 6's layout, read back by flopy."""

import importlib.util
from pathlib import Path

import flopy
import numpy as np
import pytest

import gwsolver as gw
import gwsolver.transport.explicit.local.choice as choice
import gwsolver.transport.explicit.pause as pause

PROBLEM = Path(__file__).parents[2] / "benchmarks" / "reliability" / "restart" / "problem.py"
spec = importlib.util.spec_from_file_location("restart_problem", PROBLEM)
problem = importlib.util.module_from_spec(spec)
spec.loader.exec_module(problem)

# What MODFLOW 6.7 writes for this very model with SAVE_FLOWS: text, ncol, nrow, nlay, imeth, second package.
MODFLOW = [
    ("STORAGE-AQUEOUS", 14, 9, -2, 1, ""),
    ("DECAY-AQUEOUS", 14, 9, -2, 1, ""),
    ("STORAGE-SORBED", 14, 9, -2, 1, ""),
    ("DECAY-SORBED", 14, 9, -2, 1, ""),
    ("FLOW-JA-FACE", 1420, 1, -1, 1, ""),
    ("SOURCE-SINK MIX", 14, 9, -2, 6, "SSM"),
    ("CNC", 14, 9, -2, 6, "GIVEN"),
    ("SRC", 14, 9, -2, 6, "SPILL"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return problem.build(tmp_path_factory.mktemp("valley"))


@pytest.fixture(scope="module", params=["global", "local", "paused", "mf6"])
def results(model, tmp_path_factory, request):
    """One and the same model: one step for all cells, local steps, with pauses in every step, as MODFLOW 6."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "local":
            patch.setattr(choice, "UNEVEN", 2.0)
            patch.setattr(choice, "FEW_STEPS", 0.0)
        if request.param == "paused":
            patch.setattr(pause, "PAUSE_STEPS", 1)
            patch.setattr(pause, "PAUSE_WORK", 1.0)
        scheme = "mf6" if request.param == "mf6" else "limited"
        return gw.run(model, tmp_path_factory.mktemp("out") / "out", threads=1, scheme=scheme)


def budget(results, name="oil"):
    return flopy.utils.CellBudgetFile(results.path / f"{name}.cbc", precision="double")


def test_names_and_layout_are_those_of_modflow(results):
    with budget(results) as file:
        first = file.get_kstpkper()[0]
        records = [r for r in file.recordarray if (r["kstp"], r["kper"]) == (first[0] + 1, first[1] + 1)]
        sizes = ("ncol", "nrow", "nlay", "imeth")
        found = [(r["text"].decode().strip(), *(r[s] for s in sizes), r["paknam2"].decode().strip()) for r in records]
    assert found == MODFLOW


def test_every_cell_closes(results):
    """Faces, storage, decay and packages add up to nothing in each cell, to round-off of the largest term."""
    grb = flopy.mf6.utils.MfGrdFile(results.path / "oil.grb")
    with budget(results) as file:
        for at in file.get_kstpkper():
            face = file.get_data(kstpkper=at, text="FLOW-JA-FACE")[0].ravel()
            row = np.repeat(np.arange(grb.nodes), np.diff(grb.ia))
            diagonal = row == grb.ja
            total = np.bincount(row[~diagonal], face[~diagonal], grb.nodes)
            scale = np.abs(face).max()
            for text in ("STORAGE-AQUEOUS", "STORAGE-SORBED", "DECAY-AQUEOUS", "DECAY-SORBED"):
                total += file.get_data(kstpkper=at, text=text)[0].ravel()
            for text in ("SOURCE-SINK MIX", "CNC", "SRC"):
                record = file.get_data(kstpkper=at, text=text)[0]
                np.add.at(total, record["node"] - 1, record["q"])
            assert np.abs(total).max() < 1e-12 * scale
            np.testing.assert_allclose(face[diagonal], total, atol=1e-13 * scale)


def test_faces_are_seen_alike_from_both_sides(results):
    grb = flopy.mf6.utils.MfGrdFile(results.path / "oil.grb")
    with budget(results) as file:
        face = file.get_data(idx=[r["text"] for r in file.recordarray].index(b"    FLOW-JA-FACE"))[0].ravel()
    row = np.repeat(np.arange(grb.nodes), np.diff(grb.ia))
    seen = {(n, m): q for n, m, q in zip(row, grb.ja, face, strict=True)}
    assert all(seen[n, m] == -seen[m, n] for n, m in seen if n != m)
    assert max(abs(q) for (n, m), q in seen.items() if n != m) > 0.1


def test_totals_are_those_of_the_ledger(results):
    """The last step is saved, and so is the one before it in budget.csv: rates times its length are the difference."""
    table = results.budget()
    table = table[(table["species"] == "oil") & (table["package"] != "total")]
    with budget(results) as file:
        times = np.unique(table["time"])
        saved = [t for t in file.get_times() if t in times]
        checked = 0
        for time in saved:
            before = times[np.searchsorted(times, time) - 1]
            header = next(r for r in file.recordarray if r["totim"] == time)
            if not np.isclose(before, time - header["delt"]):
                continue
            checked += 1
            for package, term, text in (("spill", None, "SRC"), ("given", None, "CNC"),
                                        ("decay", "dissolved", "DECAY-AQUEOUS"), ("decay", "sorbed", "DECAY-SORBED")):
                rows = table[(table["package"] == package) & ((table["term"] == term) if term else True)]
                now, then = (rows[np.isclose(rows["time"], t)] for t in (time, before))
                booked = (now["in"].sum() - now["out"].sum()) - (then["in"].sum() - then["out"].sum())
                data = file.get_data(totim=time, text=text)[0]
                values = data["q"] if data.dtype.names else data
                assert values.sum() * header["delt"] == pytest.approx(booked, rel=1e-9, abs=1e-9)
        assert checked


def test_what_nobody_asks_for_is_not_written(tmp_path):
    from tests.cli.column import column

    results = gw.run(column(tmp_path), tmp_path / "out")
    assert not (results.path / "trans.cbc").exists()


def test_a_well_that_brings_nothing_is_in_the_list_too(results):
    """SOURCE-SINK MIX lists every entry of the flow packages, numbered within its package."""
    with budget(results) as file:
        record = file.get_data(kstpkper=file.get_kstpkper()[0], text="SOURCE-SINK MIX")[0]
    assert len(record) == 2 + 126 + 18  # wells, recharge in each column, fixed heads
    assert list(record["node2"][:2]) == [1, 2]
