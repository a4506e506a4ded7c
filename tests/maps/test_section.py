"""Sections: the line, what stands between layers, what the figure says, in four languages and two widths."""

import functools
import re

import numpy as np
import pytest

from gwsolver.cli import main
from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.maps import section
from gwsolver.maps.inspect import axes_named
from gwsolver.maps.scene import MONITORING, WELL
from gwsolver.maps.sections.draw import draw_section
from gwsolver.maps.sections.line import line_through, plume_axis
from gwsolver.maps.sections.sampling import along, layer_of, section_field
from gwsolver.maps.sections.scene import SectionScene, SectionSite
from gwsolver.maps.words import LANGUAGES, language
from tests.maps.charts import SUBJECT
from tests.maps.checks import broken_rules, texts_by_name
from tests.maps.scenes import X0, Y0, as_polygons, grid, plume
from tests.maps.test_from_results import run
from tests.results.models import dis, layered_squares, stacked_nodes

LINE = line_through([(X0 + 5900.0, Y0 + 4250.0), (X0 + 3500.0, Y0 + 3900.0)])


def scene(**changes):
    """A plume that thins downwards through four layers below a sloping table."""
    n = LINE.s.size
    ground = np.linspace(172.0, 165.0, n)
    tops = np.array([ground, np.full(n, 155.0), np.full(n, 148.0), np.full(n, 130.0)])
    bottoms = np.vstack([tops[1:], np.full(n, 104.0)])
    at_top = plume(LINE.x - X0, LINE.y - Y0)
    c = np.array([at_top, 0.3 * at_top, 0.02 * at_top, 1e-5 * at_top])
    sites = (
        SectionSite("PW1", WELL, 900.0, 0.0, 0.163, ((148.0, 104.0),)),
        SectionSite("PW2", WELL, 1400.0, 180.0, 0.0112, ((148.0, 130.0),)),
        SectionSite("M1", MONITORING, 1700.0, 20.0, 2e-4, ((160.0, 155.0),)),
    )
    return SectionScene(**{
        **SUBJECT, "line": LINE, "top": tops, "bottom": bottoms, "concentration": c,
        "head": np.linspace(163.0, 158.0, n), "sites": sites, "sources": (("Oil lake", 300.0, 500.0),),
        "rivers": (("Temir", 2200.0),), "cell": 50.0, "time": 18262.0, "date": "2025-01-01", **changes,
    })


def crowd():
    return tuple(SectionSite(f"Well number {i}", WELL, 200.0 + 80.0 * i, 0.0, 0.5, ((150.0, 140.0),))
                 for i in range(20))


CASES = {
    "nothing": lambda: scene(concentration=np.zeros((4, LINE.s.size))),
    "no limit": lambda: scene(limit=None),
    "no head": lambda: scene(head=None),
    "confined": lambda: scene(head=np.full(LINE.s.size, 175.0)),
    "bare": lambda: scene(sites=(), sources=(), rivers=(), head=None, crs="", date="", status="", title=""),
    "crowd": lambda: scene(sites=crowd()),
    "hole": lambda: scene(**{k: np.where((LINE.s > 1000.0) & (LINE.s < 1300.0), np.nan, getattr(scene(), k))
                             for k in ("top", "bottom", "concentration", "head")}),
    "oil": lambda: scene(oil=(LINE.s > 300.0) & (LINE.s < 500.0) & (np.arange(4) == 0)[:, None]),
}


@functools.cache
def drawn(lang="en", width=170):
    return draw_section(scene(), language(lang), width)


@pytest.mark.parametrize("width", [170, 85])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_sections_keep_the_rules_and_say_what_they_must(lang, width):
    figure, words = drawn(lang, width), language(lang)
    assert broken_rules(figure, width) == []
    texts = texts_by_name(figure)
    assert words.unit("mg/L") in texts["legend heading"] and words.date("2025-01-01") in texts["subtitle"]
    assert texts["limit label"] == words("legend.limit_label", limit=words.number(0.01), unit=words.unit("mg/L"))
    assert "EPSG:32640" in texts["footnote"] and words("foot.to_check") in texts["footnote"]
    assert texts["banner"].startswith(words("banner.illustrative_short").split()[0])
    assert "label PW1" in texts and "layer number" in texts
    if lang != "en":
        assert not any(re.search(r"\d\.\d", t.replace("0.1.0", "")) for t in texts.values())


