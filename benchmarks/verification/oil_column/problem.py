"""The front that clears a column of oil of one component."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.oil_columns import cleared_column
from gwsolver.bench.rows import Check


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    for spacing, retardation in ((0.5, 1.0), (0.25, 1.0), (0.1, 1.0), (0.25, 2.0)):
        front = cleared_column(spacing, time=1250.47, retardation=retardation)
        name = f"cleared column, dx {spacing:g}, R {retardation:g}"
        yield Check(f"{name}: front", "cells", abs(front.ours - front.exact) / spacing, 1.0)
        yield Check(f"{name}: mass that left", "relative", abs(front.dissolved), 1e-7)
        yield Check(f"{name}: balance", "relative", front.closure, 1e-10)
        yield Check(f"{name}: below zero", "largest", max(0.0, -front.minimum), 0.0)
