"""A grid in results.nc: the coordinates other programs read, and what rebuilds it exactly for ourselves.

DIS becomes x, y as projected coordinates (two-dimensional auxiliary ones if the grid is rotated);
DISV and DISU become a UGRID-1.0 mesh with a layer dimension for DISV.
"""

from dataclasses import fields
from typing import Any

import numpy as np

from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import Grid
from gwsolver.results.cf import LENGTH
from gwsolver.results.mf6_grid import plan_centres

ARRAYS = ("node", "top", "bottom", "area", "x", "y", "column", "face_cells", "face_kind", "face_width",
          "face_distance", "face_normal", "idomain", "vertices", "polygon_start", "polygon_vertex", "cell_width")
STRUCTURED = ("idomain", "delr", "delc")
"""What rebuilds a DIS grid, with the elevations that stand in the file anyway."""
SMALL = ("kind", "x_origin", "y_origin", "angle", "length_unit", "crs")
COMPRESSED: dict[str, Any] = {"compression": "zlib", "complevel": 1, "shuffle": True, "chunk_cache": 2**20}
"""Chunks are written whole, once: a cache of 16 MB or more for each variable would only hold them until the end."""
WORTH_PACKING = 1000
"""Values from which compression pays; below, its set-up costs more than all else."""


def packed(size: int) -> dict[str, Any]:
    """Return how to store a variable of this many values."""
    return COMPRESSED if size >= WORTH_PACKING else {}


def dimensions(grid: Grid, suffix: str = "") -> tuple[str, ...]:
    """Names of the dimensions of a value per node in results.nc."""
    names = {"dis": ("layer", "row", "column"), "disv": ("layer", "face"), "disu": ("face",)}[grid.kind]
    return tuple(n + suffix for n in names)


def data_attributes(grid: Grid, suffix: str, mapping: bool) -> dict[str, Any]:
    """Attributes that tie a value per node to its coordinates."""
    attributes: dict[str, Any] = {"grid_mapping": "crs"} if mapping else {}
    if grid.kind != "dis":
        attributes |= {"mesh": f"mesh{suffix}", "location": "face"}
    elif grid.angle:
        attributes |= {"coordinates": f"x{suffix} y{suffix}"}
    return attributes


def write_mesh(dataset: Any, grid: Grid, suffix: str, mapping: bool) -> None:
    """Write dimensions, coordinates and elevations of a grid into an open netCDF4 Dataset."""
    names = dimensions(grid, suffix)
    for name, size in zip(names, grid.shape, strict=True):
        dataset.createDimension(name, size)
    if grid.kind != "disu":
        _put(dataset, f"layer{suffix}", names[:1], np.arange(1, grid.shape[0] + 1, dtype=np.int32),
             {"long_name": "model layer, one-based from above", "axis": "Z", "positive": "down", "units": "1"})
    unit = LENGTH.get(grid.length_unit, "1")
    place = {c: {"units": unit, "standard_name": f"projection_{c}_coordinate", "long_name": f"{c} on the map"}
             for c in "xy"}
    if grid.kind == "dis":
        _structured(dataset, grid, suffix, place)
    else:
        _mesh(dataset, grid, suffix, place)
    for name, values in (("top", grid.top), ("bottom", grid.bottom)):
        _put(dataset, f"cell_{name}{suffix}", names, grid.to_nodes(values, np.nan).reshape(grid.shape),
             {"units": unit, "long_name": f"elevation of the {name} of the cell",
              **data_attributes(grid, suffix, mapping)})
    _store(dataset, grid, suffix)


def _structured(dataset: Any, grid: Grid, suffix: str, place: dict[str, dict[str, Any]]) -> None:
    n_col = grid.shape[2]
    edge_x, edge_y = grid.vertices[: n_col + 1, 0], grid.vertices[:: n_col + 1, 1]
    x, y = 0.5 * (edge_x[:-1] + edge_x[1:]), 0.5 * (edge_y[:-1] + edge_y[1:])
    if grid.angle:
        both = (f"row{suffix}", f"column{suffix}")
        for name, values in zip("xy", grid.to_map(*np.meshgrid(x, y)), strict=True):
            _put(dataset, f"{name}{suffix}", both, values, place[name])
        return
    dataset.createDimension(f"edge{suffix}", 2)
    # The dimension is called column, the coordinate x: CF asks for equal names of coordinate variables,
    # so they are auxiliary for strict readers and, with `axis`, coordinates for all others.
    for name, dim, edge in (("x", "column", edge_x + grid.x_origin), ("y", "row", edge_y + grid.y_origin)):
        _put(dataset, f"{name}{suffix}", (f"{dim}{suffix}",), 0.5 * (edge[:-1] + edge[1:]),
             {**place[name], "axis": name.upper(), "bounds": f"{name}_bounds{suffix}"})
        _put(dataset, f"{name}_bounds{suffix}", (f"{dim}{suffix}", f"edge{suffix}"),
             np.column_stack([edge[:-1], edge[1:]]), {})


