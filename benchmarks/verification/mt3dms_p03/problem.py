"""MT3DMS problem 3: a point source in uniform flow along the rows, in MODFLOW 6's input."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench import solutions
from gwsolver.bench.folders import solve, solve_with_modflow
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check

SPECIES = "gwt_p03-mf6"
MODFLOW, STORED = 0.12694, "6.7.0.dev1"  # commit b06308e, upstream weighting


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    row, column = np.divmod(np.arange(31 * 46), 46)
    x, y = 10.0 * (column - 15), 10.0 * (15 - row)
    away = np.maximum(abs(x), abs(y)) >= 10.0
    # 1 m3/d of 1000 into a thickness of 10; v = 0.1 / 0.3, aL = 10, aT = 3
    e = solutions.point_source_2d(
        x[away], y[away], 366.0, mass_rate=100.0, porosity=0.3, seepage_velocity=1.0 / 3.0, dispersion=(10.0 / 3.0, 1.0)
    )
    theirs, version = MODFLOW, STORED
    if modflow:
        theirs = relative_l1(solve_with_modflow(modflow, folder / "model", SPECIES).concentration[away], e)
        version = "this run"
    ours = relative_l1(solve(folder / "model", SPECIES).concentration[away], e)
    yield Check("MT3DMS p03", "L1", ours, MODFLOW, modflow=theirs, modflow_version=version)
