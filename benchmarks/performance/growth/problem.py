"""The heterogeneous well model joined to itself: cost by size, work per cell unchanged."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.processes import gwsolver_process
from gwsolver.bench.rows import Check, Process
from gwsolver.bench.wells import write_wells

SQUARES = os.environ.get("GWSOLVER_GROWTH", "1,2")
DAYS = 73.0
ALLOWED = 1.3  # CPU time per cell at the largest size over that at the smallest


def run(folder: Path, modflow: str | None) -> Iterator[Check | Process]:
    costs = []
    for squares in map(int, SQUARES.split(",")):
        with tempfile.TemporaryDirectory(prefix="gwsolver-bench-") as work:
            out, model = Path(work), Path(work) / "model"
            cells = write_wells(model, squares=squares, days=DAYS)
            cost = gwsolver_process(f"wells, {squares} x {squares} squares", cells, model, out)
        costs.append(cost.seconds / cost.cells)
        yield cost
    if len(costs) > 1:
        yield Check("growth", "CPU per cell, largest over smallest", costs[-1] / costs[0], ALLOWED)
