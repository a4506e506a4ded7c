"""Round oil: discs, and lenses that a spill at the surface makes."""

import math

import numpy as np
import pytest

import gwsolver as gw
from gwsolver.core.errors import InputError
from tests.run.oil_site import OIL, amounts, write_site

PLACE = "polygon = [[500040, 5400040], [500080, 5400040], [500080, 5400060], [500040, 5400060]]\n"
DISC = OIL.replace(PLACE, 'disc = { x = 500065, y = 5400045, radius = "15 m" }\n')
LENS = OIL.replace(PLACE, "").replace("saturation = 0.08", "saturation = 0.3") + """
[oil.lens]
x = 500065
y = 5400045
spilled = "40 m3"
spill_area = "100 m2"
start = 2000-03-01
duration = "30 d"
depth_to_water = "4 m"
residual = 0.1
hydraulic_conductivity = "2 m/d"
viscosity_ratio = 20
"""
KEPT = 100.0 * 0.1 * 0.3 * 4.0  # m3: area, residual, porosity, depth to water
COMES = 40.0 - KEPT
RADIUS = math.sqrt(COMES / (math.pi * 1.0 * 0.3 * 0.3))  # 9.95 m
ARRIVAL = 60.0 + 4.0 * 0.3 * 0.3 / (2.0 * 0.86 / 20.0)  # 64.2 d: the front comes down at K_o / (n S_o)


def test_oil_under_a_disc_is_that_of_its_area(tmp_path):
    assert DISC != OIL
    booked = amounts(gw.run(write_site(tmp_path / "site", DISC, years=1)), "benzene")
    oil = math.pi * 15.0**2 * 1.0 * 0.3 * 0.08 * 860e3
    assert booked["lake", "spilled"][0] == pytest.approx(0.001 * oil, rel=1e-9)


def test_a_spill_comes_down_and_makes_a_lens(tmp_path):
    """What the unsaturated zone does not keep arrives in the 30 days after the front, under a disc of its volume."""
    folder = write_site(tmp_path / "site", LENS, years=1, steps=73)  # 5.0034 days each
    [body] = gw.load(folder).simulation.chemistry.oil.bodies
    grid = gw.load(folder).simulation.transport_models[0].grid
    middle = np.hypot(grid.x[body.cells] - 65.0, grid.y[body.cells] - 45.0)
    [leak] = body.leaks
    assert leak.shares[middle.argmin()] == pytest.approx(100.0 / (math.pi * RADIUS**2), rel=1e-12)  # a whole cell
    assert middle.max() - 5.0 * math.sqrt(2.0) < RADIUS
    assert body.area.sum() == pytest.approx(math.pi * RADIUS**2, rel=1e-12)
    results = gw.run(folder)
    bulk = 1.0 - 0.001 - 0.0033
    assert amounts(results, "oil bulk")["lake", "leak"][0] == pytest.approx(COMES * 860e3 * bulk, rel=1e-9)
    table = results.budget()
    table = table[(table.species == "oil bulk") & (table.package == "lake") & (table.term == "leak")]
    part = table["in"] / (COMES * 860e3 * bulk)
    came = np.interp([ARRIVAL - 6.0, ARRIVAL + 15.0, ARRIVAL + 36.0], table.time, part, left=0.0)
    assert came == pytest.approx([0.0, 0.5, 1.0], abs=0.02)
    assert max(results.summary["closure"].values()) <= 1e-10
    assert 0.5 * 4.947 < np.nanmax(results.concentration("benzene").values) <= 4.947 * (1.0 + 1e-4)


@pytest.mark.parametrize(("old", "new", "words"), [
    ('"40 m3"', '"10 m3"', "no oil reaches the water table: spilled per area = 0.1; allowed: more than 0.12.\n"
                           "The unsaturated zone keeps residual times porosity times depth_to_water."),
    ("x = 500065", "x = 510065", "there is no active cell at x = 510065, y = 5.40004e+06"),
    ('"30 d"', '"0 d"', "lens: duration = 0.0 is outside (0, inf)"),
    ('"100 m2"', '"100 m"', "unit 'm' does not fit; a unit like 'm2' is needed"),
    ("residual", "residula", "unknown key 'residula'.\nDid you mean 'residual'?"),
    ("saturation = 0.3", 'volume = "40 m3"', "'lens' and 'volume' exclude each other"),
    ("saturation = 0.3\n", "", "a lens needs the thickness and the saturation of its oil"),
    ('thickness = "1 m"', 'thickness = "3.5 m"', "the smear zone is thicker than layer 1, row 5, column 7 = 3.5"),
    ("saturation = 0.3\n", "saturation = 0.3\nleak_start = 0\n", "'lens' and 'leak_start' exclude each other"),
])
def test_what_is_wrong_with_a_lens_is_told(tmp_path, old, new, words):
    text = LENS.replace(old, new, 1)
    assert text != LENS
    with pytest.raises(InputError) as caught:
        gw.load(write_site(tmp_path / "site", text))
    told = "\n".join(map(str, caught.value.problems))
    assert words in told
    assert "number 1" in told


def test_half_a_leak_is_told(tmp_path):
    with pytest.raises(InputError, match="leak_start and leak_end belong together: leak_end is missing"):
        gw.load(write_site(tmp_path / "site", OIL + "leak_start = 0\n"))
