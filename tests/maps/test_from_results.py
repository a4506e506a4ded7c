"""Maps, the report and the command from real results folders."""

import errno
from dataclasses import replace

import pytest
from PIL import Image

from gwsolver.cli import main
from gwsolver.core.case import FigureRequest
from gwsolver.core.errors import InputError, RunError
from gwsolver.maps import page, plume_map
from gwsolver.maps.from_results import scene_from_results
from gwsolver.report import draw
from gwsolver.results import open_results
from tests.maps.checks import broken_rules, texts_by_name
from tests.results.models import dis, info, layered_squares, stacked_nodes, write


def run(tmp_path, grid=None, case=None):
    write(tmp_path / "results", grid or dis(), case=case).finish({})
    return open_results(tmp_path / "results")


@pytest.mark.parametrize("grid", [dis, lambda: dis(30.0), layered_squares, stacked_nodes])
def test_every_kind_of_grid_is_drawn(tmp_path, grid):
    results = run(tmp_path, grid())
    figure = plume_map(results, "benzene", lang="ru", width=85)
    assert broken_rules(figure, 85) == []
    assert texts_by_name(figure)["title"].startswith("Бензол")


def test_numbers_at_receptors_are_those_of_the_table(tmp_path):
    results = run(tmp_path)
    scene = scene_from_results(results, "benzene")
    table = results.observations()
    row = table[(table.name == "village well") | (table["name"] == "village well")].iloc[-1]
    site = next(s for s in scene.sites if s.name == "village well")
    assert site.value == pytest.approx(row.value, rel=1e-12)
    assert row.time == scene.time


def test_wells_of_the_model_are_shown_and_rivers_are_lines(tmp_path):
    scene = scene_from_results(run(tmp_path), "benzene")
    assert {s.name for s in scene.sites} == {"village well", "FIELD A", "FIELD B"}
    assert len(scene.rivers) == 1 and sum(len(p) for p in scene.rivers[0].parts) == 2


@pytest.mark.parametrize(("time", "day"), [(None, "2020-02-10"), ("2020-01-11", "2020-01-11"), (10.0, "2020-01-11"),
                                          ("10", "2020-01-11")])
def test_times_are_numbers_or_dates(tmp_path, time, day):
    assert scene_from_results(run(tmp_path), "benzene", time=time).date == day


@pytest.mark.parametrize(("settings", "words"), [
    ({"species": "toluene"}, r"species = toluene; allowed: one of benzene"),
    ({"layer": 3}, r"layer = 3; allowed: max, or 1 to 2"),
    ({"time": "soon"}, r"time = soon; allowed: a model time or an ISO date"),
    ({"time": 1e9}, r"time = 1000000000.0; allowed: [0-9.]+ to 40, which were saved"),
    ({"time": "2100-01-01"}, r"time = 2100-01-01; allowed: 20[0-9-]+ to 2020-02-10, which were saved"),
    ({"time": "1900-01-01"}, r"time = 1900-01-01; allowed: 20[0-9-]+ to 2020-02-10, which were saved"),
    ({"limit": -1.0}, r"limit = -1 is outside \(0, inf\)"),
    ({"limit": "much"}, r"'much' is not a number with a unit"),
    ({"limit": "5 m"}, r"measure different things"),
    ({"lang": "de"}, r"lang = de; allowed: one of en"),
    ({"width": 100}, r"width = 100; allowed: one of 85, 170"),
])
def test_bad_requests_are_named(tmp_path, settings, words):
    results = run(tmp_path)
    with pytest.raises(InputError, match=words):
        plume_map(results, **{"species": "benzene", **settings})


def test_a_limit_in_milligrams_is_refused_where_units_are_unknown(tmp_path):
    results = run(tmp_path, case=replace(info(), mass_unit="", length_unit=""))
    with pytest.raises(InputError, match=r"limit = 0.01 mg/L; allowed: a limit in model units\.\nThe run's"):
        plume_map(results, "benzene")
    assert "model units" in texts_by_name(plume_map(results, "benzene", limit=0.01))["legend heading"]


