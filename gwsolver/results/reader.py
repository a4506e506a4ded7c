"""Opens a results folder; numbers are read when they are asked for."""

import json
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gwsolver.core.case import CaseInfo
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Floats, Grid
from gwsolver.results import cf
from gwsolver.results.feature_table import COLUMNS as FEATURE_COLUMNS
from gwsolver.results.feature_table import TABLE as FEATURE_TABLE
from gwsolver.results.features import Feature, read_features
from gwsolver.results.folder import SUMMARY, SURFACE, UNFINISHED
from gwsolver.results.locate import cells_at

if TYPE_CHECKING:
    import netCDF4
    import pandas as pd
    import xarray as xr


def open_results(path: str | Path) -> "Results":
    """Open the results of a run.

    Parameters
    ----------
    path : path
        The results folder, or the case folder that has one called ``results``.

    Raises
    ------
    InputError
        If there are no finished results.
    """
    folder, summary = read_summary(path)
    if summary.get("kind") == SURFACE:
        raise InputError([Problem(
            what="these are results of a network of rivers and lakes", file=str(folder),
            hint="Open them with gwsolver.open_surface; they have levels and balances, no maps.",
        )])
    if not (folder / "results.nc").is_file():
        raise InputError([Problem(what="results.nc is missing", file=str(folder), hint="Run the case again.")])
    return Results(folder, summary)


