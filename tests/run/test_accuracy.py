"""The accuracy report: in run.log, in summary.json, and printed."""

import pytest

import gwsolver as gw
from gwsolver.cli import main
from gwsolver.run.checks import Check, checks, failures, table, warnings
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
    for words in ("too coarse for the dispersivity in", "up to 5 at layer 1, row 1, column",
                  "the spacing is 2.5 m;", "A spacing of 2 m would do"):
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


SPECIES = {"benzene": 0.3, "toluene": 0.5, "xylene": 0.1}


def coarse(peclet, unit="m"):
    return {"cells": 5, "holding": 9, "peclet": peclet, "cell": "layer 1", "spacing": 100.0, "enough": 1.0 / peclet,
            "allowed": 4.0, "unit": unit}


def of_three():
    """Three species with flow, all too coarse, xylene the worst of them."""
    names = dict.fromkeys(SPECIES, 0.0)
    return checks(Outcome(
        closure={"flow": 1e-15, **{n: 1e-13 * v for n, v in SPECIES.items()}}, minimum=names, maximum=SPECIES,
        solved_flow={"flow": True}, coarse={"benzene": coarse(8.0), "toluene": coarse(10.0), "xylene": coarse(20.0)}))


def test_species_with_one_finding_share_a_warning():
    (text,) = warnings(of_three())
    assert text.startswith("benzene, toluene, xylene: the grid is too coarse for the dispersivity in 5 of 9 cells")
    assert "up to 20 at layer 1, where the spacing is 100 m; at most 4" in text
    assert text.endswith("A spacing of 0.05 m would do everywhere. (Figures of xylene, the worst.)")


def test_where_the_model_does_not_name_its_length_unit_none_is_made_up():
    outcome = Outcome(minimum={"a": 0.0}, maximum={"a": 1.0}, coarse={"a": coarse(10.0, "length units")})
    (text,) = warnings(checks(outcome))
    assert "the spacing is 100 length units;" in text and "A spacing of 0.1 length units would do" in text


def test_the_table_has_the_worst_of_alike_species_and_names_it():
    lines = [" ".join(line.split()) for line in table(of_three())]
    assert lines == [
        "accuracy",
        "flow imbalance over throughput 1e-15 <= 1e-10 ok",
        "toluene, worst of 3 imbalance over throughput 5e-14 <= 1e-10 ok",
        "benzene, worst of 3 smallest concentration 0 >= 0 ok",
        "toluene, worst of 3 largest concentration at the end 0.5",
        "xylene, worst of 3 share of cells with solute that are too coarse 0.556 0 warning",
    ]


def test_a_species_with_another_verdict_has_a_row_of_its_own():
    good = Outcome(closure={"a": 1e-15, "b": 2e-9, "c": 3e-15}, minimum=dict.fromkeys("abc", 0.0),
                   maximum=dict.fromkeys("abc", 1.0))
    lines = [" ".join(line.split()) for line in table(checks(good))]
    assert "c, worst of 2 imbalance over throughput 3e-15 <= 1e-10 ok" in lines
    assert "b imbalance over throughput 2e-09 <= 1e-10 failed" in lines


def test_what_belongs_to_species_is_told_apart_from_them():
    names = {"a": 1e-15, "b": 2e-15, "a/lkt-1": 3e-15, "b/lkt-1": 4e-15, "electrons": 5e-15, "flow/lak-1": 6e-15}
    rows = checks(Outcome(closure=names, minimum={"a": 0.0, "b": 0.0}, maximum={"a": 1.0, "b": 1.0}))
    text = [" ".join(line.split()) for line in table(rows) if "imbalance" in line]
    assert [line.partition(" imbalance")[0] for line in text] == [
        "b, worst of 2", "b/lkt-1, worst of 2", "electrons", "flow/lak-1"]


def test_a_run_with_instantaneous_reactions_looks_at_the_edge_of_its_plume(tmp_path):
    """Rows of 10 m, a plume of 32 m, alpha_T 0.5 m: rows of 1.9 m would do."""
    summary = gw.run(write_site(tmp_path / "site", OIL, DEGRADATION, years=1, steps=2)).summary
    (row,) = [r for r in summary["checks"]
              if r["figure"] == "share of the plume's edge that is too coarse" and r["name"] == "benzene"]
    assert row["verdict"] == "warning"
    assert 0.0 < row["value"] <= 1.0
    assert row["text"].startswith(
        "benzene: spacing of rows and columns across the edge of a plume that is 31.6 m long = 10 m")
    assert " at layer " in row["text"]
    assert row["text"].removeprefix("benzene: ") in "\n".join(summary["warnings"])
