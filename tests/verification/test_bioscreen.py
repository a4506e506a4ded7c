"""Plumes behind source zones against figures printed by BIOSCREEN and BIOSCREEN-AT, and against the equation."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfc

from gwsolver.bench.solutions.bioscreen import SourceZone, biodegradation_capacity, retardation_factor
from gwsolver.core.errors import InputError

FOOT, YEAR = 0.3048, 365.0  # BIOSCREEN counts years of 365 days
DEFAULT = dict(
    seepage_velocity=335.2, dispersivity=(28.887, 2.889, 0.289), zones=((50.0, 9.0),), depth=10.0, retardation=1.20672,
)
HILL = dict(
    seepage_velocity=1609.081, dispersivity=(28.50253, 2.85025, 0.0), depth=10.0,
    zones=((50.0, 9.0), (75.0, 2.8), (125.0, 0.07)),
    retardation=retardation_factor(
        porosity=0.25, bulk_density=1.7, fraction_organic_carbon=0.0008, organic_carbon_coefficient=38.0),
    capacity=biodegradation_capacity(
        {"oxygen": 5.78, "nitrate": 17.0, "iron": 11.3, "sulfate": 100.0, "methane": 0.414}),
    decay_rate=np.log(2.0) / 0.1,
)
HILL_X = np.array([145.0, 290.0, 435.0, 580.0, 725.0, 1450.0])
# Keesler AFB in metres, days and grams (mg/L is g/m3)
KEESLER = dict(
    seepage_velocity=0.09504, dispersivity=(32.5 * FOOT, 3.25 * FOOT, 0.0), depth=10.0 * FOOT,
    zones=((7.0 * FOOT, 13.68), (37.0 * FOOT, 2.508), (65.0 * FOOT, 0.057)), porosity=0.3, soluble_mass=2e6,
    retardation=retardation_factor(
        porosity=0.3, bulk_density=1.7, fraction_organic_carbon=5.7e-5, organic_carbon_coefficient=38.0),
    decay_rate=4.62 / YEAR,  # half-life 0.15 years
)


def direct(x, y, z, time, *, seepage_velocity, dispersivity, zones, depth, retardation, decay=0.0, weakens=0.0):
    """The integral as it is printed, with s = u**4, one zone: no code shared with the solution."""
    (width, c0), = zones
    v = seepage_velocity / retardation
    dx, dy, dz = (a * v for a in dispersivity)

    def bracket(p, half, d, s):
        return erfc((p - half) / (2 * np.sqrt(d * s))) - erfc((p + half) / (2 * np.sqrt(d * s))) if d else 2.0

    def integrand(u):
        s = u**4
        gauss = np.exp((weakens - decay) * s - (x - v * s) ** 2 / (4 * dx * s))
        return s**-1.5 * gauss * bracket(y, width, dy, s) * bracket(z, depth, dz, s) * 4 * u**3

    total = quad(integrand, 0.0, time**0.25, epsabs=0.0, epsrel=1e-11, limit=400)[0]
    return c0 * x / (8 * np.sqrt(np.pi * dx)) * np.exp(-weakens * time) * total


@pytest.mark.parametrize(
    ("y", "time", "printed"),
    [
        (0.0, 5.0, [6.238402, 4.146516, 3.028160, 2.366891, 0.458867]),
        (75.0, 5.0, [1.121762, 1.312525, 1.264924, 1.174387, 0.319941]),
        (0.0, 1.0, [5.931852, 2.586809, 0.514065, 0.033217]),
    ],
)
def test_exact_form_meets_bioscreen_at(y, time, printed):
    x = np.array([150.0, 300.0, 450.0, 600.0, 1500.0])[: len(printed)]
    c = SourceZone(**DEFAULT).concentration(x, y, time=time)
    # The inputs are printed rounded: 2.1e-4 is what that makes (measured: 4e-5 to 2.1e-4).
    np.testing.assert_allclose(c, printed, rtol=2.2e-4)


def test_exact_form_with_decay_meets_bioscreen_at():
    site = SourceZone(**DEFAULT, decay_rate=np.log(2.0) / 10.0)
    c = float(site.concentration(150.0, time=5.0, reaction="first order"))
    assert c == pytest.approx(6.041316, abs=5e-7)  # this integral, computed by quadrature in s = u**4
    assert c == pytest.approx(6.042018, rel=1.2e-4)  # printed by the program


@pytest.mark.parametrize("place", [(150.0, 0.0, 0.0), (300.0, 75.0, 0.0), (60.0, 20.0, 12.0), (900.0, -40.0, 3.0)])
@pytest.mark.parametrize(("decay", "weakens"), [(0.0, 0.0), (0.7, 0.0), (0.2, 0.5)])
def test_exact_form_is_the_integral_as_it_is_printed(place, decay, weakens):
    site = SourceZone(**DEFAULT, decay_rate=decay, porosity=0.3, soluble_mass=1.0)
    if weakens:
        site = SourceZone(**DEFAULT, decay_rate=decay, porosity=0.3, soluble_mass=site.mass_rate / weakens)
    else:
        site = SourceZone(**DEFAULT, decay_rate=decay)
    c = float(site.concentration(*place, time=5.0, reaction="first order"))
    assert c == pytest.approx(direct(*place, 5.0, **DEFAULT, decay=decay, weakens=weakens), rel=1e-9)


@pytest.mark.parametrize(
    ("time", "printed"),
    [(5.0, [5.877, 3.829, 2.815, 2.217, 0.340]), (1.0, [4.957, 1.648, 0.245])],
)
def test_domenico_form_of_the_default_site(time, printed):
    """Computed from the formula; the program's exact figures are up to 26 % (5 years) and 52 % (1 year) higher."""
    x = np.array([150.0, 300.0, 450.0, 600.0, 1500.0])[: len(printed)]
    site = SourceZone(**DEFAULT)
    np.testing.assert_allclose(site.concentration(x, time=time, form="domenico"), printed, atol=5e-4)
    low = 1.0 - site.concentration(x, time=time, form="domenico") / site.concentration(x, time=time)
    assert low.max() == pytest.approx({5.0: 0.26, 1.0: 0.52}[time], abs=0.006)


