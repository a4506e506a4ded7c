"""What observed levels ask for: the inflow that made them comes back, and what is refused."""

import numpy as np
import pytest

from gwsolver.case import read_case
from gwsolver.cli import main
from gwsolver.core.errors import InputError
from gwsolver.run.inversion import asked_for
from tests.run.test_surface_runs import CASE

LONG = CASE.replace("2011-01-01", "2031-01-01").replace("1 m/y", "4 m/y")
OBSERVED = """
[[surface.observed]]
node = "lake"
file = "levels.csv"
sigma = "sigma"
"""


def yearly(surface):
    network = surface.network()
    levels = [network.advance(s).held["lake"].level[0] for s in surface.steps]
    return dict(zip(range(2001, 2031), np.reshape(levels, (-1, 12)).mean(axis=1), strict=True))


@pytest.fixture
def folder(tmp_path):
    """A lake whose levels come from a quarter more than the case knows of."""
    (tmp_path / "case.toml").write_text(LONG.replace("0.02 km3/y", "0.025 km3/y"), encoding="utf-8")
    levels = yearly(read_case(tmp_path).surface)
    rows = [f"{y},{float(level)!r},0.05" for y, level in levels.items() if y in (2003, 2012, 2025)]
    (tmp_path / "levels.csv").write_text("\n".join(["year,level_m,sigma", *rows]))
    (tmp_path / "case.toml").write_text(LONG + OBSERVED, encoding="utf-8")
    return tmp_path


def test_the_inflow_that_made_the_levels_comes_back(folder):
    found = asked_for(read_case(folder), [2003, 2012, 2025], node="lake", on="river.flow")
    assert [(f.first, f.last) for f in found] == [(2003, 2012), (2012, 2025)]
    for one in found:
        assert one.given[0] * 365.25 == pytest.approx(0.02e9, rel=1e-3)
        assert one.flow[0] * 365.25 == pytest.approx(0.025e9, rel=2e-3)


def test_members_carry_the_errors_of_levels(folder):
    text = LONG.replace("end = 2031-01-01", "end = 2031-01-01\nmembers = 40") + OBSERVED + """
[[surface.uncertain]]
name = "rain"
on = ["lake.evaporation"]
range = [0.999999, 1.000001]
"""
    (folder / "case.toml").write_text(text, encoding="utf-8")
    [one] = asked_for(read_case(folder), [2003, 2012], node="lake", on="river.flow")
    assert one.flow[0] * 365.25 == pytest.approx(0.025e9, rel=2e-3)
    # 0.05 m at both ends: 4 km2 of lake a metre higher or lower over nine years, as long as the lake keeps it.
    spread = one.flow[1:].std() * 365.25
    assert 0.3 < spread / (np.sqrt(2.0) * 0.05 * 4e6 / 9.0) < 3.0


def test_through_the_command_line(folder, capsys):
    assert main(["invert", str(folder), "--node", "lake", "--on", "river.flow", "--years", "2003", "2012"]) == 0
    assert "asked for [km3/y]" in capsys.readouterr().out


@pytest.mark.parametrize(("node", "years", "on", "words"), [
    ("pond", [2003, 2012], "river.flow", "there is no such lake = pond"),
    ("lake", [2003, 2013], "river.flow", "no level is observed = 2013; allowed: one of 2003, 2012, 2025"),
    ("lake", [2012, 2003], "river.flow", "years = [2012, 2003]; allowed: two or more, rising"),
    ("lake", [2003, 2040], "river.flow", "year outside the case = 2040"),
    ("lake", [2003, 2012], "rivr.flow", "there is no node 'rivr'"),
])
def test_refused(folder, node, years, on, words):
    with pytest.raises(InputError) as error:
        asked_for(read_case(folder), years, node=node, on=on)
    assert words in str(error.value)
