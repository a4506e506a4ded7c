"""MT3DMS problem 4: a point source in uniform flow diagonal to the grid, in MODFLOW 6's input."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench import solutions
from gwsolver.bench.folders import solve, solve_with_modflow
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check

SPECIES = "gwt_p04-mf6"
STORED = "6.7.0.dev1"  # commit b06308e, the rotation of the dispersion tensor as it is there
# problems 4a and 4c of the examples are one model, upstream; 4b asks for TVD
MODFLOW = {"p04a, p04c": ("upstream", 1.1962), "p04b": ("tvd", 1.0309)}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    row, column = np.divmod(np.arange(100 * 100), 100)
    x, y = 10.0 * (column - 20), 10.0 * (79 - row)
    away = np.maximum(abs(x), abs(y)) >= 10.0
    along, across = (x + y) * np.sqrt(0.5), (y - x) * np.sqrt(0.5)
    # 0.01 m3/d of 1000 into a thickness of 1; v = 0.14 / 0.14, aL = 2, aT = 0.2
    e = solutions.point_source_2d(
        along[away], across[away], 1000.0, mass_rate=10.0, porosity=0.14, seepage_velocity=1.0, dispersion=(2.0, 0.2)
    )
    ours = relative_l1(solve(folder / "model", SPECIES).concentration[away], e)
    for case, (scheme, stored) in MODFLOW.items():
        theirs, version = stored, STORED
        if modflow:
            with tempfile.TemporaryDirectory() as place:
                work = Path(place) / "model"
                shutil.copytree(folder / "model", work)
                (work / "gwt_p04-mf6.adv").write_text(f"BEGIN options\n  SCHEME {scheme}\nEND options\n")
                theirs = relative_l1(solve_with_modflow(modflow, work, SPECIES).concentration[away], e)
            version = "this run"
        yield Check(f"MT3DMS {case}", "L1", ours, stored, modflow=theirs, modflow_version=version)
