"""The balance of Lake Balkhash: mean state, sensitivities, scenarios, hindcast and salt.

The figures it is held to come from an independent calculation with the same data, nothing fitted to levels: they show
that the balance is carried out right, not that it is true. What others reported stands beside them in the README.
"""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from gwsolver.case import read_case
from gwsolver.core.calendar import monthly
from gwsolver.surface.forcing import Months, Scaled
from gwsolver.surface.network import Network

MODEL = Path(__file__).parents[2] / "models" / "ili_balkhash"
KM3 = 1e9


def rows(name):
    with (MODEL / "data" / name).open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def mean_year(*nodes):
    """Monthly amounts of the mean year [m3]."""
    found = [[float(r["flow_km3"]) for r in rows("inflow_monthly_climatology.csv") if r["node"] == n] for n in nodes]
    return Months(np.sum(found, axis=0) * KM3, totals=True)


def network(members=1, *, level=341.6, release=1.0, east=1.0, evaporation=1.0, rain=1.0, ground=1.0, **lake):
    """The model with the mean year's inflows, and factors of them by member."""
    settings = []
    for node in read_case(MODEL).surface.settings:
        if node.name == "release":
            node = replace(node, flow=Scaled(mean_year("kapchagay_release"), release))
        elif node.name == "eastern_rivers":
            rivers = mean_year("karatal_mouth", "aksu_mouth", "lepsy_mouth", "ayaguz_mouth")
            node = replace(node, flow=Scaled(rivers, east))
        elif node.name in ("west", "east"):
            node = replace(node, initial=level, evaporation=Scaled(node.evaporation, evaporation),
                           rain=Scaled(node.rain, rain), ground_water=Scaled(node.ground_water, ground), **lake)
        settings.append(node)
    return Network(settings, members)


def run(net, years, start=2001):
    return [net.advance(s) for s in monthly(date(start, 1, 1), date(start + years, 1, 1))]


def annual(steps, member=0):
    """Mean level of each year."""
    return np.array([s.held["west"].level[member] for s in steps]).reshape(-1, 12).mean(axis=1)


def yearly(steps, of):
    return sum(float(np.squeeze(of(s))) for s in steps[-12:]) / KM3


@pytest.fixture(scope="module")
def mean_state():
    return run(network(), 200)


def test_mean_state(mean_state):
    assert annual(mean_state)[-1] == pytest.approx(341.74, abs=0.02)
    last = np.array([s.held["west"].level[0] for s in mean_state[-12:]])
    assert np.ptp(last) == pytest.approx(0.27, abs=0.02)
    assert last.argmax() + 1 == 5
    assert yearly(mean_state, lambda s: s.parts["uzynaral", "flow"]) == pytest.approx(2.98, abs=0.05)
    assert yearly(mean_state, lambda s: s.flows["delta", "to"][0]) == pytest.approx(11.36, abs=0.01)
    assert yearly(mean_state, lambda s: s.water["delta", "loss"]) == pytest.approx(-3.24, abs=0.01)
    lake = {term: sum(yearly(mean_state, lambda s, k=(n, term): s.water[k]) for n in ("west", "east"))
            for term in ("rain", "evaporation", "ground water", "strait")}
    assert lake["rain"] == pytest.approx(2.96, abs=0.01)
    assert lake["evaporation"] == pytest.approx(-17.82, abs=0.01)
    assert lake["ground water"] == pytest.approx(0.90, abs=0.001)
    assert lake["strait"] == 0.0
    closures = max(max(s.water_closure.max(), s.salt_closure.max()) for s in mean_state)
    assert closures < 1e-10


def test_strait_runs_from_west_to_east_in_every_month_of_the_mean_year(mean_state):
    assert min(float(s.parts["uzynaral", "flow"][0]) for s in mean_state[-12:]) > 0.0


def test_e_folding_time(mean_state):
    level = annual(mean_state)[-1]
    steps = run(network(2, level=np.array([level, level + 0.1])), 40)
    departure = np.array([np.diff(s.held["west"].level)[0] for s in steps])
    years = np.arange(1, departure.size + 1) / 12.0
    assert np.interp(np.log(0.1) - 1.0, np.log(departure)[::-1], years[::-1]) == pytest.approx(12.4, abs=0.3)


