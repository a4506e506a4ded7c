"""The chart of a lake: what the tables say is what is drawn, and nothing overlaps, in four languages and two widths."""

import functools
import re

import numpy as np
import pytest

import gwsolver as gw
from gwsolver.cli import main
from gwsolver.core.errors import InputError
from gwsolver.maps import lake_chart
from gwsolver.maps.charts.lake import draw_lake, finding
from gwsolver.maps.charts.lake_balance import Term
from gwsolver.maps.charts.lake_panels import LEVELS, SALINITIES, colours_of
from gwsolver.maps.charts.lake_scene import Line, lake_from_results
from gwsolver.maps.classes import PAPER
from gwsolver.maps.inspect import axes_named
from gwsolver.maps.words import LANGUAGES, language
from gwsolver.report import draw
from tests.maps.checks import broken_rules, texts_by_name
from tests.maps.lakes import ALL_TERMS, DOTS, LEVEL, PHASE, TERMS, YEARS, lake_scene, write_lake
from tests.maps.test_from_results import run
from tests.maps.test_map_rules import lightness

SCENES = {
    "members": lake_scene, "alone": lambda: lake_scene(0),
    "one basin": lambda: lake_scene(0, names=("Western basin",), salinities=(Line("Western basin", 1.4 + PHASE),)),
    "nothing seen": lambda: lake_scene(dots=(), score=None, wanted=(), periods=()),
    "all terms": lambda: lake_scene(terms=ALL_TERMS),
    "apart": lambda: lake_scene(0, levels=(Line("Western basin", LEVEL), Line("Eastern basin", LEVEL - 3.0))),
    "fresh": lambda: lake_scene(0, salinities=(Line("Western basin", 0.0 * PHASE),)),
    "many periods": lambda: lake_scene(periods=((1960, 1961, "dam closed"), (1962, 1990, "irrigation"),
                                                (2010, 2010, "flood"), (2020, 2024, "drought and withdrawals"))),
    "two years": lambda: lake_scene(
        0, periods=(), years=YEARS[:2], levels=(Line("L", LEVEL[:2]),), salinities=(Line("L", 1.0 + PHASE[:2]),),
        terms=tuple(Term(t.kind, t.name, t.values[:2] * 1e-3) for t in TERMS), change=np.ones(2) * 1e6, dots=(),
        score=None),
    "steady": lambda: lake_scene(0, levels=(Line("L", np.full(65, 341.0)),), dots=(), score=None, wanted=()),
    "gone": lambda: lake_scene(levels=(Line("L", np.where(YEARS < 1990, LEVEL, np.nan)),)),
}


@functools.cache
def drawn(name, lang="en", width=170):
    return draw_lake(SCENES[name](), language(lang), width)


@functools.cache
def results(folder, members=False, seen=True):
    return gw.run(write_lake(folder / f"{members}{seen}", members=members, seen=seen))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lakes")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [170, 85])
@pytest.mark.parametrize("name", ["members", "alone"])
def test_charts_keep_the_rules_in_every_language(name, lang, width):
    assert broken_rules(drawn(name, lang, width), width) == []


@pytest.mark.parametrize("name", SCENES)
def test_hard_charts_keep_the_rules(name):
    assert broken_rules(drawn(name), 170) == [] and broken_rules(drawn(name, "ru", 85), 85) == []
    assert broken_rules(drawn(name, "fr", 85), 85) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_banner_units_keys_and_score_are_there(lang):
    words, texts = language(lang), texts_by_name(drawn("members", lang))
    assert texts["banner"].startswith(words("banner.illustrative_short").split()[0])
    assert words("lake.km3") in texts["panel unit"] and words.unit("g/L") in texts["panel unit"]
    assert "Baltic heights" in texts["panel unit"] and "1960–2024" in texts["subtitle"]
    assert texts["wanted label"] == words("lake.wanted_titled", level="341", title="the level to keep")
    for key, text in (("key published", "published"), ("key recalled", "recalled"), ("key level", "case"),
                      ("key rain", "rain"), ("key evaporation", "evaporation"), ("key change", "change")):
        assert texts[key] == words(f"lake.{text}")
    assert words.number(0.67) in texts["score"] and words.number(-0.39) in texts["score"]
    assert words("lake.unskilled", count=4) in texts["footnote"] and "gwsolver 0.1.0" in texts["footnote"]
    assert words("lake.left", left=54, members="1000", year=2024) in texts["footnote"]
    if lang != "en":
        assert not any(re.search(r"\d\.\d", t.replace("0.1.0", "")) for t in texts.values())


