"""results.nc, written as the run goes: one record after another, CF-1.11 and ACDD-1.3."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

import gwsolver
from gwsolver.core.case import CaseInfo
from gwsolver.core.grid import Floats, Grid
from gwsolver.core.time import TimeAxis
from gwsolver.results import cf
from gwsolver.results.features import FeatureCollector
from gwsolver.results.mesh import data_attributes, dimensions, packed, write_mesh

WAITING = 2**20
"""Bytes of records that wait to be written together: one by one, small records cost more than their steps do."""


@dataclass
class Clock:
    """One time dimension of the file: the times at which some records are saved."""

    suffix: str
    axis: TimeAxis
    key: object
    attributes: dict[str, Any]
    factor: float
    places: dict[float, int] = field(default_factory=dict)

    @property
    def times(self) -> list[float]:
        """All saved times."""
        return list(self.places)

    def index(self, time: float) -> int:
        """Position of a time, added at the end if it is new."""
        return self.places.setdefault(time, len(self.places))


@dataclass(frozen=True)
class Record:
    """What one variable of results.nc holds.

    Attributes
    ----------
    kind : str
        "concentration", "head", "saturation" or "specific_discharge".
    model : str
        Name of the species or flow model.
    unit, people_unit : str
        As CF wants it, and as people read it.
    text : str
        Its long name.
    """

    kind: str
    model: str
    unit: str
    people_unit: str
    text: str


class NetcdfWriter:
    """Writes results.nc through netCDF4.

    Parameters
    ----------
    path : Path
    info : CaseInfo
    crs : str
        Of the first grid, or of the case.
    start : str
        ISO date of time zero, "" if unknown.
    append : bool
        The file is there, left by `copy` of a writer of the same layout: go on writing.
    """

    def __init__(self, path: Path, info: CaseInfo, crs: str, start: str, *, append: bool = False) -> None:
        self.path = path
        self.info = info
        self.start = cf.start_date(start)
        self._grids: list[Grid] = []
        self._clocks: list[Clock] = []
        self._variables: dict[tuple[str, str], tuple[str, Grid, Clock]] = {}
        self._append = append
        self._copied: Path | None = None
        self._waiting: dict[str, dict[int, Floats]] = {}
        self._bytes = 0
        self.data = self._open("a" if append else "w")
        if append:
            self._mapped = "crs" in self.data.variables
            return
        mapping = cf.grid_mapping(crs)
        self._mapped = bool(mapping)
        if mapping:
            self.data.createVariable("crs", "i4").setncatts(mapping)
        self.data.setncatts(self._about(crs))

    def _open(self, mode: Literal["a", "w"]) -> Any:
        import netCDF4

        return netCDF4.Dataset(str(self.path), mode, format="NETCDF4")

    def copy(self, target: Path) -> Path:
        """Copy the file as it stands and return where the copy is: at `target`, or where the last one still holds.

        A file that is open for writing cannot be read after a crash: this one is closed for a moment.
        """
        if self._copied is None:
            self._flush()
            self.data.close()
            try:
                shutil.copyfile(self.path, target)
            finally:
                self.data = self._open("a")
            self._copied = target
        return self._copied

    def _about(self, crs: str) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        info = self.info
        about = {
            "Conventions": "CF-1.11 UGRID-1.0 ACDD-1.3",
            "title": info.title or "Groundwater flow and solute transport",
            "summary": f"Heads and concentrations computed by gwsolver{', ' + info.status if info.status else ''}.",
            "source": f"gwsolver {gwsolver.__version__}",
            "history": f"{now}: written by gwsolver {gwsolver.__version__}",
            "date_created": now, "status": info.status or "unknown", "processing_level": "model output",
            "keywords": "groundwater, solute transport, MODFLOW 6", "crs": crs,
        }
        if self.start is not None:
            about["time_coverage_start"] = self.start.isoformat()
        return about

    def add(self, record: Record, grid: Grid, axis: TimeAxis, key: object) -> None:
        """Lay out one variable; records with equal keys (their planned times) share a time dimension."""
        clock, suffix = self._clock(axis, key), self._suffix(grid)
        if self._append:
            name = next(v.name for v in self.data.variables.values() if _holds(v, record))
            self._variables[record.kind, record.model] = name, grid, clock
            return
        dims = (f"time{clock.suffix}", *dimensions(grid, suffix))
        shape = grid.shape
        rows = int(np.prod(shape[1:]))
        chunks = (1, 1, *shape[1:]) if grid.kind != "disu" and rows >= 1024 else (1, *shape)
        narrow = record.kind in ("specific_discharge", "saturation")
        if record.kind == "specific_discharge":
            dims, chunks = (*dims, "component"), (*chunks, 3)
            if "component" not in self.data.dimensions:
                self.data.createDimension("component", 3)
        stem = f"{record.kind}_{_safe(record.model)}"
        name, number = stem, 2
        while name in self.data.variables:
            name, number = f"{stem}_{number}", number + 1
        variable = self.data.createVariable(name, "f4" if narrow else "f8", dims, fill_value=np.nan,
                                            chunksizes=chunks, **packed(grid.n_nodes))
        variable.set_auto_maskandscale(False)
        variable.setncatts({
            "long_name": record.text, "units": record.unit, "gwsolver_record": record.kind,
            "gwsolver_model": record.model, "gwsolver_unit": record.people_unit, "gwsolver_grid": suffix,
            "coverage_content_type": "modelResult",
            **data_attributes(grid, suffix, self._mapped),
        })
        if record.kind == "specific_discharge":
            variable.comment = "components along the grid's x, y and z axes, before its rotation"
        self._variables[record.kind, record.model] = name, grid, clock

    def write(self, kind: str, model: str, time: float, values: Floats) -> None:
        """Write values of active cells, shape (cell,) or (cell, 3), NaN where dry, at a time."""
        name, grid, clock = self._variables[kind, model]
        variable = self.data.variables[name]
        self._copied = None
        full = np.full((grid.n_nodes, *values.shape[1:]), np.nan, variable.dtype)
        full[grid.node] = values
        index = clock.index(time)
        self._keep(name, index, full.reshape(*grid.shape, *values.shape[1:]))
        self._keep(f"time{clock.suffix}", index, np.array(time * clock.factor))
        self._keep(f"model_time{clock.suffix}", index, np.array(time))
        if self._bytes > WAITING:
            self._flush()

    def _keep(self, name: str, index: int, values: Floats) -> None:
        """Let one record of a variable wait."""
        self._waiting.setdefault(name, {})[index] = values
        self._bytes += values.nbytes

    def _flush(self) -> None:
        """Write what waits, records that follow each other at once."""
        for name, records in self._waiting.items():
            variable = self.data.variables[name]
            variable.set_auto_maskandscale(False)
            places = np.array(sorted(records))
            for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
                variable[run[0]:run[-1] + 1] = np.stack([records[i] for i in run.tolist()])
        self._waiting, self._bytes = {}, 0

    def close(self, features: FeatureCollector) -> None:
        """Add what waits, the features and the covered time, and close the file."""
        self._flush()
        features.write(self.data)
        times = [t for clock in self._clocks for t in clock.times]
        if times and self.start is not None:
            end = cf.date_of(self.start, self._clocks[0].axis.unit, max(times))
            if end is not None:
                self.data.time_coverage_end = end.isoformat()
        self.data.close()

    def abort(self) -> None:
        """Close the file whatever its state; it will be thrown away."""
        if self.data.isopen():
            self.data.close()

    def _suffix(self, grid: Grid) -> str:
        for i, known in enumerate(self._grids):
            if known is grid or _equal(known, grid):
                return _number(i)
        self._grids.append(grid)
        suffix = _number(len(self._grids) - 1)
        if not self._append:
            write_mesh(self.data, grid, suffix, self._mapped)
        return suffix

    def _clock(self, axis: TimeAxis, key: object) -> Clock:
        for clock in self._clocks:
            if clock.key == key and clock.axis.unit == axis.unit:
                return clock
        attributes, factor = cf.time_attributes(axis, self.start)
        clock = Clock(_number(len(self._clocks)), axis, key, attributes, factor)
        self._clocks.append(clock)
        if self._append:
            for time in np.asarray(self.data.variables[f"model_time{clock.suffix}"][:], float).tolist():
                clock.index(time)
            return clock
        self.data.createDimension(f"time{clock.suffix}", None)
        for name, given in (("time", attributes), ("model_time", {
            "long_name": "model time", "units": cf.SHORT.get(axis.unit, "1"),
        })):
            variable = self.data.createVariable(name + clock.suffix, "f8", (f"time{clock.suffix}",))
            variable.setncatts(given)
        return clock


def _holds(variable: Any, record: Record) -> bool:
    """Whether a variable of the file is that of a record."""
    return (getattr(variable, "gwsolver_record", ""), getattr(variable, "gwsolver_model", "")) == (
        record.kind, record.model)


def _equal(one: Grid, other: Grid) -> bool:
    """Whether two grids are the same cells at the same places."""
    same = (one.kind, one.shape, one.x_origin, one.y_origin, one.angle) == (
        other.kind, other.shape, other.x_origin, other.y_origin, other.angle)
    names = ("node", "top", "bottom", "vertices", "face_cells")
    return same and all(np.array_equal(getattr(one, n), getattr(other, n)) for n in names)


def _number(i: int) -> str:
    return "" if i == 0 else f"_{i + 1}"


def _safe(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name)
