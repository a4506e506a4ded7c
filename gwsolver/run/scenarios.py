"""`gwsolver.scenarios`: a case and its alternatives, each in a process and a folder of its own, then compared."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from gwsolver.core.errors import InputError, Problem
from gwsolver.run.comparison import Alternative, Alternatives
from gwsolver.run.identity import simulation_hash
from gwsolver.run.load import LoadedCase, load_scenarios

FOLDER = "scenarios"
POLL = 0.05
Tell = Callable[[str, str], None]  # name of the scenario; "running", "finished", "there already", or what went wrong


def scenarios(
    path: str | Path, out: str | Path | None = None, *, only: Sequence[str] = (), jobs: int = 0, scheme: str = "",
    flow: str = "auto", tell: Tell | None = None,
) -> Alternatives:
    """Run a case and its scenarios and compare them.

    Each runs as ``gwsolver run PATH --scenario NAME`` in a process of its own, on its part of the cores, into
    ``scenarios/NAME``. Results of the same input, scheme and version that stand there are taken as they are; a run that
    was interrupted goes on from its checkpoint; results of an earlier form of the scenario are replaced.

    Parameters
    ----------
    path : str or Path
        Case folder with a case.toml.
    out : str or Path, optional
        Folder for the results of all; default ``scenarios`` below the case.
    only : sequence of str
        Names of scenarios; the base always runs.
    jobs : int
        Processes at a time; 0: as many as there are cores.
    scheme, flow : str
        As for `gwsolver.run`.
    tell : callable, optional
        Told how each scenario fares.

    Returns
    -------
    Alternatives
        Those that failed are among its members, with the reason.

    Raises
    ------
    InputError
        With everything that is wrong in the case or any scenario asked for; nothing was run.
    KeyboardInterrupt
        On Ctrl-C; what is finished stays, what was running has a checkpoint.
    """
    from gwsolver.case import read_case
    from gwsolver.transport.schemes import named

    if jobs < 0:
        raise InputError([Problem("jobs", package="scenarios", value=jobs, allowed="[0, inf)")])
    if scheme:
        named(scheme)
    loaded = load_scenarios(path, flow=flow, only=only)
    _check(loaded)
    here = next(iter(loaded.values())).folder
    folder = Path(out) if out is not None else here / FOLDER
    _check_folder(folder)
    case = read_case(here)
    members = {name: _member(name, case.scenarios.title(name), own, folder, scheme) for name, own in loaded.items()}
    pending = [_Job(m, Path(path), folder / m.name, scheme, flow) for m in members.values() if m.results is None]
    tell = tell or (lambda name, word: None)
    for member in members.values():
        if member.again:
            tell(member.name, "there already")
    cores = _cores()
    at_once = max(1, min(jobs or cores, len(pending) or 1))
    for member in _run(pending, at_once, max(1, cores // at_once), tell):
        members[member.name] = member
    info = replace(next(iter(loaded.values())).info, title=case.info.title, titles=case.info.titles, scenario="")
    return Alternatives(folder, tuple(members.values()), info)


@dataclass(frozen=True, eq=False)
class _Job:
    """A scenario that must be run."""

    member: Alternative
    path: Path
    folder: Path
    scheme: str
    flow: str

    def start(self, threads: int, said: IO[bytes], complaints: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start its process, out of the reach of Ctrl-C: that is passed on once, by `_run`."""
        from gwsolver.run.checkpoint import has_checkpoint

        command = [
            sys.executable, "-m", "gwsolver", "run", str(self.path), "--scenario", self.member.name, "--out",
            str(self.folder), "--threads", str(threads), "--flow", self.flow, "--no-figures", "--json",
            *(["--scheme", self.scheme] if self.scheme else []),
            *(["--restart"] if has_checkpoint(self.folder) else []),
        ]
        here = str(Path(__file__).resolve().parents[2])
        known = os.environ.get("PYTHONPATH", "")
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in (here, known) if p)}
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=complaints, env=environment, start_new_session=True)


