"""What the chart of a lake shows: yearly level, salinity and water balance of basins, and levels that others saw."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import gwsolver
from gwsolver.core.case import CaseInfo, in_language
from gwsolver.core.errors import InputError, Problem
from gwsolver.maps.charts.lake_balance import Term, yearly_balance
from gwsolver.maps.charts.timescale import TimeScale, decimal_year

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
ONE_LEVEL = 0.005  # basins whose yearly levels differ less have one line [m]
SCORED = 3  # fewer observed levels make no score
MID_YEAR = 0.5


@dataclass(frozen=True, eq=False)
class Line:
    """A quantity of a basin, or of several that have it in common.

    Attributes
    ----------
    name : str
        As printed.
    values : ndarray of float64, shape (year,)
    low, high : ndarray of float64, shape (year,), or None
        Band of the members.
    """

    name: str
    values: Floats
    low: Floats | None = None
    high: Floats | None = None


@dataclass(frozen=True)
class Dot:
    """An observed level: position on the time axis, level and sigma [m], whether it was published or measured."""

    at: float
    level: float
    sigma: float
    checked: bool


@dataclass(frozen=True)
class Score:
    """How near the run is to the observed levels [m].

    Attributes
    ----------
    count : int
        Observed levels.
    rmse, bias : float
        Of the run.
    constant : float
        Root mean square error of the best constant level, their mean.
    inside : int or None
        How many lie in the band; None without a band.
    """

    count: int
    rmse: float
    bias: float
    constant: float
    inside: int | None


@dataclass(frozen=True, eq=False, kw_only=True)
class LakeScene:
    """Basins of a network, by years.

    Attributes
    ----------
    names : tuple of str
        The basins, as printed.
    years : ndarray of int64, shape (year,)
    levels, salinities : tuple of Line
        [m], [kg/m3].
    terms : tuple of Term
        Gains and losses of all basins together, from the axis outward [m3 per year].
    change : ndarray of float64, shape (year,)
        Of what the basins hold [m3 per year].
    dots : tuple of Dot
    score : Score or None
    wanted : tuple of (level, title)
        Levels that somebody wants [m].
    periods : tuple of (first, last, title)
        Years to be marked, the last one included.
    members : int
        Runs of the band; 0 without one.
    left : int
        Of them those whose level had left its stage table by the last year.
    central : str
        What lines are: "run", or of members "case", "median".
    band : tuple of int or None
        Percentiles of the band.
    heights : str
        Height system of levels; "" if unknown.
    status, title, version : str
        Of the case; of the program.
    """

    names: tuple[str, ...]
    years: NDArray[np.int64]
    levels: tuple[Line, ...]
    salinities: tuple[Line, ...]
    terms: tuple[Term, ...]
    change: Floats
    dots: tuple[Dot, ...] = ()
    score: Score | None = None
    wanted: tuple[tuple[float, str], ...] = ()
    periods: tuple[tuple[int, int, str], ...] = ()
    members: int = 0
    left: int = 0
    central: str = "run"
    band: tuple[int, int] | None = None
    heights: str = ""
    status: str = ""
    title: str = ""
    version: str = ""

    @property
    def at(self) -> Floats:
        """Positions of yearly values on the time axis: the middles of the years."""
        return self.years + MID_YEAR

    @property
    def scale(self) -> TimeScale:
        """The time axis: from the start of the first year to the end of the last."""
        return TimeScale(True, "", float(self.years[0]), float(self.years[-1]) + 1.0)


def lake_from_results(
    results: Any, basins: Sequence[str] | None = None, years: Sequence[int] | None = None, lang: str = "en"
) -> LakeScene:
    """Return the scene of a network's lakes.

    Parameters
    ----------
    results : gwsolver.results.surface.SurfaceResults
    basins : sequence of str, optional
        Lakes or reservoirs; default: all lakes.
    years : (first, last), optional
        Default: all whole years of the run.
    lang : str

    Raises
    ------
    InputError
        If there is no such basin, or no whole year.
    """
    if not hasattr(results, "levels"):
        raise InputError([Problem("these results have no lakes", package="lake",
                                  hint="The chart shows networks of rivers and lakes: gwsolver.open_surface.")])
    case = CaseInfo.from_json(results.summary["case"])
    chosen = _chosen(results.summary["nodes"], basins)
    table = _with_years(results.levels())
    table = table[table["node"].isin(chosen)]
    kept = _kept(_whole_years(table), years)
    column, central = _central(table)
    band = next(((low, high) for low, high in ((10, 90), (5, 95))
                 if {f"p{low:02d}", f"p{high:02d}"} <= set(table.columns)), None)
    names = {n: in_language(case.nodes.get(n, {}), lang) or n for n in (*results.summary["nodes"], *chosen)}
    ends = None if band is None else (f"p{band[0]:02d}", f"p{band[1]:02d}")
    levels = {n: _line(table, n, "level", kept, column, ends, names[n]) for n in chosen}
    change, terms = yearly_balance(results, chosen, names, kept, table)
    score_dots = _dots(case, levels, kept)
    return LakeScene(
        names=tuple(names[n] for n in chosen), years=kept, levels=tuple(_grouped(list(levels.values()))),
        salinities=tuple(_line(table, n, "salinity", kept, column, ends, names[n]) for n in chosen),
        terms=terms, change=change, dots=tuple(dot for dot, _ in score_dots), score=_score(score_dots, kept),
        wanted=tuple((w.level, in_language(w.title, lang)) for w in case.wanted if w.node in chosen),
        periods=tuple((max(p.first, int(kept[0])), min(p.last, int(kept[-1])), in_language(p.title, lang))
                      for p in case.periods if p.first <= kept[-1] and p.last >= kept[0]),
        members=0 if band is None else int(results.summary["members"]) - (central == "case"),
        left=int(table.loc[table["year"].isin(kept), "left"].max()), central=central, band=band,
        heights=in_language(case.heights, lang), status=case.status,
        title=in_language(case.titles, lang, case.title), version=gwsolver.__version__,
    )


def _chosen(kinds: dict[str, str], basins: Sequence[str] | None) -> list[str]:
    """Return the basins that are asked for, by default all lakes."""
    standing = [n for n, kind in kinds.items() if kind in ("lake", "reservoir")]
    wrong = [b for b in basins or () if b not in standing]
    if wrong:
        raise InputError([Problem("basins", package="lake", value=", ".join(wrong),
                                  allowed="some of " + ", ".join(standing))])
    found = list(dict.fromkeys(basins or ())) or [n for n in standing if kinds[n] == "lake"]
    if not found:
        raise InputError([Problem("there is no lake in this network", package="lake",
                                  hint="A reservoir can be named: basins=[\"...\"]." if standing else "")])
    return found


def _with_years(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table with the year in which each step lies; its date is the day after it."""
    import pandas as pd

    return table.assign(year=(table["date"] - pd.Timedelta(days=1)).dt.year)


