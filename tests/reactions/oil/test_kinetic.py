"""Dissolution at a limited rate: its exact solution, its limit, its books; correlations; oil in the way of water."""

import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.reactions.oil.body import Leak, Oil, OilComponent, OilSetting, Removal
from gwsolver.reactions.oil.kinetic import RateLimited
from gwsolver.reactions.oil.mass_transfer import (
    CORRELATIONS,
    Conditions,
    damkoehler,
    dilution_warnings,
    lens_flux,
    mixing_length,
    transfer_rate,
    vertical_dispersion,
)
from gwsolver.reactions.oil.saturation import layered_factors, oil_saturation, relative_permeability
from gwsolver.reactions.sources.fixed import Fixed
from tests.reactions.oil.oil_cells import BTEXN, Books, body, cells_of, setting

DAY = 86400.0
BENZENE = OilSetting((OilComponent("benzene", 78.11, 1780.0),), (body(1e9, oil=Oil({"benzene": 1.0}, 0.0, 8.8e5)),))


def in_benzene(rate, length, n, retardation=2.0):
    oil = RateLimited(BENZENE, {"benzene": rate}).start(("benzene",), 1)
    cells = cells_of(3.0, ("benzene",), retardation)
    for k in range(n):
        cells.time = length * k / n
        oil.act(cells, length / n, Books())
    return cells.mass[0, 0] / cells.content[0, 0]


def test_water_beside_pure_oil_saturates_exponentially():
    """C = S (1 - exp(-k t / R)), approached at first order."""
    exact = 1780.0 * -np.expm1(-0.3 * 4.0 / 2.0)
    errors = [in_benzene(0.3, 4.0, n) - exact for n in (50, 100, 200)]
    assert abs(errors[2]) < 2.0
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.05)
    assert errors[1] / errors[2] == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("length", [1e-3, 1.0, 1e6])
def test_never_above_equilibrium_for_any_step(length):
    assert 0.0 < in_benzene(50.0, length, 1) <= 1780.0


def test_fast_transfer_is_the_flash():
    rates = dict.fromkeys(BTEXN, 1e9)
    for mass in (5.0, 1e4):  # all dissolves; oil stays
        crude = setting(body(mass))
        kinetic, cells = RateLimited(crude, rates).start(BTEXN, 1), cells_of(2.0, retardation=1.5)
        for k in range(40):
            cells.time = float(k)
            kinetic.act(cells, 1.0, Books())
        flash, wanted = crude.start(BTEXN, 1), cells_of(2.0, retardation=1.5)
        flash.arrive(wanted, Books())
        at_flash = wanted.mass / wanted.content
        assert cells.mass / cells.content == pytest.approx(at_flash, rel=1e-9)


def test_all_amounts_are_booked_and_none_is_lost():
    leak = Leak(Fixed(2e3, "rate", 0.0, 6.0), np.array([0.5, 0.5]))
    crude = setting(body([1e4, 0.0], leaks=(leak,), area=np.array([5.0, 5.0]), depletion_rate=7.0,
                         removals=(Removal(9.0, 0.1, np.array([1])),)))
    oil = RateLimited(crude, dict.fromkeys(BTEXN, 0.4), power=0.6).start(BTEXN, 3)
    cells, books, left = cells_of([2.0, 3.0, 4.0]), Books(), 0.0
    start = oil.held()
    for k in range(20):
        cells.time = float(k)
        for _ in range(2):
            oil.act(cells, 0.5, books)  # half before transport, half after it
        out = cells.mass * -np.expm1(-0.3 / cells.content)
        cells.mass -= out
        left = left + out
        assert (cells.mass >= 0.0).all() and (oil.in_oil >= 0.0).all()
    came = books.rows["oil bulk", "lake", "leak"] / 0.989
    assert came == pytest.approx([6e3, 6e3, 0.0], rel=1e-13)
    for j, name in enumerate(BTEXN):
        assert books.net(name) - left[j] == pytest.approx(cells.mass[j], rel=1e-12, abs=1e-12)
        change = oil.held()[f"{name} in oil"] - start[f"{name} in oil"]
        assert books.net(f"{name} in oil") == pytest.approx(change, rel=1e-12, abs=1e-10)
    difference, throughput = oil.balances()["dissolution"]
    assert abs(difference) < 1e-13 * throughput