def read_summary(path: str | Path) -> tuple[Path, dict[str, Any]]:
    """Return the folder of finished results, the one given or its ``results``, and their summary.

    Raises
    ------
    InputError
        If there are none.
    """
    folder = Path(path)
    if not (folder / SUMMARY).is_file() and (folder / "results" / SUMMARY).is_file():
        folder = folder / "results"
    try:
        text = (folder / SUMMARY).read_text(encoding="utf-8")
    except OSError as error:
        unfinished = (folder / UNFINISHED).is_file()
        what = "the run that wrote these results did not finish" if unfinished else "there are no results here"
        hint = f"It has no {SUMMARY}, which a finished run writes last. Run the case again with gwsolver run."
        raise InputError([Problem(what=what, file=str(path), hint=hint)]) from error
    try:
        summary = json.loads(text)
        summary["case"], summary["models"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError([Problem(what="this is not the summary of a gwsolver run", file=str(folder / SUMMARY))]
                         ) from error
    return folder, summary


class Results:
    """A finished run.

    Attributes
    ----------
    path : Path
        The results folder.
    summary : dict
        What stands in ``summary.json``.
    """

    def __init__(self, path: Path, summary: dict[str, Any]) -> None:
        self.path = path
        self.summary = summary

    def __repr__(self) -> str:
        names = ", ".join(self.species) or "no species"
        return f"<gwsolver results {self.path}: {names}>"

    # ---- what was run

    @cached_property
    def case(self) -> CaseInfo:
        """Title, status, receptors, limits: the case as it was run."""
        return CaseInfo.from_json(self.summary["case"])

    @property
    def species(self) -> list[str]:
        """Names of the species."""
        return [n for n, m in self.summary["models"].items() if m["kind"] == "species"]

    @property
    def flow_models(self) -> list[str]:
        """Names of the flow models that were solved."""
        return [n for n, m in self.summary["models"].items() if m["kind"] == "flow"]

    @property
    def units(self) -> dict[str, str]:
        """Units by quantity: length, time, mass, volume, flow, speed, mass_rate, concentration."""
        return self.summary["units"]

    @cached_property
    def crs(self) -> str:
        """Coordinate reference system as "EPSG:32640", "" if unknown."""
        with self._netcdf() as data:
            return str(data.getncattr("crs"))

    @cached_property
    def grid(self) -> Grid:
        """Grid of the first species (of the first flow model if there is none)."""
        return self.grid_of((self.species or self.flow_models)[0])

    def grid_of(self, model: str) -> Grid:
        """Grid of a species or flow model."""
        from gwsolver.results.mesh import read_grid

        with self._netcdf() as data:
            suffix = next(v.gwsolver_grid for v in data.variables.values()
                          if getattr(v, "gwsolver_model", None) == model)
            return read_grid(data, suffix)

    @cached_property
    def times(self) -> Floats:
        """Model times at which concentrations are saved (heads if there is no species), shape (time,)."""
        kind = "concentration" if self.species else "head"
        with self._netcdf() as data:
            variable = self._variable(data, kind, (self.species or self.flow_models)[0])
            clock = variable.dimensions[0].removeprefix("time")
            return np.asarray(data.variables[f"model_time{clock}"][:], float)

    @cached_property
    def _clock(self) -> tuple[datetime | None, str]:
        with self._netcdf() as data:
            text = getattr(data, "time_coverage_start", "")
            unit = data.variables["model_time"].units
        return cf.start_date(text), {v: k for k, v in cf.SHORT.items()}.get(unit, "unknown")

    def date(self, time: float) -> datetime | None:
        """Return the date of a model time; None if the date of the start is unknown."""
        return cf.date_of(*self._clock, time)

    @cached_property
    def features(self) -> list[Feature]:
        """Wells, rivers, drains, fixed heads, sources: their cells, map coordinates and rates."""
        with self._netcdf() as data:
            return read_features(data)

    def features_of(self, species: str) -> list[Feature]:
        """Return the features of a species' flow model and of all species on the same flow."""
        flow = self.flow_model_of(species)
        known = {flow, *(s for s in self.species if self.flow_model_of(s) == flow)}
        return [f for f in self.features if f.model in known]

    def flow_model_of(self, species: str) -> str:
        """Return the flow model that carries a species; the species itself if its flow came from files."""
        return str(self.summary["models"][species]["flow_model"] or species)

    # ---- fields

    def concentration(self, species: str | None = None) -> "xr.DataArray":
        """Concentration of a species, NaN where inactive or dry.

        Returns
        -------
        DataArray
            Dims (time, layer, row, column) for DIS, (time, cell) otherwise, `cell` counting all nodes
            of the user's grid. Coordinates: ``time`` [model time], ``date`` if known, ``layer``, ``x``,
            ``y`` on the map.
        """
        return self._field("concentration", self._pick(species, self.species, "species"))

    def mass_in_oil(self, species: str | None = None) -> "xr.DataArray":
        """Mass of a species in the oil of each cell [M]; dims as for `concentration`.

        Raises
        ------
        InputError
            If it is no component of any oil.
        """
        with self._netcdf() as data:
            oily = [v.gwsolver_model for v in data.variables.values()
                    if getattr(v, "gwsolver_record", "") == "mass_in_oil"]
        return self._field("mass_in_oil", self._pick(species, oily, "component of an oil"))

    def head(self, model: str | None = None) -> "xr.DataArray":
        """Hydraulic head of a flow model, NaN where inactive or dry; dims as for `concentration`."""
        return self._field("head", self._flow_name(model))

    def saturation(self, model: str | None = None) -> "xr.DataArray":
        """Water-filled part of the cells; dims as for `concentration`."""
        return self._field("saturation", self._flow_name(model))

    def specific_discharge(self, model: str | None = None) -> "xr.DataArray":
        """Darcy flux along the grid's own x, y, z; dims as for `concentration` and ``component``."""
        return self._field("specific_discharge", self._flow_name(model))

    def at(
        self, x: float, y: float, layer: int | None = None, species: str | None = None
    ) -> "xr.DataArray":
        """Concentration over time at a point of the map (head if there is no species).

        Parameters
        ----------
        x, y : float
            Map coordinates [L].
        layer : int, optional
            One-based; without it the uppermost active cell.
        species : str, optional
            May be left out if there is one species only.
        """
        if self.species:
            name = self._pick(species, self.species, "species")
            field = self.concentration(name)
        else:
            name = self._flow_name(None)
            field = self.head(name)
        grid = self.grid_of(name)
        cells = cells_at(grid, x, y, () if layer is None else (layer,))
        if not cells.size:
            where = f" in layer {layer}" if layer is not None else ""
            raise InputError([Problem(what=f"no active cell{where} at x = {x:.12g}, y = {y:.12g}", file=str(self.path),
                                      hint=_extent(grid))])
        node = int(grid.node[cells[0]])
        index = np.unravel_index(node, grid.shape) if grid.kind == "dis" else (node,)
        series = field.isel(dict(zip(field.dims[1:], (int(i) for i in index), strict=True)))
        series.attrs["cell"] = grid.describe(int(cells[0]))
        return series

    # ---- tables

    def budget(self) -> "pd.DataFrame":
        """``budget.csv``: cumulative amounts in and out by model, species, package and term."""
        return self._table("budget.csv", ["model", "species", "package", "term", "unit"])

    def observations(self) -> "pd.DataFrame":
        """``observations.csv``: values of OBS packages and receptors."""
        return self._table("observations.csv", ["model", "package", "name", "type", "unit"])

    def feature_table(self) -> "pd.DataFrame":
        """``features.csv``: states and flows of lakes and reaches at saved times; no rows where there are none.

        Columns time, model, package, feature (from 1), boundname, quantity, value, unit.
        """
        import pandas as pd

        if not (self.path / FEATURE_TABLE).is_file():
            return pd.DataFrame(columns=list(FEATURE_COLUMNS))
        return self._table(FEATURE_TABLE, ["model", "package", "boundname", "quantity", "unit"])

    # ---- helpers

    def _table(self, name: str, texts: list[str]) -> "pd.DataFrame":
        import pandas as pd

        table = pd.read_csv(self.path / name, dtype={t: str for t in texts}, encoding="utf-8")
        return table.assign(**{t: table[t].fillna("") for t in texts})

    def _netcdf(self) -> "netCDF4.Dataset":
        import netCDF4

        return netCDF4.Dataset(str(self.path / "results.nc"))

    def _variable(self, data: "netCDF4.Dataset", kind: str, model: str) -> "netCDF4.Variable":
        return next(v for v in data.variables.values()
                    if getattr(v, "gwsolver_record", "") == kind and v.gwsolver_model == model)

    def _flow_name(self, model: str | None) -> str:
        carriers = [*self.flow_models, *(s for s in self.species if not self.summary["models"][s]["flow_model"])]
        if model is None and self.species:
            return self.flow_model_of(self.species[0])
        return self._pick(model, carriers, "flow model")

    def _pick(self, name: str | None, known: list[str], kind: str) -> str:
        if name is None and len(known) == 1:
            return known[0]
        if name in known:
            return str(name)
        what = f"which {kind} is not said" if name is None else f"there is no {kind} {name}"
        raise InputError([Problem(what=what, file=str(self.path), allowed=f"one of {', '.join(known) or 'none'}")])

    def _field(self, kind: str, model: str) -> "xr.DataArray":
        from gwsolver.results.lazy import open_field

        with self._netcdf() as data:
            name = self._variable(data, kind, model).name
        start, unit = self._clock
        return open_field(self.path / "results.nc", name, start, unit)


def _extent(grid: Grid) -> str:
    x, y = grid.to_map(*grid.vertices.T) if len(grid.vertices) else grid.to_map(grid.x, grid.y)
    return f"The model covers x = {x.min():.9g} to {x.max():.9g} and y = {y.min():.9g} to {y.max():.9g}."
