"""What observed levels ask for: the inflow between two years with which a lake goes from one level to the other.

A balance is never validated on its own inverse: what comes out here tells how far the inflow that is put in and the
levels that were seen agree, and must not be put in again to be compared with those levels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.case import Case
from gwsolver.case.surface.uncertain import target_problems
from gwsolver.core.calendar import CalendarStep, monthly
from gwsolver.core.case import ObservedLevel
from gwsolver.core.errors import InputError, Problem, RunError, located
from gwsolver.run.trial import MOST_TRIALS, YEAR, percentiles, trial
from gwsolver.surface.nodes.lake import Lake

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
LEVEL = 1e-4  # m: how exactly both levels are met


@dataclass(frozen=True, eq=False)
class Asked:
    """What holds between two years.

    Attributes
    ----------
    first, last : int
        Years whose mean levels are met.
    given, flow : ndarray of float64, shape (member,)
        Mean inflow at the lake as the case has it, and as the levels ask for [m3/d]; the case as it stands first, with
        the levels as observed. NaN where no inflow does it.
    """

    first: int
    last: int
    given: Floats
    flow: Floats


def asked_for(case: Case, years: Sequence[int], *, node: str, on: str) -> list[Asked]:
    """Return the inflow that observed levels ask for, from each of some years to the next.

    Something is added to `on` in every month alike, until the mean levels of the first and of the last year are those
    observed. Members have their own values of what is uncertain, and levels drawn within their standard errors.

    Parameters
    ----------
    case : Case
        With [surface] and [[surface.observed]].
    years : sequence of int
        Rising, each with an observed level of the node.
    node : str
        A lake; basins joined to it come along.
    on : str
        An inflow to change: "release.flow". What arrives at the lake by the river it goes to is told.

    Raises
    ------
    InputError
        If there is no such lake, value, year or level.
    RunError
        If no inflow does it in the case as it stands.
    """
    surface = case.surface
    assert surface is not None
    seen = {int(o.date): o for o in case.info.observed if o.node == node and len(o.date) == 4}
    _refuse(case, seen, years, node, on)
    settings, members = surface.drawn_settings()
    river = _last_of(surface.settings, on.partition(".")[0], node)
    draw = np.random.default_rng(surface.seed).standard_normal((len(years), members))
    draw[:, 0] = 0.0
    levels = [seen[y].level + seen[y].sigma * draw[i] for i, y in enumerate(years)]
    spans = zip(years[:-1], years[1:], levels[:-1], levels[1:], strict=True)
    return [Asked(a, b, *_search(settings, members, a, b, low, high, node, on, river)) for a, b, low, high in spans]


def table(found: Sequence[Asked]) -> "pd.DataFrame":
    """Return a row for each span of years: inflow at the lake as given and as asked for, with percentiles [km3/y]."""
    import pandas as pd

    rows = []
    for one in found:
        given, flow = one.given * YEAR / 1e9, one.flow * YEAR / 1e9
        row: dict[str, Any] = {
            "from": one.first, "to": one.last, "given [km3/y]": given[0], "asked for [km3/y]": flow[0]}
        rows.append(row | percentiles(flow))
    return pd.DataFrame(rows)


def _refuse(case: Case, seen: dict[int, ObservedLevel], years: Sequence[int], node: str, on: str) -> None:
    surface = case.surface
    assert surface is not None
    problems: list[Problem] = []
    target_problems([on], surface.settings, lambda what, hint: problems.append(Problem(what, hint=hint)))
    lakes = [s.name for s in surface.settings if isinstance(s, Lake)]
    if node not in lakes:
        problems.append(Problem("there is no such lake", value=node, allowed=f"one of {', '.join(lakes) or 'none'}"))
    elif not seen:
        problems.append(Problem(f"no yearly levels of {node!r} are observed", hint="Give [[surface.observed]]."))
    if len(years) < 2 or list(years) != sorted(set(years)):
        problems.append(Problem("years", value=list(years), allowed="two or more, rising"))
    start, end = surface.steps[0].start, surface.steps[-1].end
    for y in years:
        if seen and y not in seen:
            allowed = f"one of {', '.join(map(str, sorted(seen)))}"
            problems.append(Problem("no level is observed", value=y, allowed=allowed))
        if date(y, 1, 1) < start or date(y + 1, 1, 1) > end:
            problems.append(Problem("year outside the case", value=y, allowed=f"{start} to {end}"))
    if not problems and not _last_of(surface.settings, on.partition(".")[0], node):
        problems.append(Problem(f"no water goes from {on.partition('.')[0]!r} to {node!r}"))
    if problems:
        raise InputError(located(problems, file=str(case.file), package="[surface]"))


def _last_of(settings: Sequence[Any], name: str, node: str) -> str:
    """Return the last node above a lake on the way from another one; "" if the way does not lead there."""
    below = {s.name: s.outlets.get("to", "") for s in settings}
    while below.get(name):
        if below[name] == node:
            return name
        name = below[name]
    return ""


def _search(
    settings: Sequence[Any], members: int, first: int, last: int, low: Floats, high: Floats, node: str, on: str,
    river: str,
) -> tuple[Floats, Floats]:
    """Return inflow as given and as asked for: a secant for the last level, shifts of the start for the first."""
    steps = list(monthly(date(first, 1, 1), date(last + 1, 1, 1)))
    added, start = np.zeros(members), low.copy()
    given: Floats | None = None
    before: tuple[Floats, Floats] | None = None
    slope = np.full(members, np.nan)  # of the last level with what is added
    area = sum((s.area_factor * s.table.area_at(np.clip(low, s.table.floor, s.table.top))
                for s in settings if isinstance(s, Lake)), np.zeros(members))
    daily = area / YEAR  # what lifts the lake by a metre a year
    for _ in range(MOST_TRIALS):
        ends, flow, left = _run(settings, members, steps, start, added, node, on, river)
        given = flow if given is None else given
        off = ends[0] - low, ends[1] - high
        done = (np.abs(off[0]) <= LEVEL) & (np.abs(off[1]) <= LEVEL)
        if (done | left).all():
            break
        if before is not None:
            moved = added - before[0]
            own = np.divide(off[1] - before[1], moved, out=np.full(members, np.nan), where=np.abs(moved) > 1.0)
            slope = np.where(own > 0.0, own, slope)
        before = added, off[1]
        start = np.where(left, start, start - off[0])
        # At first as if the lake kept all of it; then by the secant, no further than two metres a year.
        step = off[1] / np.where(np.isnan(slope), len(steps) / 12 / daily, slope)
        added = added - np.where(left, 0.1 * daily, np.clip(step, -2.0 * daily, 2.0 * daily))
    if not done[0]:
        raise RunError(f"no inflow was found that leads {node} from {first} to {last} in the case as it stands")
    return given, np.where(done, flow, np.nan)


def _run(
    settings: Sequence[Any], members: int, steps: Sequence[CalendarStep], start: Floats, added: Floats, node: str,
    on: str, river: str,
) -> tuple[tuple[Floats, Floats], Floats, NDArray[np.bool_]]:
    """Run a span; return the mean levels of its first and last year, the mean inflow by the river, and who left."""
    network, _ = trial(settings, members, start, on, added)
    levels, came = [], np.zeros(members)
    for step in steps:
        done = network.advance(step)
        level = done.held[node].level
        assert level is not None
        levels.append(level)
        came = came + done.flows[river, "to"][0]
    days = (steps[-1].end - steps[0].start).days
    return (np.mean(levels[:12], axis=0), np.mean(levels[-12:], axis=0)), came / days, network.left
