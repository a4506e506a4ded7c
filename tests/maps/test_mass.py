"""The stack of masses: what the books say is what is drawn, and it adds up."""

import functools
import re

import numpy as np
import pandas as pd
import pytest

from gwsolver.core.errors import InputError
from gwsolver.maps import mass_budget
from gwsolver.maps.charts.mass import draw_mass, label, spread
from gwsolver.maps.charts.mass_scene import ORDER, Fate, MassScene, fate_of, mass_from_results
from gwsolver.maps.charts.timescale import TimeScale
from gwsolver.maps.inspect import axes_named
from gwsolver.maps.words import LANGUAGES, language
from tests.maps.charts import SUBJECT
from tests.maps.checks import broken_rules, texts_by_name
from tests.maps.test_from_results import run

AT = np.linspace(1975.0, 2055.0, 9)


def scene(parts=None, **changes):
    """All fates, growing with the square root of time."""
    parts = parts or {**{(k, ""): 1.0 for k in ORDER if k != "degraded"}, ("degraded", "oxygen"): 6.0,
                      ("degraded", "nitrate"): 4.0, ("degraded", "sulfate"): 3.0}
    growth = np.sqrt((AT - AT[0]) / (AT[-1] - AT[0]))
    order = sorted(parts, key=lambda key: ORDER.index(key[0]))
    fates = tuple(Fate(kind, by, parts[kind, by] * 100.0 * growth) for kind, by in order)
    entered = np.sum([f.amounts for f in fates], axis=0)
    return MassScene(**{**SUBJECT, "at": AT, "scale": TimeScale(True, "", 1975.0, 2055.0), "fates": fates,
                        "entered": entered, "initial": 0.0, "mass_unit": "kg", **changes})


@functools.cache
def drawn(lang="en", width=170):
    return draw_mass(scene(), language(lang), width)


@pytest.mark.parametrize("width", [170, 85])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_stacks_keep_the_rules_and_name_every_part(lang, width):
    figure, words = drawn(lang, width), language(lang)
    assert broken_rules(figure, width) == []
    texts = texts_by_name(figure)
    for fate in scene().fates:
        assert texts[f"fate {fate.kind} {fate.by}".strip()].startswith(label(fate, words)[:8])
    assert words.unit("kg") in texts["mass unit"] and words("mass.exact") in texts["footnote"]
    assert texts["banner"].startswith(words("banner.illustrative_short").split()[0])
    if lang != "en":
        assert not any(re.search(r"\d\.\d", t.replace("0.1.0", "")) for t in texts.values())


@pytest.mark.parametrize("parts", [{("water", ""): 1.0}, {("wells", ""): 1.0, ("oil", ""): 1e-3},
                                   {(k, ""): 1e-3 for k in ORDER[:8]} | {("degraded", ""): 1.0}])
def test_hard_stacks_keep_the_rules(parts):
    for width, lang in ((170, "ru"), (85, "kk")):
        assert broken_rules(draw_mass(scene(parts), language(lang), width), width) == []


def test_the_title_is_the_largest_part():
    assert texts_by_name(drawn())["title"] == "Benzene by 2055: 24\u00a0% degraded by oxygen"


def books(rows):
    """A table as budget.csv has it, from (time, package, term, in, out)."""
    table = pd.DataFrame(rows, columns=["time", "package", "term", "in", "out"])
    return table.assign(model="benzene", species="benzene", unit="g")


ROWS = [
    (10.0, "src-1", "src", 5e5, 0.0), (10.0, "storage", "dissolved", 1e5, 4e5), (10.0, "decay", "dissolved", 0.0, 1e5),
    (10.0, "decay", "sorbed", 0.0, 5e4), (10.0, "riv-1", "riv", 1e4, 6e4),
    (20.0, "src-1", "src", 8e5, 0.0), (20.0, "storage", "dissolved", 4e5, 5e5), (20.0, "decay", "dissolved", 0.0, 2e5),
    (20.0, "decay", "sorbed", 0.0, 1e5), (20.0, "riv-1", "riv", 1e4, 1.1e5), (20.0, "wel-1", "wel", 0.0, 2e5),
    (20.0, "storage", "in oil", 0.0, 1e5),
    (20.0, "total", "closure", 9e9, 9e9),
]


