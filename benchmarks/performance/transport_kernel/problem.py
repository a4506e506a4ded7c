"""Cell updates per second of the transport kernel, beside STREAM triad in the same run."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver import kernels
from gwsolver.bench.heterogeneous import heterogeneous_flow
from gwsolver.bench.machine import peak_memory
from gwsolver.bench.rows import Measurement
from gwsolver.bench.stream import triad_bandwidth
from gwsolver.bench.uniform import transport_model
from gwsolver.core.time import TimeStep
from gwsolver.transport import TransportSolver

SHAPES = ((5, 100, 100), (6, 200, 250), (10, 250, 400))  # 50,000, 300,000 and 1,000,000 cells
SWEEPS = 60
# What one update must move in float64: 7 coefficients of 3 faces, capacity, source, loss, the mirror twice,
# mass and integral read and written.
BYTES_PER_UPDATE = 8 * (7 * 3 + 3 + 2 + 4)


def run(folder: Path, modflow: str | None) -> Iterator[Measurement]:
    wanted = sorted({1, min(2, os.cpu_count() or 1)})
    bandwidth = {threads: triad_bandwidth(threads) for threads in wanted}
    for shape in SHAPES:
        grid, flow = heterogeneous_flow(shape)
        initial = 0.5 + 0.5 * np.random.default_rng(2).random(grid.n_cells)  # no cell may be skipped
        model = transport_model(
            grid, longitudinal=5.0, transverse=0.5, vertical_transverse=0.05, retardation=1.5, decay_rate=1e-6,
            initial=initial, sources=(),
        )
        for threads in wanted:
            kernels.set_threads(threads)
            try:
                yield measure(model, flow, threads, bandwidth[threads])
            finally:
                kernels.set_threads(0)


def measure(model, flow, threads: int, bandwidth: float) -> Measurement:
    """Time about SWEEPS sweeps after the first step, which sets everything up."""
    solver = TransportSolver([model])
    stress = TimeStep(0, 0, flow.start, flow.end)
    first = 1e-9 * flow.end
    solver.advance(flow, first, stress)
    probe = solver.advance(flow, 1e-4 * flow.end, stress)[0]
    length = (probe.end - probe.start) * SWEEPS / probe.stages
    begin = time.perf_counter()
    step = solver.advance(flow, probe.end + length, stress)[0]
    seconds = time.perf_counter() - begin
    cells = model.grid.n_cells
    rate = cells * step.stages / seconds
    return Measurement(
        case="transport kernel", cells=cells, steps=step.stages, threads=threads, seconds=seconds, rate=rate / 1e6,
        stream_share=rate * BYTES_PER_UPDATE / bandwidth, memory=peak_memory(), error=step.ledger.closure(),
    )
