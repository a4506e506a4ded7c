"""The plume at several dates: one extent, one legend, what the title says."""

import functools
import re

import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.maps import plume_dates
from gwsolver.maps.multiples.dates import area_above, draw_dates, usual_times, widest
from gwsolver.maps.words import LANGUAGES, language
from tests.maps.checks import broken_rules, texts_by_name
from tests.maps.scenes import as_polygons, scene
from tests.maps.test_from_results import run

DATES = ("1985-01-01", "1995-01-01", "2005-01-01", "2025-01-01", "2035-01-01", "2045-01-01")
FACTORS = (0.01, 0.3, 1.0, 0.1, 0.03, 0.001)


def scenes(n=4, **changes):
    return [scene(date=d, concentration=f * scene().concentration, **changes)
            for d, f in zip(DATES[:n], FACTORS, strict=False)]


@functools.cache
def drawn(lang="en", width=170, n=4):
    return draw_dates(scenes(n), language(lang), width)


@pytest.mark.parametrize("width", [170, 85])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_dates_keep_the_rules_and_say_what_they_must(lang, width):
    figure, words = drawn(lang, width), language(lang)
    assert broken_rules(figure, width) == []
    texts = texts_by_name(figure)
    for day in DATES[:4]:
        assert words.date(day) in texts["panel heading"]
    assert words.unit("mg/L") in texts["legend heading"] and "EPSG:32640" in texts["coordinates"]
    assert texts["banner"].startswith(words("banner.illustrative_short").split()[0])
    assert words.date("2005-01-01") in texts["title"] and texts["north"] == words("north")
    if lang != "en":
        assert not any(re.search(r"\d\.\d", t.replace("0.1.0", "")) for t in texts.values())


@pytest.mark.parametrize(("n", "width"), [(2, 170), (3, 170), (6, 170), (6, 85)])
def test_any_number_of_dates_keeps_the_rules(n, width):
    figure = drawn("ru", width, n)
    assert broken_rules(figure, width) == []
    assert len([a for a in figure.axes if a.get_gid() == "panel"]) == n


@pytest.mark.parametrize("changes", [{"limit": None}, {"status": "calibrated", "crs": "", "date": ""},
                                     {"sites": (), "sources": (), "rivers": ()}])
def test_hard_dates_keep_the_rules(changes):
    few = [scene(**{"date": d, **changes}) for d in DATES[:3]]
    assert broken_rules(draw_dates(few, language("kk"), 170), 170) == []


def test_all_panels_have_one_extent_and_scale():
    axes = [a for a in drawn().axes if a.get_gid() == "panel"]
    assert len({(*a.get_xlim(), *a.get_ylim()) for a in axes}) == 1
    wide, high = drawn().get_size_inches()
    box = axes[0].get_position()
    assert np.ptp(axes[0].get_xlim()) / (box.width * wide) == pytest.approx(
        np.ptp(axes[0].get_ylim()) / (box.height * high), rel=1e-9)


def test_the_extent_holds_the_largest_plume():
    axes = next(a for a in drawn().axes if a.get_gid() == "panel")
    s = scenes()[2]
    high = s.concentration > 0.01
    x, y = s.grid.to_map(s.grid.x[:6000][high], s.grid.y[:6000][high])
    assert axes.get_xlim()[0] < x.min() and axes.get_xlim()[1] > x.max()
    assert axes.get_ylim()[0] < y.min() and axes.get_ylim()[1] > y.max()


def test_area_above_the_limit_counts_cells_once_on_every_grid():
    expected = float((scene().concentration > 0.01).sum()) * 1e4
    assert area_above(scene()) == expected
    for kind in ("disv", "disu"):
        assert area_above(scene(grid=as_polygons(kind))) == pytest.approx(expected, rel=1e-9)


def test_titles():
    assert texts_by_name(drawn())["title"].startswith("Of the dates shown, benzene above the limit covers most, ")
    clean = [scene(date=d, concentration=np.zeros(6000)) for d in DATES[:2]]
    texts = texts_by_name(draw_dates(clean, language("en"), 170))
    assert texts["title"] == "Benzene stays below the limit at all dates shown"
    assert texts["panel note"] == "nowhere above the limit nowhere above the limit"


def test_wells_have_their_largest_value_for_the_extent():
    high, low = scenes()[2], scene(sites=tuple(s for s in scene().sites if s.name != "PW2"))
    found = {s.name: s.value for s in widest([high, low]).sites}
    assert found["PW2"] == 0.0112 and found["PW1"] == 0.163


def test_dates_of_a_run_are_drawn(tmp_path):
    results = run(tmp_path)
    times = usual_times(results, "benzene")
    assert times == [10.0, 40.0]
    assert broken_rules(plume_dates(results, lang="fr", width=85), 85) == []


@pytest.mark.parametrize(("settings", "words"), [
    ({"times": [10.0]}, "times = 10.0; allowed: 2 to 6 of them"), ({"times": ["soon", 10.0]}, "time = soon"),
    ({"times": [1.0] * 7}, "allowed: 2 to 6"), ({"species": "salt"}, "species = salt"), ({"width": 3}, "85, 170"),
    ({"layer": 9, "times": [10.0, 40.0]}, "layer = 9"),
])
def test_bad_requests_are_named(tmp_path, settings, words):
    results = run(tmp_path)
    with pytest.raises(InputError, match=words):
        plume_dates(results, **settings)