def test_without_members_and_observations_nothing_is_said_of_them():
    alone, bare = texts_by_name(drawn("alone")), texts_by_name(drawn("nothing seen"))
    assert "key band" not in alone and alone["key level"] == "model" and "runs" not in alone["footnote"]
    assert not {"key published", "key recalled", "score", "wanted label"} & set(bare)
    assert axes_named(drawn("fresh"), "salinity") is None
    assert "banner" not in texts_by_name(draw_lake(lake_scene(status="calibrated"), language("en")))


def test_dots_are_filled_where_published_and_bars_are_sigma():
    figure = drawn("members")
    marks = {gid: [p for p in (*figure.patches, *figure.artists) if p.get_gid() == gid]
             for gid in ("published", "recalled")}
    assert [len(m) for m in marks.values()] == [2, 2]
    assert {p.get_facecolor()[:3] for p in marks["recalled"]} == {(1.0, 1.0, 1.0)}
    assert all(max(p.get_facecolor()[:3]) < 0.1 for p in marks["published"])
    axes = axes_named(figure, "level")
    bar = next(line for line in (*figure.lines, *figure.artists) if line.get_gid() == "sigma")
    low, high = axes.get_ylim()
    tall = axes.get_position().height * figure.get_size_inches()[1] * 72.0
    assert np.ptp(bar.get_ydata()) == pytest.approx(2.0 * DOTS[0].sigma / (high - low) * tall, rel=1e-6)
    wanted = next(line for line in axes.lines if line.get_gid() == "wanted line")
    assert list(wanted.get_ydata()) == [341.0, 341.0] and wanted.get_linewidth() == 1.9


def test_bars_stack_from_zero_to_all_gains_and_all_losses():
    bars = [b for c in axes_named(drawn("all terms"), "balance").containers for b in c]
    first = [b for b in bars if b.get_x() < 1961.0]
    values = [t.values[0] / 1e9 for t in ALL_TERMS]
    assert max(b.get_y() + max(b.get_height(), 0.0) for b in first) == pytest.approx(sum(v for v in values if v > 0.0))
    assert min(b.get_y() + min(b.get_height(), 0.0) for b in first) == pytest.approx(sum(v for v in values if v < 0.0))


def test_it_reads_in_grey():
    def steps(terms):
        return np.abs(np.diff([lightness(c) for c in colours_of(terms)]))

    gains, losses = ([t for t in TERMS if (t.kind == "evaporation") == lost] for lost in (False, True))
    kinds = ("evaporation", "bank", "strait", "withdrawal", "ground water", "other")
    assert steps(gains).min() >= 12.0 and len(losses) == 1
    assert steps([Term(k, "", PHASE) for k in kinds]).min() >= 12.0
    assert steps([t for t in ALL_TERMS if t.kind in ("river", "rivers", "rain")]).min() >= 12.0
    for line, band, _ in (*LEVELS, *SALINITIES):
        assert lightness(PAPER) - lightness(band) >= 4.0 and lightness(band) - lightness(line) >= 30.0
    for styles in (LEVELS, SALINITIES):
        assert len({str(dash) for *_, dash in styles}) == len(styles)


