"""Results of a network of rivers and lakes: ``balance.csv``, ``levels.csv``, ``summary.json``."""

import csv
from collections.abc import Mapping, Sequence
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
BALANCE, LEVELS = "balance.csv", "levels.csv"
PERCENTILES = (5.0, 50.0, 95.0)


class SurfaceWriter:
    """Writes steps as they come; members of an ensemble as mean and percentiles.

    Values are those of members whose levels have stayed in their tables; how many have left stands beside them.

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
        self._staging = Staging(folder)
        self.folder = self._staging.folder
        self._open: list[Any] = []
        statistics = ["value"] if members == 1 else ["mean", *(f"p{p:02g}" for p in PERCENTILES)]
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
        date, left = step.step.end.isoformat(), int(step.left.sum())
        with writing(BALANCE):
            for (node, term), volume in step.water.items():
                self._balance.writerow([date, node, term, "m3", *self._told(volume, stays)])
            for (node, outlet), (volume, _) in step.flows.items():
                self._balance.writerow([date, node, f"outflow {outlet}", "m3", *self._told(-volume, stays)])
            for (node, term), salt in step.salts.items():
                self._balance.writerow([date, node, f"salt {term}", "kg", *self._told(salt, stays)])
            for (node, outlet), (_, salt) in step.flows.items():
                self._balance.writerow([date, node, f"salt outflow {outlet}", "kg", *self._told(-salt, stays)])
            for (node, term), volume in step.unmet.items():
                if volume.any():
                    self._balance.writerow([date, node, f"unmet {term}", "m3", *self._told(volume, stays)])
        with writing(LEVELS):
            for node, held in step.held.items():
                if held.level is None and not held.volume.any():
                    continue
                rows = [("volume", "m3", held.volume), ("salinity", "kg/m3", held.salinity)]
                if held.level is not None:
                    rows.insert(0, ("level", "m", held.level))
                for quantity, unit, values in rows:
                    self._levels.writerow([date, node, quantity, unit, *self._told(values, stays), left])

    def _told(self, values: Floats, stays: NDArray[np.bool_]) -> list[str]:
        kept = values[stays]
        if self._members == 1:
            return [repr(float(values[0]))] if kept.size else [""]
        if not kept.size:
            return [""] * (1 + len(PERCENTILES))
        return [f"{v:.12g}" for v in (kept.mean(), *np.percentile(kept, PERCENTILES))]

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
        """Return the level of a node at the end of each step [m], by date; of an ensemble the median."""
        rows = self.levels()
        rows = rows[(rows["node"] == node) & (rows["quantity"] == "level")].set_index("date")
        found: pd.Series[float] = rows["value" if "value" in rows else "p50"]
        return found


def _frame(path: Path) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_csv(path, parse_dates=["date"])
