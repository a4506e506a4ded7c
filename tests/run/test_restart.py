"""A run that was stopped and restarted gives the bits of one that never stopped."""

import importlib.util
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import gwsolver as gw
import gwsolver.run.checkpoint as checkpoint
import gwsolver.transport.explicit.pause as pause
from gwsolver.cli import main
from gwsolver.core.errors import InputError
from tests.cli.column import change, column, present

PROBLEM = Path(__file__).parents[2] / "benchmarks" / "reliability" / "restart" / "problem.py"
spec = importlib.util.spec_from_file_location("restart_problem", PROBLEM)
problem = importlib.util.module_from_spec(spec)
spec.loader.exec_module(problem)


class Killed(Exception):
    """Stands for a crash of the process."""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return problem.build(tmp_path_factory.mktemp("valley"))


@pytest.fixture(scope="module")
def often(tmp_path_factory):
    """Let the march pause after every sub-step, here and in all runs of this file."""
    before = pause.PAUSE_STEPS, pause.PAUSE_WORK
    pause.PAUSE_STEPS, pause.PAUSE_WORK = 1, 1.0
    yield
    pause.PAUSE_STEPS, pause.PAUSE_WORK = before


@pytest.fixture(scope="module")
def whole(model, often, tmp_path_factory):
    """The run that nothing stops."""
    out = tmp_path_factory.mktemp("whole") / "out"
    gw.run(model, out, threads=1, checkpoint=0.0)
    return out


def run_and_crash(model: Path, out: Path, after: int, monkeypatch, **options) -> bool:
    """Run with a checkpoint wherever there may be one; crash after so many. Return whether it crashed."""
    keep, count = checkpoint.save, []

    def save(folder, state):
        keep(folder, state)
        count.append(1)
        if len(count) == after:
            raise Killed

    monkeypatch.setattr(checkpoint, "save", save)
    try:
        gw.run(model, out, threads=1, checkpoint=1e-9, **options)
    except Killed:
        return True
    finally:
        monkeypatch.setattr(checkpoint, "save", keep)
    return False


def test_a_crash_after_any_checkpoint_leaves_no_trace(model, whole, tmp_path, monkeypatch):
    """Crashes after 1, 2, 3, 4, 6, ... more checkpoints, one run on its way to the end."""
    out, crashes, step = tmp_path / "out", 0, 1
    while run_and_crash(model, out, step, monkeypatch, restart=crashes > 0):
        crashes, step = crashes + 1, step + 1 + crashes // 3
    assert crashes > 5
    assert (out / "run.log").read_text().count("checkpoint at") > 45  # 30 time steps: many lie inside one
    assert problem.differences(out, whole) == []


def test_files_begun_after_the_checkpoint_are_begun_anew(model, often, whole, tmp_path, monkeypatch):
    """The first checkpoint comes before any concentration is saved: what a killed run saved later must not stay."""
    out = tmp_path / "out"
    assert run_and_crash(model, out, 1, monkeypatch)
    (out / ".oil.ucn.part").write_bytes(b"written after the checkpoint")
    gw.run(model, out, threads=1, restart=True)
    assert problem.differences(out, whole) == []


def test_local_time_steps_go_on_too(model, often, tmp_path, monkeypatch):
    """Their plans last from pause to pause; a run that goes on makes its own."""
    import gwsolver.transport.explicit.local.choice as choice

    with monkeypatch.context() as patch:
        patch.setattr(choice, "UNEVEN", 2.0)
        patch.setattr(choice, "FEW_STEPS", 0.0)
        gw.run(model, tmp_path / "whole", threads=1)
        for after in (2, 31):
            assert run_and_crash(model, tmp_path / "out", after, patch, restart=after > 2)
        results = gw.run(model, tmp_path / "out", threads=1, restart=True)
    assert results.summary["figures"]["salt"]["levels"] >= 2.0
    assert problem.differences(tmp_path / "out", tmp_path / "whole") == []


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_at_random_moments(model, tmp_path):
    """SIGKILL, three times, on the way of one run; ``gwsolver bench reliability`` does it with fifty runs."""
    whole, out, moments = tmp_path / "whole", tmp_path / "out", random.Random(5)
    problem.finish(problem.start(model, whole))
    kills = 0
    while not (out / "summary.json").exists():
        process = problem.start(model, out, *(["--restart"] if kills else []))
        if kills < 3:
            wait_for_checkpoint(process, out)
            time.sleep(moments.uniform(0.0, 0.2))
            process.kill()
        said = process.communicate(timeout=120)
        assert process.returncode in (0, -signal.SIGKILL), said
        kills += process.returncode != 0
    assert kills >= 1
    assert problem.differences(out, whole) == []


