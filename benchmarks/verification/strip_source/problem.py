"""Wexler (1992), equation 91: a strip source on the edge of a half plane."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.cases import strip
from gwsolver.bench.norms import observed_orders
from gwsolver.bench.rows import Check


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for name, physics in {"": {}, ", R = 2, decay": {"retardation": 2.0, "decay_rate": 0.01, "time": 120.0}}.items():
        runs = [strip(100 // s, 60 // s, spacing=float(s), **physics) for s in (2, 1)]
        order = observed_orders([2.0, 1.0], [r.l1 for r in runs])[-1]
        # The ends of the source are jumps: second order is not to be had there.
        yield Check(f"strip source{name}", "L1", runs[-1].l1, 0.0035, order=order, least_order=1.5)
