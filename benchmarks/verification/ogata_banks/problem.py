"""Ogata and Banks (1961): a column whose inlet is held at C0, along each axis and against it."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.cases import column
from gwsolver.bench.norms import observed_orders
from gwsolver.bench.rows import Check

CASES = {"": {}, ", R = 2": {"retardation": 2.0}, ", R = 2, decay": {"retardation": 2.0, "decay_rate": 0.01}}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for name, physics in CASES.items():
        runs = [column(n, inlet="first", **physics) for n in (50, 100)]
        order = observed_orders([r.spacing for r in runs], [r.l1 for r in runs])[-1]
        yield Check(f"Ogata-Banks{name}", "L1", runs[0].l1, 0.003, order=order, least_order=1.8)
        turned = [column(50, axis=a, reverse=r, inlet="first", **physics) for a in "xyz" for r in (False, True)]
        worst = max(float(abs(t.answer - runs[0].answer).max()) for t in turned)
        yield Check(f"Ogata-Banks{name}: x, y, z, reversed", "largest difference", worst, 2e-15)