CHANGES = {
    "release +1": (dict(release=15.9 / 14.9), 0.73), "release -1": (dict(release=13.9 / 14.9), -0.56),
    "evaporation +5 %": (dict(evaporation=1.05), -0.55), "evaporation +10 %": (dict(evaporation=1.10), -0.98),
    "rain +10 %": (dict(rain=1.10), 0.22), "ground water +0.4": (dict(ground=1.3 / 0.9), 0.30),
    "ground water -0.4": (dict(ground=0.5 / 0.9), -0.27), "eastern rivers -15 %": (dict(east=0.85), -0.26),
}


def test_sensitivities(mean_state):
    """Changes of the equilibrium, all as members of one run."""
    names = ("release", "evaporation", "rain", "ground", "east")
    factors = {k: np.array([change.get(k, 1.0) for change, _ in CHANGES.values()]) for k in names}
    steps = run(network(len(CHANGES), level=341.74, **factors), 200)
    base = annual(mean_state)[-1]
    for i, (what, (_, expected)) in enumerate(CHANGES.items()):
        assert annual(steps, i)[-1] - base == pytest.approx(expected, abs=0.012), what


def test_scenarios_after_thirty_years():
    """From 341.6 m, against the base at year 30; the largest inflow leaves the stage table and is only counted."""
    less = np.array([0.0, -4.0, -2.0, 2.0, 4.0, 0.0, 0.0])
    warmer = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.05, 1.10])
    steps = run(network(7, release=(14.9 + less) / 14.9, evaporation=warmer), 40)
    level = np.array([annual(steps, i) for i in range(7)])
    change = (level - level[0])[:, 29]
    assert change[[1, 2, 3]] == pytest.approx([-1.91, -1.01, 1.26], abs=0.05)
    assert change[[5, 6]] == pytest.approx([-0.52, -0.95], abs=0.03)
    left = np.array([s.left for s in steps])
    assert left[-1].tolist() == [False, False, False, False, True, False, False]
    assert 15 <= left[:, 4].argmax() // 12 < 30


def test_salt_stands_still_after_three_centuries():
    steps = run(network(), 300)
    assert steps[-1].held["west"].salinity[0] == pytest.approx(1.43, abs=0.01)
    assert steps[-1].held["east"].salinity[0] == pytest.approx(4.43, abs=0.01)


def test_salt_without_sinks_is_wrong_here():
    steps = run(network(level=341.74, carbonate=0.0, sink=0.0), 30)
    assert steps[-1].held["west"].salinity[0] == pytest.approx(2.20, abs=0.03)
    assert steps[-1].held["east"].salinity[0] == pytest.approx(7.33, abs=0.03)


def test_band_of_the_level_near_its_equilibrium():
    """400 members, 150 years of the mean year: the middle, the lower end, and an upper end that leaves the table."""
    surface = read_case(MODEL).surface
    mean = {"release": mean_year("kapchagay_release"),
            "eastern_rivers": mean_year("karatal_mouth", "aksu_mouth", "lepsy_mouth", "ayaguz_mouth")}
    settings = tuple(replace(n, flow=mean[n.name]) if n.name in mean else n for n in surface.settings)
    net, _ = replace(surface, settings=settings).ensemble(400)
    last = run(net, 150)[-12:]
    level = np.where(last[-1].left, np.inf, np.mean([s.held["west"].level for s in last], axis=0))[1:]
    assert np.quantile(level, 0.05, method="nearest") == pytest.approx(340.55, abs=0.1)
    assert np.quantile(level, 0.50, method="nearest") == pytest.approx(341.77, abs=0.1)
    assert 0.03 < np.isinf(level).mean() < 0.12


@pytest.fixture(scope="module")
def hindcast():
    surface = read_case(MODEL).surface
    net = surface.network()
    return dict(zip(range(1960, 2025), annual([net.advance(s) for s in surface.steps]), strict=True))


