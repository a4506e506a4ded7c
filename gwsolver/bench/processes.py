"""Whole processes: what `gwsolver run` and MODFLOW 6 cost from start to end."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gwsolver.bench.rows import Process
from gwsolver.core.errors import RunError

MEGABYTE = 1024.0 if sys.platform != "darwin" else 1024.0**2


def measure(command: Sequence[str], folder: Path, log: Path) -> tuple[float, float, float]:
    """Run a command in a folder and return CPU seconds, seconds by the clock and peak memory [MB].

    Raises
    ------
    RunError
        If it fails; the message ends with the last of what it said, all of which stands in `log`.
    """
    begin = time.perf_counter()
    with log.open("w") as out:
        child = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begin
    if child.returncode != 0:
        raise RunError(f"{command[0]} failed in {folder}: {log.read_text()[-300:]}")
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / MEGABYTE


def gwsolver_process(case: str, cells: int, model: Path, out: Path) -> Process:
    """Run `gwsolver run` on a model; results go to a folder below `out`."""
    results = out / "results"
    command = [sys.executable, "-m", "gwsolver", "run", str(model), "--out", str(results), "--no-figures"]
    seconds, wall, memory = measure(command, Path.cwd(), out / "gwsolver.txt")
    phases = json.loads((results / "summary.json").read_text(encoding="utf-8"))["cpu_seconds"]
    del phases["whole process"]
    return Process(case, "gwsolver", cells, seconds, wall, memory, phases)


def modflow_process(case: str, cells: int, modflow: str, folders: Sequence[Path], out: Path) -> Process:
    """Run MODFLOW 6 in the folders of a model's simulations, one after another."""
    costs = [measure([modflow], folder, out / "mf6.txt") for folder in folders]
    return Process(case, "MODFLOW 6", cells, sum(c[0] for c in costs), sum(c[1] for c in costs),
                   max(c[2] for c in costs), {})
