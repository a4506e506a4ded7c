"""Ensembles that are run: the same bits however they are run, resumed, counted; products that are what members say."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gwsolver as gw
from gwsolver.cli import main
from gwsolver.core.errors import InputError, RunError
from gwsolver.ensemble.reduce import read, reduced
from gwsolver.maps.uncertainty.band import band_scene
from gwsolver.maps.uncertainty.exceedance import exceedance_scene
from gwsolver.maps.uncertainty.tornado import tornado_scene
from gwsolver.maps.words import language
from gwsolver.results.receptors import exposure, receptor_series
from tests.ensemble.sites import PARAMETERS, square
from tests.maps.checks import broken_rules

MEMBERS = 20


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = square(tmp_path_factory.mktemp("ensemble") / "site")
    assert main(["ensemble", str(folder), "--members", str(MEMBERS), "--jobs", "2", "--no-figures"]) == 0
    return folder, gw.open_ensemble(folder)


def bits(folder):
    return {p.name: p.read_bytes() for p in sorted((Path(folder) / "members").iterdir())}


def test_all_members_finish_and_only_what_is_kept_stays(run):
    folder, found = run
    assert found.finished == tuple(range(1, MEMBERS + 1)) and not found.failures
    assert found.times == pytest.approx([0.5 * 365.25 * (k + 1) for k in range(8)])
    names = {p.name for p in (folder / "ensemble").iterdir()}
    assert names == {"base", "design.json", "members", "ensemble.nc", "members.csv", "receptors.csv", "indicators.csv",
                     "arrivals.csv", "sensitivity.csv"}
    assert max(len(b) for b in bits(folder / "ensemble").values()) < 20_000


def test_a_member_is_the_run_of_its_values_alone(run, tmp_path):
    folder, found = run
    alone = gw.run(folder, tmp_path / "alone", member=7, members=MEMBERS, threads=1)
    for name, values in reduced(alone, found.wanted).items():
        np.testing.assert_array_equal(read(found.place.member(7), name), values, err_msg=name)
    field = alone.concentration("tracer").values[:, 0].reshape(8, -1)
    np.testing.assert_array_equal(list(found.concentrations("tracer"))[6], field.astype(np.float32))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_killed_and_resumed_it_has_the_bits_of_one_that_was_not(run, tmp_path):
    """Killed outright once, by Ctrl-C once; one process at a time instead of two."""
    folder, _ = run
    out = tmp_path / "out"
    # Shells start background work with Ctrl-C ignored, and so would Python here.
    heed = ("import signal, sys; from gwsolver.cli import main; "
            "signal.signal(signal.SIGINT, signal.default_int_handler); sys.exit(main(sys.argv[1:]))")
    command = [sys.executable, "-c", heed, "ensemble", str(folder), "--members", str(MEMBERS), "--jobs", "1",
               "--out", str(out), "--no-figures"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    def until(number):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment,
                                   text=True)
        while (line := process.stderr.readline()) != f"member {number}: finished\n":
            assert line, "ended before it ran"
        return process

    process = until(3)
    process.kill()
    process.communicate()
    kept = {p.name: p.stat().st_mtime_ns for p in (out / "members").glob("*.npz")}
    assert {"0001.npz", "0002.npz", "0003.npz"} <= kept.keys() and len(kept) < 8
    time.sleep(1.5)  # the member under way sees that nobody waits for it
    process = until(6)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "of 20 members are finished and kept. The same command goes on." in said
    partial = gw.open_ensemble(out)
    assert partial.n < MEMBERS and not partial.failures
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "member 1: finished" not in done.stderr
    for name, stamp in kept.items():
        assert (out / "members" / name).stat().st_mtime_ns == stamp
    assert bits(out) == bits(folder / "ensemble")
    for name in ("members.csv", "receptors.csv", "indicators.csv", "arrivals.csv", "sensitivity.csv"):
        assert (out / name).read_bytes() == (folder / "ensemble" / name).read_bytes()


@pytest.mark.parametrize(("change", "options", "words"), [
    (("seed = 3", "seed = 4"), {}, "changed: the seed (3 there, 4 here); the draw of members"),
    (("range = [0.4, 2.5]", "range = [0.4, 3]"), {}, "changed: the uncertain parameters"),
    (("0.5 mg/L", "0.4 mg/L"), {}, "changed: the limits"),
    (("x = 500045", "x = 500055"), {}, "changed: the receptors"),
    (("seed = 3", 'seed = 3\ntimes = ["1 y"]'), {}, "changed: what members keep"),
    (("seed = 3", "seed = 3"), {"members": 21}, "changed: the number of members (20 there, 21 here)"),
    (("seed = 3", "seed = 3"), {"scheme": "implicit"}, "changed: the scheme (none there, implicit here)"),
])
def test_another_ensemble_is_refused_where_one_stands(run, change, options, words):
    folder, found = run
    case = folder / "case.toml"
    text = case.read_text("utf-8")
    case.write_text(text.replace(*change), "utf-8")
    before = bits(found.folder)
    try:
        with pytest.raises(InputError) as caught:
            gw.ensemble(folder, **{"members": MEMBERS, **options})
    finally:
        case.write_text(text, "utf-8")
    assert words in str(caught.value)
    assert "Remove the folder if they are no longer needed, or name another with --out." in str(caught.value)
    assert bits(found.folder) == before


def test_a_changed_model_and_strangers_in_the_folder_are_refused(run, tmp_path):
    folder, _ = run
    npf = folder / "mf6" / "flow.npf"
    text = npf.read_text()
    npf.write_text(text.replace("10.00000000", "11.00000000"))
    try:
        with pytest.raises(InputError, match="changed: the case"):
            gw.ensemble(folder, members=MEMBERS)
    finally:
        npf.write_text(text)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds files that are no ensemble, notes\.txt for one"):
        gw.ensemble(folder, tmp_path, members=MEMBERS)
    with pytest.raises(InputError, match="the output folder is a file"):
        gw.ensemble(folder, tmp_path / "notes.txt", members=MEMBERS)
    with pytest.raises(InputError, match="there is no ensemble here"):
        gw.open_ensemble(tmp_path)


# ---- what fails

FAILING = PARAMETERS + """
[[ensemble.parameter]]
name = "porosity"
[[ensemble.parameter.porosity]]
factor = { value = 1, range = [0.4, 3.99], distribution = "lognormal" }
"""


def test_members_that_fail_are_counted_with_their_reason_and_tried_again(tmp_path, capsys):
    """Porosity passes one only in the tail above its range: 4 of 4 members but that of the highest stratum finish."""
    folder = square(tmp_path / "site", FAILING.replace("seed = 3", "seed = 54"))
    options = ["ensemble", str(folder), "--members", "4", "--jobs", "2", "--no-figures"]
    assert main([*options, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["members"], told["finished"]) == ("failed", 4, 3)
    ((number, words),) = told["failures"].items()
    assert f"member {number}: porosity of 'tracer' becomes 1.06" in words and "outside (0, 1]" in words
    found = gw.open_ensemble(folder)
    assert found.n == 3 and list(found.failures) == [int(number)]
    table = pd.read_csv(folder / "ensemble" / "members.csv", keep_default_na=False).set_index("member")
    assert table.loc[int(number), "state"] == "failed" and "becomes 1.06" in table.loc[int(number), "reason"]
    assert (table["state"] == "finished").sum() == 3
    assert set(found.indicators("tracer")["member"]) == set(found.finished)
    assert main(options) == 1
    out, err = capsys.readouterr()
    assert err.count(": finished") == 0 and f"error: member {number} failed: " in err
    assert "3 of 4 members finished" in out


def test_a_case_that_fails_itself_is_told_before_any_member_runs(tmp_path):
    folder = square(tmp_path / "site")

    def block(name, word):
        """Put a file where the case itself is about to write."""
        told.append((name, word))
        if word == "running":
            (folder / "ensemble" / "base").mkdir()
            (folder / "ensemble" / "base" / "notes.txt").write_text("mine")

    told = []
    with pytest.raises(RunError, match=r"the case as it stands fails, so no member was run: .* are not results"):
        gw.ensemble(folder, members=4, tell=block)
    assert [name for name, _ in told] == ["base", "base"]
    with pytest.raises(InputError, match="the ensemble has no finished member"):
        gw.open_ensemble(folder)


# ---- products


def test_probabilities_are_counts_of_members(run):
    _, found = run
    fields = np.stack(list(found.concentrations("tracer")))
    np.testing.assert_allclose(found.exceedance("tracer", 0.5), (fields > 0.5).mean(axis=0), rtol=1e-14)
    p = found.exceedance("tracer", 0.5)
    assert 0.0 < np.median(p[-1][(p[-1] > 0) & (p[-1] < 1)]) < 1.0
    assert (found.exceedance("tracer", 5.0) <= p).all()


def test_arrivals_are_those_of_full_runs_and_never_is_a_class(run, tmp_path):
    folder, found = run
    results = gw.run(folder, tmp_path / "alone", member=2, members=MEMBERS)
    times = results.times
    full = results.concentration("tracer").values.reshape(times.size, -1)
    for cell in (14, 41, 44, 49, 99):
        met = exposure(times, full[:, cell], 0.5)
        arrival = found.arrivals("tracer")[1, cell]
        assert np.isinf(arrival) if not met.reached else arrival == pytest.approx(met.arrival, rel=1e-6)
    p10, p50, p90 = found.arrival_quantiles("tracer")
    assert (p10 <= p50).all() and (p50 <= p90).all()
    reached = np.isfinite(found.arrivals("tracer")).mean(axis=0)
    np.testing.assert_array_equal(np.isfinite(p90), reached >= 0.9)
    np.testing.assert_array_equal(np.isfinite(p10), reached >= 0.1)
    assert np.isinf(p10).any() and np.isfinite(p90).any()


def test_arrivals_at_receptors_are_quantiles_or_not_reached(run):
    folder, found = run
    table = pd.read_csv(folder / "ensemble" / "arrivals.csv").set_index("receptor")
    for name, own in found.indicators("tracer").groupby("receptor"):
        times = np.sort(own["arrival"].to_numpy(float))
        assert table.loc[name, "members_above"] == np.isfinite(times).sum()
        for part, place in (("P10", 1), ("P50", 9), ("P90", 17)):
            told = table.loc[name, part]
            assert told == "not reached" if np.isinf(times[place]) else float(told) == pytest.approx(times[place])
    assert "not reached" in table.to_numpy()


def test_the_ensemble_of_a_scenario(tmp_path, capsys):
    """A pit that is gone after a year: the base is the scenario, and members are those of the case under it."""
    text = PARAMETERS + '\n[[scenario]]\nname = "dug"\n[[scenario.source]]\nname = "pit"\noff = true\nfrom = "1 y"\n'
    folder = square(tmp_path / "site", text)
    assert main(["ensemble", str(folder), "--members", "2", "--scenario", "dug", "--no-figures"]) == 0
    assert "tracer at Near: above the limit in" in capsys.readouterr().out
    found = gw.open_ensemble(folder / "ensemble_dug")
    assert found.case.scenario == "dug"
    alone = gw.run(folder, tmp_path / "alone", scenario="dug", member=2, members=2)
    np.testing.assert_array_equal(
        list(found.concentrations("tracer"))[1],
        alone.concentration("tracer").values[:, 0].reshape(8, -1).astype(np.float32))
    with pytest.raises(InputError, match="changed: the case; the scenario"):
        gw.ensemble(folder, folder / "ensemble_dug", members=2)


def test_what_receptors_see_is_what_members_observed(run, tmp_path):
    folder, found = run
    results = gw.run(folder, tmp_path / "alone", member=5, members=MEMBERS)
    times, names, seen = found.receptors("tracer")
    own = receptor_series(results, "tracer")
    np.testing.assert_array_equal(times, own.index)
    assert names == ["Near", "Far"]
    np.testing.assert_array_equal(seen[4], own[names].to_numpy())
    bands = pd.read_csv(folder / "ensemble" / "receptors.csv")
    near = bands[bands["receptor"] == "Near"]
    np.testing.assert_allclose(near["P50"], np.median(seen[:, :, 0], axis=0), rtol=1e-12)
    assert (near["P10"] <= near["P50"]).all() and (near["P50"] <= near["P90"]).all()


def test_ranks_tell_what_matters(run):
    """More mass in the pit means more of it at the receptor; faster decay means less."""
    _, found = run
    r = found.rank_correlations("tracer", "near")
    assert r["pit"] > 0.3 and r["decay"] < -0.3
    assert list(r.abs()) == sorted(r.abs(), reverse=True)
    with pytest.raises(InputError, match="receptor = Nearer; allowed: one of Near, Far"):
        found.rank_correlations("tracer", "Nearer")
    with pytest.raises(InputError, match="indicator = pick; allowed: one of peak, time above limit, arrival"):
        found.rank_correlations("tracer", "Near", "pick")
    with pytest.raises(InputError, match="species = benzene; allowed: one of tracer"):
        found.exceedance("benzene", 1.0)


def test_the_file_holds_the_products_with_their_units(run):
    import xarray as xr

    folder, found = run
    with xr.open_dataset(folder / "ensemble" / "ensemble.nc") as data:
        np.testing.assert_allclose(data["probability_tracer"].values.reshape(8, -1), found.exceedance("tracer", 0.5),
                                   rtol=1e-6)
        p = data["probability_tracer"].values
        np.testing.assert_allclose(data["standard_error_tracer"].values, np.sqrt(p * (1 - p) / MEMBERS), atol=1e-6)
        assert data["probability_tracer"].dims == ("time", "layer", "row", "column")
        assert data["probability_tracer"].attrs["limit"] == 0.5
        k = data["parameter_1"]
        assert (k.attrs["long_name"], k.attrs["key"], k.attrs["distribution"]) == (
            "K", "conductivity.1.factor", "lognormal")
        assert (k.attrs["source"], k.attrs["status"]) == ("Guess", "assumed")
        np.testing.assert_array_equal(k.values, found.values["K"])
        assert data.attrs["members_finished"] == MEMBERS and data.attrs["members_failed"] == 0
        assert data["concentration_at_receptors_tracer"].shape == (MEMBERS, 8, 2)
        assert str(data["time"].values[-1]).startswith("2004-01-01")
        arrived = data["arrived_tracer"].values.ravel()
        late = data["arrival_p90_tracer"].values.ravel()
        np.testing.assert_array_equal(np.isfinite(late), arrived >= 0.9 - 1e-6)


@pytest.mark.parametrize(("options", "words"), [
    (["--jobs", "-1"], "jobs = -1 is outside [0, inf)"),
    (["--members", "1"], "members = 1; allowed: 2 or more"),
    (["--scheme", "fast"], "fast"),
    (["--scenario", "dig"], "there is no scenario 'dig'"),
])
def test_bad_options_are_refused_before_anything_runs(run, capsys, options, words, tmp_path):
    assert main(["ensemble", str(run[0]), "--out", str(tmp_path / "out"), *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# ---- figures


@pytest.mark.parametrize("width", [170, 85])
@pytest.mark.parametrize("lang", ["en", "kk"])
def test_figures_of_a_run_keep_the_rules(run, lang, width):
    for draw in (gw.exceedance_map, gw.receptor_band, gw.tornado):
        assert broken_rules(draw(run[1], lang=lang, width=width), width) == [], draw.__name__


def test_numbers_on_figures_are_those_of_the_tables(run):
    _, found = run
    scene = exceedance_scene(found, "tracer", None, "max", None, "en")
    _, names, seen = found.receptors("tracer")
    p = found.exceedance("tracer", 0.5)[-1]
    np.testing.assert_allclose(scene.concentration, 100.0 * p)
    for site in scene.sites:
        above = (seen[:, -1, names.index(site.name)].astype(np.float32) > 0.5).mean()
        assert np.isnan(site.value) or site.value == pytest.approx(100.0 * above)
    assert scene.law.limit == 0.5 and scene.facts.finished == MEMBERS
    assert scene.time == found.times[-1]
    first = exceedance_scene(found, "tracer", "2001-01-01", "max", "1 mg/L", "en")
    assert first.time == pytest.approx(365.25)
    np.testing.assert_allclose(first.concentration, 100.0 * found.exceedance("tracer", 1.0)[1])
    bands = band_scene(found, "tracer", ["far"], None, "en")
    table = found.indicators("tracer")
    arrival = table.loc[table["receptor"] == "Far", "arrival"].to_numpy()
    assert bands.seen[0].count == np.isfinite(arrival).sum()
    early = np.sort(arrival)[1]  # the second of twenty: P10
    if np.isfinite(early):
        assert bands.seen[0].arrivals[0] == pytest.approx(2000.0 + early, abs=0.01)
    ranks = found.rank_correlations("tracer", "Near", "time above limit")
    scene = tornado_scene(found, "tracer", "near", "time above limit", None, language("ru"))
    assert [i.correlation for i in scene.influences] == list(ranks)
    assert {i.title for i in scene.influences} == {"Коэффициент фильтрации", "decay", "pit"}


@pytest.mark.parametrize(("draw", "settings", "words"), [
    (gw.exceedance_map, {"species": "benzene"}, "species = benzene; allowed: one of tracer"),
    (gw.exceedance_map, {"time": "2100-01-01"}, "time = 2100-01-01; allowed"),
    (gw.exceedance_map, {"layer": 3}, "layer = 3; allowed: max, or 1 to 1"),
    (gw.exceedance_map, {"lang": "de"}, "lang = de"),
    (gw.receptor_band, {"receptors": ["Nowhere"]}, "receptors = Nowhere; allowed: some of Near, Far"),
    (gw.receptor_band, {"width": 100}, "width = 100; allowed: one of 85, 170"),
    (gw.tornado, {"receptor": "Nowhere"}, "receptor = Nowhere; allowed: one of Near, Far"),
    (gw.tornado, {"indicator": "sum"}, "indicator = sum; allowed: one of peak, time above limit, arrival"),
])
def test_figures_refuse_what_is_not_there(run, draw, settings, words):
    with pytest.raises(InputError) as caught:
        draw(run[1], **settings)
    assert words in str(caught.value)


def test_the_command_draws_in_the_language_asked_for(run, capsys):
    folder, _ = run
    assert main(["ensemble", str(folder), "--members", str(MEMBERS), "--lang", "fr", "--width", "85", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    names = [Path(f).name for f in told["figures"]]
    assert names == ["exceedance_tracer_fr.png", "band_tracer_fr.png", "tornado_tracer_fr.png"]
    for file in told["figures"]:
        assert Path(file).stat().st_size > 5_000
        Path(file).unlink()
    assert main(["ensemble", str(folder), "--lang", "de"]) == 2
    assert "lang = de" in capsys.readouterr().err