def _mesh(dataset: Any, grid: Grid, suffix: str, place: dict[str, dict[str, Any]]) -> None:
    start, n_plan = grid.polygon_start, grid.polygon_start.size - 1
    count = np.diff(start)
    most = max(int(count.max(initial=0)), 3)
    dataset.createDimension(f"vertex{suffix}", max(len(grid.vertices), 1))
    dataset.createDimension(f"corner{suffix}", most)
    corners = np.full((n_plan, most), -1, np.int32)
    inside = np.arange(most) < count[:, None]
    corners[inside] = grid.polygon_vertex
    mesh = dataset.createVariable(f"mesh{suffix}", "i4")
    mesh.setncatts({
        "cf_role": "mesh_topology", "topology_dimension": 2, "long_name": "plan view of the model grid",
        "node_coordinates": f"mesh_vertex_x{suffix} mesh_vertex_y{suffix}", "face_dimension": f"face{suffix}",
        "face_node_connectivity": f"mesh_face_vertices{suffix}",
        "face_coordinates": f"x{suffix} y{suffix}",
    })
    _put(dataset, f"mesh_face_vertices{suffix}", (f"face{suffix}", f"corner{suffix}"), corners,
         {"cf_role": "face_node_connectivity", "start_index": np.int32(0)}, fill=np.int32(-1))
    vertices = grid.vertices if len(grid.vertices) else np.zeros((1, 2))
    for name, values in zip("xy", grid.to_map(*vertices.T), strict=True):
        _put(dataset, f"mesh_vertex_{name}{suffix}", (f"vertex{suffix}",), values, place[name])
    for name, values in zip("xy", grid.to_map(*plan_centres(grid)), strict=True):
        _put(dataset, f"{name}{suffix}", (f"face{suffix}",), values, place[name])


def _put(dataset: Any, name: str, dims: tuple[str, ...], values: np.ndarray, attributes: dict[str, Any],
         fill: Any = None) -> None:
    if fill is None:
        fill = np.nan if values.dtype.kind == "f" else False
    variable = dataset.createVariable(name, values.dtype, dims, fill_value=fill, **packed(values.size))
    variable.set_auto_maskandscale(False)
    variable.setncatts(attributes)
    variable[...] = values


def _store(dataset: Any, grid: Grid, suffix: str) -> None:
    """Keep the arrays of the grid as they are, in a group of its own; of DIS what the others follow from."""
    group = dataset.createGroup(f"grid{suffix}")
    group.setncatts({"long_name": "arrays of gwsolver.core.grid.Grid", **{n: getattr(grid, n) for n in SMALL},
                     "shape": np.array(grid.shape, np.int64)})
    for name in STRUCTURED if grid.kind == "dis" and grid.delr.size else ARRAYS:
        values = np.asarray(getattr(grid, name))
        dims = tuple(f"{name}_{axis}" for axis in range(values.ndim))
        for dim, size in zip(dims, values.shape, strict=True):
            # A dimension of size zero would be unlimited: an empty array has one with a mark.
            group.createDimension(dim, size or 1)
        variable = group.createVariable(name, values.dtype, dims, **packed(values.size))
        variable.set_auto_maskandscale(False)
        if values.size:
            variable[...] = values
        variable.setncatts({"shape": np.array(values.shape, np.int64)})


def read_grid(dataset: Any, suffix: str = "") -> Grid:
    """Rebuild the grid from what `write_mesh` stored in an open netCDF4 Dataset."""
    group = dataset.groups[f"grid{suffix}"]
    values: dict[str, Any] = {}
    rebuilt = "delr" in group.variables
    for name in STRUCTURED if rebuilt else ARRAYS:
        variable = group.variables[name]
        variable.set_auto_maskandscale(False)
        shape = tuple(int(n) for n in np.atleast_1d(variable.getncattr("shape")))
        values[name] = variable[...] if all(shape) else np.zeros(shape, variable.dtype)
    small = {n: group.getncattr(n) for n in SMALL}
    for name in ("x_origin", "y_origin", "angle"):
        small[name] = float(small[name])
    shape = tuple(int(n) for n in np.atleast_1d(group.getncattr("shape")))
    if rebuilt:
        elevations = (np.ma.getdata(dataset.variables[f"cell_{n}{suffix}"][...]) for n in ("top", "bottom"))
        return _structured_again(shape, values, *elevations, small)
    known = {f.name for f in fields(Grid)}
    return Grid(**{k: v for k, v in {**values, **small, "shape": shape}.items() if k in known})


def _structured_again(shape: tuple[int, ...], values: dict[str, Any], top: np.ndarray, bottom: np.ndarray,
                      small: dict[str, Any]) -> Grid:
    """Build a DIS grid from elevations of its active cells: a layer's bottom is the top of the next one."""
    upper, lower = top.reshape(shape), bottom.reshape(shape)
    inner = np.where(np.isnan(lower[:-1]), upper[1:], lower[:-1])
    place = {name: value for name, value in small.items() if name != "kind"}
    return structured_grid(values["delr"], values["delc"], upper[0], np.concatenate([inner, lower[-1:]]),
                           values["idomain"], **place)