def test_parts_are_those_of_the_books_and_add_up_to_what_entered(tmp_path, monkeypatch):
    results = run(tmp_path)
    monkeypatch.setattr(results, "budget", lambda: books(ROWS))
    s = mass_from_results(results, "benzene", "en")
    assert s.mass_unit == "kg" and np.allclose(s.entered, [0.0, 510.0, 810.0])
    found = {f.kind: f.amounts for f in s.fates}
    assert {k: v.tolist() for k, v in found.items()} == {
        "degraded": [0.0, 150.0, 300.0], "rivers": [0.0, 60.0, 110.0], "wells": [0.0, 0.0, 200.0],
        "water": [0.0, 300.0, 100.0], "oil": [0.0, 0.0, 100.0]}
    assert s.difference < 1e-12
    figure = draw_mass(s, language("en"), 170)
    top = max(c.get_paths()[0].vertices[:, 1].max() for c in axes_named(figure, "mass").collections)
    assert top == pytest.approx(810.0)


def test_what_was_there_at_the_start_counts_as_entered(tmp_path, monkeypatch):
    results = run(tmp_path)
    monkeypatch.setattr(results, "budget", lambda: books([
        (10.0, "storage", "dissolved", 3000.0, 0.0), (10.0, "wel-1", "wel", 0.0, 3000.0)]))
    s = mass_from_results(results, "benzene", "en")
    assert s.initial == 3.0 and np.allclose(s.entered, 3.0) and s.difference < 1e-12
    assert "3 kg that was there at the start" in texts_by_name(draw_mass(s, language("en"), 85))["footnote"]


def test_oil_that_lies_there_from_the_beginning_is_there_at_time_zero(tmp_path, monkeypatch):
    results = run(tmp_path)
    monkeypatch.setattr(results, "budget", lambda: books([
        (10.0, "lens", "spilled", 9000.0, 0.0), (10.0, "storage", "in oil", 3000.0, 9000.0),
        (10.0, "degradation", "oxygen", 0.0, 3000.0)]))
    s = mass_from_results(results, "benzene", "en")
    assert np.allclose(s.entered, 9.0) and s.initial == 0.0 and s.difference < 1e-12
    assert {(f.kind, f.by): f.amounts.tolist() for f in s.fates} == {
        ("oil", ""): [9.0, 6.0], ("degraded", "oxygen"): [0.0, 3.0]}


def test_books_that_do_not_close_are_called_so(tmp_path, monkeypatch):
    results = run(tmp_path)
    monkeypatch.setattr(results, "budget", lambda: books([
        (10.0, "src", "src", 1000.0, 0.0), (10.0, "wel-1", "wel", 0.0, 900.0)]))
    figure = mass_budget(results)
    assert "difference 0.1 of it" in texts_by_name(figure)["footnote"]


@pytest.mark.parametrize(("row", "fate"), [
    (("wel-1", "wel"), ("wells", "")), (("left/storage", "x"), ("other", "")), (("decay", "sorbed"), ("degraded", "")),
    (("degradation", "oxygen"), ("degraded", "oxygen")), (("east/decay", "dissolved"), ("degraded", "")),
    (("lens", "source-zone depletion"), ("depleted", "")), (("lens", "removal"), ("removed", "")),
    (("ist-1", "ist"), ("immobile", "")), (("nobody", "knows"), ("other", "")),
])
def test_rows_have_fates(row, fate):
    assert fate_of(*row) == fate


def test_labels_are_spread_in_order():
    found = spread([50.0, 50.0, 51.0, 99.0], [10.0] * 4, 100.0)
    assert np.diff(found).min() >= 10.0 - 1e-9 and max(found) <= 101.0


@pytest.mark.parametrize(("settings", "words"), [
    ({"species": "salt"}, "species = salt; allowed: one of benzene"), ({"width": 1}, "one of 85, 170"),
    ({"lang": "de"}, "lang = de"),
])
def test_bad_requests_are_named(tmp_path, settings, words):
    results = run(tmp_path)
    with pytest.raises(InputError, match=words):
        mass_budget(results, **settings)


def test_a_run_without_inflow_is_refused(tmp_path, monkeypatch):
    results = run(tmp_path)
    monkeypatch.setattr(results, "budget", lambda: books([(10.0, "src", "src", 0.0, 0.0)]))
    with pytest.raises(InputError, match="no benzene entered the model"):
        mass_budget(results)
