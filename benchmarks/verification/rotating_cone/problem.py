"""A cone turned once around by pure advection."""

from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.cases import rotating_cone
from gwsolver.bench.norms import observed_orders
from gwsolver.bench.rows import Check


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    coarse, fine = rotating_cone(), rotating_cone(n=203, radius=30.0, distance=50.0)
    order = observed_orders([2.0, 1.0], [coarse.l2, fine.l2])[-1]
    yield Check("cone, one turn", "L2", coarse.l2, 0.06)
    yield Check("cone, one turn", "L1", coarse.l1, 0.06)
    # The cone has a tip and an edge: its second derivatives are delta functions, no scheme gets to order 2 in L2.
    yield Check("cone, cells halved", "L2", fine.l2, 0.025, order=order, least_order=1.2)
    for run_ in (coarse, fine):
        yield Check("cone, below zero", "largest", max(0.0, -run_.step.minimum), 0.0)
        yield Check("cone, balance", "budget", run_.step.ledger.closure(), 1e-10)
