"""The Gaussian at 30 degrees to the rows: cost and error on several grids."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.cases import pose_oblique_gaussian
from gwsolver.bench.rows import Row, Trial
from gwsolver.bench.trials import advantage, of_modflow, of_mt3dusgs, ours

NAME = "oblique Gaussian"
SIZES = (21, 27, 41, 81, 162, 324)


def run(folder: Path, modflow: str | None) -> Iterator[Row]:
    trials: list[Trial] = []
    for n in SIZES:
        posed = pose_oblique_gaussian(30.0, n=n, spacing=810.0 / n)
        trials += [ours(NAME, posed, norm="L2", scheme=s) for s in ("limited", "upstream")]
        if modflow and 41 <= n <= 162:
            trials += of_modflow(NAME, posed, modflow, norm="L2", steps=(20, 80, 320) if n <= 81 else (20, 80))
            trials += of_mt3dusgs(NAME, posed, norm="L2", courants=(0.75, 0.25))
    yield from trials
    yield from advantage(trials, "MODFLOW 6", 0.01)
    yield from advantage(trials, "MT3D-USGS", 0.1)
