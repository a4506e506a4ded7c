"""A model of 100 cells: what the command and the Python API cost before anything is large."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import gwsolver
from gwsolver.bench.processes import gwsolver_process, measure
from gwsolver.bench.rows import Check, Process
from gwsolver.bench.wells import write_wells

CASE, REPEATS = "100 cells", 5


def run(folder: Path, modflow: str | None) -> Iterator[Check | Process]:
    with tempfile.TemporaryDirectory(prefix="gwsolver-bench-") as work:
        out, model = Path(work), Path(work) / "model"
        cells = write_wells(model, side=5, layers=4, together=True)
        flopy = min(measure([sys.executable, "-c", "import flopy"], out, out / "flopy.txt")[0] for _ in range(REPEATS))
        command = min((gwsolver_process(CASE, cells, model, out) for _ in range(REPEATS)), key=lambda p: p.seconds)
        yield command
        yield Check(CASE, "CPU s beyond importing flopy", command.seconds - flopy, 0.5)
        yield Check(CASE, "CPU s through the API", min(once(model, out / "api") for _ in range(REPEATS)), 0.05)


def once(model: Path, out: Path) -> float:
    """Return the CPU seconds of one run through the API."""
    begin = time.process_time()
    gwsolver.run(model, out)
    return time.process_time() - begin
