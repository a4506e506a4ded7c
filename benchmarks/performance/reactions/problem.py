"""What reactions cost beside the transport of the same species, in the same run."""

import time
from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench import btex
from gwsolver.bench.rows import Check
from gwsolver.core.chemistry import Chemistry
from gwsolver.core.time import TimeStep
from gwsolver.reactions.degradation import instantaneous, kinetic
from gwsolver.reactions.degradation.network import Acceptor
from gwsolver.transport import TransportSolver

ACCEPTORS = (
    Acceptor("oxygen", "oxygen"), Acceptor("nitrate", "nitrate"), Acceptor("iron", product="iron2", capacity=20.0),
    Acceptor("sulfate", "sulfate"), Acceptor("methanogenesis", product="methane", capacity=20.0),
)
RATES = {"oxygen": 0.05, "nitrate": 0.03, "iron": 0.005, "sulfate": 0.004, "methanogenesis": 0.002}
KINETIC = kinetic.Setting(
    tuple(kinetic.Donor(d.species, d.formula, rates=RATES) for d in btex.donors()),
    tuple(kinetic.Acceptor(a.process, a.species, a.product, a.capacity, half_saturation=0.5, inhibition=0.01)
          for a in ACCEPTORS),
)
# CPU time of reactions over that of transport: what is allowed.
SETTINGS = {"instantaneous": (instantaneous.Setting(btex.donors(), ACCEPTORS), 1.0), "kinetic": (KINETIC, 5.0)}


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    grid = btex.grid()
    models, flow = btex.models(grid), btex.flow(grid)
    for name, (setting, allowed) in SETTINGS.items():
        solver = TransportSolver(models, chemistry=Chemistry((setting,), btex.SPECIES))
        begin, reached = time.process_time(), 0.0
        while reached < btex.END:
            reached = solver.advance_part(flow, btex.END, TimeStep(0, 0, 0.0, btex.END))[0].end
        whole = time.process_time() - begin
        yield Check(f"{name}, {grid.n_cells:,} cells, 10 species", "CPU time, reactions over transport",
                    solver.reacted.cpu / (whole - solver.reacted.cpu), allowed)
        done = solver.reactions
        assert done is not None
        yield Check(f"{name}", "electrons and carbon", max(done.balances.values()), 1e-12)