@pytest.mark.parametrize(
    ("reaction", "time", "x", "printed", "rtol"),
    [
        ("none", 0.5, HILL_X, [8.43517, 7.26661, 5.89960, 4.09061, 2.15124, 0.00013], 0.0),
        ("none", 1.0, HILL_X, [8.46663, 7.46505, 6.67985, 6.07016, 5.54755, 1.43228], 0.0),
        ("first order", 5.0, HILL_X[:4], [4.34850, 1.96932, 0.90549, 0.42371], 6e-4),  # decay is printed rounded: 6.93
        ("instantaneous", 5.0, HILL_X, [8.46632, 7.40733, 6.35013, 5.26815, 4.19153, 0.0], 0.0),
        ("instantaneous", 5.0, np.array([1305.0]), [0.38505], 0.0),
    ],
)
def test_hill_afb_by_bioscreens_own_formula(reaction, time, x, printed, rtol):
    c = SourceZone(**HILL).concentration(x, time=time, reaction=reaction, form="domenico")
    np.testing.assert_allclose(c, printed, rtol=rtol, atol=5.1e-6)


def test_hill_afb_capacity_and_retardation():
    assert HILL["capacity"] == pytest.approx(27.6359, abs=5e-5)
    assert HILL["retardation"] == pytest.approx(1.20672, abs=5e-6)


@pytest.mark.parametrize(
    ("reaction", "computed", "digits"),
    [
        ("none", [8.109, 6.082, 3.771, 3.099], 5e-4),
        ("first order", [4.496, 1.686, 0.0576, 0.0053], [5e-4, 5e-4, 5e-5, 5e-5]),
    ],
)
def test_keesler_afb_by_the_exact_form(reaction, computed, digits):
    """Computed by quadrature. Field: 5, 1, 0.5 and 0.001 mg/L in the wells, 12 at the source."""
    c = SourceZone(**KEESLER).concentration(np.array([32, 64, 192, 288]) * FOOT, time=6 * YEAR, reaction=reaction)
    assert np.all(np.abs(c - computed) <= digits)


def test_keesler_afb_figures_around_the_plume():
    site = SourceZone(**KEESLER)
    assert site.source_decay_rate == pytest.approx(4.572e-6, abs=5e-10)
    assert KEESLER["retardation"] == pytest.approx(1.0123, abs=5e-5)
    used = {"oxygen": 1.65, "nitrate": 0.07, "iron": 16.6, "sulfate": 22.4, "methane": 6.6}
    assert biodegradation_capacity(used) == pytest.approx(14.529, abs=5e-4)


def test_instantaneous_reaction_is_a_conserved_scalar():
    """Where donor is left, C + BC is the unreacted plume over a background of BC; the weakening acts on donor alone."""
    site = SourceZone(**{**HILL, "porosity": 0.25, "soluble_mass": 5e7})
    x, y = np.meshgrid(np.linspace(20.0, 1500.0, 40), np.linspace(-150.0, 150.0, 21))
    c = site.concentration(x, y, time=2.0, reaction="instantaneous")
    plain = site.concentration(x, y, time=2.0)
    clean = SourceZone(**{**HILL, "zones": ((125.0, 1.0),)}).concentration(x, y, time=2.0)
    np.testing.assert_allclose(c, np.maximum(plain - HILL["capacity"] * (1.0 - clean), 0.0), atol=1e-12)
    assert np.all(c <= plain + 1e-12)
    assert (c > 0.0).any()
    assert (c == 0.0).any()


def test_zones_side_by_side_are_superposed():
    """A source in three steps lies between its middle zone alone and all of it at the highest concentration."""
    x, y = np.array([30.0, 200.0]), np.array([0.0, 60.0])
    c = SourceZone(**HILL).concentration(x, y, time=3.0)
    inner = SourceZone(**{**HILL, "zones": ((50.0, 9.0),)}).concentration(x, y, time=3.0)
    outer = SourceZone(**{**HILL, "zones": ((125.0, 9.0),)}).concentration(x, y, time=3.0)
    assert np.all((inner < c) & (c < outer))
    near = SourceZone(**HILL).concentration(0.05, [0.0, 60.0, 100.0, 140.0], time=3.0)
    np.testing.assert_allclose(near, [9.0, 2.8, 0.07, 0.0], atol=2e-2)


def test_bad_pages_are_refused_with_all_that_is_wrong():
    with pytest.raises(InputError) as caught:
        SourceZone(**{**DEFAULT, "zones": ((50.0, 9.0), (40.0, 1.0)), "soluble_mass": 1e6})
    assert "half widths of source zones = [50.0, 40.0]; allowed: growing from the middle out" in str(caught.value)
    assert "porosity = 0.0 is outside (0, 1]" in str(caught.value)
    with pytest.raises(InputError, match="reaction = monod; allowed: one of none, first order, instantaneous"):
        SourceZone(**DEFAULT).concentration(10.0, time=1.0, reaction="monod")
    with pytest.raises(InputError, match="acceptor without utilisation factor = manganese; allowed: one of oxygen"):
        biodegradation_capacity({"oxygen": 2.0, "manganese": 1.0})