def _run(pending: list[_Job], at_once: int, threads: int, tell: Tell) -> Iterator[Alternative]:
    """Run jobs, so many at a time; yield what came of each as it ends."""
    waiting = list(pending)
    with contextlib.ExitStack() as files, _Running() as running:
        while waiting or running.jobs:
            while waiting and len(running.jobs) < at_once:
                job = waiting.pop(0)
                _clear(job)
                said, complaints = (files.enter_context(tempfile.TemporaryFile()) for _ in range(2))
                running.jobs.append((job, job.start(threads, said, complaints), said, complaints))
                tell(job.member.name, "running")
            time.sleep(POLL)
            for entry in [e for e in running.jobs if e[1].poll() is not None]:
                running.jobs.remove(entry)
                member = _ended(*entry)
                tell(member.name, member.failure or "finished")
                yield member


class _Running:
    """Processes under way; whatever ends the block (Ctrl-C) interrupts them once and waits for their checkpoints."""

    def __init__(self) -> None:
        self.jobs: list[tuple[_Job, subprocess.Popen[bytes], IO[bytes], IO[bytes]]] = []

    def __enter__(self) -> "_Running":
        return self

    def __exit__(self, *unused: object) -> None:
        for _, process, _, _ in self.jobs:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
        for _, process, _, _ in self.jobs:
            process.wait()


def _ended(job: _Job, process: "subprocess.Popen[bytes]", said: IO[bytes], complaints: IO[bytes]) -> Alternative:
    """Return what came of a process that ended."""
    from gwsolver.results import open_results

    if process.returncode == 0:
        return replace(job.member, results=open_results(job.folder))
    said.seek(0)
    complaints.seek(0)
    try:
        words = str(json.loads(said.read())["message"])
    except (ValueError, KeyError, TypeError):
        last = complaints.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        words = last[0] if last else ""
    if process.returncode < 0:
        name = signal.Signals(-process.returncode).name
        words = f"the process was ended by {name}" + (f": {words}" if words else "; the machine may be out of memory")
    return replace(job.member, failure=words or f"exit code {process.returncode}")


def _member(name: str, title: dict[str, str], case: LoadedCase, folder: Path, scheme: str) -> Alternative:
    """Return a scenario with the results of the same input, if they stand in its folder."""
    from gwsolver import __version__
    from gwsolver.results import open_results
    from gwsolver.results.folder import SUMMARY

    found = Alternative(name, title, case.info)
    if not (folder / name / SUMMARY).is_file():
        return found
    try:
        results = open_results(folder / name)
    except InputError:
        return found
    summary = results.summary
    same = (
        summary.get("input_hash") == simulation_hash(case.simulation)
        and summary.get("versions", {}).get("gwsolver") == __version__
        and (not scheme or scheme in summary.get("scheme", ""))
        and results.case.receptors == case.info.receptors
    )
    return replace(found, results=results, again=True) if same else found


def _clear(job: _Job) -> None:
    """Remove results of an earlier form of the scenario; anything else is left for `check_folder` to refuse."""
    from gwsolver.results.folder import SUMMARY, UNFINISHED

    for marker in (SUMMARY, UNFINISHED):
        file = job.folder / marker
        if not file.is_file():
            continue
        content = _json(file)
        if content.get("case", {}).get("scenario") != job.member.name:
            continue
        for name in {*content.get("files", []), marker}:
            if Path(name).name == name:
                (job.folder / name).unlink(missing_ok=True)
        shutil.rmtree(job.folder / "export", ignore_errors=True)


def _json(file: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _check(loaded: Mapping[str, LoadedCase]) -> None:
    """Resolve every step of every scenario before any runs."""
    problems: list[Problem] = []
    for name, case in loaded.items():
        known = {str(p) for p in problems}
        own = [p for p in case.check() if str(p) not in known]
        problems += own if name == "base" else [replace(p, what=f"scenario {name}: {p.what}") for p in own]
    if problems:
        raise InputError(problems)


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError([Problem("the output folder is a file", file=str(folder),
                                  hint="Name another folder with --out.")])


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
