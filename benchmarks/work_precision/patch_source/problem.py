"""Wexler's patch source at grid Peclet number 2 and on coarser and finer grids: cost and error."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.cases import Posed, pose_patch
from gwsolver.bench.rows import Row, Trial
from gwsolver.bench.trials import advantage, of_modflow, of_mt3dusgs, ours

NAME = "patch source"


def pose(coarser: int, *, thin: bool = True) -> Posed:
    """Pose it with cells of 1 (grid Peclet number 2) or wider."""
    return pose_patch(
        80 // coarser, 64 // coarser, 48 // coarser, spacing=float(coarser), width=(-16.0, 16.0), height=(-12.0, 12.0),
        time=100.0, longitudinal=0.5, transverse=0.1, vertical_transverse=0.05, thin=thin,
    )


def run(folder: Path, modflow: str | None) -> Iterator[Row]:
    trials: list[Trial] = []
    for coarser in (4, 2, 1):
        posed = pose(coarser)
        trials += [ours(NAME, posed, norm="L1", scheme=s) for s in ("limited", "upstream")]
        if modflow:
            trials += of_modflow(NAME, posed, modflow, norm="L1", steps=(20, 80) if coarser > 1 else (20,))
            # A thin first column would set the steps of MT3D-USGS: it gets one of full width.
            trials += of_mt3dusgs(NAME, pose(coarser, thin=False), norm="L1", courants=(0.75,))
    yield from trials
    yield from advantage(trials, "MODFLOW 6", 1.0 / 300.0)
    yield from advantage(trials, "MT3D-USGS", 0.1)
