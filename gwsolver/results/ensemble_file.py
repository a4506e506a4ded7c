"""ensemble.nc: what members say together, CF-1.11, on the same grid as results.nc."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import gwsolver
from gwsolver.core.case import CaseInfo
from gwsolver.core.grid import Floats, Grid
from gwsolver.core.time import TimeAxis
from gwsolver.results import cf
from gwsolver.results.folder import writing
from gwsolver.results.mesh import data_attributes, dimensions, packed, write_mesh


@dataclass(frozen=True, eq=False)
class Entry:
    """One variable.

    Attributes
    ----------
    name : str
    dims : tuple of str
        "cell" stands for the dimensions of the grid and is the last.
    values : ndarray
        Over active cells where "cell" is among the dimensions.
    attributes : dict
        long_name, units, ...
    """

    name: str
    dims: tuple[str, ...]
    values: np.ndarray
    attributes: dict[str, Any]


def write_ensemble(
    path: Path, grid: Grid, info: CaseInfo, times: dict[str, tuple[Floats, TimeAxis]], receptors: Sequence[str],
    members: Sequence[int], entries: Sequence[Entry], about: dict[str, Any],
) -> Path:
    """Write the file; it gets its name when it is complete.

    Parameters
    ----------
    times : dict of str to (ndarray, TimeAxis)
        Model times by name of their dimension.
    receptors : sequence of str
    members : sequence of int
        Numbers of the finished members.
    entries : sequence of Entry
    about : dict
        Global attributes beside those of every file.
    """
    import netCDF4

    part = path.with_name(f".{path.name}.part")
    with writing(path), netCDF4.Dataset(str(part), "w", format="NETCDF4") as data:
        crs = info.crs or grid.crs
        mapping = cf.grid_mapping(crs)
        if mapping:
            data.createVariable("crs", "i4").setncatts(mapping)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        data.setncatts({
            "Conventions": "CF-1.11 UGRID-1.0 ACDD-1.3", "title": info.title, "status": info.status or "unknown",
            "source": f"gwsolver {gwsolver.__version__}", "date_created": now, "crs": crs,
            "history": f"{now}: written by gwsolver {gwsolver.__version__}", **about,
        })
        write_mesh(data, grid, "", bool(mapping))
        start = cf.start_date(info.start)
        for name, (values, axis) in times.items():
            attributes, factor = cf.time_attributes(axis, start)
            data.createDimension(name, values.size)
            data.createVariable(name, "f8", (name,)).setncatts(attributes)
            data.variables[name][:] = values * factor
        data.createDimension("member", len(members))
        data.createVariable("member", "i4", ("member",)).long_name = "number of the member, one-based"
        data.variables["member"][:] = np.asarray(members)
        if receptors:
            data.createDimension("receptor", len(receptors))
            data.createVariable("receptor", str, ("receptor",)).long_name = "name of the receptor"
            data.variables["receptor"][:] = np.array(list(receptors), object)
        for entry in entries:
            _put(data, grid, entry, bool(mapping))
    os.replace(part, path)
    return path


def _put(data: Any, grid: Grid, entry: Entry, mapping: bool) -> None:
    values, dims, attributes = entry.values, entry.dims, dict(entry.attributes)
    if dims[-1] == "cell":
        full = np.full((*values.shape[:-1], grid.n_nodes), np.nan, values.dtype)
        full[..., grid.node] = values
        values = full.reshape(*values.shape[:-1], *grid.shape)
        dims = (*dims[:-1], *dimensions(grid))
        attributes |= data_attributes(grid, "", mapping)
    variable = data.createVariable(entry.name, values.dtype, dims, fill_value=np.nan, **packed(values.size))
    variable.set_auto_maskandscale(False)
    variable.setncatts(attributes)
    variable[...] = values
