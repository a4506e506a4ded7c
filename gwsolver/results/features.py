"""What stands in the aquifer, for maps: wells as points, rivers, drains and fixed heads as groups of cells."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gwsolver.core.grid import Floats, Grid, Ints

POINTS = frozenset({"wel", "maw"})
EVERYWHERE = frozenset({"rch", "rcha", "evt", "evta", "uzf"})


@dataclass(frozen=True)
class Feature:
    """One well, or the cells of one boundary package (or of one boundname of it).

    Attributes
    ----------
    kind : str
        MODFLOW's type in lower case: "wel", "riv", "drn", "ghb", "chd", "src", "cnc", ...
    name : str
        The boundname if there is one, else the package name (with a number for wells).
    package, boundname : str
        Lower-case; boundname "" if there is none.
    model : str
        The flow model or species.
    cells : tuple of int
        Zero-based active cells of that model's grid; `Grid.column` turns them into plan cells.
    layers : tuple of int
        One-based layers of the cells.
    x, y : float
        Map coordinates: of a well; the mean of the cells' centres for a group.
    times : tuple of float
        Model times of `rate`.
    rate : tuple of float
        Flow into the aquifer at the end of the saved steps [L**3/T] (mass rate [M/T] of src and cnc).
    """

    kind: str
    name: str
    package: str
    boundname: str
    model: str
    cells: tuple[int, ...]
    layers: tuple[int, ...]
    x: float
    y: float
    times: tuple[float, ...]
    rate: tuple[float, ...]

    @property
    def is_point(self) -> bool:
        """Whether this is a well."""
        return self.kind in POINTS


class FeatureCollector:
    """Gathers features while steps are saved."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, int], dict[str, Any]] = {}
        self._times: dict[str, list[float]] = {}

    def add(
        self, model: str, grid: Grid, time: float, kind: str, package: str, cells: Ints, rates: Floats,
        boundnames: tuple[str, ...] = (),
    ) -> None:
        """Book the entries of one package at a saved time."""
        times = self._times.setdefault(model, [])
        if time not in times:
            times.append(time)
        if kind in EVERYWHERE:
            return
        names = np.array(boundnames if len(boundnames) == len(cells) else [""] * len(cells), dtype=object)
        for i in np.flatnonzero(np.asarray(cells) >= 0):
            cell = int(cells[i])
            place = int(grid.column[cell]) if kind in POINTS else -1
            found = self._found.setdefault((model, package, names[i], place), {
                "kind": kind, "grid": grid, "cells": {}, "rate": {},
            })
            found["cells"][cell] = None
            found["rate"][time] = found["rate"].get(time, 0.0) + float(rates[i])

    def features(self) -> list[Feature]:
        """Return all features found so far."""
        result, number = [], {}
        for (model, package, boundname, place), found in self._found.items():
            number[model, package] = number.get((model, package), 0) + 1
            grid, cells = found["grid"], np.array(sorted(found["cells"]))
            x, y = grid.to_map(grid.x[cells], grid.y[cells])
            name = boundname or (f"{package} {number[model, package]}" if place >= 0 else package)
            times = self._times[model]
            result.append(Feature(
                kind=found["kind"], name=name, package=package, boundname=boundname, model=model,
                cells=tuple(int(c) for c in cells),
                layers=tuple(sorted({int(k) + 1 for k in grid.layer[cells]})),
                x=float(x.mean()), y=float(y.mean()), times=tuple(times),
                rate=tuple(found["rate"].get(t, 0.0) for t in times),
            ))
        return result

    def to_json(self) -> str:
        """Return all features as JSON."""
        return json.dumps([asdict(f) for f in self.features()])


def from_json(text: str) -> list[Feature]:
    """Rebuild features from JSON."""
    lists = ("cells", "layers", "times", "rate")
    return [Feature(**{k: tuple(v) if k in lists else v for k, v in f.items()}) for f in json.loads(text)]
