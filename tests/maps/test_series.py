"""Charts of receptors: what they say, that nothing overlaps, in four languages and two widths."""

import functools
import re

import numpy as np
import pandas as pd
import pytest

from gwsolver.cli import main
from gwsolver.core.errors import InputError
from gwsolver.maps import receptor_series
from gwsolver.maps.charts.series import draw_series, finding
from gwsolver.maps.charts.series_scene import Series
from gwsolver.maps.charts.timescale import TimeScale, date_of, decimal_year
from gwsolver.maps.inspect import axes_named
from gwsolver.maps.words import LANGUAGES, language
from tests.maps.charts import pulse, series_scene
from tests.maps.checks import broken_rules, texts_by_name
from tests.maps.test_from_results import run

SCENES = {
    "three": lambda: series_scene(3), "eight": lambda: series_scene(8), "one": lambda: series_scene(1),
    "no limit": lambda: series_scene(3, limit=None), "nothing": lambda: series_scene(series=(pulse("A", 1980.0, 0.0),)),
    "days": lambda: series_scene(2, scale=TimeScale(False, "d", 0.0, 100.0), series=(
        Series("column end", np.linspace(1.0, 100.0, 50), np.linspace(0.0, 1.0, 50)),)),
    "months": lambda: series_scene(scale=TimeScale(True, "", 2019.2, 2021.0), series=(
        Series("tap", np.linspace(2019.3, 2021.0, 50), np.linspace(0.0, 1.0, 50)),)),
    "long names": lambda: series_scene(series=tuple(
        pulse(f"{name} of the settlement Kokzhide", 1980.0, 0.3) for name in ("North well", "South well"))),
}


@functools.cache
def drawn(name, lang="en", width=170):
    return draw_series(SCENES[name](), language(lang), width)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("name", "width"), [("three", 170), ("three", 85), ("eight", 170), ("eight", 85)])
def test_charts_keep_the_rules_in_every_language(name, lang, width):
    assert broken_rules(drawn(name, lang, width), width) == []


@pytest.mark.parametrize("name", ["one", "no limit", "nothing", "days", "months", "long names"])
def test_hard_charts_keep_the_rules(name):
    assert broken_rules(drawn(name), 170) == [] and broken_rules(drawn(name, "ru", 85), 85) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_limit_unit_banner_and_source_are_there(lang):
    words, texts = language(lang), texts_by_name(drawn("three", lang))
    assert texts["limit label"] == words("legend.limit_label", limit=words.number(0.01), unit=words.unit("mg/L"))
    assert words.unit("mg/L") in texts["subtitle"] and "1975" in texts["subtitle"]
    assert texts["banner"].startswith(words("banner.illustrative_short").split()[0])
    assert words("foot.to_check") in texts["footnote"] and "gwsolver 0.1.0" in texts["footnote"]
    if lang != "en":
        assert not any(re.search(r"\d\.\d", t.replace("0.1.0", "")) for t in texts.values())


def test_the_title_tells_who_passes_the_limit_and_who_first():
    en = language("en")
    first = series_scene(3).series[0].above(0.01)[0][0]
    assert finding(series_scene(8), en) == f"Benzene passes the limit at 3 of 8 receptors, first at PW1 in {int(first)}"
    assert finding(series_scene(2, limit=9.0), en) == "Benzene stays below the limit at all 2 receptors"
    assert finding(series_scene(1, limit=9.0), en) == "Benzene stays below the limit at PW1"
    assert finding(series_scene(2, limit=None), en) == "Benzene at receptors"


def test_receptors_are_above_the_limit_where_the_pulse_is():
    """exp(-u²/2) = c/peak at u = sqrt(2 ln(peak/c)) on either side of the middle."""
    series = pulse("A", 1980.0, 0.5)
    (start, end), = series.above(0.01)
    half = 12.0 * np.sqrt(2.0 * np.log(50.0))
    middle = 1980.0 + 24.0
    assert start == series.at[0] or start == pytest.approx(middle - half, abs=0.02)
    assert end == pytest.approx(middle + half, abs=0.02)


def test_a_receptor_that_passes_twice_has_two_intervals_and_dry_times_end_them():
    series = Series("A", np.arange(6.0), np.array([0.1, 1.0, np.nan, 1.0, 0.1, 0.1]))
    up = np.log(5.0) / np.log(10.0)  # from 0.1 to 0.5 on the way to 1
    assert np.allclose(series.above(0.5), [(up, 1.0), (3.0, 4.0 - up)])


