"""What stands in the aquifer, for maps: wells as points, rivers, drains and fixed heads as groups of cells."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gwsolver.core.grid import Floats, Grid, Ints
from gwsolver.results.mesh import packed
from gwsolver.results.observations import POINTS

EVERYWHERE = frozenset({"rch", "rcha", "evt", "evta", "uzf"})
WORDS = ("kind", "name", "package", "boundname", "model", "x", "y")


@dataclass(frozen=True, eq=False)
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
    cells : ndarray of int64, shape (cell,)
        Zero-based active cells of that model's grid, in the order of the package; `Grid.column` turns
        them into plan cells.
    layers : tuple of int
        One-based layers of the cells.
    x, y : float
        Map coordinates: of a well; the mean of the cells' centres for a group.
    times : ndarray of float64, shape (time,)
        Saved model times.
    rates : ndarray of float64, shape (time, cell)
        Flow into the aquifer in the steps that end at those times [L**3/T] (of src and cnc: mass rate [M/T]).
    """

    kind: str
    name: str
    package: str
    boundname: str
    model: str
    cells: Ints
    layers: tuple[int, ...]
    x: float
    y: float
    times: Floats
    rates: Floats

    @property
    def is_point(self) -> bool:
        """Whether this is a well."""
        return self.kind in POINTS

    def rate(self, time: float) -> Floats:
        """Flow into the aquifer by cell in the first saved step that ends at `time` or later, shape (cell,)."""
        row = np.searchsorted(self.times, time * (1.0 - 1e-9))
        return self.rates[min(int(row), self.times.size - 1)]


class FeatureCollector:
    """Gathers features while steps are saved."""

    def __init__(self) -> None:
        self._packages: dict[tuple[str, str], _Package] = {}
        self._times: dict[str, list[float]] = {}

    def add(
        self, model: str, grid: Grid, time: float, kind: str, package: str, cells: Ints, rates: Floats,
        boundnames: tuple[str, ...] = (),
    ) -> None:
        """Book the entries of one package at a saved time."""
        times = self._times.setdefault(model, [])
        if time not in times:
            times.append(time)
        if kind not in EVERYWHERE:
            found = self._packages.setdefault((model, package), _Package(kind, grid))
            found.add(time, np.asarray(cells), np.asarray(rates, float), boundnames)

    def state(self) -> dict[str, Any]:
        """Return what was gathered up to now."""
        return {"times": self._times, "packages": [
            {"model": model, "package": package, **found.state()} for (model, package), found in self._packages.items()
        ]}

    def restore(self, state: Mapping[str, Any], grids: Mapping[str, Grid]) -> None:
        """Go on from a state; `grids`: by name of the model."""
        self._times = {model: list(times) for model, times in state["times"].items()}
        for own in state["packages"]:
            found = _Package(own["kind"], grids[own["model"]])
            found.restore(own)
            self._packages[own["model"], own["package"]] = found

    def features(self) -> list[Feature]:
        """Return all features found so far."""
        return [
            feature for (model, package), found in self._packages.items()
            for feature in found.features(model, package, np.array(self._times[model]))
        ]

    def write(self, dataset: Any) -> None:
        """Store all features in a group of an open netCDF4 Dataset."""
        group = dataset.createGroup("features")
        features = self.features()
        words = [{w: getattr(f, w) for w in WORDS} | {"layers": f.layers} for f in features]
        # Bytes, no string: reading a variable of strings with netCDF 4.10.1 crashes files opened after it.
        text = np.frombuffer(json.dumps(words).encode(), np.uint8)
        sizes = np.array([(f.cells.size, f.times.size) for f in features], np.int64).reshape(-1, 2)
        stored = {"json": text}
        for name, kind, values in (
            ("sizes", "i8", sizes.ravel()), ("cells", "i8", _joined([f.cells for f in features])),
            ("times", "f8", _joined([f.times for f in features])),
            ("rates", "f8", _joined([f.rates.ravel() for f in features])),
        ):
            stored[name] = values.astype(kind)
        # All are laid out before any is written: between the two the library goes through the whole file.
        for name, values in stored.items():
            dimension = "byte" if name == "json" else name
            group.createDimension(dimension, max(values.size, 1))  # zero would mean unlimited
            group.createVariable(name, values.dtype, (dimension,), fill_value=None if not values.size else False,
                                 **packed(values.size)).set_auto_maskandscale(False)
        for name, values in stored.items():
            if values.size:
                group.variables[name][:] = values


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0)


