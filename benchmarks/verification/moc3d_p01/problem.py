"""MOC3D problem 1: a column into which water flows, in MODFLOW 6's input; flow and transport apart."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench import solutions
from gwsolver.bench.folders import solve
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check

PHYSICS = {"p01a": (0.1, 1.0, 0.0), "p01b": (1.0, 1.0, 0.0), "p01c": (1.0, 2.0, 0.0), "p01d": (1.0, 1.0, 0.01)}
STORED = "6.7.0.dev1"  # MODFLOW 6 (commit b06308e), TVD and 240 steps as the files ask
MODFLOW = {"p01a": 6.518e-3, "p01b": 2.499e-3, "p01c": 2.732e-3, "p01d": 1.849e-3}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    x = 0.1 * (np.arange(122) + 0.5)
    for case, (dispersivity, retardation, decay_rate) in PHYSICS.items():
        exact = solutions.finite_column_third_type(
            x, 120.0, length=12.2, seepage_velocity=0.1, dispersion=0.1 * dispersivity, retardation=retardation,
            decay_rate=decay_rate,
        )
        error = relative_l1(solve(folder / case, "trans").concentration, exact)
        yield Check(f"MOC3D {case}", "L1", error, 2e-4, modflow=MODFLOW[case], modflow_version=STORED)
