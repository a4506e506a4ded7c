"""Kinetic reactions in a closed vessel: a grid without flow, through all of transport and its splitting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.bench.solutions.batch import KineticAcceptors
from gwsolver.bench.uniform import transport_model, uniform_flow
from gwsolver.core.chemistry import Chemistry
from gwsolver.core.dis import structured_grid
from gwsolver.core.ledger import Ledger
from gwsolver.core.time import TimeStep

Floats = NDArray[np.float64]

PROCESSES = ("oxygen", "nitrate", "iron", "sulfate", "methanogenesis")
FOLLOWED = ("oxygen", "nitrate", "iron(II)", "sulfate", "methane")
START = (6.0, 17.0, 0.001, 100.0, 0.0001)
MOST = (np.nan, np.nan, 50.5, np.nan, 2.05)
FACTORS = (3.14, 4.9, 21.8, 4.7, 0.78)
INHIBITION = (0.01, 0.01, 0.01, 0.01, 9999.0)
HALF, RATE = 0.5, 1.68e-3
TIMES = (100.0, 300.0, 600.0, 1000.0, 2000.0, 3000.0)


@dataclass(frozen=True, eq=False)
class Vessel:
    """Donors and acceptors of MT3D-USGS's examples 1ED5EAs and 2ED5EAs, with what became of them.

    Attributes
    ----------
    concentration : ndarray of float64, shape (time, donor + acceptor)
        At `TIMES` [mg/L].
    minimum, closure : float
        Smallest concentration; largest imbalance of a species over all that it gained and lost.
    electrons : float
        Donor gone less sum of acceptors used over F, relative to the donor gone.
    """

    concentration: Floats
    minimum: float
    closure: float
    electrons: float


def names(n_donors: int) -> tuple[str, ...]:
    """Return the species, donors first."""
    return (*(f"donor {j + 1}" for j in range(n_donors)), *FOLLOWED)


def exact(donors: Sequence[float]) -> Floats:
    """Return the ODE's solution at `TIMES`, shape (time, donor + acceptor)."""
    n = len(donors)
    law = KineticAcceptors(
        rates=np.full((n, 5), RATE), utilisation=np.tile(FACTORS, (n, 1)), half_saturation=np.full(5, HALF),
        inhibition=np.array(INHIBITION), most=np.array(MOST),
    )
    return np.hstack(law.at(TIMES, donors, START))


def kinetic(n_donors: int, relative: float) -> Chemistry:
    """Return the kinetic reaction of these donors and acceptors at a relative tolerance of a cell's steps."""
    from gwsolver.reactions.degradation.kinetic import Acceptor, Donor, Setting
    from gwsolver.reactions.degradation.rates import Tolerances

    species = names(n_donors)
    constants = [dict(half_saturation=HALF, inhibition=i) for i in INHIBITION]
    acceptors = tuple(
        Acceptor(process, "" if limited else name, name if limited else "", most if limited else None, **values)
        for process, name, most, limited, values in zip(
            PROCESSES, FOLLOWED, MOST, np.isfinite(MOST), constants, strict=True)
    )
    each = dict(zip(PROCESSES, FACTORS, strict=True))
    found = tuple(Donor(s, factors=each, rates=dict.fromkeys(PROCESSES, RATE)) for s in species[:n_donors])
    return Chemistry((Setting(found, acceptors, tolerances=Tolerances(relative, 1e-2 * relative)),), species)


def solve(donors: Sequence[float], relative: float = 1e-6) -> Vessel:
    """Let donors and acceptors stand in two cells without flow until the last of `TIMES`."""
    from gwsolver.transport import TransportSolver

    grid = structured_grid([50.0, 50.0], [50.0], 100.0, [0.0])
    start = np.array([*donors, *START])
    models = [
        replace(transport_model(grid, porosity=0.3, initial=c), name=name)
        for name, c in zip(names(len(donors)), start, strict=True)
    ]
    flow = uniform_flow(grid, (0.0, 0.0, 0.0), end=TIMES[-1])
    solver = TransportSolver(models, chemistry=kinetic(len(donors), relative))
    ledgers = [Ledger() for _ in models]
    found, minimum, time = [], np.inf, 0.0
    for until in TIMES:
        while time < until:
            steps = solver.advance_part(flow, until, TimeStep(0, 0, 0.0, flow.end))
            time = steps[0].end
            for ledger, step in zip(ledgers, steps, strict=True):
                ledger.merge(step.ledger)
                minimum = min(minimum, step.minimum)
        found.append([s.concentration[0] for s in steps])
    end = np.array(found)
    gone = start[: len(donors)].sum() - end[-1, : len(donors)].sum()
    used = (np.abs(end[-1, len(donors) :] - START) / FACTORS).sum()
    closure = max(ledger.closure() for ledger in ledgers)
    return Vessel(end, float(minimum), float(closure), abs(used / gone - 1.0))
