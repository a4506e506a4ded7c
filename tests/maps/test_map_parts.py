"""The parts of a map: words and numbers, places of labels, windows, surfaces."""

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg

from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.maps.compose import draw_scene
from gwsolver.maps.inspect import overlap_depth, visible_texts
from gwsolver.maps.page import SETTINGS, MapFigure, text_size, wrap
from gwsolver.maps.placing import Obstacles
from gwsolver.maps.surface import isolines, outline, surface
from gwsolver.maps.window import ROUND, choose_window, round_up
from gwsolver.maps.words import LANGUAGES, language
from tests.maps.checks import broken_rules
from tests.maps.scenes import X0, Y0, as_polygons, scene


def keys(table, prefix=""):
    return {k for name, v in table.items() for k in (keys(v, f"{name}.") if isinstance(v, dict) else {prefix + name})}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_the_same_words_with_the_same_gaps(lang):
    import re

    own, english = language(lang), language("en")
    assert own.table.keys() == english.table.keys()
    for section in (k for k, v in english.table.items() if isinstance(v, dict) and k != "unit"):
        assert own.table[section].keys() == english.table[section].keys()
        for key, text in english.table[section].items():
            here = own.table[section][key]
            assert isinstance(here, list) == isinstance(text, list)
            if isinstance(text, list):
                assert len(here) == len(text)
                here, text = " ".join(here), " ".join(text)
            assert set(re.findall(r"{\w+}", here)) == set(re.findall(r"{\w+}", text)), key
    assert len(own.table["months"]) == 12


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(InputError, match=r"map: lang = de; allowed: one of en, ru, kk, fr"):
        language("de")


@pytest.mark.parametrize(("value", "text"), [
    (0.1634, "0.16"), (0.01, "0.01"), (0.0123, "0.012"), (4.95, "5"), (12.4, "12"), (1234.0, "1200"),
    (123456.0, "120\u2009000"), (9.96, "10"), (3.6e-6, "<0.001"), (float("nan"), "–"), (0.0, "<0.001"),
])
def test_concentrations_have_two_digits(value, text):
    assert language("en").concentration(value, 0.001) == text


def test_numbers_in_languages():
    assert language("ru").number(-0.5) == "−0,5"
    assert language("en").number(2e-9) == "2·10⁻⁹" and language("en").number(1e-9) == "10⁻⁹"
    assert language("fr").number(25000.0) == "25\u202f000"
    assert language("en").number(5379.5, decimals=1) == "5379.5" and language("en").number(-0.01, decimals=1) == "0.0"


@pytest.mark.parametrize(("lang", "text"), [
    ("en", "1 January 2025"), ("ru", "1 января 2025 г."), ("kk", "2025 жылғы 1 қаңтар"), ("fr", "1er janvier 2025"),
])
def test_dates_are_words(lang, text):
    assert language(lang).date("2025-01-01") == text.replace(" ", "\u00a0")


def test_wrapping_measures():
    lines = wrap("several words of quite different widths that will not fit " * 3, 120.0)
    assert all(text_size(line)[0] <= 120.0 for line in lines) and len(lines) > 3
    assert "".join(wrap("x" * 100, 60.0)) == "x" * 100


def test_round_scales():
    assert [round_up(v) for v in (0.9, 1.0, 1.1, 2.2, 2.6, 3.1, 5.2, 24000.0)] == [1, 1, 2, 2.5, 3, 5, 10, 25000]


@pytest.mark.parametrize("size", [(122.0, 96.0), (78.0, 52.0)])
def test_the_window_holds_limit_line_source_and_wells_over_the_limit(size):
    from gwsolver.maps.classes import classes_for

    s = scene()
    window = choose_window(s, classes_for(0.01, s.maximum), *size)
    west, south, east, north = window.box
    x, y = s.grid.to_map(s.grid.x[:6000], s.grid.y[:6000])
    high = s.concentration > 0.01
    assert west < x[high].min() and east > x[high].max() and south < y[high].min() and north > y[high].max()
    needed = [*s.sources, *(p for p in s.wells if s.above(p))]
    assert len(needed) == 3 and all(west < p.x < east and south < p.y < north for p in needed)
    power = 10.0 ** np.floor(np.log10(window.denominator))
    assert window.denominator / power in ROUND
    assert (east - west) / size[0] * 1000.0 == pytest.approx(window.denominator)


@pytest.mark.parametrize("side", [100.0, 120.0, 145.0, 180.0, 310.0, 420.0, 550.0])
def test_a_small_model_fills_its_sheet(side):
    """A plume all over a square model: the sheet shows the whole of it, and little beside it."""
    from dataclasses import replace

    from gwsolver.maps.classes import classes_for

    s = scene()
    grid = structured_grid([side / 10.0] * 10, [side / 10.0] * 10, 1.0, [0.0], length_unit="metres")
    small = replace(s, grid=grid, concentration=np.ones(100), sites=())
    window = choose_window(small, classes_for(0.01, 1.0), 122.0, 96.0)
    west, south, east, north = window.box
    assert west < 0.0 and south < 0.0 and east > side and north > side
    assert side / (north - south) > 0.75  # measured: 0.78 and more; 0.52 with scales of 1, 2, 2.5, 3, 5 alone


