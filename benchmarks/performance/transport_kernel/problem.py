"""Cell-stages per second of the transport kernels, beside STREAM triad in the same run."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from gwsolver import kernels
from gwsolver.bench.heterogeneous import heterogeneous_flow
from gwsolver.bench.machine import peak_memory
from gwsolver.bench.rows import Check, Measurement, Row
from gwsolver.bench.stream import triad_bandwidth
from gwsolver.bench.uniform import transport_model
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.explicit.cloud import LANES, build_cloud
from gwsolver.transport.explicit.coefficients import coefficients
from gwsolver.transport.explicit.ends import Ends
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.slab.march import SlabMarch
from gwsolver.transport.explicit.species import ExplicitSpecies
from gwsolver.transport.explicit.sweeps import CloudSweep
from gwsolver.transport.progress import Progress
from gwsolver.transport.schemes import named

SHAPES = {"300k": (6, 200, 250), "1M": (10, 250, 400), "5M": (10, 500, 1000)}
WANTED = os.environ.get("GWSOLVER_KERNEL", "300k,1M").split(",")
WINDOWED, CLOUD = "1M", "300k"
PLUME = 0.05  # part of the grid that the moving window's plume covers
ROUNDS = 30  # each one step; the quickest counts
SLAB, SCALING, WINDOW, FACES = 120e6, 1.6, 10.0, 25e6  # least that passes

Marks = list[tuple[float, float]]  # CPU and wall clock [s] at the end of each step


class Enough(Exception):
    """The march has taken as many steps as are timed."""


def run(folder: Path, modflow: str | None) -> Iterator[Row]:
    counts = sorted({1, min(2, os.cpu_count() or 1)})
    bandwidth = {threads: triad_bandwidth(threads) for threads in counts}
    yield from slabs(counts, bandwidth)
    yield from window()
    yield from faces(bandwidth[1])


def slabs(counts: list[int], bandwidth: dict[int, float]) -> Iterator[Row]:
    """Measure the slab kernel at every size on one thread and on two."""
    for size in WANTED:
        grid, flow = heterogeneous_flow(SHAPES[size])
        initial = 0.5 + 0.5 * np.random.default_rng(2).random(grid.n_cells)  # no cell may be skipped
        model = with_tensor(grid, initial)
        seconds = {}
        for threads in counts:
            marks, stages, moved = march(model, flow, threads)
            cpu, wall = np.diff(marks, axis=0).min(axis=0)
            # On one thread CPU time, so that others on the machine count little; two must be timed by the clock.
            seconds[threads] = (cpu if threads == 1 else wall), wall
            yield measurement(f"slabs, {size}", grid.n_cells, stages * len(marks), threads, stages,
                              seconds[threads][0], moved, bandwidth[threads])
        yield at_least(f"slabs, {size}", "cell-stages per core and second [M]",
                       stages * grid.n_cells / seconds[1][0] / 1e6, SLAB / 1e6)
        if 2 in counts:
            yield at_least(f"slabs, {size}", "two threads over one", seconds[1][1] / seconds[2][1], SCALING)


def window() -> Iterator[Row]:
    """Measure a step of a small plume against one of a full grid."""
    shape = SHAPES[WINDOWED]
    grid, flow = heterogeneous_flow(shape)
    full = np.ones(shape)
    plume = np.zeros(shape)
    rows, columns = (round(n * PLUME**0.5) for n in shape[1:])
    plume[:, shape[1] // 2 - rows // 2:][:, :rows, shape[2] // 3:][:, :, :columns] = 1.0
    took = []
    for initial in (full, plume):
        marks, _, _ = march(with_tensor(grid, initial.ravel()), flow, 1, rounds=8)
        took.append(np.diff(marks, axis=0)[:, 0].min())
    yield at_least(f"window, {WINDOWED}, plume on {100 * PLUME:.0f} %", "full sweep over windowed", took[0] / took[1],
                   WINDOW)


def faces(bandwidth: float) -> Iterator[Row]:
    """Measure the face list, which serves grids of any shape, on the cells of a structured one."""
    grid, flow = heterogeneous_flow(SHAPES[CLOUD])
    initial = 0.5 + 0.5 * np.random.default_rng(2).random(grid.n_cells)
    model, scheme = with_tensor(grid, initial), limited()
    kernels.set_threads(1)
    try:
        species = ExplicitSpecies(model, scheme)
        work = species.begin(flow, flow.end, TimeStep(0, 0, 0.0, flow.end))
        sweep = CloudSweep(build_cloud(grid, work.capacity.wet))
        k = coefficients(model, flow, sweep.faces, False, scheme)
        rule = Ends(sweep.faces, k.faces[0], grid.n_cells).rule(work.boundaries)
        k.faces[2] = rule.ratio
        sweep.end_with(k, rule)
        inverse, b = 1.0 / work.capacity.start, work.boundaries
        h = 1e-3 * float(work.capacity.start.min() / np.abs(flow.face_flow).max())

        def stage() -> None:
            sweep.stage(k, work.concentration, work.mass, work.integral, b.source, b.loss, inverse, h, h)

        seconds = quickest(stage)
    finally:
        kernels.set_threads(0)
    slots = sweep.tables.neighbour.shape[0] * LANES
    n, f = grid.n_cells, grid.n_faces
    # Gradients: neighbour and three weights a slot, c, g written. Faces: two cells, d, eight coefficients, J written,
    # c and g read. Update: face and sign a slot, J, then source, loss, 1/M, and mass, integral, c read and written.
    moved = slots * (4 * 4 + 2 * 4) + n * (4 * 4 + 4 * 4 + 8 * (3 + 6)) + f * (2 * 4 + 3 * 4 + 8 * 4 + 2 * 4)
    yield measurement(f"face list, {CLOUD}", n, ROUNDS, 1, 1, seconds, moved, bandwidth)
    yield at_least(f"face list, {CLOUD}", "cell-stages per core and second [M]", n / seconds / 1e6, FACES / 1e6)


def with_tensor(grid: Grid, initial: ArrayLike) -> TransportModel:
    """Return a model with the full dispersion tensor, grid Peclet number 2, and sorption."""
    return transport_model(
        grid, longitudinal=5.0, transverse=0.5, vertical_transverse=0.05, retardation=1.5, initial=initial, sources=()
    )


def limited() -> ExplicitScheme:
    """Return the default scheme."""
    scheme = named("limited")
    assert isinstance(scheme, ExplicitScheme)
    return scheme


def march(model: TransportModel, flow: FlowStep, threads: int, rounds: int = ROUNDS) -> tuple[Marks, int, float]:
    """Carry a model by slabs; return the clocks after each step, stages in a step, and bytes that a stage moves."""
    marks: Marks = []

    def tell(progress: Progress) -> None:
        marks.append((time.process_time(), time.perf_counter()))
        if len(marks) > rounds:
            raise Enough

    kernels.set_threads(threads)
    try:
        species = ExplicitSpecies(model, limited())
        slabs = SlabMarch([model], limited())
        work = species.begin(flow, flow.end, TimeStep(0, 0, 0.0, flow.end))
        slabs([work], 0.0, flow.end, tell)
    except Enough:
        stages = work.stages // work.sub_steps
        return marks, stages, bytes_per_stage(slabs, stages)
    finally:
        kernels.set_threads(0)
    raise AssertionError("the flow step is too short to be timed")


def bytes_per_stage(march: SlabMarch, stages: int) -> float:
    """Return what a stage reads and writes, from memory or, where a block of slabs stands there, from the last cache.

    In float32 five coefficients of every face (three without cross flux), 1/M, C read and written; in float64 the
    mass, read and written; with Runge-Kutta the mass before the step, written once and read once in four stages.
    Gradients, fluxes and the rows of weights stay in the caches. Padding counts: it is moved.
    """
    layout = march.layout
    coefficients = layout.n_directions * (5 if march.field.cross else 3)
    return layout.n_places * (4.0 * (coefficients + 3) + 2 * 8.0 + (2 * 8.0 / stages if stages > 1 else 0.0))


def quickest(do: Callable[[], None]) -> float:
    """Return the CPU seconds of the quickest of some calls."""
    times: list[float] = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        do()
        times.append(time.process_time() - begin)
    return min(times)


def measurement(
    case: str, cells: int, steps: int, threads: int, stages: int, seconds: float, moved: float, bandwidth: float
) -> Measurement:
    """Return a row for one round of some stages."""
    return Measurement(
        case=case, cells=cells, steps=steps, threads=threads, seconds=seconds, rate=stages * cells / seconds / 1e6,
        stream_share=stages * moved / seconds / bandwidth, memory=peak_memory(), error=None,
    )


def at_least(case: str, what: str, reached: float, wanted: float) -> Check:
    """Return a check of a figure that must not fall below another: it passes if wanted over reached is at most 1."""
    return Check(f"{case}: {reached:.4g}, at least {wanted:g}", what, wanted / reached, 1.0)