def anchors():
    """Annual levels since 1961, recalled and published, and the altimetry of autumn 1992 although on another datum."""
    kinds = ("annual", "minimum", "altimetry")
    return {int(r["year"]): float(r["level_m"]) for r in rows("levels_annual.csv")
            if r["kind"] in kinds and int(r["year"]) >= 1961}


def rms(values):
    return np.sqrt(np.mean(values**2))


def test_hindcast_and_its_honest_scores(hindcast):
    assert hindcast[1987] == pytest.approx(339.78, abs=0.05)
    assert hindcast[2005] == pytest.approx(341.33, abs=0.05)
    years = sorted(anchors())
    assert len(years) == 14
    ours, theirs = np.array([hindcast[y] for y in years]), np.array([anchors()[y] for y in years])
    assert rms(ours - theirs) == pytest.approx(0.73, abs=0.02)
    assert (ours - theirs).mean() == pytest.approx(-0.45, abs=0.02)
    assert rms(ours - theirs) > theirs.std()  # no skill in levels: one level for all years does better
    assert rms(np.diff(ours) - np.diff(theirs)) == pytest.approx(0.40, abs=0.02)
    assert rms(np.diff(theirs)) == pytest.approx(0.55, abs=0.02)  # persistence: some skill in changes
    assert np.corrcoef(np.diff(ours), np.diff(theirs))[0, 1] == pytest.approx(0.80, abs=0.03)


def test_mid_step_areas_leave_no_bias():
    """Ten years from 343 m by months and by days; areas at the start of the step would be off by 1 cm."""
    from gwsolver.core.calendar import daily

    months = network(level=343.0)
    last = run(months, 10)[-1].held["west"].level[0]
    net = network(level=343.0)
    for s in daily(date(2001, 1, 1), date(2011, 1, 1)):
        step = net.advance(s)
    assert last == pytest.approx(step.held["west"].level[0], abs=3e-3)


def test_first_half_of_2025_without_tuning():
    """Reported: 8.52 km3 released, +0.32 m. Untouched parameters give +0.19 m; the README says what the gap may be."""
    half = np.array([float(r["flow_km3"]) for r in rows("inflow_monthly_climatology.csv")
                     if r["node"] == "kapchagay_release"])[:6].sum()
    steps = run(network(level=341.55, release=8.52 / half), 1, 2025)[:6]
    assert steps[-1].held["west"].level[0] - 341.55 == pytest.approx(0.20, abs=0.02)


def level_of_alternative(surface, name):
    net = surface.scenario(name).network()
    return annual([net.advance(s) for s in surface.steps])


def test_alternatives_of_the_case():
    """The same figures through the case's own tables: scenario values, not forecasts."""
    surface = read_case(MODEL / "mean_year").surface
    base = level_of_alternative(surface, "base")
    change = {name: level_of_alternative(surface, name) - base
              for name in ("china_minus_2", "irrigation_plus_30", "efficiency_plus_20", "warmer_5", "filling",
                           "glaciers", "khorgos")}
    last = {name: found[-1] for name, found in change.items()}
    assert last["china_minus_2"] == pytest.approx(-1.01, abs=0.05)
    assert last["irrigation_plus_30"] == pytest.approx(-0.47, abs=0.03)
    assert last["efficiency_plus_20"] == pytest.approx(0.31, abs=0.03)
    assert last["warmer_5"] == pytest.approx(-0.52, abs=0.03)
    assert last["khorgos"] == pytest.approx(-0.15, abs=0.01)
    assert change["filling"][5] == pytest.approx(-0.38, abs=0.02)
    assert (base + change["glaciers"])[[14, 29]] == pytest.approx([342.16, 341.87], abs=0.04)


def test_the_mean_year_is_that_of_the_data():
    settings = {s.name: s for s in read_case(MODEL / "mean_year").surface.settings}
    history = {s.name: s for s in read_case(MODEL).surface.settings}
    rivers = ("karatal_mouth", "aksu_mouth", "lepsy_mouth", "ayaguz_mouth")
    assert settings["release"].flow.values / KM3 == pytest.approx(mean_year("kapchagay_release").values / KM3, abs=6e-5)
    assert settings["eastern_rivers"].flow.values / KM3 == pytest.approx(mean_year(*rivers).values / KM3, abs=6e-5)
    for name in ("west", "east", "delta", "akdala", "uzynaral"):
        for key, value in vars(settings[name]).items():
            if key != "initial":
                assert repr(value) == repr(getattr(history[name], key)), (name, key)


