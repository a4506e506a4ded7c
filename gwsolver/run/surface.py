"""Running a network of rivers and lakes: every step of every member, written as it comes, checked at the end."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver import __version__
from gwsolver.case import Case
from gwsolver.core.errors import InputError, Problem, RunError, located
from gwsolver.core.surface import SurfaceStep
from gwsolver.results.folder import check_folder
from gwsolver.results.surface import SurfaceResults, SurfaceWriter, open_surface
from gwsolver.run.checks import CLOSURE, FAILED, OK, TOLD, WARNING, Check, failures, table, warnings
from gwsolver.run.identity import file_hashes, input_hash
from gwsolver.run.summary import Timings, commit, machine, peak_memory_mb, versions

Floats = NDArray[np.float64]


@dataclass
class Seen:
    """What all steps together show.

    Attributes
    ----------
    water, salt : float
        Largest imbalance of a node, step and member [-].
    least : float
        Smallest amount of water or salt anywhere [m3, kg].
    unmet : dict of (str, str) to float
        Mean of the members' water that was asked for and not there, since the start [m3].
    left : dict of str to int
        Members that left the stage tables, by the month in which they did; the case as it stands among them.
    off : str
        Month in which the case as it stands left a stage table; "" if it did not.
    yearly : dict of str to dict of int to list of ndarray
        Levels by node and year, shape (member,) each [m].
    """

    water: float = 0.0
    salt: float = 0.0
    least: float = np.inf
    unmet: dict[tuple[str, str], float] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    off: str = ""
    yearly: dict[str, dict[int, list[Floats]]] = field(default_factory=dict)
    _gone: int = 0

    def take(self, step: SurfaceStep) -> None:
        """Take up a step."""
        self.water = max(self.water, float(step.water_closure.max()))
        self.salt = max(self.salt, float(step.salt_closure.max()))
        for held in step.held.values():
            self.least = min(self.least, float(held.volume.min()), float(held.salt.min()), float(held.solid.min()))
        for name, held in step.held.items():
            if held.level is not None:
                own = self.yearly.setdefault(name, {}).setdefault(step.step.start.year, [])
                own.append(np.where(step.left, np.nan, held.level))
        for key, volume in step.unmet.items():
            if volume.any():
                self.unmet[key] = self.unmet.get(key, 0.0) + float(volume.mean())
        month = step.step.start.isoformat()[:7]
        if step.left[0] and not self.off:
            self.off = month
        gone = int(step.left.sum())
        if gone > self._gone:
            self.left[month] = gone - self._gone
        self._gone = gone

    def levels(self, node: str) -> tuple[list[int], Floats]:
        """Return years and the mean level of each, shape (year, member) [m]; NaN once a member has left its table."""
        found = self.yearly.get(node, {})
        return list(found), np.array([np.mean(steps, axis=0) for steps in found.values()])

    def checks(self) -> list[Check]:
        """Return the rows of the accuracy report."""
        def closes(what: str, value: float) -> Check:
            ok = value <= CLOSURE
            text = "" if ok else f"the balance of {what} does not close in a node: {value:.2e} of throughput"
            return Check("surface", f"imbalance of {what} over throughput", value, f"<= {CLOSURE:g}",
                         OK if ok else FAILED, text)

        gone = f"levels of {self._gone} members left their stage tables: they are counted, not carried further"
        if self.off:
            gone += f"; the case as it stands did so in {self.off}"
        return [
            closes("water", self.water), closes("salt", self.salt),
            Check("surface", "smallest amount", self.least, ">= 0", OK if self.least >= 0.0 else FAILED,
                  "" if self.least >= 0.0 else f"an amount below zero: {self.least:g}"),
            Check("surface", "members whose levels left their stage tables", float(self._gone), "",
                  WARNING if self._gone else TOLD, gone if self._gone else ""),
        ]


def run_surface(
    case: Case, out: str | Path | None = None, *, scenario: str = "", echo: bool = False
) -> SurfaceResults:
    """Run the network of a case; return its results.

    Parameters
    ----------
    case : Case
        With [surface].
    out : str or Path, optional
        Results folder; default ``results`` in the case's folder, ``scenarios/NAME`` for a scenario.
    scenario : str
        Name of a scenario of the case; "" for the case alone.
    echo : bool
        Tell warnings on stderr.

    Raises
    ------
    InputError
        If something is wrong with the case; nothing was run.
    RunError
        If a balance does not close, or if a level leaves its stage table in a case without members.
    """
    return carry(case, out, scenario=scenario, echo=echo)[0]


def carry(
    case: Case, out: str | Path | None = None, *, scenario: str = "", echo: bool = False
) -> tuple[SurfaceResults, Seen]:
    """Run the network of a case; return its results and what all steps together show. See `run_surface`."""
    from gwsolver.run.log import RunLog

    timings = Timings()
    with timings.phase("reading"):
        assert case.surface is not None
        surface = case.surface.scenario(scenario)
        identity = input_hash(surface)
        below = Path("scenarios", scenario) if scenario else Path("results")
        folder = Path(out) if out is not None else case.folder / below
        check_folder(folder, identity)
        network, made = surface.ensemble() if surface.members else (surface.network(), None)
    fatal = made is None and not scenario  # nothing else would be told
    writer = SurfaceWriter(folder, case.info, surface.kinds, network.members)
    seen = Seen()
    try:
        with RunLog(writer.log_path, echo=echo) as log:
            log.note(f"gwsolver {__version__}: {case.folder}" + (f", scenario {scenario}" if scenario else ""))
            if made is not None:
                log.note(f"{made.n_members} members, seed {made.seed}, of {len(made.parameters)} uncertain values, "
                         "beside the case as it stands")
            log.note(f"{len(network.names)} nodes, {len(surface.steps)} steps from {surface.steps[0].start} to "
                     f"{surface.steps[-1].end}")
            for step in surface.steps:
                with timings.phase("flow"):
                    done = network.advance(step)
                seen.take(done)
                if seen.off and fatal:
                    raise RunError(_off_the_table(seen.off, done))
                with timings.phase("writing"):
                    writer.step(done)
            report = seen.checks()
            log.block(table(report))
            told = [f"{node}: {volume / 1e9:.4g} km3 of {term} were asked for and not there"
                    for (node, term), volume in seen.unmet.items()]
            for text in (*told, *warnings(report), *failures(report)):
                log.warn(text)
        if failures(report):
            raise RunError("\n".join(failures(report)))
    except BaseException:
        writer.abandon()
        raise
    with timings.phase("writing"):
        writer.finish({
            "versions": versions(), "commit": commit(), "input_hash": identity,
            "input_files": file_hashes((str(case.file),)), "machine": machine(),
            "command": sys.argv[1:] if echo else [], "timings": timings.wall(), "cpu_seconds": timings.cpu(),
            "memory_mb": peak_memory_mb(), "steps": len(surface.steps), "models": [],
            "closure": {"surface.water": seen.water, "surface.salt": seen.salt}, "minimum": {"surface": seen.least},
            "scenario": scenario, "checks": [row.to_json() for row in report], "left": seen.left,
            "links": {s.name: [*dict.fromkeys(s.outlets.values())] for s in surface.settings},
            "ensemble": None if made is None else made.to_json(),
            "unmet": {f"{node} {term}": volume for (node, term), volume in seen.unmet.items()},
            "notes": [], "warnings": [*told, *warnings(report)], "exit_status": 0,
        })
    return open_surface(folder), seen


def describe(case: Case) -> dict[str, Any]:
    """Return what ``gwsolver info`` shows of a network: its nodes and where their water goes."""
    surface = case.surface
    assert surface is not None
    return {
        "folder": str(case.folder), "title": case.info.title, "status": case.info.status or "unknown",
        "from": surface.steps[0].start.isoformat(), "to": surface.steps[-1].end.isoformat(),
        "step": f"{len(surface.steps)} of a {case.content.surface.step if case.content.surface else ''}",
        "nodes": [{"name": s.name, "kind": surface.kinds[s.name],
                   "to": [*dict.fromkeys(s.outlets.values()), *s.joins]} for s in surface.settings],
    }


def refuse_options(case: Case, *, member: int, restart: bool) -> None:
    """Raise `InputError` for what networks do not offer, and for a MODFLOW simulation beside one.

    Networks and simulations are not coupled, a run of a network takes seconds, and its members go together.
    """
    asked = [("a member", member), ("a restart", restart)]
    found = [Problem(f"{what} is asked for: a network has none", value=value) for what, value in asked if value]
    if (case.simulation_folder / "mfsim.nam").is_file():
        found.append(Problem("a MODFLOW simulation stands beside the network: each runs by itself in this release",
                             hint="Put the network into a case folder of its own."))
    if found:
        raise InputError(located(found, file=str(case.file), line=case.lines.line(("surface",)), package="[surface]"))


def _off_the_table(month: str, step: SurfaceStep) -> str:
    levels = ", ".join(f"{n} {held.level[0]:.2f} m" for n, held in step.held.items() if held.level is not None)
    return (f"in {month} a level leaves its stage table, which is not extrapolated ({levels}). "
            "Make the table longer, or look for what brings so much water.")
