"""Wexler (1992): a finite column into which water of C0 flows (third type)."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.cases import column
from gwsolver.bench.norms import observed_orders
from gwsolver.bench.rows import Check

CASES = {"": {}, ", R = 2": {"retardation": 2.0}, ", R = 2, decay": {"retardation": 2.0, "decay_rate": 0.01}}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for name, physics in CASES.items():
        runs = [column(n, inlet="third", **physics) for n in (50, 100, 200)]
        orders = observed_orders([r.spacing for r in runs], [r.l1 for r in runs])
        yield Check(f"Wexler third type{name}", "L1", runs[0].l1, 0.003, order=min(orders[1:]), least_order=1.8)
