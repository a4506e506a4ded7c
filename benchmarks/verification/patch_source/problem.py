"""Wexler (1992), equation 121: a patch source on the face of a half space."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.cases import patch
from gwsolver.bench.norms import observed_orders
from gwsolver.bench.rows import Check


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    cases = {", decay": {"decay_rate": 0.01}, ", R = 1.5, decay": {"retardation": 1.5, "decay_rate": 0.01}}
    for name, physics in cases.items():
        runs = [patch(50 // s, 32 // s, 28 // s, spacing=float(s), time=30.0, **physics) for s in (2, 1)]
        order = observed_orders([2.0, 1.0], [r.l1 for r in runs])[-1]
        # The source is 6 x 4, then 12 x 8 cells with a jump at its rim.
        yield Check(f"patch source{name}", "L1", runs[-1].l1, 0.025, order=order, least_order=1.4)
    # Grid Peclet number 2: cells twice as wide as the dispersivity along the flow, the rim thinner than a cell.
    coarse = patch(
        80, 64, 48, spacing=1.0, width=(-16.0, 16.0), height=(-12.0, 12.0), time=100.0, longitudinal=0.5,
        transverse=0.1, vertical_transverse=0.05,
    )
    yield Check("patch source, grid Peclet 2", "L1", coarse.l1, 0.01)
    yield Check("patch source, grid Peclet 2, below zero", "largest", max(0.0, -coarse.step.minimum), 0.0)