def _whole_years(table: "pd.DataFrame") -> NDArray[np.int64]:
    """Return the years that all steps cover."""
    dates = table[["date", "year"]].drop_duplicates().sort_values("date")
    gap = dates["date"].diff().dt.days.max()
    needed = 12 if gap > 20 else 365
    found = [year for year, rows in dates.groupby("year")
             if len(rows) >= needed and rows["date"].iloc[-1].strftime("%m-%d") == "01-01"]
    return np.array(found, np.int64)


def _kept(whole: NDArray[np.int64], years: Sequence[int] | None) -> NDArray[np.int64]:
    """Return the years to show."""
    if not whole.size:
        raise InputError([Problem("the run has no whole year", package="lake",
                                  hint="The chart shows yearly values.")])
    first, last = (whole[0], whole[-1]) if not years else (min(years), max(years))
    kept = whole[(whole >= first) & (whole <= last)]
    if not kept.size:
        raise InputError([Problem("years", package="lake", value=f"{first} to {last}",
                                  allowed=f"some of {whole[0]} to {whole[-1]}")])
    return kept


def _central(table: "pd.DataFrame") -> tuple[str, str]:
    """Return the column of central values, and what they are."""
    members = "p50" in table
    if "value" in table:
        return "value", "case" if members else "run"
    return "p50", "median"


def _line(table: "pd.DataFrame", node: str, quantity: str, years: NDArray[np.int64], column: str,
          ends: tuple[str, str] | None, name: str) -> Line:
    """Return yearly means; NaN for years of which a value is missing."""
    rows = table[(table["node"] == node) & (table["quantity"] == quantity)]
    columns = [column, *(ends or ())]
    means = rows.groupby("year")[columns].agg(lambda v: v.mean(skipna=False)).reindex(years)
    found = [means[c].to_numpy(float) for c in columns]
    return Line(name, *found)


def _grouped(lines: list[Line]) -> list[Line]:
    """Return lines, one for all basins that have one level."""
    found: list[Line] = []
    for line in lines:
        for i, other in enumerate(found):
            if np.nanmax(np.abs(line.values - other.values), initial=0.0) < ONE_LEVEL:
                found[i] = Line(f"{other.name}, {line.name}", other.values, other.low, other.high)
                break
        else:
            found.append(line)
    return found


def _dots(case: CaseInfo, levels: dict[str, Line], years: NDArray[np.int64]) -> list[tuple[Dot, Line]]:
    """Return the observed levels of the years shown, each with the line that it belongs to."""
    found = []
    for seen in case.observed:
        whole = len(seen.date) == 4
        at = int(seen.date) + MID_YEAR if whole else decimal_year(datetime.fromisoformat(seen.date))
        if seen.node in levels and years[0] <= at < years[-1] + 1.0:
            found.append((Dot(at, seen.level, seen.sigma, seen.checked), levels[seen.node]))
    return sorted(found, key=lambda d: d[0].at)


def _score(dots: list[tuple[Dot, Line]], years: NDArray[np.int64]) -> Score | None:
    """Return how near yearly means are to what was observed in those years."""
    pairs = [(dot, line, math.floor(dot.at) - int(years[0])) for dot, line in dots]
    pairs = [(dot, line, i) for dot, line, i in pairs if i < line.values.size and math.isfinite(line.values[i])]
    if len(pairs) < SCORED:
        return None
    seen = np.array([dot.level for dot, _, _ in pairs])
    off = np.array([line.values[i] for _, line, i in pairs]) - seen
    inside = None
    if all(line.low is not None and line.high is not None for _, line, _ in pairs):
        inside = sum(bool(line.low[i] <= dot.level <= line.high[i]) for dot, line, i in pairs
                     if line.low is not None and line.high is not None)
    return Score(seen.size, float(np.sqrt(np.mean(off**2))), float(off.mean()), float(seen.std()), inside)
