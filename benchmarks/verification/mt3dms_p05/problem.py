"""MT3DMS problem 5: radial flow from an injection well, in MODFLOW 6's input."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench import solutions
from gwsolver.bench.folders import solve, solve_with_modflow
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check

SPECIES = "gwt_p05-mf6"
MODFLOW, STORED = 0.13094, "6.7.0.dev1"  # commit b06308e, upstream weighting


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    row, column = np.divmod(np.arange(31 * 31), 31)
    x, y = 10.0 * (column - 15), 10.0 * (15 - row)
    away = np.maximum(abs(x), abs(y)) >= 10.0
    e = solutions.radial_from_well(
        np.hypot(x, y)[away], 27.0, flow_rate=100.0, thickness=1.0, porosity=0.3, dispersivity=10.0
    )
    theirs, version = MODFLOW, STORED
    if modflow:
        theirs = relative_l1(solve_with_modflow(modflow, folder / "model", SPECIES).concentration[away], e)
        version = "this run"
    ours = relative_l1(solve(folder / "model", SPECIES).concentration[away], e)
    yield Check("MT3DMS p05", "L1", ours, MODFLOW, modflow=theirs, modflow_version=version)