def test_periods_are_shaded_in_all_panels_and_named_once():
    for width, name in ((170, "period"), (85, "key period")):
        figure = drawn("members", "en", width)
        assert texts_by_name(figure)[name] == "reservoir filling and irrigation, 1970–1987"
        for panel in ("level", "salinity", "balance"):
            [box] = [p for p in axes_named(figure, panel).patches if p.get_gid() == "period"]
            assert (box.get_x(), box.get_x() + box.get_width()) == (1970.0, 1988.0)
    many = texts_by_name(drawn("many periods"))
    assert many["period"] == "irrigation, 1962–1990" and "flood, 2010" in many["key period"]


def test_the_title_is_what_the_level_does():
    en = language("en")
    count = int((LEVEL < 341.0).sum())
    assert finding(lake_scene(), en) == (
        f"In the model the level is below 341 m in {count} of 65 years; lowest in 1992, 340.0 m")
    never = finding(lake_scene(wanted=((340.0, ""),)), en)
    assert never == "In the model the level is never below 340 m in 1960–2024; lowest in 1992, 340.00 m"
    assert "below 350 m in all years" in finding(lake_scene(wanted=((350.0, ""),)), en)
    falls = lake_scene(levels=(Line("L", 342.0 - 1.5 * PHASE),), wanted=())
    assert finding(falls, en) == "In the model the level falls by 1.5 m from 1960 to 2024"
    assert finding(SCENES["steady"](), en) == "In the model the level of 2024 is that of 1960 to within 0.05 m"
    assert finding(SCENES["apart"](), en) == "Level, salinity and water balance"


def test_the_scene_is_that_of_the_tables(folder):
    found = results(folder)
    scene = lake_from_results(found)
    table = found.levels()
    rows = table[(table["node"] == "west") & (table["quantity"] == "level")]["value"].to_numpy().reshape(12, 12)
    assert scene.years.tolist() == list(range(2001, 2013))
    assert len(scene.levels) == 1 and np.allclose(scene.levels[0].values, rows.mean(axis=1), atol=1e-12)
    assert scene.levels[0].name == "Western basin, Eastern basin" and scene.names == ("Western basin", "Eastern basin")
    volume = table[table["quantity"] == "volume"].groupby("date")["value"].sum().to_numpy()[11::12]
    held = {t.kind: t for t in scene.terms}
    assert np.allclose(scene.change[1:], np.diff(volume), rtol=1e-6)
    assert [t.name for t in scene.terms if t.kind == "river"] == ["mouth", "steppe_river"]
    assert not {"strait", "other", "rivers"} & set(held)  # what passes between the basins is no gain of both
    assert held["river"].values.sum() == pytest.approx(12.0 * 0.2e9, rel=1e-3)
    assert np.allclose(np.sum([t.values for t in scene.terms], axis=0), scene.change, rtol=1e-6)
    assert (scene.central, scene.members, scene.band) == ("run", 0, None)


def test_one_basin_has_what_comes_through_the_strait(folder):
    scene = lake_from_results(results(folder), ["east"], (2003, 2008), "ru")
    assert scene.years.tolist() == list(range(2003, 2009)) and scene.names == ("Eastern basin",)
    held = {t.kind: t.values for t in scene.terms}
    assert held["strait"].min() > 0.0 and "withdrawal" not in held
    assert np.allclose(np.sum(list(held.values()), axis=0), scene.change, rtol=1e-6)
    assert scene.dots == () and scene.wanted == ()


def test_without_links_rivers_are_what_is_left(folder):
    found = gw.open_surface(results(folder).path)
    whole = lake_from_results(found)
    del found.summary["links"]
    scene = lake_from_results(found)
    rivers = [t for t in scene.terms if t.kind == "rivers"]
    assert len(rivers) == 1 and not any(t.kind == "river" for t in scene.terms)
    told = np.sum([t.values for t in whole.terms if t.kind == "river"], axis=0)
    assert np.isnan(rivers[0].values[0]) and np.allclose(rivers[0].values[1:], told[1:], rtol=1e-6)
    assert broken_rules(lake_chart(found, width=85), 85) == []


