"""What reactions cost beside the transport of the same species, in the same run."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from gwsolver.bench import btex
from gwsolver.bench.rows import Check
from gwsolver.core.chemistry import Chemistry
from gwsolver.core.time import TimeStep
from gwsolver.reactions.degradation import first_order, instantaneous, kinetic
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
DECAY = dict(zip(btex.SPECIES, (0.001, 0.005, 0.002, 0.003, 0.001, 0.0005, 0.002, 0.0002, 0.001, 0.003), strict=True))
ALONE = first_order.Setting(tuple(first_order.Decay(name, rate) for name, rate in DECAY.items()))
# Each into the next: one family of ten, as long as chains get.
CHAIN = first_order.Setting((
    *(first_order.Decay(parent, DECAY[parent], {daughter: 0.5}) for parent, daughter in pairwise(btex.SPECIES)),
    first_order.Decay(btex.SPECIES[-1], DECAY[btex.SPECIES[-1]]),
))
# CPU time of reactions over that of transport: what is allowed.
SETTINGS = {
    "first order": (ALONE, 1.0), "first order, chain of ten": (CHAIN, 1.0),
    "instantaneous": (instantaneous.Setting(btex.donors(), ACCEPTORS), 1.0), "kinetic": (KINETIC, 5.0),
}


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
        if done.balances:  # masses of yields are the user's: they claim none
            yield Check(f"{name}", "electrons and carbon", max(done.balances.values()), 1e-12)
