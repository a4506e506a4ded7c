"""Results of a network of rivers and lakes: ``balance.csv``, ``levels.csv``, ``summary.json``."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.case import CaseInfo
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.surface import SurfaceStep
from gwsolver.results.folder import SUMMARY, SURFACE, Staging, writing
from gwsolver.results.reader import read_summary

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Row = tuple[str, str, str]
BALANCE, LEVELS = "balance.csv", "levels.csv"
FROM = "from "  # the term of what comes from the node above whose name follows
PERCENTILES = (5.0, 10.0, 50.0, 90.0, 95.0)


def _terms(step: SurfaceStep) -> list[tuple[Row, Floats]]:
    """Return node, term, unit and amounts of everything that moved: positive into the node."""
    found: list[tuple[Row, Floats]] = [((node, term, "m3"), v) for (node, term), v in step.water.items()]
    found += [((node, f"{FROM}{above}", "m3"), v) for (node, above), (v, _) in step.came.items()]
    found += [((node, f"outflow {outlet}", "m3"), -v) for (node, outlet), (v, _) in step.flows.items()]
    found += [((node, f"salt {term}", "kg"), m) for (node, term), m in step.salts.items()]
    found += [((node, f"salt {FROM}{above}", "kg"), m) for (node, above), (_, m) in step.came.items()]
    found += [((node, f"salt outflow {outlet}", "kg"), -m) for (node, outlet), (_, m) in step.flows.items()]
    found += [((node, f"unmet {term}", "m3"), v) for (node, term), v in step.unmet.items() if v.any()]
    return found


def _levels(step: SurfaceStep) -> list[tuple[Row, Floats]]:
    """Return node, quantity, unit and values of what nodes hold at the end."""
    found: list[tuple[Row, Floats]] = []
    for node, held in step.held.items():
        if held.level is not None:
            found.append(((node, "level", "m"), held.level))
        if held.level is not None or held.volume.any():
            found += [((node, "volume", "m3"), held.volume), ((node, "salinity", "kg/m3"), held.salinity)]
    return found


class SurfaceWriter:
    """Writes steps as they come: the first member, which is the case as it stands, and statistics of the others.

    Statistics are of members whose levels have stayed in their tables; how many have left stands beside them.

    Parameters
    ----------
    folder : Path
    info : CaseInfo
    kinds : mapping of str to str
        Kind of each node.
    members : int
    """

    def __init__(self, folder: Path, info: CaseInfo, kinds: Mapping[str, str], members: int) -> None:
        self._info, self._kinds, self._members = info, dict(kinds), members
        self._drawn = slice(min(1, members - 1), members)
        self._staging = Staging(folder)
        self.folder = self._staging.folder
        self._open: list[Any] = []
        statistics = ["value"] if members == 1 else ["value", "mean", *(f"p{p:02g}" for p in PERCENTILES)]
        self._balance = self._start(BALANCE, ["date", "node", "term", "unit", *statistics])
        self._levels = self._start(LEVELS, ["date", "node", "quantity", "unit", *statistics, "left"])
        self.log_path = self._staging.path("run.log")

    def _start(self, name: str, header: Sequence[str]) -> Any:
        file = self._staging.path(name).open("w", newline="", encoding="utf-8")
        self._open.append(file)
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(header)
        return rows

    def step(self, step: SurfaceStep) -> None:
        """Write one step: amounts of the step, state at its end."""
        stays = ~step.left
        date, left = step.step.end.isoformat(), int(step.left[self._drawn].sum())
        with writing(BALANCE):
            for row, told in self._told(_terms(step), stays):
                self._balance.writerow([date, *row, *told])
        with writing(LEVELS):
            for row, told in self._told(_levels(step), stays):
                self._levels.writerow([date, *row, *told, left])

    def _told(self, rows: Sequence[tuple[Row, Floats]], stays: NDArray[np.bool_]) -> Iterator[tuple[Row, list[str]]]:
        """Yield rows with what is told of them: the case as it stands, then statistics of those that were drawn."""
        drawn = stays[self._drawn]
        found = np.zeros((1 + len(PERCENTILES), len(rows)))
        if self._members > 1 and drawn.any():
            kept = np.stack([values[self._drawn][drawn] for _, values in rows])
            found[0], found[1:] = kept.mean(axis=1), np.percentile(kept, PERCENTILES, axis=1)
        for i, (row, values) in enumerate(rows):
            told = [repr(float(values[0])) if stays[0] else ""]
            if self._members > 1:
                told += [f"{v:.12g}" if drawn.any() else "" for v in found[:, i]]
            yield row, told

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Close everything and give files their names; summary.json comes last."""
        self._close()
        head = {"kind": SURFACE, "case": self._info.to_json(), "nodes": self._kinds, "members": self._members}
        self._staging.publish(SUMMARY, {**head, **summary})

    def abandon(self) -> None:
        """Remove everything."""
        self._close()
        self._staging.discard()

    def _close(self) -> None:
        for file in self._open:
            file.close()
        self._open = []


def open_surface(path: str | Path) -> "SurfaceResults":
    """Open the results of a network of rivers and lakes.

    Parameters
    ----------
    path : path
        The results folder, or the case folder that has one called ``results``.

    Raises
    ------
    InputError
        If there are no finished results of a network.
    """
    folder, summary = read_summary(path)
    if summary.get("kind") != SURFACE:
        raise InputError([Problem("these are not results of a network of rivers and lakes", str(folder),
                                  hint="Open them with gwsolver.open_results.")])
    return SurfaceResults(folder, summary)


class SurfaceResults:
    """A finished run of a network.

    Attributes
    ----------
    path : Path
    summary : dict
    """

    species: tuple[str, ...] = ()

    def __init__(self, path: Path, summary: dict[str, Any]) -> None:
        self.path, self.summary = path, summary

    def levels(self) -> "pd.DataFrame":
        """Return levels, volumes and salinities at the end of each step: date, node, quantity, unit, value."""
        return _frame(self.path / LEVELS)

    def balance(self) -> "pd.DataFrame":
        """Return every term of every node and step: date, node, term, unit, value; positive into the node."""
        return _frame(self.path / BALANCE)

    def level(self, node: str) -> "pd.Series[float]":
        """Return the level of a node at the end of each step [m], by date, in the case as it stands."""
        rows = self.levels()
        own = rows[(rows["node"] == node) & (rows["quantity"] == "level")]
        found: pd.Series[float] = own.set_index("date")["value"]
        return found


def _frame(path: Path) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_csv(path, parse_dates=["date"])
