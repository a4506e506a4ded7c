"""MOC3D problem 2: a continuous point source in three dimensions, in MODFLOW 6's input."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench import solutions
from gwsolver.bench.folders import solve
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check

MODFLOW, STORED = 0.0528, "6.7.0.dev1"  # commit b06308e, TVD and 400 steps
WIDTHS = (3.0, 0.5, 0.05)


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    layer, row, column = np.unravel_index(np.arange(40 * 12 * 30), (40, 12, 30))
    x, y, z = WIDTHS[0] * (column - 7), WIDTHS[1] * (11 - row), WIDTHS[2] * layer
    away = np.abs(column - 7) >= 2  # the source cell is five dispersivities long
    # A quarter of the plume: the side and the top are planes of symmetry, half a cell from the source's centre.
    exact = sum(
        solutions.point_source_3d(
            x[away], y[away] + side * WIDTHS[1], z[away] + top * WIDTHS[2], 400.0, mass_rate=2.5, porosity=0.25,
            seepage_velocity=0.1, dispersion=(0.06, 0.003, 0.0006),
        )
        for side in (0, 1)
        for top in (0, 1)
    )
    error = relative_l1(solve(folder / "model", "trans").concentration[away], exact)
    yield Check("MOC3D p02", "L1", error, 0.051, modflow=MODFLOW, modflow_version=STORED)
