"""The page for users names every column, and its example does what it says."""

import re
from pathlib import Path

from gwsolver.reactions.components import component, crude, database, limit
from gwsolver.reactions.components.columns import STATUSES, TABLES

PAGE = (Path(__file__).parents[3] / "docs" / "components.md").read_text(encoding="utf-8")


def test_every_column_and_status_stands_on_the_page():
    for table in TABLES:
        assert f"| {table.word} | |" in PAGE
        for name in (*table.columns, *STATUSES):
            assert f"`{name}`" in PAGE, name


def test_the_examples_do_what_they_say(tmp_path):
    python, toml = (re.search(rf"```{kind}\n(.*?)```", PAGE, re.S)[1] for kind in ("python", "toml"))
    exec(python, {})
    assert component("benzene").value("liquid_solubility", "g/m3") == 1780.0
    assert crude("medium (Kenkiyak / Emba type)").effective_solubility and limit("benzene", "EU").value == 0.001
    own = tmp_path / "own.toml"
    own.write_text(toml)
    assert database(own).component("MTBE").liquid_solubility == 48000.0
