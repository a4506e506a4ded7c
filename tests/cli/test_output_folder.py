"""Where results may go, full disks and interruptions: nothing half-written ever looks finished."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import flopy
import pytest

from gwsolver.cli import main
from tests.cli.column import change, column, in_process, present, refused

RESULTS = ["budget.csv", "flow.cbc", "flow.grb", "flow.hds", "observations.csv", "results.nc", "run.log",
           "summary.json", "trans.ucn"]


@pytest.fixture
def model(tmp_path):
    return column(tmp_path)


def long_column(folder: Path) -> Path:
    """A column with so many time steps that it can be interrupted."""
    model = column(folder)
    change(model / "column.tdis", r"10\.00000000  10 ", "10.00000000  20000 ")
    return model


def test_a_file_in_place_of_the_output_folder(model, tmp_path, capsys):
    (tmp_path / "out").write_text("mine")
    words = refused(capsys, model, "--out", str(tmp_path / "out"))
    assert words == f"error: {tmp_path / 'out'}: the output folder is a file.\nName another folder with --out.\n"
    assert (tmp_path / "out").read_text() == "mine"


def test_other_files_in_the_output_folder_are_not_touched(model, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    words = refused(capsys, model, "--out", str(tmp_path / "out"))
    assert f"{tmp_path / 'out'}: the output folder holds files that are not results, thesis.txt for one." in words
    assert present(tmp_path / "out") == ["thesis.txt"]


def test_results_of_another_model_are_not_touched(model, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", str(model), "--out", str(out), "--no-figures"]) == 0
    assert present(out) == RESULTS
    before = {name: (out / name).read_bytes() for name in RESULTS}
    change(model / "trans.mst", r"(porosity\n\s+CONSTANT\s+)\S+", r"\g<1>0.3")
    words = refused(capsys, model, "--out", str(out))
    assert f"{out}: the output folder holds the results of another input." in words
    assert "name another folder with --out" in words
    assert {name: (out / name).read_bytes() for name in present(out)} == before


def test_results_of_the_same_input_are_replaced(model, tmp_path, capsys):
    out = tmp_path / "out"
    for _ in range(2):
        assert main(["run", str(model), "--out", str(out), "--no-figures"]) == 0
        assert present(out) == RESULTS
    assert not [p for p in out.iterdir() if p.name.startswith(".")]


def test_a_summary_of_something_else_is_refused(model, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "summary.json").write_text("not ours")
    assert "this is not the summary of a gwsolver run" in refused(capsys, model, "--out", str(tmp_path / "out"))


def test_a_read_only_place_is_refused_before_anything_runs(model, tmp_path, capsys, monkeypatch):
    """Tests may run as root, whom no mode keeps from writing: the file system says it here."""
    def read_only(self, data):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

    monkeypatch.setattr(Path, "write_bytes", read_only)
    words = refused(capsys, model, "--out", str(tmp_path / "out"))
    assert f"{tmp_path / 'out'}: the output folder cannot be written (read-only file system)." in words
    assert not (tmp_path / "out").exists()


def test_a_place_below_a_file_is_refused(model, capsys):
    words = refused(capsys, model, "--out", str(model / "flow.npf" / "out"))
    assert "the output folder cannot be written" in words


def test_a_full_disk_keeps_what_was_saved(model, tmp_path, capsys, monkeypatch):
    """The disk fills at the sixth head: exit code 1, five whole heads, no summary."""
    import gwsolver.results.writer as writer

    whole, calls = writer.write_heads, []

    def fills(*arguments):
        calls.append(1)
        if len(calls) == 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return whole(*arguments)

    monkeypatch.setattr(writer, "write_heads", fills)
    out = tmp_path / "out"
    words = refused(capsys, model, "--out", str(out), code=1)
    assert "no space left on device" in words.lower()
    assert "make room or name another folder with --out" in words
    assert "summary.json" not in present(out)
    assert "unfinished.json" in present(out)
    with flopy.utils.HeadFile(out / "flow.hds") as heads:
        assert len(heads.get_times()) == 5
    monkeypatch.undo()
    assert main(["run", str(model), "--out", str(out), "--no-figures"]) == 0
    assert present(out) == RESULTS


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits")
@pytest.mark.parametrize("limit", [1_000, 20_000])
def test_a_disk_that_really_fills(model, tmp_path, limit):
    """The system refuses to let any file grow beyond a limit, in whichever library it happens."""
    import resource

    out = tmp_path / "out"
    process = in_process(
        model, "--out", str(out), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 1, said
    assert "Traceback" not in said
    assert "fault of gwsolver" not in said
    assert "cannot be written" in said or "could not be written" in said
    assert "summary.json" not in present(out)
    for name in set(present(out)) & {"flow.hds", "trans.ucn"}:
        assert (out / name).stat().st_size % (52 + 40 * 8) == 0  # whole records only


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a process")
def test_ctrl_c_leaves_no_results(tmp_path):
    model, out = long_column(tmp_path), tmp_path / "out"
    process = in_process(model, "--out", str(out))
    wait_for_results(process, out)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "interrupted" in said
    assert "Traceback" not in said
    assert present(out) == []


def test_an_interrupted_repetition_keeps_the_earlier_results(model, tmp_path, capsys, monkeypatch):
    import gwsolver.results.writer as writer

    out = tmp_path / "out"
    assert main(["run", str(model), "--out", str(out), "--no-figures"]) == 0
    before = {name: (out / name).read_bytes() for name in RESULTS}

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(writer, "write_concentrations", interrupted)
    assert main(["run", str(model), "--out", str(out), "--no-figures"]) == 130
    assert capsys.readouterr().err == "interrupted\n"
    assert {name: (out / name).read_bytes() for name in present(out)} == before
    assert not [p for p in out.iterdir() if p.name.startswith(".")]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_run_leaves_nothing_that_looks_finished_and_can_be_repeated(tmp_path):
    model, out = long_column(tmp_path), tmp_path / "out"
    process = in_process(model, "--out", str(out))
    wait_for_results(process, out)
    process.kill()
    process.communicate(timeout=30)
    assert present(out) == []
    change(model / "column.tdis", " 20000 ", " 10 ")
    assert main(["run", str(model), "--out", str(out), "--no-figures"]) == 0
    assert present(out) == RESULTS
    assert not [p for p in out.iterdir() if p.name.startswith(".")]


def wait_for_results(process: "subprocess.Popen[str]", out: Path) -> None:
    """Wait until a run has begun to write what it saves."""
    deadline = time.monotonic() + 40.0
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        if any(p.stat().st_size > 20_000 for p in out.glob(".*.part")):
            return
        time.sleep(0.05)
    process.kill()
    raise AssertionError("the run has not begun to write")


def test_a_run_that_fails_says_so_and_keeps_no_summary(model, tmp_path, capsys):
    """Without fixed heads the well has nowhere to go: no steady flow exists."""
    change(model / "flow.nam", r"  CHD6.*\n", "")
    out = tmp_path / "out"
    words = refused(capsys, model, "--out", str(out), code=1)
    assert re.search(r"Flow of model flow did not converge in period 1, step 1", words)
    assert "summary.json" not in present(out)
    assert not list(out.glob(".*"))
