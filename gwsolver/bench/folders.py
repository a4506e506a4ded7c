"""Runs the MODFLOW 6 files of a problem: with gwsolver, and with MODFLOW 6 where it is there."""

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import RunError

Floats = NDArray[np.float64]
Budget = dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Answer:
    """What a solver made of a folder.

    Attributes
    ----------
    concentration : ndarray of float64, shape (node,)
        At the last saved time; 1e30 outside.
    budget : dict of "package" to (in, out)
        Cumulative mass at the end; empty for MODFLOW 6.
    """

    concentration: Floats
    budget: Budget


def solve(folder: Path, species: str) -> Answer:
    """Run gwsolver on a folder and return the last concentration of a species and its budget."""
    from gwsolver.run.api import run

    with tempfile.TemporaryDirectory(prefix="gwsolver-bench-") as out:
        results = run(folder, out=Path(out) / "results", progress=False)
        concentration = last_record(Path(out) / "results" / f"{species}.ucn")
        frame = results.budget()
        rows = frame[frame["model"] == species]
        rows = rows[rows["time"] == rows["time"].max()]  # amounts are cumulative
        budget: Budget = {
            f"{name}/{term}": (float(into), float(gone))
            for name, term, into, gone in zip(rows["package"], rows["term"], rows["in"], rows["out"], strict=True)
        }
    return Answer(concentration, budget)


def solve_with_modflow(mf6: str, folder: Path, species: str, parts: Sequence[str] = ("",)) -> Answer:
    """Run MODFLOW 6 on a copy of a folder and return the last concentration of a species.

    `parts` are the simulations below the folder, in the order in which they run; the last one has the species.
    """
    with tempfile.TemporaryDirectory(prefix="gwsolver-bench-") as out:
        work = Path(out) / folder.name
        shutil.copytree(folder, work)
        for part in parts:
            done = subprocess.run([mf6], cwd=work / part, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RunError(f"{mf6} failed on {folder / part}: {done.stdout.strip().splitlines()[-1:]}")
        return Answer(last_record(work / parts[-1] / f"{species}.ucn"), {})


def last_record(file: Path) -> Floats:
    """Return the values of the last time in a MODFLOW 6 binary file of a dependent variable, all layers.

    Layout: MODFLOW 6 description of input and output, "Dependent variable file".
    """
    data = file.read_bytes()
    at, last, layers = 0, None, []
    while at < len(data):
        _, _, _, total, _, n_col, n_row, _ = struct.unpack_from("<iidd16siii", data, at)
        at += struct.calcsize("<iidd16siii")
        values = np.frombuffer(data, "<f8", n_col * n_row, at)
        at += 8 * values.size
        if total != last:
            last, layers = total, []
        layers.append(values)
    if not layers:
        raise RunError(f"{file} holds nothing")
    return np.concatenate(layers)
