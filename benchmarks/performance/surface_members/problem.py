"""Ten thousand members of a network of rivers, a dam and a lake in two basins, a century of months, on one core."""

import time
from collections.abc import Iterator
from pathlib import Path

from gwsolver.bench.rows import Check
from gwsolver.bench.two_basins import months, network

MEMBERS, YEARS = 10_000, 100


def run(folder: Path, modflow: str | None) -> Iterator[Check]:
    net, closure = network(MEMBERS), 0.0
    begin = time.process_time()
    for step in months(YEARS):
        done = net.advance(step)
        closure = max(closure, float(done.water_closure.max()), float(done.salt_closure.max()))
    spent = time.process_time() - begin
    yield Check(f"{MEMBERS:,} members, {YEARS} years, {len(net.names)} nodes", "CPU seconds", spent, 10.0)
    steps = MEMBERS * YEARS * 12 * len(net.names)
    yield Check("one member, one node, one month", "ns", 1e9 * spent / steps, 85.0)
    yield Check("balance of water and salt", "relative", closure, 1e-10)
