"""Maps of electron acceptors: which are shown, their classes, the edge of the plume, in four languages."""

import functools
import re
from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.maps import acceptors
from gwsolver.maps.multiples.acceptors import class_edges, draw_acceptors, known_acceptors, used_up
from gwsolver.maps.words import LANGUAGES, language
from tests.maps.checks import broken_rules, texts_by_name
from tests.maps.scenes import scene
from tests.maps.test_from_results import run
from tests.maps.test_map_rules import lightness

NAMES = ("oxygen", "nitrate", "iron", "sulfate", "methane")


def five(n=5):
    """Each acceptor falls and each product rises where the plume is."""
    plume = scene()
    share = plume.concentration / (plume.concentration + 0.02)
    values = {"oxygen": 8.0 * (1.0 - share), "nitrate": 5.0 * (1.0 - share), "iron": 20.0 * share,
              "sulfate": 15.0 - 5.0 * share, "methane": 3.0 * share}
    sites = tuple(replace(s, value=float("nan")) for s in plume.sites)
    return [replace(plume, species=k, concentration=values[k], limit=None, sites=sites) for k in NAMES[:n]]


@functools.cache
def drawn(lang="en", width=170, n=5):
    return draw_acceptors(scene(), five(n), language(lang), width)


@pytest.mark.parametrize("width", [170, 85])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_acceptors_keep_the_rules_and_say_what_they_must(lang, width):
    figure, words = drawn(lang, width), language(lang)
    assert broken_rules(figure, width) == []
    texts = texts_by_name(figure)
    for name in NAMES:
        assert words.species(name, {}) in texts["panel heading"]
    assert words.date("2025-01-01") in texts["subtitle"] and words.unit("mg/L") in texts["acceptor unit"]
    assert words.number(0.01) in texts["legend"] and "EPSG:32640" in texts["coordinates"]
    assert texts["banner"].startswith(words("banner.illustrative_short").split()[0])
    if lang != "en":
        assert not any(re.search(r"\d\.\d", t.replace("0.1.0", "")) for t in texts.values())


@pytest.mark.parametrize("n", [1, 2, 4])
def test_any_number_of_acceptors(n):
    assert broken_rules(drawn("ru", 170, n), 170) == []


def test_the_edge_of_the_plume_is_in_every_panel():
    panels = [a for a in drawn().axes if a.get_gid() == "panel"]
    assert len(panels) == 5
    for axes in panels:
        line = next(c for c in axes.collections if c.get_gid() == "limit line")
        assert len(line.get_segments()) == 1


def test_classes_are_round_cover_all_and_survive_grey():
    from gwsolver.maps.multiples.acceptors import COLOURS

    assert class_edges(8.0) == [0.0, 2.0, 4.0, 6.0, 8.0] and class_edges(9.0)[-1] == 10.0
    for largest in (1e-7, 0.03, 1.0, 7.3, 999.0):
        edges = class_edges(largest)
        assert edges[-1] >= largest * (1 - 1e-9) and len(edges) == 5
    assert -np.diff([lightness(c) for c in COLOURS]).max() >= 12.0  # measured: 13.8, 22.4, 27.5


def test_the_title_tells_where_oxygen_is_used_up():
    oxygen = five(1)[0]
    cells = oxygen.concentration < 0.8
    assert oxygen.maximum == pytest.approx(8.0) and used_up(oxygen) == cells.sum() * 1e4
    assert texts_by_name(drawn())["title"] == f"Oxygen is used up under {used_up(oxygen) / 1e4:.0f}\u00a0ha"
    products = [s for s in five() if s.species in ("iron", "methane")]
    texts = texts_by_name(draw_acceptors(scene(), products, language("en"), 170))
    assert texts["title"] == "Electron acceptors and the plume"
    assert texts["panel note"] == "largest value over the depth largest value over the depth"


def test_acceptors_are_found_by_name_in_the_order_of_use():
    run_has = ["methane", "benzene", "SO4", "o2", "no3", "iron"]
    assert known_acceptors(run_has) == ["o2", "no3", "iron", "SO4", "methane"]


def test_acceptors_of_a_run(tmp_path):
    """One species stands for the plume and for the acceptor; the acceptor shows its smallest value over the depth."""
    results = run(tmp_path)
    figure = acceptors(results, "benzene", acceptors=["Benzene"], limit=1e-3, lang="kk", width=85)
    assert broken_rules(figure, 85) == []
    with pytest.raises(InputError, match="no electron acceptors among the species; allowed: some of benzene"):
        acceptors(results)
    with pytest.raises(InputError, match="no species whose plume could be shown"):
        acceptors(results, acceptors=["benzene"])


@pytest.mark.parametrize(("settings", "words"), [
    ({"species": "salt"}, "species = salt"), ({"acceptors": ["O2"]}, "species = O2; allowed: one of benzene"),
    ({"time": "soon"}, "time = soon"), ({"width": 2}, "85, 170"), ({"lang": "de"}, "lang = de"),
])
def test_bad_requests_are_named(tmp_path, settings, words):
    results = run(tmp_path)
    with pytest.raises(InputError, match=words):
        acceptors(results, **{"species": "benzene", "acceptors": ["benzene"], **settings})
