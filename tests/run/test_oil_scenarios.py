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


BODY = """
[[scenario]]
name = "rich"
[[scenario.oil_body]]
name = "lake"
species = "benzene"
mass_fraction_factor = 1.5

[[scenario]]
name = "more"
[[scenario.oil_body]]
name = "lake"
mass_factor = 2
"""


def test_more_oil_with_more_benzene_is_booked_and_dissolves_by_raoults_law(tmp_path):
    found = gw.scenarios(write_site(tmp_path / "site", OIL, RECEPTOR, BODY), jobs=1)
    assert not found.failures
    spilled = {name: amounts(r, "benzene")["lake", "spilled"][0] for name, r in found.results.items()}
    assert spilled["rich"] == pytest.approx(1.5 * spilled["base"], rel=1e-9)
    assert spilled["more"] == pytest.approx(2.0 * spilled["base"], rel=1e-9)
    bulk = {name: amounts(r, "oil bulk")["lake", "spilled"][0] for name, r in found.results.items()}
    assert bulk["more"] == pytest.approx(2.0 * bulk["base"], rel=1e-9)
    assert 0.99 < bulk["rich"] / bulk["base"] < 1.0  # the bulk gives way to benzene
    largest = {name: float(r.concentration("benzene").isel(time=0).max()) for name, r in found.results.items()}
    assert 1.49 < largest["rich"] / largest["base"] < 1.51  # its mole fraction; measured: 1.4995
    assert 1.0 < largest["more"] / largest["base"] < 1.3  # less of it is gone of twice the oil; measured: 1.17


@pytest.mark.parametrize(("old", "new", "words"), [
    ('name = "lake"', 'name = "lak"', "there is no oil body 'lak'"),
    ('species = "benzene"\n', "", "mass_fraction_factor needs species: the component whose part it is"),
    ('species = "benzene"', 'species = "oxygen"', "there is no component of the oil 'oxygen'"),
    ("mass_fraction_factor = 1.5", "mass_fraction_factor = 5000", "more than all"),
    ("mass_fraction_factor = 1.5\n", "", "species needs mass_fraction or mass_fraction_factor"),
])
def test_what_is_wrong_with_a_body_is_told(tmp_path, old, new, words):
    text = BODY.replace(old, new)
    assert text != BODY
    with pytest.raises(InputError, match=words):
        gw.load(write_site(tmp_path / "site", OIL, RECEPTOR, text))


@pytest.mark.parametrize("model", [
    'model = "first_order"\nrates = { benzene = "0.01 1/d" }',
    'model = "monod"\nsubstrates = { benzene = { rate = "0.1 mg/L/d", half_saturation = "0.5 mg/L" } }',
])
def test_a_species_that_would_decay_twice_in_a_scenario_is_refused(tmp_path, model):
    text = f"\n[[degradation]]\n{model}\n" + (
        '\n[[scenario]]\nname = "faster"\n[[scenario.species]]\nname = "benzene"\ndecay = "0.02 1/d"\n')
    with pytest.raises(InputError, match=r"benzene would decay twice: at 0\.02 1/d in its transport model"):
        gw.scenarios(write_site(tmp_path / "site", OIL, RECEPTOR, text), jobs=1)
