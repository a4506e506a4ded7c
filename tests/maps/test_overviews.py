"""Maps of heads and of the setting: the whole model, its words, in four languages and two widths."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.maps import heads, setting
from gwsolver.maps.compose import draw_scene
from gwsolver.maps.inspect import axes_named
from gwsolver.maps.overviews import HEADS, SETTING, slope
from gwsolver.maps.words import LANGUAGES, language
from gwsolver.results import open_results
from tests.maps.checks import broken_rules, texts_by_name
from tests.maps.scenes import X0, Y0, as_polygons, scene
from tests.maps.test_from_results import run
from tests.results.models import dis, stacked_nodes, write


def bare(**changes):
    """The scene without concentrations, as a run gives it to these maps."""
    plain = scene(concentration=np.zeros(6000), limit=None, **changes)
    return replace(plain, sites=tuple(replace(s, value=float("nan")) for s in plain.sites))


@pytest.mark.parametrize("width", [170, 85])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("theme", [HEADS, SETTING])
def test_maps_keep_the_rules_and_have_no_classes(theme, lang, width):
    shown = bare() if theme is HEADS else bare(head=None, flow=None)
    figure, words = draw_scene(shown, language(lang), width, theme=theme), language(lang)
    assert broken_rules(figure, width) == []
    texts = texts_by_name(figure)
    assert "class" not in texts and "legend heading" not in texts and "label PW1" in texts
    assert texts["north"] == words("north") and "EPSG:32640" in texts["coordinates"]
    assert texts["banner"].startswith(words("banner.illustrative_short").split()[0])
    if lang != "en":
        assert not any(re.search(r"\d\.\d", t.replace("0.1.0", "")) for t in texts.values())


@pytest.mark.parametrize("theme", [HEADS, SETTING])
def test_the_whole_model_is_shown(theme):
    axes = axes_named(draw_scene(bare(), language("en"), 170, theme=theme), "map")
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    assert west <= X0 and east >= X0 + 10_000.0 and south <= Y0 and north >= Y0 + 6000.0


def test_the_slope_is_that_of_a_plane():
    s = bare()
    x, y = s.grid.x[:6000], s.grid.y[:6000]
    fall, side = slope(replace(s, head=100.0 - 0.003 * x - 0.003 * y))
    assert fall == pytest.approx(0.003 * 2.0**0.5) and side == pytest.approx(45.0)
    sphere = replace(s, head=(x - 5000.0) ** 2 + (y - 3000.0) ** 2)
    assert slope(sphere) is None and slope(replace(s, head=np.full(6000, 7.0))) is None
    assert texts_by_name(draw_scene(sphere, language("en"), 170, theme=HEADS))["title"] == "Heads and direction of flow"


def test_titles_and_footnotes():
    texts = texts_by_name(draw_scene(bare(), language("en"), 170, theme=HEADS))
    assert texts["title"] == "Groundwater flows west; heads fall by 1.9\u00a0m per km"
    texts = texts_by_name(draw_scene(bare(head=None, flow=None), language("en"), 170, theme=SETTING))
    assert texts["title"] == "The nearest well, PW1, is 500\u00a0m from the source"
    assert "Centre of the map: 48." in texts["footnote"] and "° E (WGS 84)" in texts["footnote"]
    plain = bare(head=None, flow=None, crs="", sources=())
    texts = texts_by_name(draw_scene(plain, language("en"), 170, theme=SETTING))
    assert texts["title"] == "Location and receptors" and "WGS" not in texts["footnote"]


@pytest.mark.parametrize("kind", ["disv", "disu"])
def test_other_grids(kind):
    shown = bare(grid=as_polygons(kind), n_layers=0 if kind == "disu" else 1)
    assert broken_rules(draw_scene(shown, language("kk"), 85, theme=HEADS), 85) == []


@pytest.mark.parametrize("grid", [dis, stacked_nodes])
def test_heads_and_setting_of_a_run(tmp_path, grid):
    results = run(tmp_path, grid())
    figure = heads(results, time="2020-01-11", lang="fr")
    assert broken_rules(figure, 170) == [] and "11\u00a0janvier\u00a02020" in texts_by_name(figure)["subtitle"]
    assert broken_rules(setting(results, lang="ru", width=85), 85) == []


def test_bad_requests_are_named(tmp_path):
    results = run(tmp_path)
    for draw, settings, words in ((heads, {"time": "soon"}, "time = soon"), (heads, {"layer": 7}, "layer = 7"),
                                  (heads, {"width": 2}, "85, 170"), (setting, {"lang": "de"}, "lang = de")):
        with pytest.raises(InputError, match=words):
            draw(results, **settings)


def test_a_run_without_heads_is_told_so(tmp_path, monkeypatch):
    write(tmp_path / "results", dis()).finish({})
    results = open_results(tmp_path / "results")

    def none(model=None):
        raise StopIteration

    monkeypatch.setattr(results, "head", none)
    with pytest.raises(InputError, match="no heads were saved"):
        heads(results)
    assert broken_rules(setting(results), 170) == []
