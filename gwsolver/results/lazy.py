"""Fields of results.nc as xarray DataArrays that read only what is looked at."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

from gwsolver.results.cf import SECONDS


class _Flat(BackendArray):
    """A variable (time, layer, face) seen as (time, cell): one row of cells over all layers."""

    def __init__(self, variable: xr.Variable, n_cells: int, tail: tuple[int, ...]) -> None:
        self._variable = variable
        self.shape = (variable.shape[0], n_cells, *tail)
        self.dtype = variable.dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.BASIC, self._read
        )

    def _read(self, key: tuple[Any, ...]) -> np.ndarray:
        time, *rest = key
        # A slice keeps the axis, so that the rest of the key always means the same axes.
        at = slice(time, time + 1) if isinstance(time, (int, np.integer)) else time
        values = np.asarray(self._variable[at].values)
        values = values.reshape(values.shape[0], *self.shape[1:])
        return values[(0 if at is not time else slice(None), *rest)]


def open_field(path: Path, name: str, start: datetime | None, unit: str) -> xr.DataArray:
    """Open one variable lazily.

    Parameters
    ----------
    path : Path
        results.nc.
    name : str
        The variable.
    start : datetime or None
        Date of time zero.
    unit : str
        MODFLOW's time unit.

    Returns
    -------
    DataArray
        Dims (time, layer, row, column) or (time, cell), and ``component`` where it is a vector.
    """
    data = xr.open_dataset(path, engine="netcdf4", decode_times=False, mask_and_scale=False)
    variable = data[name]
    suffix = str(variable.attrs["gwsolver_grid"])
    time = str(variable.dims[0])
    clock = time.removeprefix("time")
    vector = ("component",) if variable.dims[-1] == "component" else ()
    attributes = {"long_name": variable.attrs["long_name"], "units": variable.attrs["gwsolver_unit"]}
    model_time = data[f"model_time{clock}"].values.astype(float)
    coords: dict[str, Any] = {"time": ("time", model_time, {"units": data[f"model_time{clock}"].attrs["units"]})}
    dates = _dates(model_time, start, unit)
    if dates is not None:
        coords["date"] = ("time", dates)
    if vector:
        coords["component"] = list("xyz")
    plane = tuple(str(d).removesuffix(suffix) for d in variable.dims[1:len(variable.dims) - len(vector)])
    if plane == ("layer", "row", "column"):
        field = variable.variable.copy(deep=False)
        field.dims = ("time", *plane, *vector)
        coords["layer"] = ("layer", data[f"layer{suffix}"].values)
        for c in "xy":
            place = data[f"{c}{suffix}"]
            coords[c] = (tuple(str(d).removesuffix(suffix) for d in place.dims), place.values, dict(place.attrs))
    else:
        n_layers = variable.shape[1] if plane[0] == "layer" else 1
        n_cells = int(np.prod(variable.shape[1:len(variable.dims) - len(vector)]))
        flat = _Flat(variable.variable, n_cells, variable.shape[len(variable.dims) - len(vector):])
        field = xr.Variable(("time", "cell", *vector), indexing.LazilyIndexedArray(flat))
        for c in "xy":
            coords[c] = ("cell", np.tile(data[f"{c}{suffix}"].values, n_layers), dict(data[f"{c}{suffix}"].attrs))
        if plane[0] == "layer":
            coords["layer"] = ("cell", np.repeat(data[f"layer{suffix}"].values, n_cells // n_layers))
    field.attrs = attributes
    return xr.DataArray(field, coords=coords, name=name)


def _dates(times: np.ndarray, start: datetime | None, unit: str) -> np.ndarray | None:
    if start is None or unit not in SECONDS:
        return None
    seconds = np.rint(times * SECONDS[unit]).astype("timedelta64[s]")
    dates = np.datetime64(start, "s") + seconds
    inside = dates.min(initial=np.datetime64("1900")) > np.datetime64("1678") and \
        dates.max(initial=np.datetime64("1900")) < np.datetime64("2262")
    return dates.astype("datetime64[ns]") if inside else dates
