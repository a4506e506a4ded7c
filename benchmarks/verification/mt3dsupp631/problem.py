"""MT3DMS supplemental problem 6.3.1: production of order zero in a column, in MODFLOW 6's input."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench import solutions
from gwsolver.bench.folders import solve, solve_with_modflow
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check

LENGTH, V, D = 101 * 0.16, 0.1 / 0.37, 0.1 / 0.37
PULSE, END, RATE = 160.0, 840.0, 0.002
SETTLED = 10.0  # until then water from the inlet is far from the outlet
STORED, MODFLOW = "6.7.0.dev1", 7.766e-3  # MODFLOW 6 (commit b06308e), upstream and 100 steps as asked


def breakthrough(x: np.ndarray, time: float) -> np.ndarray:
    """Return C/C0 after water of C0 began to flow in."""
    if time < SETTLED:
        return solutions.semi_infinite_third_type(x, time, seepage_velocity=V, dispersion=D)
    return solutions.finite_column_third_type(
        x, time, length=LENGTH, seepage_velocity=V, dispersion=D, n_terms=80
    )


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    x = 0.16 * (np.arange(101) + 0.5)
    exact = breakthrough(x, END) - breakthrough(x, END - PULSE)
    exact += solutions.produced(x, END, rate=RATE, breakthrough=breakthrough)
    theirs, version = MODFLOW, STORED
    if modflow:
        theirs = relative_l1(solve_with_modflow(modflow, folder, "trans", ("mf6gwf", "mf6gwt")).concentration, exact)
        version = "this run"
    error = relative_l1(solve(folder, "trans").concentration, exact)
    yield Check("MT3DMS supplement 6.3.1", "L1", error, 1e-3, modflow=theirs, modflow_version=version)
