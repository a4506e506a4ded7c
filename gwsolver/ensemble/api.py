"""`gwsolver.ensemble`: the case as it stands, then its members, side by side in processes of their own."""

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from gwsolver import __version__
from gwsolver.core.case import CaseInfo
from gwsolver.core.errors import InputError, Problem, RunError
from gwsolver.core.sampling import Design
from gwsolver.ensemble.folder import EnsembleFolder
from gwsolver.ensemble.products import write
from gwsolver.ensemble.reduce import wanted
from gwsolver.ensemble.result import Ensemble
from gwsolver.run.identity import saved_flow_hashes, simulation_hash
from gwsolver.run.load import LoadedCase, load
from gwsolver.run.processes import Job, Tell, run_side_by_side

FOLDER = "ensemble"
BASE = "base"


def ensemble(
    path: str | Path, out: str | Path | None = None, *, members: int = 0, jobs: int = 0, scheme: str = "",
    flow: str = "auto", scenario: str = "", tell: Tell | None = None,
) -> Ensemble:
    """Run the members of a case's ensemble and gather what they say.

    Each member runs in a process of its own; of its results only what the products need is kept. Members that are
    finished are not run again, those that were interrupted go on from their checkpoints, those that failed are tried
    again.

    Parameters
    ----------
    path : str or Path
        Case folder whose case.toml has [ensemble].
    out : str or Path, optional
        Default ``ensemble`` below the case, ``ensemble_NAME`` for a scenario.
    members : int
        So many instead of those the case asks for; other numbers give other members.
    jobs : int
        Processes at a time; 0: as many as there are cores. It does not change any result.
    scheme, flow : str
        As for `gwsolver.run`.
    scenario : str
        Name of a scenario whose ensemble it is.
    tell : callable, optional
        Told how each member fares: its number as text (or "base"), and "running", "finished" or what went wrong.

    Returns
    -------
    Ensemble
        Members that failed are among its `failures`, with the reason.

    Raises
    ------
    InputError
        With everything that is wrong in the case, or if the folder holds another ensemble; nothing was run.
    RunError
        If the case itself fails, or every member does.
    KeyboardInterrupt
        On Ctrl-C; what is finished stays, the same call goes on.
    """
    from gwsolver.case import read_case
    from gwsolver.transport.schemes import named

    if jobs < 0:
        raise InputError([Problem("jobs", package="ensemble", value=jobs, allowed="[0, inf)")])
    if scheme:
        named(scheme)
    tell = tell or (lambda name, word: None)
    loaded = load(path, flow=flow, scenario=scenario)
    uncertain = read_case(loaded.folder).uncertain
    design = uncertain.design(members)
    problems = [*loaded.check(), *uncertain.outside(design)]
    if not loaded.simulation.transport_models:
        problems.append(Problem("the simulation has no species: an ensemble is of concentrations", file=str(path)))
    if problems:
        raise InputError(problems)
    times = uncertain.times(loaded.simulation)
    below = f"{FOLDER}_{scenario}" if scenario else FOLDER
    place = EnsembleFolder(Path(out) if out is not None else loaded.folder / below)
    identity = _identity(loaded, design, scheme, [list(uncertain.species), list(times)])
    place.check(identity)
    place.write(identity, design)
    asked = {"--flow": flow, "--scheme": scheme, "--scenario": scenario}
    shared = [word for option, value in asked.items() if value for word in (option, value)]
    base = _base(Path(path), place, shared, tell)
    place.write(identity, design, wanted(base, uncertain.species, times))
    try:
        _members(Path(path), place, design, shared, jobs, tell)
    except KeyboardInterrupt:
        done = sum(place.member(n).is_file() for n in range(1, design.n_members + 1))
        raise KeyboardInterrupt(f"interrupted; {done} of {design.n_members} members are finished and kept. "
                                "The same command goes on.") from None
    try:
        found = Ensemble(place)
    except InputError as error:
        raise RunError(str(error)) from error
    write(found, loaded.simulation.transport_models[0].time)
    return found


def _identity(loaded: LoadedCase, design: Design, scheme: str, keeps: list[Any]) -> dict[str, Any]:
    """Return what decides the results of all members, as plain data."""
    info: CaseInfo = loaded.info
    made = design.to_json()
    return {
        "input_hash": simulation_hash(loaded.simulation), "saved_flows": saved_flow_hashes(loaded.simulation),
        "scenario": info.scenario, "scheme": scheme, "version": __version__, "members": made["members"],
        "seed": made["seed"], "parameters": [
            [p["name"], *([v[k] for k in ("key", "unit", "distribution", "low", "high", "value")] for v in p["values"])]
            for p in made["parameters"]],
        "draw": hashlib.sha256(np.round(design.quantiles, 9).tobytes()).hexdigest(), "keeps": keeps,
        "receptors": [[r.name, r.x, r.y, list(r.layers), [list(c) for c in r.polygon]] for r in info.receptors],
        "limits": [[x.species, x.value, x.unit] for x in info.limits],
    }


def _base(path: Path, place: EnsembleFolder, shared: list[str], tell: Tell) -> Any:
    """Return the results of the case as it stands, run first: what fails there fails everywhere."""
    from gwsolver.results import open_results
    from gwsolver.results.folder import SUMMARY
    from gwsolver.run.checkpoint import has_checkpoint

    if not (place.base / SUMMARY).is_file():
        job = Job(BASE, lambda threads: [
            "-m", "gwsolver", "run", str(path), "--out", str(place.base), "--threads", str(threads), "--no-figures",
            "--json", *shared, *(["--restart"] if has_checkpoint(place.base) else [])])
        for _, failure in run_side_by_side([job], 1, tell):
            if failure:
                raise RunError(f"the case as it stands fails, so no member was run: {failure}")
    return open_results(place.base)


def _members(path: Path, place: EnsembleFolder, design: Design, shared: list[str], jobs: int, tell: Tell) -> None:
    """Run the members that are not finished; note why some fail."""
    missing = [n for n in range(1, design.n_members + 1) if not place.member(n).is_file()]

    def command(number: int) -> Callable[[int], list[str]]:
        return lambda threads: [
            "-m", "gwsolver.ensemble.member", "--path", str(path), "--folder", str(place.path), "--member", str(number),
            "--threads", str(threads), *shared]

    pending = [Job(str(n), command(n)) for n in missing]
    place.member(1).parent.mkdir(parents=True, exist_ok=True)
    for job, failure in run_side_by_side(pending, jobs, tell):
        number = int(job.name)
        if failure:
            place.failed(number).write_text(failure, encoding="utf-8")
        else:
            place.failed(number).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # not empty where members failed or were interrupted
        place.work(1).parent.rmdir()
