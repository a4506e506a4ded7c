"""Source functions of [[release]]: what enters is their integral, in every budget; what is wrong is told."""

import math

import pytest

import gwsolver as gw
from gwsolver.core.errors import InputError
from tests.run.oil_site import amounts, write_site

PLACE = "polygon = [[500040, 5400040], [500080, 5400040], [500080, 5400060], [500040, 5400060]]\n"
HEAD = '\n[[release]]\nname = "Pit"\nspecies = "benzene"\n' + PLACE
END = 3 * 365.25
YEAR = 366.0  # 2000-01-01 to 2001-01-01


@pytest.mark.parametrize(("text", "mass"), [
    ('model = "fixed"\nrate = "2 kg/y"\nend = 2001-01-01', 2000.0 / 365.25 * YEAR),
    ('model = "fixed"\nrate = "2 kg/y"\nstart = "1 y"\nend = 2002-12-31T00:00:00', 2000.0 / 365.25 * (1095.0 - 365.25)),
    ('model = "series"\ndates = [0, 2001-01-01]\nrates = ["10 g/d", "5 g/d"]', 10.0 * YEAR + 5.0 * (END - YEAR)),
    ('model = "exponential"\nconcentration = "5 mg/L"\nmass = "20 kg"\nflow = "15 m3/d"',
     20e3 * -math.expm1(-15.0 * 5.0 / 20e3 * END)),
    ('model = "power_law"\npower = 0\nconcentration = "5 mg/L"\nmass = "20 kg"\nflow = "15 m3/d"', 20e3),
    ('model = "pit"\nleakage = "3 mm/d"\nconcentration = "3 mg/L"\nstart = 2001-01-01',
     3.0 * 0.003 * 800.0 * (END - YEAR)),
])
def test_what_enters_is_the_integral_of_the_function(tmp_path, text, mass):
    results = gw.run(write_site(tmp_path / "site", HEAD + text + "\n"))
    booked = amounts(results, "benzene")
    assert booked["pit", "src"] == pytest.approx((mass, 0.0), rel=1e-9)
    assert max(results.summary["closure"].values()) < 1e-10
    assert ("pit", "src") not in amounts(results, "toluene")


def test_a_pit_over_two_layers_seeps_once(tmp_path):
    pit = HEAD + 'model = "pit"\nleakage = "3 mm/d"\nconcentration = "3 mg/L"\nlayers = [1, 2]\n'
    booked = amounts(gw.run(write_site(tmp_path / "site", pit, years=1)), "benzene")
    assert booked["pit", "src"][0] == pytest.approx(3.0 * 0.003 * 800.0 * 365.25, rel=1e-9)


def test_a_round_release_is_shared_among_cells_exactly(tmp_path):
    """Of a disc of 7.071 m in the middle of a cell of 10 m 63.66 % lie there, 9.085 % in each neighbour."""
    disc = '\n[[release]]\nname = "Tank"\nspecies = "benzene"\nmodel = "fixed"\nrate = "1 kg/d"\nend = 2001-01-01\n'
    disc += f'disc = {{ x = 500065, y = 5400045, radius = "{10.0 / math.sqrt(2.0)} m" }}\n'
    folder = write_site(tmp_path / "site", disc, years=1, steps=2)
    model = gw.load(folder).simulation.transport_models[0]
    [package] = [p for p in model.packages if p.name == "tank"]
    values = package.at(next(model.time.steps()))
    middle = 5 * 20 + 6
    assert values.cells.tolist() == [middle - 20, middle - 1, middle, middle + 1, middle + 20]
    shares = 100.0 * values.columns["mass_rate"] / 1000.0
    assert shares == pytest.approx([9.085, 9.085, 63.66, 9.085, 9.085], abs=5e-3)
    results = gw.run(folder)
    assert amounts(results, "benzene")["tank", "src"] == pytest.approx((365.25e3, 0.0), rel=1e-9)
    assert max(results.summary["closure"].values()) < 1e-10


DISC = 'disc = { x = 500065, y = 5400045, radius = "5 m" }\n'


@pytest.mark.parametrize(("old", "new", "words"), [
    (PLACE, PLACE + DISC, "'polygon' and 'disc' exclude each other"),
    (PLACE, "", "'Pit' needs a 'place', a 'polygon' or a 'disc'"),
    (PLACE, DISC.replace("5 m", "0 m"), "radius of the disc = 0 is outside (0, inf)"),
    (PLACE, DISC.replace("500065", "600065"), "'Pit' lies outside the active cells"),
    (PLACE, DISC.replace("radius", "radios"), "unknown key 'radios'.\nDid you mean 'radius'?"),
    (PLACE, DISC.replace("5 m", "5 d"), "unit 'd' does not fit; a unit like 'm' is needed"),
    (PLACE, "polygon = [[500040, 5400040], [500080, 5400040]]\n", "the polygon of 'Pit' needs three corners or more"),
])
def test_what_is_wrong_with_an_outline_is_told(tmp_path, old, new, words):
    with pytest.raises(InputError) as caught:
        gw.load(write_site(tmp_path / "site", (HEAD + 'model = "fixed"\nrate = "2 kg/y"\n').replace(old, new)))
    told = "\n".join(str(p) for p in caught.value.problems)
    assert words in told
    assert "[[release]] number 1" in told


@pytest.mark.parametrize(("text", "words"), [
    ('model = "linear"', "model = 'linear'; allowed: one of fixed, series, exponential, power_law, pit"),
    ('rate = "2 kg/y"', "the key 'model' is missing; allowed: one of fixed, series, exponential, power_law, pit"),
    ('model = "fixed"\nrat = "2 kg/y"', "unknown key 'rat'.\nDid you mean 'rate'?"),
    ('model = "fixed"\nrate = "2 kg"', "unit 'kg' does not fit"),
    ('model = "fixed"\nrate = "2 kg/y"\nstart = "soon"', "start: 'soon' is no moment; write a date (2005-01-01)"),
    ('model = "series"\ndates = [10, 5]\nrates = ["1 g/d", "2 g/d"]', "follows"),
    ('model = "exponential"\nconcentration = "5 mg/L"\nmass = "0 kg"\nflow = "1 m3/d"', "mass"),
])
def test_what_is_wrong_with_a_release_is_told(tmp_path, text, words):
    with pytest.raises(InputError) as caught:
        gw.load(write_site(tmp_path / "site", HEAD + text + "\n"))
    told = "\n".join(str(p) for p in caught.value.problems)
    assert words in told
    assert "[[release]] number 1" in told
