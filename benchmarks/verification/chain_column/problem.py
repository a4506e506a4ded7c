"""Sun and Clement (1999), van Genuchten (1985): a chain of four species in a column."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.decaying import chain_column
from gwsolver.bench.norms import observed_orders
from gwsolver.bench.rows import Check

CASES = {"": (1.0, 1.0, 1.0, 1.0), ", R 2, 1, 3, 1.5": (2.0, 1.0, 3.0, 1.5)}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for name, retardation in CASES.items():
        column = chain_column(1.0, retardation=retardation, tolerance=1e-4)
        yield Check(f"chain{name}", "mean / inlet", column.mean(60.0), 1e-3)
        yield Check(f"chain{name}, beyond 5 m", "largest / inlet", column.largest(5.0), 1.3e-3)
        yield Check(f"chain{name}, first cells", "largest / inlet", column.largest(), 0.02)
        yield Check(f"chain{name}: balance", "relative", column.carried.closure, 1e-10)
        yield Check(f"chain{name}: below zero", "largest", max(0.0, -column.carried.minimum), 0.0)
        fine = chain_column(1.0, retardation=retardation, step=0.25)
        far = column.x > 10.0
        errors = []
        for step in (10.0, 5.0):
            coarse = chain_column(1.0, retardation=retardation, step=step)
            errors.append(float(abs(coarse.ours - fine.ours)[:, far].mean()))
        order = observed_orders([10.0, 5.0], errors)[-1]
        yield Check(
            f"chain{name}, splitting, beyond 10 m", "mean / inlet", errors[-1], 1e-3, order=order, least_order=1.7
        )
