"""Keesler Air Force Base, BTEX behind a source in three zones, exactly."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from gwsolver.bench.reacting import source_zone
from gwsolver.bench.rows import Check
from gwsolver.bench.solutions import SourceZone
from gwsolver.bench.source_zones import pose_source_zone

FOOT, YEAR = 0.3048, 365.0
SITE = SourceZone(
    seepage_velocity=0.09504, dispersivity=(32.5 * FOOT, 3.25 * FOOT, 0.0), depth=10.0 * FOOT, retardation=1.0123,
    zones=((7.0 * FOOT, 13.68), (37.0 * FOOT, 2.508), (65.0 * FOOT, 0.057)), decay_rate=np.log(2.0) / (0.15 * YEAR),
    capacity=14.529,
)


GRID = dict(time=6.0 * YEAR, spacing=(3.0, 7.0 * FOOT / 4, 10.0 * FOOT), extent=(390.0, 80.0, 10.0 * FOOT))


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for decays in (False, True):
        name = f"Keesler{', decay' * decays}"
        solved = pose_source_zone(SITE, decays=decays, **GRID).solve()
        largest = float(np.abs(solved.answer - solved.exact).max()) / SITE.zones[0][1]
        yield Check(name, "largest / C0", largest, 0.02)
        yield Check(name, "L1", solved.l1, 0.015)
        yield Check(f"{name}: below zero", "largest", max(0.0, -solved.step.minimum), 0.0)
    # Sorption would hold back the donor but not its acceptors: the exact answer is that of R = 1.
    carried, ours, exact = source_zone(replace(SITE, retardation=1.0), **GRID)
    yield Check("Keesler, instantaneous", "largest / C0", float(np.abs(ours - exact).max()) / SITE.zones[0][1], 0.02)
    yield Check("Keesler, instantaneous: balance", "relative", carried.closure, 1e-10)
    yield Check("Keesler, instantaneous: below zero", "largest", max(0.0, -carried.minimum), 0.0)
