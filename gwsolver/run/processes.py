"""Many runs side by side: processes of our own, so many at a time, interrupted together and once."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gwsolver.run.nursery import Child, Nursery, can_fork

POLL = 0.05
Tell = Callable[[str, str], None]  # name of the run; "running", "finished", or what went wrong


@dataclass(frozen=True, eq=False)
class Job:
    """One run.

    Attributes
    ----------
    name : str
    arguments : callable
        Returns what stands after the interpreter; called as the process starts, with the number of its threads.
    """

    name: str
    arguments: Callable[[int], Sequence[str]]


def run_side_by_side(pending: Sequence[Job], jobs: int, tell: Tell) -> Iterator[tuple[Job, str]]:
    """Run jobs, so many at a time (0: as many as there are cores), each on its part of the cores.

    Yields
    ------
    (Job, str)
        As each ends: "", or in words why it failed.
    """
    cores = n_cores()
    at_once = max(1, min(jobs or cores, len(pending) or 1))
    threads = max(1, cores // at_once)
    waiting = list(pending)
    with _Running(len(waiting)) as running:
        while waiting or running.entries:
            while waiting and len(running.entries) < at_once:
                running.start(waiting.pop(0), threads, tell)
            time.sleep(POLL)
            for entry in [e for e in running.entries if e.process.poll() is not None]:
                running.entries.remove(entry)
                failure = entry.failure()
                tell(entry.job.name, failure or "finished")
                yield entry.job, failure


def n_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, eq=False)
class _Entry:
    """A process under way, and files for what it says."""

    job: Job
    process: "subprocess.Popen[bytes] | Child"
    said: IO[bytes]
    complaints: IO[bytes]

    def failure(self) -> str:
        """Return in words why it failed, "" if it did not; closes its files."""
        with self.said, self.complaints:
            return _why(self.process.returncode, self.said, self.complaints)


class _Running:
    """Processes under way; whatever ends the block (Ctrl-C) interrupts them once and waits for their checkpoints."""

    def __init__(self, n_jobs: int) -> None:
        self.entries: list[_Entry] = []
        self.forked = n_jobs > 1 and can_fork()
        self.nursery: Nursery | None = None

    def __enter__(self) -> "_Running":
        return self

    def __exit__(self, *unused: object) -> None:
        for entry in self.entries:
            with contextlib.suppress(ProcessLookupError):
                entry.process.send_signal(signal.SIGINT)
        for entry in self.entries:
            entry.process.wait()
            entry.said.close()
            entry.complaints.close()
        if self.nursery:
            self.nursery.close()

    def start(self, job: Job, threads: int, tell: Tell) -> None:
        """Start a job."""
        with contextlib.ExitStack() as files:
            said, complaints = (files.enter_context(tempfile.TemporaryFile()) for _ in range(2))
            process = self._process(job.arguments(threads), said, complaints)
            self.entries.append(_Entry(job, process, said, complaints))
            files.pop_all()  # closed as the process ends
        tell(job.name, "running")

    def _process(
        self, arguments: Sequence[str], said: IO[bytes], complaints: IO[bytes]
    ) -> "subprocess.Popen[bytes] | Child":
        """Start a process, out of the reach of Ctrl-C: that is passed on once, at the end of the block."""
        if not self.forked:
            return subprocess.Popen(
                [sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=said, stderr=complaints,
                env=_environment(), start_new_session=True)
        if self.nursery and self.nursery.process.poll() is not None:
            self.nursery.close()
            self.nursery = None
        self.nursery = self.nursery or Nursery(_environment())
        return self.nursery.start(arguments, said, complaints)


def _environment() -> dict[str, str]:
    here = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH", "")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in (here, known) if p)}
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")
    return environment


def _why(code: int, said: IO[bytes], complaints: IO[bytes]) -> str:
    """Return in words why a process failed: its own message as JSON, its last words, or its exit code."""
    if code == 0:
        return ""
    said.seek(0)
    complaints.seek(0)
    try:
        words = str(json.loads(said.read())["message"])
    except (ValueError, KeyError, TypeError):
        last = complaints.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        words = last[0] if last else ""
    if code < 0:
        name = signal.Signals(-code).name
        return f"the process was ended by {name}" + (f": {words}" if words else "; the machine may be out of memory")
    return words or f"exit code {code}"
