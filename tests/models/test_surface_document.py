"""docs/surface-water.md does as it says: its network runs, its figures are those of the run, its keys are all."""

import re
from pathlib import Path
from typing import get_args, get_origin

import pytest

import gwsolver as gw
from gwsolver.case.surface.assemble import SurfaceTable
from gwsolver.case.surface.lake import IceTable
from gwsolver.case.surface.node import NodeTable
from gwsolver.case.surface.observed import ObservedTable
from gwsolver.case.surface.period import PeriodTable
from gwsolver.case.surface.scenario import ChangeTable, SurfaceScenarioTable
from gwsolver.case.surface.series import SeriesTable
from gwsolver.case.surface.stage import StageTable
from gwsolver.case.surface.uncertain import UncertainTable
from gwsolver.case.surface.wanted import WantedTable

TEXT = (Path(__file__).parents[2] / "docs" / "surface-water.md").read_text(encoding="utf-8")
TABLES = {name: get_args(field.annotation)[0] for name, field in SurfaceTable.model_fields.items()
          if get_args(field.annotation) and get_origin(field.annotation) is list}
KINDS = {name: table for name, table in TABLES.items() if issubclass(table, NodeTable)}
OF_ALL = {"name", "title", "note", "source", "status"}


def keys_in(section):
    rows = re.findall(r"^\| (`.*?) \|", section, re.M)
    return sorted(key for row in rows for key in re.findall(r"`(\w+)`", row))


def section(head):
    [found] = re.findall(rf"^#+ {re.escape(head)}\n(.*?)(?=^#|\Z)", TEXT, re.S | re.M)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_node_is_documented_and_no_other(kind):
    assert keys_in(section(f"[[surface.{kind}]]")) == sorted(set(KINDS[kind].model_fields) - OF_ALL)


def test_every_key_of_series_and_tables():
    assert keys_in(section("Values in time")) == sorted(set(SeriesTable.model_fields) - OF_ALL)
    assert keys_in(section("Stage tables")) == sorted(set(StageTable.model_fields) - OF_ALL)
    changes = set(ChangeTable.model_fields) | (set(SurfaceScenarioTable.model_fields) & {"name", "title", "change"})
    assert {*keys_in(section("Alternatives"))} == changes - {"source", "status", "note"}
    assert keys_in(section("[surface]")) == sorted(set(SurfaceTable.model_fields) - set(TABLES))
    assert keys_in(section("How sure is it: members")) == sorted(set(UncertainTable.model_fields) - OF_ALL)
    levels = {key for table in (ObservedTable, WantedTable, PeriodTable) for key in table.model_fields}
    assert keys_in(section("What others saw, what is wanted")) == sorted(levels - OF_ALL)
    for key in set(IceTable.model_fields) - OF_ALL:
        assert f"`{key}`" in TEXT or f"{key} =" in TEXT, key
    assert {*re.findall(r"^### \[\[surface\.(\w+)\]\]", TEXT, re.M)} == {*KINDS}


def test_the_network_runs_as_it_is_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two_basins").mkdir()
    [case] = re.findall(r"```toml\n(.*?)```", TEXT, re.S)
    (tmp_path / "two_basins" / "case.toml").write_text(case, encoding="utf-8")
    for script in re.findall(r"```python\n(.*?)```", TEXT, re.S):
        exec(compile(script, "surface-water.md", "exec"), {})
    level = gw.open_surface("two_basins").level("west")
    [start, end] = map(float, re.findall(r"falls from ([\d.]+) m to ([\d.]+) m", TEXT)[0])
    assert level.iloc[0] == pytest.approx(start, abs=0.1)
    assert level.iloc[-1] == pytest.approx(end, abs=0.05)
    assert "evaporation" in capsys.readouterr().out
