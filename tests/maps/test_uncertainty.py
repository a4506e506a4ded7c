"""Figures of ensembles: the checklist of maps, in four languages and two widths; what they say is what was counted."""

import functools
import math
import re

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.collections import LineCollection

from gwsolver.maps.classes import COLOURS, PAPER
from gwsolver.maps.compose import draw_scene
from gwsolver.maps.inspect import axes_named
from gwsolver.maps.page import SETTINGS
from gwsolver.maps.plume import save_map
from gwsolver.maps.uncertainty.band import BAND, MEDIAN, draw_band
from gwsolver.maps.uncertainty.exceedance import EXCEEDANCE
from gwsolver.maps.uncertainty.facts import Facts
from gwsolver.maps.uncertainty.tornado import LESS, MORE, draw_tornado, signed
from gwsolver.maps.words import LANGUAGES, language
from tests.maps.checks import broken_rules, texts_by_name
from tests.maps.test_map_rules import lightness
from tests.maps.uncertain import FACTS, band, exceedance, tornado

FIGURES = [(lang, width) for lang in LANGUAGES for width in (170, 85)]
DRAW = {
    "exceedance": lambda lang, width: draw_scene(exceedance(), language(lang), width, None, EXCEEDANCE),
    "band": lambda lang, width: draw_band(band(), language(lang), width),
    "tornado": lambda lang, width: draw_tornado(tornado(), language(lang), width),
}


@functools.cache
def drawn(kind, lang, width):
    with rc_context(SETTINGS):
        return DRAW[kind](lang, width)


@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize(("lang", "width"), FIGURES)
def test_no_text_overlaps_another_leaves_the_figure_or_is_small(kind, lang, width):
    assert broken_rules(drawn(kind, lang, width), width) == []


@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize(("lang", "width"), FIGURES)
def test_status_runs_failures_parameters_and_source_are_told(kind, lang, width):
    words, texts = language(lang), texts_by_name(drawn(kind, lang, width))
    assert texts["banner"].startswith(words("banner.illustrative_short").split()[0])
    foot = texts["footnote"]
    assert "197" in foot and words("ensemble.failed", failed=3, members=200) in foot
    for name in FACTS.names:
        assert name in foot
    assert "gwsolver 0.1.0" in foot
    if kind != "tornado":
        assert words("foot.to_check") in foot and words.date("2022-11-24") in foot


@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize("lang", ["ru", "kk", "fr"])
def test_the_decimal_sign_is_a_comma(kind, lang):
    texts = texts_by_name(drawn(kind, lang, 170))
    # Ranges of the synthetic tornado are words already.
    assert [t for name, t in texts.items()
            if name != "parameter" and re.search(r"\d\.\d", t.replace("gwsolver 0.1.0", ""))] == []


@pytest.mark.parametrize("kind", DRAW)
def test_the_same_figure_gives_the_same_bytes(tmp_path, kind):
    with rc_context(SETTINGS):
        files = [save_map(DRAW[kind]("en", 85), tmp_path / f"{i}.png").read_bytes() for i in (1, 2)]
    assert files[0] == files[1] and len(files[0]) > 5_000


# ---- exceedance


def test_the_title_counts_runs_at_a_well_not_at_a_monitoring_well():
    """M3 is above the limit more often, but nobody drinks there."""
    texts = texts_by_name(drawn("exceedance", "en", 170))
    assert texts["title"] == "Benzene is above the limit at PW1 in 124 of 197 runs"
    assert texts["subtitle"].replace("\u00a0", " ") == (
        "Part of the runs with more than 0.01 mg/L, largest value of layers 1–2, 1 January 2025")


def test_numbers_at_points_are_per_cent_and_none_is_less_than_one_run():
    texts = texts_by_name(drawn("exceedance", "en", 170))
    assert texts["label PW1"] == "PW1  63" and texts["label PW2"] == "PW2  16"
    assert texts["label PW3"] == "PW3  <0.51" and texts["label M3"] == "M3  95"


def test_the_legend_has_the_classes_and_half_is_the_bold_line():
    figure = drawn("exceedance", "en", 170)
    texts = texts_by_name(figure)
    assert texts["class"].replace("\u2009", "") == ">90 50–90 25–50 10–25"
    assert "class times" not in texts
    assert texts["legend heading"] == "Benzene above the limit, % of the runs"
    assert texts["limit label"] == "half of the runs"
    lines = {c.get_gid(): c for c in axes_named(figure, "map").collections if isinstance(c, LineCollection)}
    assert lines["limit line"].get_linewidths()[0] == 1.9
    assert "Standard error up to 3.6 %; where no run is above, up to 1.5 % may be missed." in texts["footnote"]


def test_the_bold_line_lies_where_half_of_the_runs_are_above():
    """The probability of the scene is 50 % where its plume has the limit of 0.01."""
    from tests.maps.scenes import X0, Y0, plume

    line = next(c for c in axes_named(drawn("exceedance", "en", 170), "map").collections if c.get_gid() == "limit line")
    points = np.concatenate(line.get_segments())
    value = plume(points[:, 0] - X0, points[:, 1] - Y0)
    assert np.median(np.abs(np.log(value / 0.01))) < 0.1
    assert np.abs(np.log(value / 0.01)).max() < 1.0


