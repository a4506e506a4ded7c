"""MT3DMS problem 7: a point source in three dimensions, in MODFLOW 6's input."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench import solutions
from gwsolver.bench.folders import solve, solve_with_modflow
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check

SPECIES = "gwt-p07-mf6"
MODFLOW, STORED = 0.2019, "6.7.0.dev1, dispersion angle corrected"  # commit b06308e, TVD and 10 steps


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    layer, row, column = np.unravel_index(np.arange(8 * 15 * 21), (8, 15, 21))
    x, y, z = 10.0 * (column - 2), 10.0 * (7 - row), -5.0 - 10.0 * layer
    away = np.maximum.reduce([np.abs(x), np.abs(y), np.abs(z + 65.0)]) >= 10.0
    v = 0.5 * (13.3333333 / 200.0) / 0.2
    # The source lies 15 m above the aquifer's bottom: an image below it, and one above the top.
    exact = sum(
        solutions.point_source_3d(
            x[away], y[away], z[away] - level, 100.0, mass_rate=50.0, porosity=0.2, seepage_velocity=v,
            dispersion=(10.0 * v, 3.0 * v, 3.0 * v),
        )
        for level in (-65.0, -95.0, 65.0)
    )
    theirs, version = MODFLOW, STORED
    if modflow:
        theirs = relative_l1(solve_with_modflow(modflow, folder / "model", SPECIES).concentration[away], exact)
        version = "this run"
    error = relative_l1(solve(folder / "model", SPECIES).concentration[away], exact)
    yield Check("MT3DMS p07", "L1", error, 0.18, modflow=theirs, modflow_version=version)
