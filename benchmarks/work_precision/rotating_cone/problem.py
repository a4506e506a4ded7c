"""The cone turned once around: cost and error on several grids."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.cases import pose_rotating_cone
from gwsolver.bench.rows import Row, Trial
from gwsolver.bench.trials import advantage, of_modflow, of_mt3dusgs, ours

NAME = "rotating cone"


def run(folder: Path, modflow: str | None) -> Iterator[Row]:
    trials: list[Trial] = []
    for n in (26, 34, 51, 101, 202):
        part = n / 101.0
        posed = pose_rotating_cone(n=n, radius=15.0 * part, distance=25.0 * part)
        trials += [ours(NAME, posed, norm="L2", scheme=s) for s in ("limited", "upstream")]
        if modflow and n in (51, 101):
            trials += of_modflow(NAME, posed, modflow, norm="L2", steps=(200, 800))
            trials += of_mt3dusgs(NAME, posed, norm="L2", courants=(0.75,))
    yield from trials
    yield from advantage(trials, "MODFLOW 6", 0.01)
    yield from advantage(trials, "MT3D-USGS", 0.1)
