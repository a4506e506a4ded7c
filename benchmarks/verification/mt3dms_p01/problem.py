"""MT3DMS problem 1: a column by advection, dispersion, sorption, decay, in MODFLOW 6's input."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench import solutions
from gwsolver.bench.folders import solve, solve_with_modflow
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check

SPECIES = "gwt-p01-mf6"
STORED = "6.7.0.dev1"  # MODFLOW 6 (commit b06308e), upstream weighting and 100 steps as the files ask
MODFLOW = {"p01a": 0.13111, "p01b": 0.049934, "p01c": 0.075291, "p01d": 0.11746}
TIME, V, D = 2000.0, 0.24, 2.4


def exact(case: str, x: np.ndarray) -> np.ndarray:
    """Return C/C0 with the source in the centre of the first cell, x = 0."""
    if case == "p01a":
        return solutions.sharp_front(x, TIME, seepage_velocity=V)
    physics = {"p01b": {}, "p01c": {"retardation": 5.0}, "p01d": {"retardation": 5.0, "decay_rate": 0.002}}[case]
    return solutions.ogata_banks(x, TIME, seepage_velocity=V, dispersion=D, **physics)


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    x = 10.0 * np.arange(101)
    away = x >= 10.0
    for case, stored in MODFLOW.items():
        e = exact(case, x)[away]
        theirs, version = stored, STORED
        if modflow:
            theirs = relative_l1(solve_with_modflow(modflow, folder / case, SPECIES).concentration[away], e)
            version = "this run"
        ours = relative_l1(solve(folder / case, SPECIES).concentration[away], e)
        yield Check(f"MT3DMS {case}", "L1", ours, stored, modflow=theirs, modflow_version=version)
