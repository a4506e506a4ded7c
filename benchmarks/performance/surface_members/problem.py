"""Ten thousand members of a network of rivers, a dam and a lake in two basins, a century of months, on one core."""

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np

from gwsolver.bench.peers import pywr
from gwsolver.bench.rows import Check, Row, Trial
from gwsolver.bench.two_basins import months, network, without_lags_and_salt
from gwsolver.core.calendar import CalendarStep, daily, monthly
from gwsolver.surface.network import Network

PEER = "pywr"
MEMBERS, YEARS = 10_000, 100
BESIDE = 500  # members that pywr runs too: what a member takes there depends little on how many there are
DAYS = 10  # years that are solved by days


def run(folder: Path, peer: str | None) -> Iterator[Row]:
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
    if peer is not None:
        yield from beside(folder, peer, spent / (MEMBERS * YEARS * 12))


def beside(folder: Path, peer: str, own_cost: float) -> Iterator[Row]:
    """Run the network without lags and salt here and in pywr; `own_cost` is that of all [s a member, month]."""
    seconds, own, theirs, answer = both(folder, peer, BESIDE, YEARS, monthly)
    truth = gwsolver(BESIDE, DAYS, daily)[1]
    rows = [("gwsolver", seconds, None, own),
            (f"pywr {answer.version}", answer.solve_seconds, answer.process_seconds, theirs)]
    for solver, spent, process, level in rows:
        error = float(np.abs(level[:DAYS] - truth).max())
        yield Trial("water alone, by months", solver, f"{BESIDE} members, {YEARS} years", 10, error, "level [m]", spent,
                    process)
    cost = answer.solve_seconds / (BESIDE * YEARS * 12)
    yield Check(f"one member, one month: {1e6 * own_cost:.2g} us, pywr {1e6 * cost:.2g} us", "CPU time, of pywr's",
                own_cost / cost, 0.1)
    apart = [float(np.abs(own - theirs).max()) for by in (monthly, daily)
             for _, own, theirs, _ in [both(folder, peer, 10, DAYS, by)]]
    order = float(np.log(apart[0] / apart[1]) / np.log(365.25 / 12))
    yield Check(f"levels by days, 10 members, {DAYS} years", "off pywr's [m]", apart[1], 1e-3, order=order,
                least_order=0.9)


Stepping = Callable[[date, date], Iterator[CalendarStep]]


def both(
    folder: Path, peer: str, members: int, years: int, by: Stepping
) -> tuple[float, np.ndarray, np.ndarray, pywr.PywrAnswer]:
    """Return seconds of gwsolver, levels of both at the end of each year, shape (year, member) [m], pywr's answer."""
    seconds, own = gwsolver(members, years, by)
    nodes, steps = without_lags_and_salt(members), steps_of(years, by)
    with tempfile.TemporaryDirectory() as place:
        answer = pywr.solve(peer, folder / "pywr_model.py", nodes, members, steps, Path(place))
    table = pywr.whole_lake(nodes)
    theirs = [table.level_at(volume) for step, volume in zip(steps, answer.volume, strict=True) if ends_year(step)]
    return seconds, own, np.array(theirs), answer


def gwsolver(members: int, years: int, by: Stepping) -> tuple[float, np.ndarray]:
    """Return CPU seconds and the level at the end of each year, shape (year, member) [m]."""
    net, levels = Network(without_lags_and_salt(members), members), []
    begin = time.process_time()
    for step in steps_of(years, by):
        held = net.advance(step).held
        if ends_year(step):
            levels.append(held["west"].level)
    return time.process_time() - begin, np.array(levels)


def ends_year(step: CalendarStep) -> bool:
    """Return whether a step is the last one of its year."""
    return (step.end.month, step.end.day) == (1, 1)


def steps_of(years: int, by: Stepping) -> list[CalendarStep]:
    """Return the steps of so many years."""
    return list(by(date(2001, 1, 1), date(2001 + years, 1, 1)))
