"""`gwsolver run` on the heterogeneous well model, from start to end, beside MODFLOW 6."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.processes import gwsolver_process, modflow_process
from gwsolver.bench.rows import Check, Process
from gwsolver.bench.wells import write_wells

CASE = "wells"
SHARE, MEMORY = 1.0 / 20.0, 400.0


def run(folder: Path, modflow: str | None) -> Iterator[Check | Process]:
    with tempfile.TemporaryDirectory(prefix="gwsolver-bench-") as work:
        out, model = Path(work), Path(work) / "model"
        cells = write_wells(model)
        ours = gwsolver_process(CASE, cells, model, out)
        yield ours
        yield Check(CASE, "peak memory, MB", ours.memory, MEMORY)
        if modflow is not None:
            theirs = modflow_process(CASE, cells, modflow, (model / "flow", model / "trans"), out)
            yield theirs
            yield Check(CASE, "share of MODFLOW 6's CPU", ours.seconds / theirs.seconds, SHARE)
