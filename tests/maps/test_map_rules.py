"""What a map must show and keep: the checklist of maps, in four languages and two widths."""

import errno
import functools
import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from gwsolver.core.errors import InputError
from gwsolver.maps.classes import COLOURS, PAPER, classes_for
from gwsolver.maps.compose import draw_scene
from gwsolver.maps.inspect import axes_named
from gwsolver.maps.plume import save_map
from gwsolver.maps.words import LANGUAGES, language
from tests.maps.checks import broken_rules, texts_by_name
from tests.maps.scenes import scene

MAPS = [(lang, width) for lang in LANGUAGES for width in (170, 85)]


@functools.cache
def drawn(lang, width):
    return draw_scene(scene(), language(lang), width)


@pytest.mark.parametrize(("lang", "width"), MAPS)
def test_no_text_overlaps_another_leaves_the_figure_or_is_small(lang, width):
    assert broken_rules(drawn(lang, width), width) == []


@pytest.mark.parametrize(("lang", "width"), MAPS)
def test_title_unit_date_layer_crs_scale_north_banner_and_source_are_there(lang, width):
    words, texts = language(lang), texts_by_name(drawn(lang, width))
    assert "PW1" in texts["title"] and "PW2" in texts["title"] and "PW3" not in texts["title"]
    assert words.unit("mg/L") in texts["legend heading"]
    assert words.date("2025-01-01") in texts["subtitle"]
    assert "1–2" in texts["subtitle"] or "1 à 2" in texts["subtitle"]
    assert "EPSG:32640" in texts["coordinates"]
    assert texts["scale bar"].startswith("0 ")
    assert texts["north"] == words("north")
    assert texts["banner"].startswith(words("banner.illustrative_short").split()[0])
    assert "gwsolver 0.1.0" in texts["footnote"] and words("foot.to_check") in texts["footnote"]
    assert words.date("2022-11-24") in texts["footnote"]
    assert texts["limit label"] == words("legend.limit_label", limit=words.number(0.01), unit=words.unit("mg/L"))


@pytest.mark.parametrize("width", [170, 85])
@pytest.mark.parametrize("lang", ["ru", "kk", "fr"])
def test_the_decimal_sign_is_a_comma(lang, width):
    import re

    texts = texts_by_name(drawn(lang, width))
    points = [t for name, t in texts.items() if re.search(r"\d\.\d", t.replace("gwsolver 0.1.0", ""))]
    assert points == []
    assert "0,01" in texts["limit label"]


@pytest.mark.parametrize("width", [170, 85])
def test_the_scale_is_equal_in_x_and_y_and_is_the_printed_one(width):
    figure = drawn("en", width)
    axes = axes_named(figure, "map")
    box = axes.get_position()
    wide, high = figure.get_size_inches() * 0.0254
    along_x = np.ptp(axes.get_xlim()) / (box.width * wide)
    along_y = np.ptp(axes.get_ylim()) / (box.height * high)
    texts = texts_by_name(figure)
    printed = texts["map scale"] if width == 170 else texts["coordinates"].split("; ")[-1]
    digits = printed.replace("\u2009", "").replace("\u00a0", "").split(":")[1].split("at")[0]
    assert along_x == pytest.approx(along_y, rel=1e-9)
    assert along_x == pytest.approx(float(digits), rel=1e-6)


def test_the_limit_line_is_the_widest_black_line_and_solid():
    axes = axes_named(drawn("en", 170), "map")
    lines = {c.get_gid(): c for c in axes.collections if isinstance(c, LineCollection)}
    black = lines["limit line"]
    assert black.get_linewidths()[0] == 1.9 and lines["limit casing"].get_linewidths()[0] == 3.2
    assert all(c.get_linestyles()[0][1] is None for c in lines.values())
    others = [c.get_linewidths()[0] for name, c in lines.items() if name not in ("limit line", "limit casing")]
    assert max(others) < 1.9


def test_the_limit_line_lies_where_the_field_is_the_limit():
    """Along the axis of the plume the closed form and the drawn line agree to a fifth of a cell."""
    from tests.maps.scenes import X0, Y0, plume

    axes = axes_named(drawn("en", 170), "map")
    line = next(c for c in axes.collections if c.get_gid() == "limit line")
    points = np.concatenate(line.get_segments())
    value = plume(points[:, 0] - X0, points[:, 1] - Y0)
    gradient = np.hypot(
        plume(points[:, 0] - X0 + 1.0, points[:, 1] - Y0) - value,
        plume(points[:, 0] - X0, points[:, 1] - Y0 + 1.0) - value,
    )
    away = np.abs(value - 0.01) / gradient
    assert np.median(away) < 2.0 and away.max() < 20.0  # measured: 0.3 and 9.5 m at cells of 100 m


def test_legend_breaks_are_the_contour_levels():
    texts = texts_by_name(drawn("en", 170))
    assert texts["class"].replace("\u2009", "") == ">1 0.1–1 0.01–0.1 0.001–0.01"
    assert texts["class times"].replace("\u2009", "") == ">100 10–100 1–10 0.1–1"
    assert np.allclose(classes_for(0.01, 5.0).levels[:4], [-3.0, -2.0, -1.0, 0.0])


def lightness(colour):
    """CIE L* of a colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116.0 * y ** (1.0 / 3.0) - 16.0


def test_classes_survive_grey():
    steps = -np.diff([lightness(c) for c in COLOURS])
    assert steps.min() >= 12.0  # measured: 13.5, 21.2, 28.3
    assert lightness(PAPER) - lightness(COLOURS[0]) >= 4.0  # measured: 4.5


def test_values_at_points_have_two_digits_and_a_floor():
    texts = texts_by_name(drawn("en", 170))
    assert texts["label PW1"] == "PW1  0.16" and texts["label PW2"] == "PW2  0.011"
    assert texts["label PW3"] == "PW3  <0.001"


def test_the_overview_is_on_the_wide_map_only():
    assert axes_named(drawn("en", 170), "overview") is not None
    assert axes_named(drawn("en", 85), "overview") is None


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_same_map_gives_the_same_bytes(tmp_path, ending):
    paths = [save_map(draw_scene(scene(), language("kk"), 85), tmp_path / f"{i}.{ending}") for i in (1, 2)]
    first, second = (p.read_bytes() for p in paths)
    assert first == second and len(first) > 10_000
    assert not list(tmp_path.glob(".*"))


def test_a_map_for_a_disk_that_only_reads_is_refused_in_words(tmp_path, monkeypatch):
    """There the part of a file that was never made cannot be removed either."""
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    figure = drawn("en", 85)
    monkeypatch.setattr(figure, "savefig", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(InputError, match=r"map\.png: the map could not be written: Read-only file system"):
        save_map(figure, tmp_path / "map.png")


def test_text_stays_text_in_svg(tmp_path):
    text = save_map(drawn("kk", 85), tmp_path / "map.svg").read_text("utf-8")
    assert "ұңғымаларына" in text and "DejaVu Sans" in text
    assert f'width="{85.0 / 25.4 * 72.0:.6f}'[:12] in text


def test_printed_width_in_pixels(tmp_path):
    from matplotlib.image import imread

    for width in (170, 85):
        pixels = imread(save_map(drawn("en", width), tmp_path / "map.png")).shape[1]
        assert pixels == math.floor(width / 25.4 * 300)
