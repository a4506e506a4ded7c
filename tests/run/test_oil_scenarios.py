"""Oil that a scenario takes away: what is left, and what is refused."""

import pytest

import gwsolver as gw
from gwsolver.core.errors import InputError
from tests.run.oil_site import OIL, amounts, write_site

RECEPTOR = """
[[receptor]]
name = "MW1"
kind = "monitoring well"
x = 500115
y = 5400055
layers = [1]

[[limit]]
species = "benzene"
value = "0.01 mg/L"
"""
SCENARIO = """
[[scenario]]
name = "dig"
[[scenario.oil]]
name = "lake"
from = "1 y"
part = "80 %"
"""


def test_oil_is_taken_away_and_the_alternatives_are_compared(tmp_path):
    folder = write_site(tmp_path / "site", OIL, RECEPTOR, SCENARIO)
    found = gw.scenarios(folder, jobs=1)
    assert not found.failures
    gone = amounts(found.results["dig"], "oil bulk")["lake", "removal"][1]
    assert gone == pytest.approx(0.8 * amounts(found.results["base"], "oil bulk")["lake", "spilled"][0], rel=1e-9)
    last = {name: float(r.concentration("benzene").isel(time=-1).max()) for name, r in found.results.items()}
    assert 0.0 < last["dig"] < last["base"]
    for results in found.results.values():
        assert max(results.summary["closure"].values()) <= 1e-10
    assert set(found.tidy["scenario"]) == {"base", "dig"}


@pytest.mark.parametrize(("old", "new", "words"), [
    ('name = "lake"', 'name = "lak"', "there is no oil body 'lak'"),
    ('from = "1 y"\n', "", "the moment of the removal is missing"),
    ('from = "1 y"', 'from = "9 y"', "is outside the simulation"),
    ('part = "80 %"', 'polygon = [[0, 0], [1, 0], [1, 1]]', "no oil of 'lake' lies inside the polygon"),
])
def test_what_is_wrong_with_a_removal_is_told(tmp_path, old, new, words):
    text = SCENARIO.replace(old, new)
    assert text != SCENARIO
    with pytest.raises(InputError, match=words):
        gw.scenarios(write_site(tmp_path / "site", OIL, RECEPTOR, text), jobs=1)
