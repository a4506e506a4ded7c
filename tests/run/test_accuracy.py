"""The accuracy report: in run.log, in summary.json, and printed."""

import pytest

import gwsolver as gw
from gwsolver.cli import main
from gwsolver.run.checks import Check, checks, failures, warnings
from gwsolver.run.outcome import Outcome
from tests.cli.column import change, column
from tests.run.oil_site import DEGRADATION, OIL, write_site


def test_a_grid_too_coarse_for_the_dispersivity_is_named(tmp_path, capsys):
    """Cells of 2.5 m, dispersivity 0.5 m: grid Peclet number 5; 2 m would do."""
    model = column(tmp_path)
    change(model / "trans.dsp", r"(alh\n\s+CONSTANT\s+)\S+", r"\g<1>0.5")
    assert main(["run", str(model), "--no-figures"]) == 0
    said = capsys.readouterr()
    summary = gw.open_results(model / "results").summary
    (row,) = [r for r in summary["checks"] if r["verdict"] == "warning"]
    assert (row["name"], row["figure"]) == ("trans", "share of cells with solute that are too coarse")
    for words in ("too coarse for the dispersivity in", "up to 5 at layer 1, row 1, column", "A spacing of 2 would do"):
        assert words in row["text"]
    assert row["text"] in summary["warnings"]
    assert f"warning: {row['text']}" in said.err
    log = (model / "results" / "run.log").read_text()
    assert f"WARNING: {row['text']}" in log
    for line in said.out.splitlines():
        if line.startswith("  ") and "figure" not in line:
            assert line.strip() in log
    assert said.out.count("imbalance over throughput") == 2


def test_a_fine_grid_is_not(tmp_path):
    """Dispersivity 2.5 m: grid Peclet number 1."""
    summary = gw.run(column(tmp_path)).summary
    verdicts = {(r["name"], r["figure"]): r["verdict"] for r in summary["checks"]}
    assert verdicts["trans", "share of cells with solute that are too coarse"] == "ok"
    assert verdicts["flow", "imbalance over throughput"] == "ok"
    assert verdicts["trans", "smallest concentration"] == "ok"
    assert not summary["warnings"]


@pytest.mark.parametrize(("changed", "words"), [
    ({"closure": {"a": 2e-10}}, "a: the balance closes to 2.0e-10 of throughput"),
    ({"minimum": {"a": -1e-12}}, "the smallest concentration is -1e-12"),
    ({"minimum": {"a": float("nan")}}, "the smallest concentration is nan"),
    ({"maximum": {"a": float("inf")}}, "the largest inf"),
])
def test_what_must_not_be_fails(changed, words):
    good = {"closure": {"a": 1e-16}, "minimum": {"a": 0.0}, "maximum": {"a": 1.0}}
    assert failures(checks(Outcome(**good))) == []
    (text,) = failures(checks(Outcome(**{**good, **changed})))
    assert words in text


def test_figures_of_engines_are_judged_or_told():
    outcome = Outcome(minimum={"a": 0.0}, maximum={"a": 1.0}, figures={"a": {"window_leak": 1e-3, "novelty": 2.0}})
    rows = {r.figure: r for r in checks(outcome)}
    assert isinstance(rows["novelty"], Check)
    assert rows["novelty"].verdict == ""
    assert rows["mass outside the window over all mass"].verdict == "warning"
    assert len(warnings(list(rows.values()))) == 1


def test_an_edge_that_is_too_coarse_for_mixing_is_a_warning():
    edges = {
        "a": {"faces": 3, "of": 12, "excess": 1.4, "text": "a: spacing of layers ..."},
        "b": {"faces": 0, "of": 9, "excess": 0.5, "text": ""},
    }
    rows = checks(Outcome(minimum={"a": 0.0, "b": 0.0}, maximum={"a": 1.0, "b": 1.0}, edges=edges))
    rows = {r.name: r for r in rows if r.figure == "share of the plume's edge that is too coarse"}
    assert (rows["a"].value, rows["a"].verdict) == (0.25, "warning")
    assert (rows["b"].value, rows["b"].verdict) == (0.0, "ok")
    assert warnings(list(rows.values())) == ["a: spacing of layers ..."]


def test_a_run_with_instantaneous_reactions_looks_at_the_edge_of_its_plume(tmp_path):
    """Rows of 10 m, a plume of 32 m, alpha_T 0.5 m: rows of 1.9 m would do."""
    summary = gw.run(write_site(tmp_path / "site", OIL, DEGRADATION, years=1, steps=2)).summary
    (row,) = [r for r in summary["checks"]
              if r["figure"] == "share of the plume's edge that is too coarse" and r["name"] == "benzene"]
    assert row["verdict"] == "warning"
    assert 0.0 < row["value"] <= 1.0
    assert row["text"].startswith("benzene: spacing of ")
    assert " at layer " in row["text"]
    assert row["text"] in summary["warnings"]