@pytest.mark.parametrize("case", CASES)
def test_hard_sections_keep_the_rules(case):
    assert broken_rules(draw_section(CASES[case](), language("ru"), 170), 170) == []
    assert broken_rules(draw_section(CASES[case](), language("kk"), 85), 85) == []


@pytest.mark.parametrize("width", [170, 85])
def test_the_exaggeration_is_the_printed_one(width):
    figure = drawn("en", width)
    axes = axes_named(figure, "section")
    box, (wide, high) = axes.get_position(), figure.get_size_inches()
    along_x = np.ptp(axes.get_xlim()) / (box.width * wide)
    along_y = np.ptp(axes.get_ylim()) / (box.height * high)
    printed = float(re.search(r"× ([\d.]+)", texts_by_name(figure)["subtitle"]).group(1))
    assert along_x / along_y == pytest.approx(printed, rel=1e-6)


def test_sides_are_named_and_projected_wells_are_starred():
    texts = texts_by_name(drawn())
    assert "E left, W right" in texts["subtitle"]
    assert texts["label PW2"].startswith("PW2*") and texts["label PW1"] == "PW1  0.16"
    assert "* projected from up to 180" in texts["footnote"]


def test_the_title_tells_how_deep_and_keeps_to_the_field():
    s = scene()
    field = section_field(LINE.s, s.top, s.bottom, np.log10(np.maximum(s.concentration, 1e-9)), s.head, -9.0)
    high = field.inside & (field.z > -2.0)
    depth = np.where(high, s.top[0] - field.y, 0.0).max()
    assert f"down to {depth:.0f}" in texts_by_name(drawn())["title"].replace("\u00a0", " ")
    assert texts_by_name(draw_section(CASES["nothing"](), language("en"), 170))["title"] == (
        "Benzene stays below the limit along the section")


def test_values_between_layers_are_monotone_and_nothing_is_above_the_water():
    s = np.array([0.0, 1.0])
    top, bottom = np.array([[10.0, 10.0], [6.0, 6.0], [2.0, 2.0]]), np.array([[6.0, 6.0], [2.0, 2.0], [0.0, 0.0]])
    values = np.array([[0.0, 0.0], [-1.0, -1.0], [-3.0, -3.0]])
    field = section_field(s, top, bottom, values, np.full(2, 8.0), -5.0)
    assert field.y[field.inside].max() == 8.0 and field.y[field.inside].min() == 0.0
    assert (np.diff(field.z[:, 0]) <= 1e-12).all() and field.z.max() == 0.0 and field.z.min() == -3.0


@pytest.mark.parametrize("make", [dis, lambda: dis(30.0), layered_squares, stacked_nodes])
def test_layers_are_read_where_the_line_is(make):
    """A field that is the elevation of the centres comes back layer by layer, on every kind of grid."""
    g = make()
    x, y = g.to_map(g.x, g.y)
    line = line_through([(float(x.min()), float(y.mean())), (float(x.max()), float(y.mean()))])
    found = along(g, g.z, line)
    for k in range(int(layer_of(g).max()) + 1):
        assert np.allclose(found[k][np.isfinite(found[k])], g.z[layer_of(g) == k][0])
    assert np.isfinite(found).any(axis=1).all()


def test_rows_and_polygons_give_the_same_values_along_a_line():
    rows, polygons = grid(), as_polygons("disv")
    top = rows.layer == 0
    a = along(rows, np.log10(np.where(top, plume(rows.x, rows.y), 1.0) + 1e-12), LINE)[0]
    b = along(polygons, np.log10(plume(polygons.x, polygons.y) + 1e-12), LINE)[0]
    inside = a > -3.0
    assert np.abs(a - b)[inside].max() < 0.25  # measured: 0.11, cubic against linear where the plume ends