def test_going_on_from_a_state_gives_the_same_bits():
    crude = setting(body([1e4], area=np.array([5.0]), depletion_rate=7.0))
    setting_ = RateLimited(crude, dict.fromkeys(BTEXN, 0.4), power=0.6)
    oil, cells = setting_.start(BTEXN, 1), cells_of(2.0)
    for k in range(3):
        cells.time = float(k)
        oil.act(cells, 1.0, Books())
    other, again = setting_.start(BTEXN, 1), cells_of(2.0)
    other.restore({k: v.copy() for k, v in oil.state().items()})
    again.mass = cells.mass.copy()
    for one, where in ((oil, cells), (other, again)):
        where.time = 3.0
        one.act(where, 1.0, Books())
    assert np.array_equal(cells.mass, again.mass)
    assert all(np.array_equal(v, other.state()[k]) for k, v in oil.state().items())


def test_wrong_rates_are_told_with_what_is_wrong_with_the_oil():
    with pytest.raises(InputError) as error:
        RateLimited(setting(body(-1.0)), {"benzene": 0.0}, power=-1.0).start(BTEXN, 1)
    text = str(error.value)
    for words in ("mass transfer rate of benzene = 0.0", "mass transfer rate of toluene", "power", "oil mass = -1"):
        assert words in text


EXAMPLE = Conditions(0.024 / 0.3 / DAY, 3e-4, 0.03, 0.03, 0.3, 8e-10, uniformity=2.0, distance=0.03)


@pytest.mark.parametrize(("name", "rate", "number"), [
    ("miller", 86, 4e4), ("imhoff", 9, 4e3), ("powers-1994", 22, 9e3),
])
def test_rates_of_slow_water_in_fine_sand(name, rate, number):
    """0.024 m/d, d50 0.3 mm, 3 % oil: 86, 9 and 22 per day; over a cell of 10 m equilibrium is a good model."""
    found = transfer_rate(CORRELATIONS[name], EXAMPLE) * DAY
    assert round(found) == rate
    assert damkoehler(found, 10.0, 0.024) == pytest.approx(number, rel=0.12)


def test_correlations_fall_with_the_oil_and_name_their_papers():
    for name, c in CORRELATIONS.items():
        assert c.source and c.validity and c.title
        less = Conditions(0.024 / 0.3 / DAY, 3e-4, 0.01, 0.03, 0.3, 8e-10)
        assert c.sherwood(less) < c.sherwood(EXAMPLE) or name == "powers-1992"
    # Powers (1992) at Re = 1, d50 = 1 cm, U = 1, and Nambi and Powers (2003) at Re = 1, S_n = 1: their coefficients.
    unit = Conditions(1e-4, 1e-2, 0.3, 0.3, 0.3, 1e-9, uniformity=1.0)
    assert CORRELATIONS["powers-1992"].sherwood(unit) == pytest.approx(57.7)
    assert CORRELATIONS["nambi"].sherwood(unit) == pytest.approx(37.2)


def test_flux_from_a_lens_is_what_its_mixing_length_carries():
    v, d = 0.1, vertical_dispersion(0.1, 0.02, 5e-5)
    assert d == pytest.approx(2.05e-3)
    flux, thick = lens_flux(4.95, 0.3, v, d, 200.0), mixing_length(v, d, 200.0)
    assert flux * 200.0 == pytest.approx(4.95 * 0.3 * v * thick, rel=1e-14)
    # The same by diffusion for the time of passage L / v into a half space: 2 n C sqrt(D t / pi) per area.
    assert flux * 200.0 / v == pytest.approx(2.0 * 0.3 * 4.95 * np.sqrt(d * (200.0 / v) / np.pi))


def test_a_thick_layer_is_warned_of():
    assert dilution_warnings(3.0, 1.0, 0.7) == []
    [warning] = dilution_warnings(20.0, 1.0, 1.0, package="[[oil]]")
    assert "source concentration diluted by layer thickness" in str(warning)
    assert "takes 10 times the water" in str(warning) and "no thicker than 4." in str(warning)


def test_oil_in_the_way_of_water():
    saturation = oil_saturation(np.array([0.0, 1.0, 5.0, 1.0]), np.array([10.0, 10.0, 4.0, 0.0]))
    assert saturation.tolist() == [0.0, 0.1, 1.0, 0.0]
    k = relative_permeability(np.array([0.0, 0.1, 0.8, 1.0]), 0.2)
    assert k == pytest.approx([1.0, (0.7 / 0.8) ** 3, 0.0, 0.0], abs=1e-30)
    along, across = layered_factors(np.array([1.0, 0.5, 0.0, 0.25]), np.array([0.3, 1.0, 0.5, 0.5]))
    assert along == pytest.approx([1.0, 0.5, 0.5, 0.625])
    assert across == pytest.approx([1.0, 0.5, 0.0, 0.4])