def test_the_surface_has_no_new_maxima():
    rng = np.random.default_rng(1)
    values = rng.normal(size=200)
    g = structured_grid([5.0] * 20, [7.0] * 10, 1.0, [0.0])
    s = surface(g, values, (0.0, 0.0, 100.0, 70.0), 1.0)
    assert s.z.max() <= values.max() + 1e-12 and s.z.min() >= values.min() - 1e-12
    assert s.x.min() == 0.0 and s.x.max() == 100.0 and s.y.max() == 70.0


def test_the_surface_passes_through_the_cells():
    g = structured_grid([4.0] * 8, [4.0] * 6, 1.0, [0.0])
    values = np.arange(48.0) ** 1.3
    s = surface(g, values, (0.0, 0.0, 32.0, 24.0), 1.0)
    for cell in (0, 20, 47):
        here = (np.abs(s.x - g.x[cell]) < 1e-9) & (np.abs(s.y - g.y[cell]) < 1e-9)
        assert s.z[here][0] == pytest.approx(values[cell])


def test_an_isoline_leaves_cells_alone_that_are_held_at_its_level():
    """Heads fall to the east from 154 m, which the western column is held at: its contour is no zigzag through it."""
    grid = as_polygons("disv")
    x, y = grid.x, grid.y
    held = x < 100.0
    values = np.where(held, 154.0, 154.0 + 1e-4 * (x - 5000.0) * (1.0 + 0.2 * np.sin(y / 500.0)))
    field = surface(grid, values, (X0, Y0, X0 + 10_000.0, Y0 + 6_000.0), 20.0)
    lines = isolines(grid, values, field, 154.0, 0.5)
    points = np.concatenate(lines)
    assert points[:, 0].min() > X0 + 150.0 > np.concatenate(field.lines(154.0))[:, 0].min()
    assert points[:, 1].max() - points[:, 1].min() > 5_500.0  # the true contour, at 5 km, is all there
    assert np.abs(points[:, 0] - X0 - 5000.0).max() < 100.0


def test_the_outline_has_a_loop_for_the_edge_and_one_for_a_hole():
    g = structured_grid([1.0] * 4, [1.0] * 4, 1.0, [0.0])
    active = np.ones(16, bool)
    active[5] = False
    areas = []
    for loop in outline(g, active):
        x, y = loop.T
        areas.append(0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    assert sorted(np.abs(areas)) == pytest.approx([1.0, 16.0]) and np.prod(areas) < 0.0


def test_a_label_avoids_what_is_in_its_way():
    free = Obstacles((0.0, 0.0, 300.0, 200.0))
    first = free.beside(150.0, 100.0, (3.0, 3.0), 50.0, 8.0)
    free.block(first.box, pad=1.0)
    second = free.beside(150.0, 100.0, (3.0, 3.0), 50.0, 8.0)
    boxes = [np.array([(b[0], b[1]), (b[2], b[1]), (b[2], b[3]), (b[0], b[3])]) for b in (first.box, second.box)]
    assert overlap_depth(*boxes) == 0.0 and second.cost < 500.0


def test_overlap_of_turned_rectangles():
    square = np.array([(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)])
    diamond = np.array([(3.0, 0.0), (4.0, 1.0), (3.0, 2.0), (2.0, 1.0)])
    assert overlap_depth(square, diamond) == 0.0
    assert overlap_depth(square, diamond - (0.5, 0.0)) > 0.3


def test_the_rules_find_what_breaks_them():
    figure = MapFigure(figsize=(170.0 / 25.4, 3.0))
    for name, x, y, text, angle in (("a", 0.2, 0.5, "some words", 0.0), ("b", 0.22, 0.52, "turned", 30.0),
                                    ("c", 0.6, 0.5, "turned words", 40.0), ("d", 0.66, 0.44, "beside", 40.0),
                                    ("e", 0.97, 0.1, "out of the figure", 0.0)):
        figure.text(x, y, text, gid=name, rotation=angle, rotation_mode="anchor", fontsize=9.0)
    assert broken_rules(figure, 170) == ["leaves the figure: e: out of the figure", "b: turned over a: some words"]
    assert broken_rules(figure, 85)[0].startswith("width 170.0")


def test_texts_stand_where_drawing_puts_them():
    figure = draw_scene(scene(), language("kk"), 85)
    found = visible_texts(figure)
    with rc_context(SETTINGS):
        FigureCanvasAgg(figure).draw()
    again = visible_texts(figure)
    assert [t.name for t in found] == [t.name for t in again]
    np.testing.assert_array_equal([t.corners for t in found], [t.corners for t in again])
