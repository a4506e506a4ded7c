"""MT3DMS problem 1: a column by advection, dispersion, sorption, decay, in MODFLOW 6's input."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gwsolver.bench import solutions
from gwsolver.bench.folders import solve, solve_with_modflow
from gwsolver.bench.norms import relative_l1
from gwsolver.bench.rows import Check

SPECIES = "gwt-p01-mf6"
PHYSICS = {"p01b": (1.0, 0.0), "p01c": (5.0, 0.0), "p01d": (5.0, 0.002)}  # retardation, decay rate [1/d]
STORED = "6.7.0.dev1"  # MODFLOW 6 (commit b06308e), upstream weighting and 100 steps as the files ask
MODFLOW = {"p01a": 0.13111, "p01b": 0.049934, "p01c": 0.075291, "p01d": 0.11746}
TIME, V, D = 2000.0, 0.24, 2.4
# Mass that the fixed cell gives off until 2000 d, per MODFLOW 6 (cumulative budget).
MODFLOW_INFLOW = {"p01b": 122.5, "p01c": 132.1383, "p01d": 154.8901}
POROSITY, HALF_CELL = 0.25, 5.0


def exact_inflow(case: str) -> float:
    """Return the mass that passes the fixed cell's face, 5 m from its centre: stored beyond it, and decayed there."""
    retardation, rate = PHYSICS[case]
    x = HALF_CELL + np.linspace(0.0, 1000.0, 8001)
    times = np.linspace(1e-6, TIME, 201) if rate else np.array([TIME])
    stored = [
        POROSITY * retardation * np.trapezoid(solutions.ogata_banks(
            x, t, seepage_velocity=V, dispersion=D, retardation=retardation, decay_rate=rate), x)
        for t in times
    ]
    return float(stored[-1] + (rate * np.trapezoid(stored, times) if rate else 0.0))


def exact(case: str, x: np.ndarray) -> np.ndarray:
    """Return C/C0 with the source in the centre of the first cell, x = 0."""
    if case == "p01a":
        return solutions.sharp_front(x, TIME, seepage_velocity=V)
    retardation, rate = PHYSICS[case]
    return solutions.ogata_banks(
        x, TIME, seepage_velocity=V, dispersion=D, retardation=retardation, decay_rate=rate
    )


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    x = 10.0 * np.arange(101)
    away = x >= 10.0
    for case, stored in MODFLOW.items():
        e = exact(case, x)[away]
        theirs, version = stored, STORED
        if modflow:
            theirs = relative_l1(solve_with_modflow(modflow, folder / case, SPECIES).concentration[away], e)
            version = "this run"
        answer = solve(folder / case, SPECIES)
        ours = relative_l1(answer.concentration[away], e)
        yield Check(f"MT3DMS {case}", "L1", ours, stored, modflow=theirs, modflow_version=version)
        if case in MODFLOW_INFLOW:
            inflow = exact_inflow(case)
            error = abs(answer.budget["cnc-1/cnc"][0] - inflow) / inflow
            theirs = abs(MODFLOW_INFLOW[case] - inflow) / inflow
            yield Check(f"MT3DMS {case}, mass from the source", "budget", error, 0.012, modflow=theirs,
                        modflow_version=STORED)