def test_release_that_holds_a_level():
    """The ministry's 12 km3/y for 341 m lies in the band of the members, not in its middle."""
    from gwsolver.run.holding import holding

    levels = holding(read_case(MODEL / "mean_year"), [341.0, 341.6, 342.0], node="west", on="release.flow")
    found = [held.flow * 365.25 / KM3 for held in levels]
    assert [flow[0] for flow in found] == pytest.approx([13.4, 14.5, 15.2], abs=0.2)
    assert np.percentile(found[0][1:], 10) < 12.0 < np.percentile(found[0][1:], 25)


@pytest.fixture(scope="module")
def basin():
    surface = read_case(MODEL / "basin").surface
    return surface, level_of_alternative(surface, "base")


def released(surface, name="base"):
    """Release of Kapchagay by year and month, km3, and its volume at the end."""
    net = surface.scenario(name).network()
    steps = [net.advance(s) for s in surface.steps]
    flows = [float(s.flows["kapchagay", "to"][0][0]) for s in steps]
    return np.reshape(flows, (-1, 12)) / KM3, float(steps[-1].held["kapchagay"].volume[0]) / KM3


def test_the_guide_curve_releases_the_mean_year_in_its_months(basin):
    surface, _ = basin
    release, volume = released(surface)
    shape = np.array([float(r["fraction"]) for r in rows("inflow_monthly_climatology.csv")
                      if r["node"] == "kapchagay_release"])
    assert release[-1].sum() == pytest.approx(12.6 + 3.5 - 1.08, abs=0.02)  # less the reservoir's net evaporation
    assert release[-1] / release[-1].sum() == pytest.approx(shape, abs=0.002)
    assert 6.6 < volume < 18.5


def test_what_changes_at_the_border_passes_the_dam(basin):
    surface, base = basin
    for name, less in (("china_minus_2", -2.0), ("china_plus_2", 2.0), ("khorgos", -0.27)):
        assert released(surface, name)[0][-1].sum() - released(surface)[0][-1].sum() == pytest.approx(less, abs=0.01)
    assert (level_of_alternative(surface, "china_minus_2") - base)[-1] == pytest.approx(-1.01, abs=0.05)


def test_filling_the_reservoir_costs_the_lake_twice(basin):
    """Once the water, for good what the larger reservoir evaporates."""
    surface, base = basin
    change = level_of_alternative(surface, "filling") - base
    release, volume = released(surface, "filling")
    assert volume == pytest.approx(released(surface)[1] + 9.6, abs=0.01)
    assert change[5] == pytest.approx(-0.40, abs=0.04)
    assert change[-1] < -0.2
    assert release[-1].sum() < released(surface)[0][-1].sum() - 0.3


def test_flood_release_lifts_the_lake_for_a_while(basin):
    surface, base = basin
    change = level_of_alternative(surface, "flood_release") - base
    assert change.max() == pytest.approx(0.09, abs=0.01)
    assert 0.0 < change[-1] < change.max()


def test_the_inflow_that_observed_levels_ask_for():
    """More than the series has before 2005, less after: no one factor of the inflow would do."""
    from gwsolver.run.inversion import asked_for

    found = asked_for(read_case(MODEL), [1970, 1987, 2005, 2024], node="west", on="release.flow")
    flows = {(f.first, f.last): (f.given[0] * 365.25 / KM3, f.flow[0] * 365.25 / KM3) for f in found}
    assert flows[1970, 1987] == pytest.approx((7.5, 9.0), abs=0.1)
    assert flows[2005, 2024] == pytest.approx((11.9, 10.8), abs=0.2)
    assert flows[1987, 2005][1] > flows[1987, 2005][0] + 1.5
