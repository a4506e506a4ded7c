"""Runs side by side: each a process of its own, however it was started; its end and its words are its own."""

import json
import os
import signal
import textwrap
import time

import pytest

from gwsolver.run import processes
from gwsolver.run.processes import Job, run_side_by_side

WAYS = [False, pytest.param(True, marks=pytest.mark.skipif(not processes.can_fork(), reason="forks are not safe here"))]
MODULE = """
    import os, signal, sys, time
    import numpy
    what, where = sys.argv[1:3]
    assert __name__ == "__main__" and not hasattr(numpy, "touched")
    numpy.touched = what
    # As a run does itself; started by nohup or in the background, a process ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with open(f"{where}/{what}", "w") as file:
            file.write(f"{os.getpid()} {os.getsid(0)}")
        if what == "waits":
            time.sleep(60)
    except KeyboardInterrupt:
        with open(f"{where}/stopped", "w"):
            sys.exit(130)
    if what == "fails":
        print('{"message": "in words"}')
        sys.exit(2)
    if what == "raises":
        raise ValueError("no reason")
    if what == "killed":
        print("so far", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(params=WAYS, ids=["anew", "forked"])
def start(request, tmp_path, monkeypatch):
    """Return what runs jobs of a small module, each in a new interpreter or forked."""
    (tmp_path / "small_job.py").write_text(textwrap.dedent(MODULE))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setattr(processes, "can_fork", lambda: request.param)

    def run(*names, tell=lambda name, word: None):
        jobs = [Job(n, lambda threads, n=n: ["-m", "small_job", n, str(tmp_path)]) for n in names]
        return run_side_by_side(jobs, 2, tell)

    return run


def test_each_ends_by_itself_and_says_why(start, tmp_path):
    failures = {job.name: failure for job, failure in start("fails", "good", "raises", "killed", "fine")}
    assert failures == {
        "good": "", "fine": "", "fails": "in words", "raises": "ValueError: no reason",
        "killed": "the process was ended by SIGKILL: so far",
    }
    numbers = {tuple(map(int, (tmp_path / name).read_text().split())) for name in failures}
    assert len(numbers) == 5
    assert all(pid == session != os.getpid() for pid, session in numbers)


def test_ctrl_c_stops_those_under_way_and_waits_for_them(start, tmp_path):
    for job, _ in start("good", "waits"):
        assert job.name == "good"
        while not (tmp_path / "waits").exists():
            time.sleep(0.02)
        break  # as an exception here does
    assert (tmp_path / "stopped").exists()


@pytest.mark.parametrize("start", WAYS[1:], indirect=True)
def test_jobs_go_on_when_what_forks_them_is_gone(start, tmp_path, monkeypatch):
    """Those under way fail, in words; the next are forked by another."""
    made = []

    class Kept(processes.Nursery):
        def __init__(self, environment):
            super().__init__(environment)
            made.append(self)

    monkeypatch.setattr(processes, "Nursery", Kept)
    found = {}
    for job, failure in start("good", "waits", "fine"):
        found[job.name] = failure
        if job.name == "good":
            while not (tmp_path / "waits").exists():
                time.sleep(0.02)
            os.kill(made[0].process.pid, signal.SIGKILL)
            made[0].process.wait()
            pid = int((tmp_path / "waits").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
    assert found["good"] == found["fine"] == "" and "ended by SIGKILL" in found["waits"]
    assert len(made) == 2


def test_a_question_cut_short_does_not_shift_the_answers(tmp_path):
    if not processes.can_fork():
        pytest.skip("forks are not safe here")
    nursery = processes.Nursery({**os.environ})
    with open(tmp_path / "out", "wb") as out:
        child = nursery.start(["-m", "json.tool", os.devnull], out, out)
        nursery.asked += 1  # as if Ctrl-C had come before its answer
        nursery.socket.send(json.dumps([nursery.asked, {"wait": child.pid}]).encode())
        other = nursery.start(["-m", "this"], out, out)
        assert other.pid != child.pid and other.wait() == 0
    nursery.close()