def test_observed_levels_are_where_they_belong_and_scored(folder):
    scene = lake_from_results(results(folder))
    assert [d.at for d in scene.dots] == pytest.approx([2001.5, 2004.5, 2006.496, 2008.202], abs=0.002)
    assert [d.checked for d in scene.dots] == [False, True, True, False]
    assert [d.sigma for d in scene.dots] == [0.1, 0.0, 0.05, 0.05]
    seen = np.array([19.8, 19.5, 19.0, 18.9])
    off = scene.levels[0].values[[0, 3, 5, 7]] - seen
    assert scene.score.count == 4 and scene.score.inside is None
    assert scene.score.rmse == pytest.approx(np.sqrt((off**2).mean())) and scene.score.bias == pytest.approx(off.mean())
    assert scene.score.constant == pytest.approx(seen.std())
    assert scene.wanted == ((19.5, "the level to keep"),) and scene.periods == ((2004, 2007, "dry years"),)
    part = lake_from_results(results(folder), years=(2006, 2010), lang="ru")
    assert part.periods == ((2006, 2007, "сухие годы"),)


def test_members_give_a_band(folder):
    scene = lake_from_results(results(folder, members=True))
    line = scene.levels[0]
    assert (scene.members, scene.central, scene.band) == (20, "case", (10, 90))
    assert (line.low <= line.values).all() and (line.values <= line.high).all() and (line.high > line.low).all()
    alone = lake_from_results(results(folder))
    assert np.allclose(line.values, alone.levels[0].values, rtol=1e-9)
    assert np.allclose(scene.terms[0].values, alone.terms[0].values, rtol=1e-9)
    assert scene.score.inside is not None
    assert broken_rules(lake_chart(results(folder, members=True), lang="kk", width=85), 85) == []


def test_a_case_that_nobody_watched(folder):
    scene = lake_from_results(results(folder, seen=False))
    assert scene.dots == () and scene.score is None and scene.wanted == ()
    assert broken_rules(lake_chart(results(folder, seen=False), lang="fr"), 170) == []


@pytest.mark.parametrize(("settings", "words"), [
    ({"basins": ["north"]}, "basins = north; allowed: some of west, east"),
    ({"years": (1990, 1995)}, "years = 1990 to 1995; allowed: some of 2001 to 2012"),
    ({"width": 1}, "one of 85, 170"), ({"lang": "de"}, "lang = de"),
])
def test_bad_requests_are_named(folder, settings, words):
    with pytest.raises(InputError, match=words):
        lake_chart(results(folder), **settings)


def test_results_without_lakes_are_refused(tmp_path):
    with pytest.raises(InputError, match="these results have no lakes"):
        lake_chart(run(tmp_path))


def test_a_run_without_a_whole_year_is_refused(tmp_path):
    case = write_lake(tmp_path / "short", seen=False)
    text = (case / "case.toml").read_text(encoding="utf-8")
    (case / "case.toml").write_text(text.replace("2013-01-01", "2001-09-01"), encoding="utf-8")
    with pytest.raises(InputError, match="the run has no whole year"):
        lake_chart(gw.run(case))


def test_figures_of_the_case_are_drawn_by_the_run_and_by_the_command(tmp_path, capsys):
    case = write_lake(tmp_path / "lake", more='\n[[figure]]\nkind = "lake"\nfile = "east.png"\nbasins = ["east"]\n'
                                              'years = [2002, 2005]\nlang = "ru"\nwidth = 85\n')
    assert main(["run", str(case)]) == 0
    assert "east.png" in capsys.readouterr().out and (case / "results" / "east.png").is_file()
    assert main(["charts", str(case), "--basin", "west", "--years", "2002", "2006", "--format", "svg"]) == 0
    assert "2002–2006" in (case / "results" / "lake.svg").read_text(encoding="utf-8")
    assert main(["charts", str(case), "--kind", "heads"]) == 2
    assert "kind = heads; allowed: some of lake" in capsys.readouterr().err
    assert main(["charts", str(case), "--basin", "north"]) == 2
    assert draw(gw.open_surface(case), tmp_path) == [tmp_path / "east.png"]