def test_the_axis_of_a_plume_runs_from_its_source_downstream():
    """The plume of the scenes flows towards 189 degrees (counter-clockwise from east) from (5500, 4200)."""
    g = grid()
    top = g.layer == 0
    axis = plume_axis(g, plume(g.x[top], g.y[top]), 0.001, (X0 + 5500.0, Y0 + 4200.0))
    at, aside = axis.project(X0 + 5500.0, Y0 + 4200.0)
    assert aside < 60.0 and at < 0.35 * axis.length and axis.found
    assert axis.bearing == pytest.approx(90.0 - 189.0 + 360.0, abs=3.0)  # clockwise from north


def test_the_axis_begins_at_the_strong_end_where_no_source_is_known():
    g = structured_grid([10.0] * 50, [10.0] * 9, 1.0, [0.0])
    c = np.where(np.abs(g.y - 45.0) < 16.0, 10.0 ** (-g.x / 100.0), 0.0)
    axis = plume_axis(g, c, 1e-4, None)
    assert axis.corners[0, 0] < axis.corners[-1, 0] and np.allclose(axis.y, 45.0, atol=0.5)


def test_a_bent_plume_has_a_bent_axis():
    g = structured_grid([10.0] * 60, [10.0] * 60, 1.0, [0.0])
    middle = 300.0 - 0.0012 * (g.x - 300.0) ** 2
    axis = plume_axis(g, 5.0 * np.exp(-0.5 * ((g.y - middle) / 20.0) ** 2), 0.01, (5.0, 195.0))
    assert len(axis.corners) > 3
    near = (axis.x > 50.0) & (axis.x < 550.0)
    assert np.abs(axis.y - (300.0 - 0.0012 * (axis.x - 300.0) ** 2))[near].max() < 20.0


def test_distance_along_a_bent_line():
    line = line_through([(0.0, 0.0), (10.0, 0.0), (10.0, 5.0)])
    assert line.length == pytest.approx(15.0)
    assert line.project(12.0, 3.0) == pytest.approx((13.0, 2.0))
    assert line.project(4.0, -1.0) == pytest.approx((4.0, 1.0))


@pytest.mark.parametrize("grid_of", [dis, layered_squares, stacked_nodes])
def test_a_section_of_a_run_is_drawn(tmp_path, grid_of):
    results = run(tmp_path, grid_of())
    g = results.grid
    x, y = g.to_map(g.x, g.y)
    figure = section(results, line=[(float(x.min()), float(y.mean())), (float(x.max()), float(y.mean()))], lang="fr")
    assert broken_rules(figure, 170) == []


@pytest.mark.parametrize(("settings", "words"), [
    ({"line": [(1.0, 2.0)]}, "line = .*; allowed: two or more different points"),
    ({"line": [(1.0, 2.0), (1.0, 2.0)]}, "two or more different points"),
    ({"line": [("a", "b"), (1.0, 2.0)]}, "two or more different points"),
    ({"line": [(0.0, 0.0), (1.0, 1.0)]}, "line.*inside the model"),
    ({"species": "salt"}, "species = salt; allowed: one of benzene"),
    ({"limit": 1e9}, "no plume to find an axis of"),
    ({"time": "soon"}, "a model time or an ISO date"), ({"width": 90}, "one of 85, 170"),
])
def test_bad_requests_are_named(tmp_path, settings, words):
    results = run(tmp_path)
    with pytest.raises(InputError, match=words):
        section(results, **settings)


def test_the_command_draws_a_section(tmp_path, capsys):
    run(tmp_path)
    out = tmp_path / "section.svg"
    line = ["500010,5400008", "500055,5400012"]
    assert main(["section", str(tmp_path / "results"), "--line", *line, "--lang", "kk", "--width", "85",
                 "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out) and out.stat().st_size > 5000
    assert main(["section", str(tmp_path / "results"), "--line", "500010;5400008"]) == 2
    assert "two or more different points in map coordinates" in capsys.readouterr().err
