"""A Gaussian carried at an angle to the grid: squares (DIS), squares, distorted squares and hexagons (DISV)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench.cases import oblique_gaussian
from gwsolver.bench.meshes import hexagons, squares
from gwsolver.bench.norms import observed_orders
from gwsolver.bench.rows import Check

# Fluxes are in single precision where the answer is 1 at most: one unit in the last place of that.
ROUND_OFF = float(np.finfo(np.float32).eps)
# MODFLOW 6 (TVD, Courant number 0.1, the rotation of the dispersion tensor corrected as in 6.8): relative L2
MODFLOW_TVD = {0: 0.019, 30: 0.156, 45: 0.199}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    answers = {}
    for angle in (0, 30, 45, 120, 210, 300):
        g = oblique_gaussian(angle)
        answers[angle] = g.answer.reshape(81, 81)
        tvd = MODFLOW_TVD.get(angle)
        yield Check(f"Gaussian, {angle} degrees", "L2", g.l2, 0.012, modflow=tvd, modflow_version="TVD" if tvd else "")
    turned = max(float(abs(np.rot90(answers[a], -k) - answers[30]).max()) for a, k in ((120, 1), (210, 2), (300, 3)))
    yield Check("Gaussian, quarter turns", "largest difference", turned, ROUND_OFF)
    runs = [oblique_gaussian(30.0, n=n, spacing=810.0 / n, deviation=50.0) for n in (54, 108)]
    order = observed_orders([r.spacing for r in runs], [r.l2 for r in runs])[-1]
    yield Check("Gaussian, 30 degrees, 108 x 108", "L2", runs[-1].l2, 0.002, order=order, least_order=1.8)
    meshes = {
        "DISV squares": squares(81, 10.0), "DISV distorted": squares(81, 10.0, distortion=0.1),
        "DISV hexagons": hexagons(81, 10.0),
    }
    for name, grid in meshes.items():
        worst = max(oblique_gaussian(angle, grid=grid).l2 for angle in (0, 30, 45, 300))
        yield Check(f"Gaussian, {name}, worst of 4 angles", "L2", worst, 0.035)
