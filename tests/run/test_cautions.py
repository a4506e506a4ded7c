"""What `gwsolver check` tells of a case: all problems of case.toml and of the model at once, places off the grid."""

from pathlib import Path

import pytest

import gwsolver as gw
from gwsolver.core.errors import InputError
from tests.cli.column import change, column

CASE = """
[case]
title = "Column"
units = "g"
[modflow]
simulation = "model"
[[source]]
name = "Pit"
polygon = [[900, 0], [910, 0], [910, 1]]
[[receptor]]
name = "Here"
kind = "monitoring well"
x = 20.5
y = 0.5
[[receptor]]
name = "Too deep"
kind = "monitoring well"
x = 20.5
y = 0.5
layers = [7]
"""


def case_of(folder: Path, text: str = CASE) -> Path:
    column(folder)
    (folder / "case.toml").write_text(text, encoding="utf-8")
    return folder


def test_places_off_the_grid_are_told(tmp_path):
    told = "\n".join(gw.load(case_of(tmp_path / "case")).cautions())
    assert "source Pit: no active cell at x = 90" in told
    assert "the grid reaches from x = 0 to 100 and from y = 0 to 1; maps will not show it." in told
    assert "receptor Too deep: no active cell in layer 7 at x = 20.5, y = 0.5; it will not be observed." in told
    assert "receptor Here" not in told


def test_problems_of_the_model_come_with_those_of_the_case(tmp_path):
    folder = case_of(tmp_path / "case", CASE.replace("[[receptor]]", "[[receptors]]", 1))
    mst = next((folder / "model").glob("*.mst"))
    mst.unlink()
    with pytest.raises(InputError) as caught:
        gw.load(folder)
    text = str(caught.value)
    assert "unknown key 'receptors'" in text and mst.name in text


def test_a_start_that_is_no_date_is_passed_over_with_a_warning(tmp_path):
    folder = case_of(tmp_path / "case", CASE.replace("[modflow]", "start = 2010-01-31\n[modflow]"))
    tdis = next((folder / "model").glob("*.tdis"))
    change(tdis, "(?i)END options", " START_DATE_TIME 31.01.2010\\nEND options")
    loaded = gw.load(folder)
    assert "START_DATE_TIME = 31.01.2010 is not an ISO date" in "\n".join(loaded.cautions())
    assert loaded.info.start == "2010-01-31"


def test_a_reference_system_in_degrees_is_told(tmp_path):
    """In case.toml it is refused; in DIS, where MODFLOW takes any word, it is warned of."""
    folder = case_of(tmp_path / "case")
    dis = folder / "model" / "flow.dis"
    change(dis, "(?i)BEGIN options", "BEGIN options\n  CRS EPSG:4326")
    told = "\n".join(gw.load(folder).simulation.warnings)
    assert f"{dis}: CRS: EPSG:4326 (WGS 84) counts in degrees, the coordinates of a model are lengths" in told
    with pytest.raises(InputError, match="counts in degrees"):
        gw.load(case_of(tmp_path / "other", CASE.replace("[modflow]", 'crs = "EPSG:4326"\n[modflow]')))