def test_a_limit_with_a_unit_is_converted(tmp_path):
    assert scene_from_results(run(tmp_path), "benzene", limit="50 µg/L").limit == pytest.approx(0.05)


def test_the_report_draws_what_the_case_asks_for(tmp_path):
    settings = {"species": "benzene", "lang": "kk", "width": 85, "time": "", "layer": 1}
    case = replace(info(), figures=(FigureRequest("plume_map", "a.svg", settings),))
    results = run(tmp_path, case=case)
    assert [p.name for p in draw(results)] == ["a.svg"]
    assert (results.path / "a.svg").stat().st_size > 10_000


def test_the_report_draws_every_species_where_nothing_is_asked_for(tmp_path):
    results = run(tmp_path)
    assert sorted(p.name for p in draw(results)) == ["plume_benzene.pdf", "plume_benzene.png"]


def test_the_command_draws_a_map(tmp_path, capsys):
    run(tmp_path)
    out = tmp_path / "map.pdf"
    code = main(["map", str(tmp_path / "results"), "--species", "benzene", "--time", "2020-01-11", "--lang", "fr",
                 "--width", "85", "--layer", "2", "--limit", "0.02", "--out", str(out)])
    assert code == 0 and out.read_bytes()[:4] == b"%PDF"
    assert capsys.readouterr().out.strip() == str(out)


@pytest.mark.parametrize(("arguments", "words"), [
    (["--species", "salt"], "error: map: species = salt; allowed: one of benzene."),
    (["--out", "map.jpg"], "error: map: file name = map.jpg; allowed: one of *.png, *.svg, *.pdf."),
    (["--out", "no/such/folder/map.png"], "error: no/such/folder/map.png: the map could not be written"),
])
def test_the_command_says_what_is_wrong(tmp_path, capsys, arguments, words):
    run(tmp_path)
    assert main(["map", str(tmp_path / "results"), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_map_takes_the_words_of_its_language(tmp_path):
    plain = info()
    place = replace(plain.receptors[0], title={"ru": "Скважина села"})
    limit = replace(plain.limits[0], text="drinking water", texts={"en": "drinking water", "ru": "питьевая вода"},
                    cite={"en": "WHO", "ru": "ВОЗ"})
    titles = {"en": "Two layers", "ru": "Два слоя"}
    results = run(tmp_path, case=replace(plain, titles=titles, receptors=(place,), limits=(limit,)))
    russian = scene_from_results(results, "benzene", lang="ru")
    assert russian.title == "Два слоя" and russian.limit_source == "питьевая вода, ВОЗ"
    assert "Скважина села" in {s.name for s in russian.sites}
    french = scene_from_results(results, "benzene", lang="fr")
    assert french.title == "Two layers" and french.limit_source == "drinking water, WHO"
    assert "village well" in {s.name for s in french.sites}


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_is_no_fault_of_the_input(tmp_path, monkeypatch, fault):
    def full(figure, file, **kwargs):
        file.write_bytes(b"half")
        raise OSError(fault, "no room", str(file))

    results = run(tmp_path)
    monkeypatch.setattr(page.MapFigure, "savefig", full)
    with pytest.raises(RunError, match=r"plume_benzene.png: the map could not be written") as caught:
        draw(results)
    assert caught.value.exit_code == 1
    assert not [p for p in results.path.iterdir() if "plume" in p.name]


def test_a_png_has_a_palette_and_its_resolution(tmp_path):
    image_file = tmp_path / "map.png"
    plume_map(run(tmp_path), "benzene").savefig(image_file)
    with Image.open(image_file) as image:
        assert image.mode == "P" and image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_titles_are_broken_evenly():
    text = "Benzene above the limit reaches 430 m from the source but no supply well is touched by it"
    lines = page.wrap_evenly(text, 330.0, 9.2, bold=True)
    plain = page.wrap(text, 330.0, 9.2, bold=True)
    assert len(lines) == len(plain) and " ".join(lines) == text
    widths = [page.text_size(line, 9.2, True)[0] for line in lines]
    assert max(widths) <= 330.0 and min(widths) > 0.6 * max(widths)