@pytest.mark.parametrize(("changes", "title"), [
    ({"sites": ()}, "Probability of Benzene above the limit"),
    ({"concentration": np.zeros(6000)}, "Benzene is above the limit at PW1 in 124 of 197 runs"),
])
def test_titles_without_places_and_maps_without_a_plume(changes, title):
    figure = draw_scene(exceedance(**changes), language("en"), 170, None, EXCEEDANCE)
    assert texts_by_name(figure)["title"] == title
    assert broken_rules(figure, 170) == []


def test_no_receptor_in_any_run_is_said():
    from dataclasses import replace

    none = exceedance(sites=tuple(replace(s, value=0.0) for s in exceedance().sites))
    texts = texts_by_name(draw_scene(none, language("en"), 170, None, EXCEEDANCE))
    assert texts["title"] == "Benzene is above the limit at no receptor in 197 runs"


# ---- band


def test_panels_count_runs_and_say_never_where_it_is():
    texts = texts_by_name(drawn("band", "en", 170))
    assert texts["title"] == "Benzene passes the limit at PW1 in 124 of 197 runs"
    summary = texts["panel summary"]
    for part in ("above the limit in 197 of 197 runs", "1 in 10 by 1985, half by 1990, 9 in 10 by 2001",
                 "1 in 10 by 1990, half by 2002", "1 in 10 by 2011"):
        assert part in summary, part
    assert "Below 0.0001 mg/L in 9 of 10 runs: River." in texts["footnote"]


def test_the_band_holds_p10_to_p90_and_the_line_is_the_median():
    figure = drawn("band", "en", 170)
    axes = axes_named(figure, "chart PW1")
    median = next(line for line in axes.lines if line.get_gid() == "median")
    own = next(s for s in band().seen if s.name == "PW1")
    np.testing.assert_allclose(median.get_ydata(), np.maximum(own.bands[1], 1e-7))
    edges = [line.get_ydata() for line in axes.lines if line.get_gid() == "band edge"]
    np.testing.assert_allclose(edges, np.maximum(own.bands[[0, 2]], 1e-7))
    assert next(line for line in axes.lines if line.get_gid() == "limit line").get_linewidth() == 1.9


@pytest.mark.parametrize("n", [1, 2, 3, 7])
@pytest.mark.parametrize("width", [170, 85])
def test_any_number_of_receptors(n, width):
    with rc_context(SETTINGS):
        assert broken_rules(draw_band(band(n), language("ru"), width), width) == []


def test_without_a_limit_and_calibrated():
    with rc_context(SETTINGS):
        figure = draw_band(band(limit=None, status="calibrated"), language("en"))
    texts = texts_by_name(figure)
    assert texts["title"] == "Benzene at receptors in 197 runs"
    assert "banner" not in texts and "limit label" not in texts


# ---- tornado


def test_bars_are_as_long_as_correlations_and_on_their_side():
    figure = drawn("tornado", "en", 170)
    bars = [p for p in (*figure.patches, *figure.artists) if p.get_gid() == "bar"]
    widths = [b.get_width() for b in bars]
    assert np.array(widths) / widths[0] == pytest.approx(np.array([0.71, 0.52, 0.2, 0.05]) / 0.71)
    zero = bars[0].get_x() + bars[0].get_width()
    assert bars[1].get_x() == pytest.approx(zero) and bars[3].get_x() == pytest.approx(zero - widths[3])
    texts = texts_by_name(figure)
    assert texts["correlation"] == "−0.71 +0.52 +0.20 −0.05"
    assert texts["title"] == ("Benzene at PW1: the largest concentration hangs most on “Decay of benzene in the "
                              "aquifer, as dissolved”")


def test_what_may_be_chance_is_no_finding():
    with rc_context(SETTINGS):
        texts = texts_by_name(draw_tornado(tornado((0.13, -0.1)), language("en")))
        assert texts["title"] == "Benzene at PW1: what it hangs on"
        alone = draw_tornado(tornado((math.nan, math.nan)), language("en"))
    assert texts_by_name(alone)["correlation"] == "– –"
    assert "Unrelated values pass the dashed lines (±0.14) once in twenty." in texts["footnote"]


@pytest.mark.parametrize("indicator", ["peak", "time above limit", "arrival"])
@pytest.mark.parametrize(("lang", "width"), FIGURES)
def test_every_indicator_in_every_language(indicator, lang, width):
    with rc_context(SETTINGS):
        figure = draw_tornado(tornado((1.0, -1.0, 0.3), indicator), language(lang), width)
    assert broken_rules(figure, width) == []
    side = texts_by_name(figure)["side"]
    assert language(lang)("tornado.sooner" if indicator == "arrival" else "tornado.less").split()[-1] in side


def test_signs():
    words = language("ru")
    assert [signed(r, words) for r in (0.5, -0.254, 0.001, 0.0)] == ["+0,50", "−0,25", "0", "0"]


# ---- all


def test_everything_survives_grey():
    assert abs(lightness(LESS) - lightness(MORE)) >= 12.0  # measured: 49
    assert lightness(PAPER) - lightness(BAND) >= 12.0  # measured: 16
    assert lightness(BAND) - lightness(MEDIAN) >= 12.0  # measured: 52
    assert (-np.diff([lightness(c) for c in COLOURS])).min() >= 12.0


def test_runs_that_were_not_done_yet_are_told():
    told = Facts(200, 150, 2, ("K",)).sentences(language("en"))
    assert told[1:] == ["2 of 200 runs failed and are not counted.", "48 of 200 runs were not done yet."]
