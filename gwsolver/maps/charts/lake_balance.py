"""The yearly water balance of basins together: what came in by which way, what left, what they hold more or less."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
RIVER = "river"
# Kinds of terms from the axis outward; rivers come first, the largest at the axis.
ORDER = (RIVER, "rivers", "rain", "evaporation", "bank", "strait", "withdrawal", "ground water", "outflow", "other")
OTHERS = "others"  # name of the rivers that go together
MOST_RIVERS = 3
SMALL_PART = 0.002  # of what goes through in a mean year: terms below it are put together
CLOSES = 1e-6  # of the throughput: what no term explains beyond it is shown as "other"


@dataclass(frozen=True, eq=False)
class Term:
    """One part of the balance.

    Attributes
    ----------
    kind : str
        One of ORDER.
    name : str
        Of a river or a bank; else "".
    values : ndarray of float64, shape (year,)
        Positive into the basins [m3 per year].
    """

    kind: str
    name: str
    values: Floats


def yearly_balance(
    results: Any, basins: Sequence[str], names: Mapping[str, str], years: NDArray[np.int64], levels: "pd.DataFrame"
) -> tuple[Floats, tuple[Term, ...]]:
    """Return the change of what the basins hold, and the terms that make it up.

    Of members these are the case as it stands, or the mean, which adds up as medians do not. Without
    ``links`` in the summary (whose water goes where) rivers are one term: what all others leave of the change.

    Parameters
    ----------
    results : gwsolver.results.surface.SurfaceResults
    basins : sequence of str
    names : mapping of str to str
        Nodes as printed.
    years : ndarray of int64, shape (year,)
    levels : DataFrame
        ``levels.csv`` of the basins with a column ``year``.
    """
    import pandas as pd

    table = results.balance()
    table = table[(table["unit"] == "m3") & ~table["term"].str.startswith("unmet ")]
    table = table.assign(year=(table["date"] - pd.Timedelta(days=1)).dt.year)
    column = "value" if "value" in table else "mean"

    def total(rows: "pd.DataFrame") -> Floats:
        return np.asarray(rows.groupby("year")[column].sum().reindex(years, fill_value=0.0), float)

    kinds = results.summary["nodes"]
    terms = []
    own = table[table["node"].isin(basins)]
    for term, rows in own[~own["term"].str.startswith("from ")].groupby("term", sort=False):  # rivers: from `links`
        bank = kinds.get(term) == "bank"
        kind = "bank" if bank else "outflow" if term.startswith("outflow ") else term if term in ORDER else "other"
        terms.append(Term(kind, names[term] if bank else "", total(rows)))
    links = results.summary.get("links")
    terms += [Term(RIVER, names.get(node, node), total(rows)) for node, rows in
              _arriving(table, links or {}, basins, column).items()]
    change = _change(levels, basins, years, column, own)
    known = np.isfinite(change)
    if not links:  # rivers come from the change, so that a year without it has no balance at all
        terms = [Term(t.kind, t.name, np.where(known, t.values, np.nan)) for t in terms]
    told = np.sum([t.values for t in terms], axis=0)
    rest = np.where(known, change - told, 0.0 if links else np.nan)
    if np.abs(rest[known]).max(initial=0.0) > CLOSES * _through(terms):
        terms.append(Term("other" if links else "rivers", "", rest))
    return np.where(known, change, told), tuple(_gathered(terms))


def _arriving(
    table: "pd.DataFrame", links: Mapping[str, Sequence[str]], basins: Sequence[str], column: str
) -> "dict[str, pd.DataFrame]":
    """Return what reaches the basins from each node above them, positive."""
    found = {}
    for node, to in links.items():
        if not set(to) & set(basins):
            continue
        rows = table[(table["node"] == node) & table["term"].str.startswith("outflow ")]
        outlets = list(rows["term"].unique())  # the main one first, as in `links`
        into = [o for i, o in enumerate(outlets) if to[min(i, len(to) - 1)] in basins]
        rows = rows[rows["term"].isin(into)]
        if len(rows):
            found[node] = rows.assign(**{column: -rows[column]})
    return found


def _change(levels: "pd.DataFrame", basins: Sequence[str], years: NDArray[np.int64], column: str,
            own: "pd.DataFrame") -> Floats:
    """Return the yearly change of volume; NaN for a year with which the run begins: its start is not told."""
    rows = levels[(levels["quantity"] == "volume") & levels["node"].isin(basins)]
    held = rows.pivot_table(index="date", columns="node", values=column).sum(axis=1, skipna=False)
    ends = held.groupby(rows.groupby("date")["year"].first()).last()
    return np.asarray(ends.diff().reindex(years), float)


def _through(terms: Sequence[Term]) -> float:
    """Return what goes through in a mean year."""
    return 0.5 * float(np.sum([_size(t) for t in terms]))


def _size(term: Term) -> float:
    """Return the mean amount of a term, whichever way it goes."""
    known = term.values[np.isfinite(term.values)]
    return float(np.abs(known).mean()) if known.size else 0.0


def _gathered(terms: Sequence[Term]) -> list[Term]:
    """Return the terms from the axis outward; small ones and rivers beyond the third go together."""
    least = SMALL_PART * _through(terms)
    seen = [t for t in terms if _size(t) > least]
    rivers = sorted((t for t in seen if t.kind == RIVER), key=lambda t: -_size(t))
    found = rivers[:MOST_RIVERS]
    if rivers[MOST_RIVERS:]:
        found.append(Term("rivers", OTHERS, np.sum([t.values for t in rivers[MOST_RIVERS:]], axis=0)))
    for kind in ORDER[1:-1]:
        found += [t for t in seen if t.kind == kind]
    others = [t for t in terms if t not in seen or t.kind == "other"]
    if others:
        other = Term("other", "", np.sum([t.values for t in others], axis=0))
        if _size(other) > 0.1 * least:
            found.append(other)
    return found