def test_few_receptors_share_a_chart_and_many_have_their_own():
    assert axes_named(drawn("three"), "chart") is not None
    wide, narrow = drawn("eight"), drawn("eight", "en", 85)
    shown = [a for a in wide.axes if (a.get_gid() or "").startswith("chart PW")]
    assert len(shown) == len([a for a in narrow.axes]) == len(series_scene(8).drawn) > 5
    assert len({a.get_ylim() for a in shown}) == 1 == len({a.get_xlim() for a in shown})


def test_receptors_below_the_axis_are_named_in_the_footnote():
    scene = series_scene(8)
    footnote = texts_by_name(drawn("eight"))["footnote"]
    assert scene.unseen and all(s.name in footnote for s in scene.unseen)
    assert f"Always below {language('en').number(scene.floor)}" in footnote


def test_arrivals_are_marked_on_the_limit():
    figure = drawn("three")
    marks = [a for a in figure.artists if a.get_gid() == "arrival mark"]
    assert len(marks) == sum(bool(s.above(0.01)) for s in series_scene(3).series)
    texts = texts_by_name(figure)
    assert texts["arrival PW3"] == str(int(series_scene(3).series[2].above(0.01)[0][0]))


@pytest.mark.parametrize("position", [1975.0, 2000.5, 2024.123456])
def test_decimal_years_and_dates_belong_together(position):
    assert decimal_year(date_of(position)) == pytest.approx(position, abs=1e-7)


def test_ticks_are_years_months_days_or_model_times():
    en = language("en")
    assert [t for _, t in TimeScale(True, "", 1975.2, 2055.0).ticks(8, en)][:2] == ["1980", "1990"]
    months = [t for _, t in TimeScale(True, "", 2019.2, 2021.0).ticks(4, en)]
    assert months == ["2019-07", "2020-01", "2020-07", "2021-01"]
    assert TimeScale(True, "", 2020.0, 2020.05).ticks(3, en)[0][1] == "2020-01-01"
    assert [t for _, t in TimeScale(False, "d", 0.0, 100.0).ticks(5, en)] == ["0", "20", "40", "60", "80", "100"]


def test_values_of_a_run_are_those_of_its_table(tmp_path):
    results = run(tmp_path)
    figure = receptor_series(results, "benzene")
    line = next(x for x in axes_named(figure, "chart").lines if x.get_gid() == "series village well")
    table = results.observations()
    rows = table[(table["package"] == "receptor") & (table["type"] == "concentration")]
    assert np.array_equal(line.get_ydata(), rows["value"].to_numpy())
    assert broken_rules(figure, 170) == []


def test_a_pumped_receptor_is_drawn_by_its_concentration_alone(tmp_path, monkeypatch):
    """Its blended water and the rate at which it takes solute stand in the same table, in units of their own."""
    results = run(tmp_path)
    table = results.observations()
    seen = table[(table["package"] == "receptor") & (table["type"] == "concentration")]
    rates = seen.assign(type="well-mass-rate", value=1e3 * seen["value"], unit="g/d")
    both = pd.concat([table, rates]).sort_values("time", kind="stable")
    monkeypatch.setattr(type(results), "observations", lambda self: both)
    line = next(x for x in axes_named(receptor_series(results, "benzene"), "chart").lines
                if x.get_gid() == "series village well")
    assert np.array_equal(line.get_ydata(), seen["value"].to_numpy())


@pytest.mark.parametrize(("settings", "words"), [
    ({"species": "toluene"}, "species = toluene; allowed: one of benzene"),
    ({"receptors": ["PW9"]}, "receptors = PW9; allowed: some of village well"),
    ({"limit": "5 m"}, "measure different things"), ({"lang": "de"}, "lang = de; allowed: one of en"),
    ({"width": 100}, "width = 100; allowed: one of 85, 170"),
])
def test_bad_requests_are_named(tmp_path, settings, words):
    results = run(tmp_path)
    with pytest.raises(InputError, match=words):
        receptor_series(results, **settings)


def test_the_command_draws_charts_and_says_what_is_wrong(tmp_path, capsys):
    run(tmp_path)
    folder = str(tmp_path / "results")
    asked = ["--kind", "receptor_series", "--format", "pdf", "--lang", "kk", "--width", "85"]
    assert main(["charts", folder, *asked]) == 0
    assert capsys.readouterr().out.strip().endswith("receptor_series_benzene.pdf")
    assert main(["charts", folder, "--kind", "pie"]) == 2
    assert "error: charts: kind = pie; allowed: some of receptor_series" in capsys.readouterr().err
    assert main(["charts", folder, "--kind", "receptor_series", "--receptor", "PW9"]) == 2
    assert "receptors = PW9; allowed: some of village well" in capsys.readouterr().err
