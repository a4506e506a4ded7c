"""A network and its alternatives: all run with the same members, compared year by year."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gwsolver.case import Case
from gwsolver.case.surface.scenario import BASE
from gwsolver.core.errors import InputError, Problem
from gwsolver.results.folder import writing
from gwsolver.results.surface import SurfaceResults
from gwsolver.run.surface import Floats, Seen, carry

if TYPE_CHECKING:
    import pandas as pd

COMPARISON = "comparison.csv"


@dataclass(frozen=True, eq=False)
class SurfaceComparison:
    """A network and its alternatives, run.

    Attributes
    ----------
    folder : Path
    titles : dict of str to str
        By scenario, the base first.
    results : dict of str to SurfaceResults
    tidy : DataFrame
        One row for each scenario, node and year: level and its change against the base [m]; of members the percentiles
        of the change, each member against itself, and how many have left a stage table in either.
    """

    folder: Path
    titles: dict[str, str]
    results: dict[str, SurfaceResults]
    tidy: "pd.DataFrame"

    def table(self, node: str, years: Sequence[int] = ()) -> "pd.DataFrame":
        """Return a row for each scenario: level at the end and changes after some years [m]."""
        rows = self.tidy[self.tidy["node"] == node]
        wanted = years or [rows["year"].max()]
        found = rows[rows["year"].isin(wanted)].pivot(index="scenario", columns="year", values="change")
        return found.loc[[name for name in self.titles if name in found.index]]


def surface_scenarios(
    case: Case, out: str | Path | None = None, *, only: Sequence[str] = (),
    tell: Callable[[str, str], None] | None = None,
) -> SurfaceComparison:
    """Run a network and its alternatives; write ``comparison.csv`` beside their results.

    Parameters
    ----------
    case : Case
        With [surface].
    out : str or Path, optional
        Folder for all; default ``scenarios`` in the case's folder.
    only : sequence of str
        These scenarios beside the base.
    tell : callable, optional
        Told each scenario's name when it begins.

    Raises
    ------
    InputError
        If the case has no scenarios, or not those asked for.
    RunError
        If one of them cannot be finished.
    """
    import pandas as pd

    surface = case.surface
    assert surface is not None
    known = {s.name: s for s in surface.scenarios}
    unknown = [name for name in only if name not in (BASE, *known)]
    if unknown or not known:
        allowed = f"one of {', '.join((BASE, *known))}" if known else ""
        raise InputError([Problem("there is no such scenario" if unknown else "the network has no [[surface.scenario]]",
                                  str(case.file), value=", ".join(unknown) or None, allowed=allowed)])
    names = [BASE, *(name for name in known if not only or name in only)]
    folder = Path(out) if out is not None else case.folder / "scenarios"
    results: dict[str, SurfaceResults] = {}
    rows: list[dict[str, object]] = []
    base: Seen | None = None
    for name in names:
        if tell is not None:
            tell(name, "runs")
        results[name], seen = carry(case, folder / name, scenario=name)
        base = base or seen
        rows += _rows(name, seen, base)
    tidy = pd.DataFrame(rows)
    with writing(COMPARISON):
        tidy.to_csv(folder / COMPARISON, index=False, float_format="%.6g")
    titles = {name: known[name].title.get("en", name) if name in known else BASE for name in names}
    return SurfaceComparison(folder, titles, results, tidy)


def _rows(name: str, seen: Seen, base: Seen) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for node in seen.yearly:
        years, levels = seen.levels(node)
        change = levels - base.levels(node)[1]
        for year, level, own in zip(years, levels, change, strict=True):
            row: dict[str, object] = {"scenario": name, "node": node, "year": year, "level": level[0], "change": own[0]}
            found.append(row | _percentiles(own[1:]))
    return found


def _percentiles(changes: Floats) -> dict[str, object]:
    if not changes.size:
        return {}
    stays = changes[~np.isnan(changes)]
    low, middle, high = np.percentile(stays, (10.0, 50.0, 90.0)) if stays.size else (np.nan,) * 3
    return {"change p10": low, "change p50": middle, "change p90": high, "left": int(changes.size - stays.size)}