def wait_for_checkpoint(process: "subprocess.Popen[str]", out: Path) -> None:
    """Wait until a new checkpoint stands, or the run ends."""
    path, deadline = out / ".checkpoint.part", time.monotonic() + 60.0
    known = path.stat().st_mtime_ns if path.exists() else 0
    while process.poll() is None and time.monotonic() < deadline:
        if path.exists() and path.stat().st_mtime_ns != known:
            return
        time.sleep(0.005)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a process")
def test_ctrl_c_writes_a_checkpoint_and_says_how_to_go_on(model, whole, tmp_path, capsys, monkeypatch):
    import gwsolver.run.carried as carried

    out, advance, count = tmp_path / "out", carried.TransportSolver.advance_part, []

    def interrupted(self, *arguments):
        count.append(1)
        if len(count) == 20:
            os.kill(os.getpid(), signal.SIGINT)
        return advance(self, *arguments)

    monkeypatch.setattr(carried.TransportSolver, "advance_part", interrupted)
    arguments = ["run", str(model), "--out", str(out), "--no-figures", "--threads", "1"]
    assert main(arguments) == 130
    said = capsys.readouterr().err
    assert "stopping as soon as a checkpoint can be written" in said
    assert "everything up to there is kept. The same command with --restart goes on." in said
    assert present(out) == []
    monkeypatch.undo()
    assert main([*arguments, "--restart"]) == 0
    assert problem.differences(out, whole) == []


def test_a_checkpoint_of_another_input_scheme_or_version_is_refused(model, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    copy = column(tmp_path)
    assert run_and_crash(copy, out, 3, monkeypatch)
    change(copy / "trans.mst", r"(porosity\n\s+CONSTANT\s+)\S+", r"\g<1>0.3")
    with pytest.raises(InputError) as refused:
        gw.run(copy, out, restart=True, scheme="upstream")
    assert len(refused.value.problems) == 2
    assert "the input has changed since the checkpoint was written" in str(refused.value)
    assert "the checkpoint was written with another scheme" in str(refused.value)
    change(copy / "trans.mst", r"(porosity\n\s+CONSTANT\s+)\S+", r"\g<1>0.25")
    monkeypatch.setattr("gwsolver.run.api.__version__", "0.0.1")
    with pytest.raises(InputError, match="the checkpoint was written by another version of gwsolver"):
        gw.run(copy, out, restart=True)
    monkeypatch.undo()
    (out / ".flow.hds.part").write_bytes(b"")  # written before the first checkpoint
    with pytest.raises(InputError, match="the results written before the checkpoint are not whole"):
        gw.run(copy, out, restart=True)


def test_without_a_checkpoint_there_is_nothing_to_go_on_from(tmp_path):
    with pytest.raises(InputError, match="there is no checkpoint to go on from"):
        gw.run(column(tmp_path), tmp_path / "out", restart=True)
    assert not (tmp_path / "out").exists()


def test_a_run_that_begins_anew_says_that_it_gives_up_a_checkpoint(tmp_path, monkeypatch):
    model, out = column(tmp_path), tmp_path / "out"
    assert run_and_crash(model, out, 3, monkeypatch)
    gw.run(model, out)
    assert "--restart would have gone on from it" in (out / "run.log").read_text()
    assert not [p for p in out.iterdir() if p.name.startswith(".")]


def test_saved_flows_go_on_and_are_recognised(tmp_path, monkeypatch):
    import shutil

    model = column(tmp_path)
    gw.run(model, tmp_path / "solved")
    for name, as_name in (("flow.hds", "flow.hds"), ("flow.cbc", "flow.cbc"), ("flow.grb", "flow.dis.grb")):
        shutil.copy(tmp_path / "solved" / name, model / as_name)
    gw.run(model, tmp_path / "whole", flow="saved")
    assert run_and_crash(model, tmp_path / "out", 4, monkeypatch, flow="saved")
    gw.run(model, tmp_path / "out", flow="saved", restart=True)
    assert problem.differences(tmp_path / "out", tmp_path / "whole") == []
    assert run_and_crash(model, tmp_path / "again", 4, monkeypatch, flow="saved")
    heads = bytearray((model / "flow.hds").read_bytes())
    heads[-1] ^= 1
    (model / "flow.hds").write_bytes(heads)
    with pytest.raises(InputError, match="the saved flows have changed"):
        gw.run(model, tmp_path / "again", flow="saved", restart=True)
