"""The question turned round: which inflow holds a lake at a level, in the case as it stands and in its members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.case import Case
from gwsolver.case.surface.uncertain import FIELDS, target_problems
from gwsolver.core.calendar import CalendarStep, monthly
from gwsolver.core.errors import InputError, Problem, RunError, located
from gwsolver.run.trial import MOST_TRIALS, YEAR, percentiles, trial
from gwsolver.surface.nodes.lake import Lake

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
LEVEL, VOLUME = 1e-5, 1e-7  # m; part of the lake: how exactly level and balance are met


@dataclass(frozen=True, eq=False)
class Held:
    """What holds a lake at a level.

    Attributes
    ----------
    node, on : str
        The lake, and the value that is changed ("release.flow").
    level : float
        Mean of the year [m].
    flow : ndarray of float64, shape (member,)
        Mean over the year of what is changed [m3/d]; the case as it stands first. NaN where nothing holds it.
    """

    node: str
    on: str
    level: float
    flow: Floats


def holding(case: Case, levels: Sequence[float], *, node: str, on: str) -> list[Held]:
    """Return the inflow with which a lake's yearly mean stays at each level, year after year.

    The first year of the case comes again and again, with something added to `on` in every month alike; lakes begin
    where their yearly mean is the level, and the volume of all lakes is after the year what it was before. Salt has no
    time to follow: it stays as the case begins.

    Parameters
    ----------
    case : Case
        With [surface].
    levels : sequence of float
        [m]
    node : str
        A lake; basins joined to it come along.
    on : str
        An inflow to change: "release.flow".

    Raises
    ------
    InputError
        If there is no such lake or value, or if a stage table does not cover a level.
    RunError
        If nothing holds it in the case as it stands.
    """
    surface = case.surface
    assert surface is not None
    problems: list[Problem] = []
    lakes = {s.name: s for s in surface.settings if isinstance(s, Lake)}
    target_problems([on], surface.settings, lambda what, hint: problems.append(Problem(what, hint=hint)))
    if node not in lakes:
        problems.append(Problem("there is no such lake", value=node, allowed=f"one of {', '.join(lakes) or 'none'}"))
    else:
        low, high = max(x.table.floor for x in lakes.values()), min(x.table.top for x in lakes.values())
        problems += [Problem("level", value=f"{h:g} m", allowed=f"({low:g}, {high:g})")
                     for h in levels if not low < h < high]
    if problems:
        raise InputError(located(problems, file=str(case.file), package="[surface]"))
    members = surface.drawn_settings()
    first = surface.steps[0].start
    year = list(monthly(first, date(first.year + 2, first.month, 1)))
    return [Held(node, on, h, _search(members, year, h, node, on)) for h in levels]


def table(found: Sequence[Held]) -> "pd.DataFrame":
    """Return a row for each level: the flow of the case, percentiles of members, and how many have one [km3/y]."""
    import pandas as pd

    rows = []
    for held in found:
        flow = held.flow * YEAR / 1e9
        row: dict[str, Any] = {"level [m]": held.level, f"{held.on} [km3/y]": flow[0]}
        row |= percentiles(flow)
        if flow.size > 1:
            row["members held"] = int(np.count_nonzero(~np.isnan(flow[1:])))
        rows.append(row)
    return pd.DataFrame(rows)


def _search(
    settings: tuple[Sequence[Any], int], year: Sequence[CalendarStep], level: float, node: str, on: str
) -> Floats:
    """Return the mean flow of each member: secants for the balance of the year, shifts for its mean level."""
    nodes, members = settings
    added, start = np.zeros(members), np.full(members, level)
    slope = np.full(members, len(year) / 24 * YEAR)  # of the year's change of volume with what is added
    before: tuple[Floats, Floats] | None = None
    for _ in range(MOST_TRIALS):
        change, mean, volume, flow = _year(nodes, members, year, start, added, node, on)
        done = (np.abs(change) <= VOLUME * volume) & (np.abs(mean - level) <= LEVEL)
        if done[~np.isnan(change)].all():
            break
        if before is not None:
            moved = added - before[0]
            own = np.divide(change - before[1], moved, out=slope.copy(), where=np.abs(moved) > 1.0)
            slope = np.where((own > 0.2 * YEAR) & (own < 1.5 * YEAR), own, slope)
        before = added, change
        added = added - np.nan_to_num(change / slope)
        start = start + np.nan_to_num(level - mean)
    if not done[0]:
        raise RunError(f"no flow was found that holds {node} at {level:g} m in the case as it stands")
    return np.where(done, flow, np.nan)


def _year(
    nodes: Sequence[Any], members: int, year: Sequence[CalendarStep], start: Floats, added: Floats, node: str, on: str
) -> tuple[Floats, Floats, Floats, Floats]:
    """Run two years; return of the second the change of the lakes' volume, mean level and flow, and the volume."""
    network, settings = trial(nodes, members, start, on, added)
    place, _, key = on.partition(".")
    lakes = [s.name for s in nodes if isinstance(s, Lake)]
    forcing = next(getattr(s, FIELDS.get(key, key)) for s in settings if s.name == place)
    volume, levels, flow, days = np.zeros(members), [], np.zeros(members), 0.0
    for i, step in enumerate(year):
        done = network.advance(step)
        if i == len(year) // 2 - 1:
            volume = sum((done.held[n].volume for n in lakes), np.zeros(members))
        elif i >= len(year) // 2:
            held = done.held[node].level
            assert held is not None
            levels.append(held)
            flow = flow + np.maximum(forcing.over(step), 0.0) * step.days
            days += step.days
    after = sum((done.held[n].volume for n in lakes), np.zeros(members))
    change = np.where(network.left, np.nan, after - volume)
    return change, np.mean(levels, axis=0), after, flow / days
