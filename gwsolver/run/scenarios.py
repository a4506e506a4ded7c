"""`gwsolver.scenarios`: a case and its alternatives, each in a process and a folder of its own, then compared."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gwsolver.core.errors import InputError, Problem
from gwsolver.run.comparison import Alternative, Alternatives
from gwsolver.run.identity import simulation_hash
from gwsolver.run.load import LoadedCase, load_scenarios
from gwsolver.run.processes import Job, Tell, run_side_by_side

FOLDER = "scenarios"


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
    from gwsolver.results import open_results
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
    pending = [
        Job(name, _command(name, Path(path), folder / name, scheme, flow))
        for name, member in members.items() if member.results is None]
    tell = tell or (lambda name, word: None)
    for member in members.values():
        if member.again:
            tell(member.name, "there already")
    for job, failure in run_side_by_side(pending, jobs, tell):
        done = {"failure": failure} if failure else {"results": open_results(folder / job.name)}
        members[job.name] = replace(members[job.name], **done)
    info = replace(next(iter(loaded.values())).info, title=case.info.title, titles=case.info.titles, scenario="")
    return Alternatives(folder, tuple(members.values()), info)


def _command(name: str, path: Path, folder: Path, scheme: str, flow: str) -> Callable[[int], list[str]]:
    """Return what makes the command line of a scenario's process, and room for its results."""
    def arguments(threads: int) -> list[str]:
        from gwsolver.run.checkpoint import has_checkpoint

        _clear(name, folder)
        return [
            "-m", "gwsolver", "run", str(path), "--scenario", name, "--out", str(folder), "--threads", str(threads),
            "--flow", flow, "--no-figures", "--json", *(["--scheme", scheme] if scheme else []),
            *(["--restart"] if has_checkpoint(folder) else []),
        ]

    return arguments


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


def _clear(name: str, folder: Path) -> None:
    """Remove results of an earlier form of the scenario; anything else is left for `check_folder` to refuse."""
    from gwsolver.results.folder import SUMMARY, UNFINISHED

    for marker in (SUMMARY, UNFINISHED):
        file = folder / marker
        if not file.is_file():
            continue
        content = _json(file)
        if content.get("case", {}).get("scenario") != name:
            continue
        for one in {*content.get("files", []), marker}:
            if Path(one).name == one:
                (folder / one).unlink(missing_ok=True)
        shutil.rmtree(folder / "export", ignore_errors=True)


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
