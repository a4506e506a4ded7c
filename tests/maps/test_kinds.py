"""Kinds of figures: the table that case.toml is checked against, the functions, the document and the command agree."""

import inspect
import re
from pathlib import Path

import pytest

import gwsolver
from gwsolver.cli import main
from gwsolver.core.figures import FIGURES, SHARED
from gwsolver.maps.kinds import KINDS
from tests.maps.test_from_results import run

DOCUMENT = Path(__file__).parents[2] / "docs" / "figures.md"


def test_every_kind_has_a_function_with_its_settings():
    assert KINDS.keys() == FIGURES.keys()
    for kind, draw in KINDS.items():
        own = set(inspect.signature(draw).parameters) - {"results"}
        assert own == {*FIGURES[kind], *SHARED}, kind
        assert getattr(gwsolver, kind) is draw


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
    others = [k for k in FIGURES if k not in ("plume_map", "section", "acceptors")]
    assert drawn == {f"{k}_benzene.png" for k in others}
    assert told.err.startswith("not drawn: acceptors: acceptors: there are no electron acceptors")
