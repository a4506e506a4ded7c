"""Finds the problems of a suite under ``benchmarks/`` and runs them.

A problem is a folder with a README.md (the paper, how to run, what is expected) and a ``problem.py``
that has ``run(folder, modflow) -> iterable of Row``: `folder` is its own, `modflow` the path of an
``mf6`` to run beside, or None.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

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


def find_modflow() -> str | None:
    """Return the path of ``mf6``, None if it is not on PATH."""
    return shutil.which("mf6")


def run_suite(
    name: str, *, against: str | None = None, only: str = "", on_problem: Callable[[str], None] = lambda name: None
) -> list[Row]:
    """Run every problem of a suite and return its rows.

    Parameters
    ----------
    name : str
        One of `SUITES`.
    against : str or None
        "mf6" runs MODFLOW 6 too, on the problems that have its input files, if it is on PATH.
    only : str
        Runs only problems whose name holds this text.
    on_problem : callable
        Told the name of each problem before it runs.
    """
    modflow = find_modflow() if against == "mf6" else None
    rows: list[Row] = []
    for folder in problems(name, only):
        on_problem(folder.name)
        rows.extend(load(folder)(folder, modflow))
    return rows


def load(folder: Path) -> Callable[[Path, str | None], Iterator[Row]]:
    """Return the function ``run`` of a problem's folder."""
    spec = importlib.util.spec_from_file_location(f"gwsolver_benchmark_{folder.name}", folder / "problem.py")
    if spec is None or spec.loader is None:
        raise InputError([Problem(what="not a Python file", file=str(folder / "problem.py"))])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run: Callable[[Path, str | None], Iterator[Row]] = module.run
    return run
