"""Finds the problems of a suite under ``benchmarks/`` and runs them.

A problem is a folder with a README.md (the paper, how to run, what is expected) and a ``problem.py``
that has ``run(folder, peer) -> iterable of Row``: `folder` is its own, `peer` the path of a program to run
beside, or None. Which one that is says its ``PEER``, a key of `PEERS`; without it, ``mf6``.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from gwsolver.bench.peers import pywr
from gwsolver.bench.rows import Row
from gwsolver.core.errors import InputError, Problem

SUITES = ("verification", "performance", "work_precision", "reliability")


def benchmarks_folder() -> Path:
    """Return the folder ``benchmarks``: of GWSOLVER_BENCHMARKS, below the current folder, or of this checkout.

    Raises
    ------
    InputError
        If there is none: the installed package does not bring it.
    """
    named = os.environ.get("GWSOLVER_BENCHMARKS", "")
    places = [Path(named)] if named else [Path.cwd() / "benchmarks", Path(__file__).resolve().parents[2] / "benchmarks"]
    for place in places:
        if (place / SUITES[0]).is_dir():
            return place
    raise InputError([
        Problem(
            what=f"no folder of benchmark problems: looked at {', '.join(map(str, places))}",
            hint="The problems come with the source: run this in a checkout of gwsolver, "
            "or name their folder in GWSOLVER_BENCHMARKS.",
        )
    ])


def problems(suite: str, only: str = "") -> list[Path]:
    """Return the folders of a suite's problems by name; `only` keeps those whose name holds it."""
    if suite not in SUITES:
        raise InputError([Problem(what="suite", value=suite, allowed=f"one of {', '.join(SUITES)}")])
    folder = benchmarks_folder() / suite
    found = sorted(p.parent for p in folder.glob("*/problem.py") if only in p.parent.name)
    if not found:
        raise InputError([Problem(what=f"no problem named '{only}' in {folder}")])
    return found


@dataclass(frozen=True)
class Peer:
    """A program that benchmarks run beside gwsolver.

    Attributes
    ----------
    find : callable
        Returns its path, None if it is not here.
    absent : str
        What is told then.
    """

    find: Callable[[], str | None]
    absent: str


PEERS = {
    "mf6": Peer(lambda: shutil.which("mf6"),
                "mf6 is not on PATH: MODFLOW 6's stored figures are shown instead."),
    "pywr": Peer(pywr.find,
                 "GWSOLVER_PYWR names no Python that has pywr: it is not run. Nothing is installed for you; once:\n"
                 f"  {pywr.INSTALL}"),
}


def find_peer(against: str | None) -> str | None:
    """Return the path of a peer, None if none is asked for or it is not here.

    Raises
    ------
    InputError
        If there is no such peer.
    """
    if against is None:
        return None
    if against not in PEERS:
        raise InputError([Problem(what="against", value=against, allowed=f"one of {', '.join(PEERS)}")])
    return PEERS[against].find()


def run_suite(
    name: str, *, against: str | None = None, only: str = "", on_problem: Callable[[str], None] = lambda name: None
) -> list[Row]:
    """Run every problem of a suite and return its rows.

    Parameters
    ----------
    name : str
        One of `SUITES`.
    against : str or None
        A key of `PEERS`: runs that program too, on the problems that have its input, if it is here.
    only : str
        Runs only problems whose name holds this text.
    on_problem : callable
        Told the name of each problem before it runs.
    """
    peer = find_peer(against)
    rows: list[Row] = []
    for folder in problems(name, only):
        on_problem(folder.name)
        problem = load(folder)
        rows.extend(problem.run(folder, peer if getattr(problem, "PEER", "mf6") == against else None))
    return rows


def load(folder: Path) -> ModuleType:
    """Return the module ``problem.py`` of a problem's folder."""
    spec = importlib.util.spec_from_file_location(f"gwsolver_benchmark_{folder.name}", folder / "problem.py")
    if spec is None or spec.loader is None:
        raise InputError([Problem(what="not a Python file", file=str(folder / "problem.py"))])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
