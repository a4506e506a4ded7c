"""Kinds of figures: the table that case.toml is checked against, the functions, the document and the command agree."""

import inspect
import json
import re
from pathlib import Path

import pytest

import gwsolver
from gwsolver.cli import main
from gwsolver.core.figures import FIGURES, NETWORK, SHARED
from gwsolver.core.simulation import Simulation
from gwsolver.maps.kinds import KINDS
from gwsolver.results import ResultsWriter
from tests.maps.test_from_results import run
from tests.results.models import AXIS, dis, flow_model, flow_step, info

DOCUMENT = Path(__file__).parents[2] / "docs" / "figures.md"


def test_every_kind_has_a_function_with_its_settings():
    assert KINDS.keys() == FIGURES.keys()
    for kind, draw in KINDS.items():
        own = set(inspect.signature(draw).parameters) - {"results"}
        assert own == {*FIGURES[kind], *SHARED}, kind
        assert getattr(gwsolver, draw.__name__) is draw


def test_the_document_lists_kinds_and_settings():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*)\|", DOCUMENT.read_text("utf-8"), re.M)
    assert {kind: tuple(s for s in settings.strip().split(", ") if s) for kind, settings in rows} == FIGURES


@pytest.mark.parametrize("name", re.findall(r"!\[.*?\]\((.*?)\)", DOCUMENT.read_text("utf-8")))
def test_the_pictures_of_the_document_are_there(name):
    assert (DOCUMENT.parent / name).stat().st_size < 100_000


def test_the_command_draws_all_that_the_results_allow(tmp_path, capsys):
    """This run has no electron acceptors, which is told and does not stop the others."""
    run(tmp_path)
    assert main(["charts", str(tmp_path / "results"), "--out", str(tmp_path)]) == 0
    told = capsys.readouterr()
    drawn = {Path(line).name for line in told.out.splitlines()}
    others = [k for k in FIGURES if k not in ("plume_map", "section", "acceptors", *NETWORK)]
    assert drawn == {f"{k}_benzene.png" if "species" in FIGURES[k] else f"{k}.png" for k in others}
    assert told.err.startswith("not drawn: acceptors: there are no electron acceptors")


@pytest.mark.parametrize("wrong", [["--species", "salt"], ["--receptor", "PW9"], ["--time", "soon"], ["--limit", "5 m"],
                                   ["--lang", "de"], ["--width", "100"]])
def test_what_is_given_must_be_right_for_all(tmp_path, capsys, wrong):
    run(tmp_path)
    assert main(["charts", str(tmp_path / "results"), "--out", str(tmp_path), *wrong]) == 2
    assert "error: " in capsys.readouterr().err


def test_a_flow_model_alone_has_heads_and_its_setting(tmp_path, capsys):
    model = flow_model(dis())
    simulation = Simulation((model,), ())
    writer = ResultsWriter(tmp_path / "results", simulation, info())
    for step in AXIS.steps():
        writer.flow("gwf", flow_step(model, step), AXIS.periods[step.period].n_steps)
    writer.finish({})
    assert main(["charts", str(tmp_path / "results"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {Path(f).name for f in told["files"]} == {"heads.png", "setting.png"}
    assert "the run has no species" in told["left_out"]["mass_budget"]