class _Package:
    """Entries of one package over the saved times; the same cell and boundname is the same entry."""

    def __init__(self, kind: str, grid: Grid) -> None:
        self.kind = kind
        self.grid = grid
        self._column: dict[tuple[str, int], int] = {}
        self._rates: dict[float, Floats] = {}
        self._last: tuple[Ints, tuple[str, ...], Ints] | None = None

    def add(self, time: float, cells: Ints, rates: Floats, boundnames: tuple[str, ...]) -> None:
        """Add the entries in force at a time."""
        acts = cells >= 0
        columns = self._columns(cells, boundnames)[acts]
        row = np.zeros(len(self._column))
        np.add.at(row, columns, rates[acts])
        self._rates[time] = row

    def state(self) -> dict[str, Any]:
        """Return entries, times, and the rates of all times one after another."""
        rows = list(self._rates.values())
        return {
            "kind": self.kind, "entries": [[name, cell] for name, cell in self._column],
            "times": np.array(list(self._rates), float), "sizes": np.array([r.size for r in rows], np.int64),
            "rates": np.concatenate([np.zeros(0), *rows]),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self._column = {(name, cell): i for i, (name, cell) in enumerate(state["entries"])}
        rows = np.split(state["rates"], np.cumsum(state["sizes"]))[:-1]
        self._rates = dict(zip(state["times"].tolist(), rows, strict=True))

    def _columns(self, cells: Ints, boundnames: tuple[str, ...]) -> Ints:
        if self._last is None or boundnames != self._last[1] or not np.array_equal(cells, self._last[0]):
            names = boundnames if len(boundnames) == len(cells) else ("",) * len(cells)
            columns = [
                self._column.setdefault((name, cell), len(self._column)) if cell >= 0 else -1
                for name, cell in zip(names, cells.tolist(), strict=True)
            ]
            self._last = cells, boundnames, np.array(columns, np.int64)
        return self._last[2]

    def features(self, model: str, package: str, times: Floats) -> list[Feature]:
        """Return one feature per well, or per boundname of other kinds."""
        grid, point = self.grid, self.kind in POINTS
        rates = np.zeros((times.size, len(self._column)))
        for i, time in enumerate(times):
            row = self._rates.get(float(time), np.zeros(0))
            rates[i, : row.size] = row
        groups: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for (boundname, cell), column in self._column.items():
            place = int(grid.column[cell]) if point else -1
            groups.setdefault((boundname, place), []).append((cell, column))
        found = []
        for number, ((boundname, _), members) in enumerate(groups.items(), 1):
            cells = np.array([cell for cell, _ in members], np.int64)
            x, y = grid.to_map(grid.x[cells], grid.y[cells])
            found.append(Feature(
                kind=self.kind, name=boundname or (f"{package} {number}" if point else package), package=package,
                boundname=boundname, model=model, cells=cells,
                layers=tuple(sorted({int(k) + 1 for k in grid.layer[cells]})), x=float(x.mean()), y=float(y.mean()),
                times=times, rates=rates[:, [column for _, column in members]],
            ))
        return found


def read_features(dataset: Any) -> list[Feature]:
    """Rebuild the features from an open netCDF4 Dataset."""
    group = dataset.groups["features"]
    words = json.loads(np.asarray(group.variables["json"][:], np.uint8).tobytes())
    taken = {n: np.ma.getdata(group.variables[n][:]) for n in ("sizes", "cells", "times", "rates")}
    found, at = [], {"cells": 0, "times": 0, "rates": 0}
    for w, (n_cells, n_times) in zip(words, taken["sizes"].reshape(-1, 2).tolist() if words else (), strict=True):
        parts = {}
        for name, size in (("cells", n_cells), ("times", n_times), ("rates", n_cells * n_times)):
            parts[name] = taken[name][at[name]:at[name] + size]
            at[name] += size
        parts["rates"] = parts["rates"].reshape(n_times, n_cells)
        found.append(Feature(**{**w, "layers": tuple(w["layers"])}, **parts))
    return found
