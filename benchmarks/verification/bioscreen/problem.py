"""Karanovic, Neville and Andrews (2007): the default site of BIOSCREEN, exactly."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench.rows import Check
from gwsolver.bench.solutions import SourceZone
from gwsolver.bench.source_zones import pose_source_zone

FOOT, YEAR = 0.3048, 365.0
SITE = SourceZone(
    seepage_velocity=335.2 * FOOT / YEAR, dispersivity=(28.887 * FOOT, 2.889 * FOOT, 0.289 * FOOT),
    zones=((50.0 * FOOT, 9.0),), depth=10.0 * FOOT, retardation=1.20672, decay_rate=np.log(2.0) / (10.0 * YEAR),
)
SPACING = (3.0, 50.0 * FOOT / 16, 10.0 * FOOT / 12)


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for years, extent, decays in (
        (1, (180.0, 70.0, 14.0), False), (1, (180.0, 70.0, 14.0), True), (5, (600.0, 100.0, 30.0), False),
    ):
        name = f"BIOSCREEN-AT, {years} y{', decay' * decays}"
        solved = pose_source_zone(SITE, time=years * YEAR, spacing=SPACING, extent=extent, decays=decays).solve()
        largest = float(np.abs(solved.answer - solved.exact).max()) / SITE.zones[0][1]
        yield Check(name, "largest / C0", largest, 0.02)
        yield Check(name, "L1", solved.l1, 0.003)
        yield Check(f"{name}: below zero", "largest", max(0.0, -solved.step.minimum), 0.0)
