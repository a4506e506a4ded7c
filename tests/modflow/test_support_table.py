"""The page of what is supported is what the registry says."""

from pathlib import Path

from gwsolver.modflow.support_table import table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "support.md"


def test_the_page_is_what_the_registry_says():
    assert PAGE.read_text(encoding="utf-8") == table()


def test_every_solved_package_has_its_row():
    for package in ("CHD", "WEL", "RCH", "DRN", "RIV", "GHB", "EVT", "CNC", "SRC"):
        assert f"\n| {package} | " in table()
