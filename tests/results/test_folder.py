"""Who may write where, and that nothing half-written looks finished."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import flopy
import pytest

from gwsolver.core.errors import InputError, RunError
from gwsolver.core.output import OutputControl
from gwsolver.core.simulation import Simulation
from gwsolver.results import ResultsWriter, check_folder, open_results
from gwsolver.results import folder as folder_module
from gwsolver.results.folder import Staging, writing
from tests.results import models

ROOT = Path(__file__).parents[2]


def visible(folder):
    return sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))


def test_nothing_has_its_name_before_the_end(tmp_path):
    writer = models.write(tmp_path / "out", models.dis())
    assert visible(tmp_path / "out") == []
    writer.log_path.write_text("steps\n")
    writer.finish({"input_hash": "1"})
    assert visible(tmp_path / "out") == [
        "benzene.ucn", "budget.csv", "gwf.cbc", "gwf.grb", "gwf.hds", "observations.csv", "results.nc", "run.log",
        "summary.json",
    ]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["files"] == [n for n in visible(tmp_path / "out") if n != "summary.json"]
    assert summary["closure"]["benzene"] <= 1e-12
    assert list((tmp_path / "out").glob(".*")) == []


def test_the_summary_is_renamed_last(tmp_path, monkeypatch):
    writer = models.write(tmp_path / "out", models.dis())
    order = []
    replace = os.replace
    monkeypatch.setattr(folder_module.os, "replace", lambda a, b: (order.append(Path(b).name), replace(a, b)))
    writer.finish({})
    assert order[-1] == "summary.json"
    assert "results.nc" in order[:-1]


def test_a_killed_run_leaves_nothing_that_looks_finished(tmp_path):
    script = ("import os, signal; from pathlib import Path; from tests.results import models; "
              f"models.write(Path({str(tmp_path / 'out')!r}), models.dis(), stop_after=3); "
              "os.kill(os.getpid(), signal.SIGKILL)")
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert visible(tmp_path / "out") == []
    with pytest.raises(InputError, match="there are no results here"):
        open_results(tmp_path / "out")
    check_folder(tmp_path / "out", "1")
    models.write(tmp_path / "out", models.dis()).finish({"input_hash": "1"})
    assert open_results(tmp_path / "out").species == ["benzene"]


def test_a_result_of_the_same_input_is_replaced_only_at_the_end(tmp_path):
    out = tmp_path / "out"
    models.write(out, models.dis()).finish({"input_hash": "1", "run": 1})
    check_folder(out, "1")
    writer = models.write(out, models.layered_squares(), output=OutputControl())
    assert open_results(out).summary["run"] == 1
    assert open_results(out).grid.kind == "dis"
    writer.finish({"input_hash": "1", "run": 2})
    assert open_results(out).grid.kind == "disv"
    assert not (out / "gwf.cbc").exists()


def test_an_abandoned_run_leaves_the_old_result_alone(tmp_path):
    out = tmp_path / "out"
    models.write(out, models.dis()).finish({"input_hash": "1"})
    before = {n: (out / n).read_bytes() for n in visible(out)}
    models.write(out, models.layered_squares()).abandon()
    assert {n: (out / n).read_bytes() for n in visible(out)} == before
    assert list(out.glob(".*")) == []


def test_an_abandoned_run_takes_its_new_folder_with_it(tmp_path):
    models.write(tmp_path / "a" / "b", models.dis(), stop_after=2).abandon()
    assert not (tmp_path / "a").exists()


def test_a_failed_run_keeps_what_it_saved_without_a_summary(tmp_path):
    out = tmp_path / "out"
    models.write(out, models.dis(), stop_after=3).finish_partial({"input_hash": "1"})
    assert "summary.json" not in visible(out)
    with flopy.utils.HeadFile(out / "gwf.hds") as file:
        assert file.get_times() == [5.0, 10.0, 20.0]
    with pytest.raises(InputError, match="did not finish"):
        open_results(out)
    check_folder(out, "1")
    with pytest.raises(InputError, match="holds the results of another input"):
        check_folder(out, "2")
    models.write(out, models.dis()).finish({"input_hash": "1"})
    assert "unfinished.json" not in visible(out)
    assert open_results(out).times.size == 2


@pytest.mark.parametrize(("prepare", "words"), [
    (lambda p: p.write_text(""), "the output folder is a file"),
    (lambda p: (p.mkdir(), (p / "notes.txt").write_text("mine")), "files that are not results, notes.txt for one"),
    (lambda p: (p.mkdir(), (p / "summary.json").write_text("{")), "not the summary of a gwsolver run"),
    (lambda p: (p.mkdir(), (p / "summary.json").write_text("[]")), "not the summary of a gwsolver run"),
    (lambda p: (p.mkdir(), (p / "summary.json").write_text('{"input_hash": "other"}')), "results of another input"),
])
def test_other_folders_are_refused(tmp_path, prepare, words):
    prepare(tmp_path / "out")
    with pytest.raises(InputError, match=words) as caught:
        check_folder(tmp_path / "out", "1")
    assert "--out" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_new_an_empty_and_a_hidden_only_folder_are_taken(tmp_path):
    check_folder(tmp_path / "new" / "deep", "1")
    assert not (tmp_path / "new").exists()
    (tmp_path / ".hidden").write_text("")
    check_folder(tmp_path, "1")
    assert visible(tmp_path) == []


def test_a_read_only_folder_is_refused(tmp_path, monkeypatch):
    def refuse(self, data):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "write_bytes", refuse)  # permissions do not bind the superuser
    with pytest.raises(InputError, match=r"the output folder cannot be written \(permission denied\)"):
        check_folder(tmp_path / "out", "1")


def test_a_folder_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        Staging(tmp_path / "file" / "out")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("NetCDF: HDF error")])
def test_a_full_disk_becomes_words(error):
    with pytest.raises(RunError, match=r"gwf.hds cannot be written: .*make room"), writing("out/gwf.hds"):
        raise error


def test_a_fault_of_ours_is_not_taken_for_a_full_disk():
    with pytest.raises(RuntimeError, match="shape"), writing("out/gwf.hds"):
        raise RuntimeError("shape")


def test_a_file_that_may_not_grow_keeps_whole_records(tmp_path):
    """A limit on the size of files stands for a full disk: the writer fails in the middle of a record."""
    out = tmp_path / "out"
    flow = models.flow_model(models.dis())
    writer = ResultsWriter(out, Simulation((flow,)), models.info())
    steps = list(models.AXIS.steps())
    writer.flow("gwf", models.flow_step(flow, steps[0]), 2)
    size = (out / ".gwf.hds.part").stat().st_size
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, hard))
        with pytest.raises(RunError, match="Results saved before are kept"):
            writer.flow("gwf", models.flow_step(flow, steps[1]), 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    writer.finish_partial({"input_hash": "1"})
    with flopy.utils.HeadFile(out / "gwf.hds") as file:
        assert file.get_times() == [5.0]
    assert "summary.json" not in visible(out)


def test_a_disk_that_fills_at_the_very_end_keeps_the_rest(tmp_path, monkeypatch):
    writer = models.write(tmp_path / "out", models.dis())

    def full(features):
        raise RuntimeError("NetCDF: HDF error")

    monkeypatch.setattr(writer._netcdf, "close", full)
    with pytest.raises(RunError, match=r"results.nc cannot be written"):
        writer.finish({"input_hash": "1"})
    writer._netcdf.abort()
    assert visible(tmp_path / "out") == [
        "benzene.ucn", "budget.csv", "gwf.cbc", "gwf.grb", "gwf.hds", "observations.csv", "unfinished.json"]
    assert list((tmp_path / "out").glob(".*")) == []


def test_a_disk_too_full_for_the_summary_keeps_the_files(tmp_path, monkeypatch):
    def full(self, text, encoding):
        raise OSError(28, "No space left on device", str(self))

    writer = models.write(tmp_path / "out", models.dis())
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(RunError, match=r"summary.json cannot be written: no space left on device"):
        writer.finish({"input_hash": "1"})
    assert visible(tmp_path / "out") == [
        "benzene.ucn", "budget.csv", "gwf.cbc", "gwf.grb", "gwf.hds", "observations.csv", "results.nc"]
    assert list((tmp_path / "out").glob(".*")) == []


@pytest.mark.parametrize(("name", "content", "words"), [
    ("summary.json", "{}", "not the summary of a gwsolver run"),
    ("summary.json", "nonsense", "not the summary of a gwsolver run"),
    ("summary.json", '{"case": {}, "models": {}}', "results.nc is missing"),
])
def test_broken_results_are_refused_by_words(tmp_path, name, content, words):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=words):
        open_results(tmp_path)


def test_a_case_folder_leads_to_its_results(tmp_path):
    models.write(tmp_path / "results", models.dis()).finish({})
    assert open_results(tmp_path).path == tmp_path / "results"
