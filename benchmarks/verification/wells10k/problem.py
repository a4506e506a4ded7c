"""Wells in strongly varying rock: default scheme against refined truth, local steps against small global ones."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench.folders import solve, solve_with_modflow
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check
from gwsolver.bench.small_steps import small_global_steps
from gwsolver.core.time import TimeStep
from gwsolver.flow import FlowSolver
from gwsolver.run.load import load
from gwsolver.transport import TransportSolver

SPECIES = "trans"
# Relative L1 of MODFLOW 6 on these files: TVD and XT3D, dispersion angle corrected; 20, 80 or 320 steps alike.
MODFLOW, STORED = 0.43, "6.7.0.dev1, dispersion angle corrected"


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    truth = np.load(folder / "truth.npz")["truth"].ravel().astype(float)
    theirs, version = MODFLOW, STORED
    if modflow:
        answer = solve_with_modflow(modflow, folder / "model", SPECIES, ("flow", "trans"))
        theirs = relative_l1(answer.concentration, truth)
        version = "this run"
    error = relative_l1(solve(folder / "model", SPECIES).concentration, truth)
    yield Check("wells, refined truth", "L1", error, 0.32, modflow=theirs, modflow_version=version)

    simulation = load(folder / "model").simulation
    flow_model, model = simulation.flow_models[0], simulation.transport_models[0]
    flow = FlowSolver(flow_model).advance(next(iter(flow_model.time.steps())))
    step = TransportSolver([model]).advance(flow, flow.end, TimeStep(0, 0, flow.start, flow.end))[0]
    exact = small_global_steps(model, flow)
    yield Check("wells, time error", "L1", relative_l1(step.concentration, exact.concentration), 0.01)
    yield Check("wells, updates of a cell", "share of global sweeps", step.stages / exact.stages, 0.05)
    yield Check("wells, below zero", "largest", max(0.0, -step.minimum), 0.0)
    yield Check("wells, balance", "budget", step.ledger.closure(), 1e-10)
