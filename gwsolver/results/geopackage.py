"""A GeoPackage of a plume for QGIS: isolines and cell polygons with concentrations, the places of the case."""

import os
import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from gwsolver.core.case import Place
from gwsolver.core.grid import Floats, Grid
from gwsolver.results.isolines import Isoline, isolines, plan_values


def write_geopackage(path: Path, layers: list[tuple[str, str, list[bytes], dict[str, np.ndarray]]], crs: str) -> None:
    """Write layers (name, geometry type, WKB geometries, columns) to one file, which appears when it is whole."""
    import pyogrio.raw

    part = path.with_name(f".{path.stem}.part.gpkg")
    part.unlink(missing_ok=True)
    for i, (name, kind, geometry, columns) in enumerate(layers):
        with warnings.catch_warnings():
            # Without a known CRS there is none to give: QGIS then asks for it.
            warnings.filterwarnings("ignore", message=".*crs.*", category=UserWarning)
            pyogrio.raw.write(
                part, np.array([*geometry, None], object)[:-1], list(columns.values()), list(columns), layer=name,
                driver="GPKG", geometry_type=kind, crs=crs or None, append=i > 0,
            )
    os.replace(part, path)


def plume_layers(
    grid: Grid, species: str, unit: str, levels: list[float], limit: float | None,
    moments: list[tuple[float, str, Floats]],
) -> list[tuple[str, str, list[bytes], dict[str, np.ndarray]]]:
    """Return the layers of one species: ``<species>_isolines`` and ``<species>_cells``.

    Parameters
    ----------
    grid : Grid
    species, unit : str
    levels : list of float
        Concentrations of the isolines (of the depth maximum).
    limit : float or None
        Of the species, in `unit`; isolines then say how many times it they are.
    moments : list of (time, date, values)
        Model time, ISO date or "", values over user nodes.
    """
    lines, line_columns = _isoline_rows(grid, unit, levels, limit, moments)
    polygons, cell_columns = _cell_rows(grid, unit, moments)
    return [(f"{species}_isolines", "LineString", lines, line_columns),
            (f"{species}_cells", "Polygon", polygons, cell_columns)]


def place_layers(
    sources: tuple[Place, ...], receptors: tuple[Place, ...]
) -> list[tuple[str, str, list[bytes], dict[str, np.ndarray]]]:
    """Return ``sources`` and ``receptors`` as points, and as ``*_areas`` those with an outline; none that is empty."""
    layers = []
    for name, places in (("sources", sources), ("receptors", receptors)):
        areas = tuple(p for p in places if p.polygon)
        if places:
            points = [struct.pack("<BIdd", 1, 1, p.x, p.y) for p in places]
            layers.append((name, "Point", points, _place_columns(places)))
        if areas:
            shapes = [_polygon(np.array(p.polygon, float)) for p in areas]
            layers.append((f"{name}_areas", "Polygon", shapes, _place_columns(areas)))
    return layers


def _place_columns(places: tuple[Place, ...]) -> dict[str, np.ndarray]:
    return {
        "name": _texts([p.name for p in places]), "kind": _texts([p.kind for p in places]),
        "layers": _texts([" ".join(map(str, p.layers)) for p in places]), "note": _texts([p.note for p in places]),
        "origin": _texts([p.provenance.source for p in places]),
        "status": _texts([p.provenance.status for p in places]),
    }


def _isoline_rows(
    grid: Grid, unit: str, levels: list[float], limit: float | None, moments: list[tuple[float, str, Floats]]
) -> tuple[list[bytes], dict[str, np.ndarray]]:
    found: list[tuple[float, str, Isoline]] = [
        (time, date, line) for time, date, values in moments
        for line in isolines(grid, plan_values(grid, values), levels)
    ]
    columns: dict[str, Any] = {
        "time": np.array([time for time, _, _ in found], float), "date": _texts([date for _, date, _ in found]),
        "concentration": np.array([level for _, _, (level, _) in found], float), "unit": _texts([unit] * len(found)),
    }
    if limit is not None:
        columns["times_limit"] = np.array([level / limit for _, _, (level, _) in found], float).round(6)
    return [_line(points) for _, _, (_, points) in found], columns


def _cell_rows(
    grid: Grid, unit: str, moments: list[tuple[float, str, Floats]]
) -> tuple[list[bytes], dict[str, np.ndarray]]:
    """One polygon per plan cell with an active cell and moment; a column per layer and the depth maximum."""
    plan = np.unique(grid.column)
    start = grid.polygon_start
    corners = np.column_stack(grid.to_map(*grid.vertices.T))
    shapes = [_polygon(corners[grid.polygon_vertex[start[i]:start[i + 1]]]) for i in plan]
    columns: dict[str, list[np.ndarray]] = {}

    def put(name: str, values: np.ndarray) -> None:
        columns.setdefault(name, []).append(values)

    for time, date, values in moments:
        put("time", np.full(plan.size, time))
        put("date", _texts([date] * plan.size))
        if grid.kind == "dis":
            put("row", plan // grid.shape[2] + 1)
            put("column", plan % grid.shape[2] + 1)
        else:
            put("node" if grid.kind == "disu" else "cell2d", plan + 1)
        put("maximum", plan_values(grid, values)[plan])
        if grid.kind != "disu":
            for layer in range(1, grid.shape[0] + 1):
                put(f"layer_{layer}", plan_values(grid, values, layer)[plan])
        put("unit", _texts([unit] * plan.size))
    return shapes * len(moments), {name: np.concatenate(parts) for name, parts in columns.items()}


def _texts(values: list[str]) -> np.ndarray:
    return np.array(values, dtype=object)


def _line(points: Floats) -> bytes:
    """Well-known binary of a line (OGC 06-103r4, little-endian)."""
    return struct.pack("<BII", 1, 2, len(points)) + np.asarray(points, "<f8").tobytes()


def _polygon(corners: Floats) -> bytes:
    """Well-known binary of a polygon with one ring, closed and counter-clockwise."""
    x, y = corners.T
    if np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) < 0.0:
        corners = corners[::-1]
    ring = np.vstack([corners, corners[:1]])
    return struct.pack("<BIII", 1, 3, 1, len(ring)) + np.asarray(ring, "<f8").tobytes()
