"""Wells in strongly varying rock (`benchmarks/verification/wells10k`): cost and error."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench.cases import Posed
from gwsolver.bench.rows import Row, Trial
from gwsolver.bench.trials import advantage, of_modflow, ours
from gwsolver.core.simulation import SourceConcentration
from gwsolver.flow import FlowSolver
from gwsolver.run.load import load

NAME = "wells"
MODEL = Path("verification") / "wells10k"


def pose(folder: Path) -> Posed:
    """Solve the flow; what its packages bring stands in their variable ``concentration``, as peers are told it."""
    simulation = load(folder / "model").simulation
    flow_model, model = simulation.flow_models[0], simulation.transport_models[0]
    flow = FlowSolver(flow_model).advance(next(iter(flow_model.time.steps())))
    packages = tuple(
        dataclasses.replace(p, auxiliary={"concentration": p.auxiliary.get("conc", np.zeros(p.rates.size))})
        for p in flow.packages
    )
    model = dataclasses.replace(
        model, sources=tuple(SourceConcentration(p.name, "concentration") for p in packages)
    )
    truth = np.load(folder / "truth.npz")["truth"].ravel().astype(float)
    return Posed(
        model, dataclasses.replace(flow, packages=packages), truth, np.arange(model.grid.n_cells),
        float(np.sqrt(model.grid.area.mean())),
    )


def run(folder: Path, modflow: str | None) -> Iterator[Row]:
    posed = pose(folder.parents[1] / MODEL)
    trials: list[Trial] = [ours(NAME, posed, norm="L1", scheme=s) for s in ("limited", "upstream")]
    if modflow:
        # Concentrations reach 200: 1e-4 is less than a millionth of that.
        trials += of_modflow(NAME, posed, modflow, norm="L1", steps=(20, 80), close=1e-4, complexity="moderate")
    yield from trials
    yield from advantage(trials, "MODFLOW 6", 0.01)
