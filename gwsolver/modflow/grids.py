"""DIS, DISV and DISU packages to core grids."""

from typing import Any

import numpy as np

from gwsolver.core.crs import crs_fault
from gwsolver.core.dis import structured_grid
from gwsolver.core.disu import unstructured_grid
from gwsolver.core.disv import layered_grid
from gwsolver.core.grid import Grid
from gwsolver.modflow.load import array, rows, words
from gwsolver.modflow.packages import Package

UNITS = {"feet": "feet", "meters": "metres", "metres": "metres", "centimeters": "centimetres",
         "centimetres": "centimetres", "unknown": "unknown"}


def read_grid(package: Package, like: Grid | None = None) -> Grid | None:
    """Return the grid, or None after reporting why it cannot be built.

    `like` itself is returned if this package describes the same grid: it is then not built again.
    """
    before = len(package.findings.bad)
    try:
        grid = _dis(package, like) if package.type == "dis" else {"disv": _disv, "disu": _disu}[package.type](package)
    except (ValueError, IndexError, TypeError, KeyError) as error:
        if len(package.findings.bad) == before:
            package.bad(f"the grid cannot be built ({error})")
        return None
    if grid is not None and grid is not like:
        _check(package, grid)
        if fault := crs_fault(grid.crs, grid.length_unit):
            package.findings.warn(f"{package.file or package.name}: CRS: {fault}")
    return grid


def _placement(package: Package) -> dict[str, Any]:
    # flopy takes the option for a record: its first word is the keyword.
    crs = " ".join(w for w in words(getattr(package.data, "crs", None)) if w.lower() != "crs")
    unit = str(package.give("length_units", "unknown")).lower()
    return {
        "x_origin": float(package.give("xorigin", 0.0)), "y_origin": float(package.give("yorigin", 0.0)),
        "angle": float(package.give("angrot", 0.0)), "length_unit": UNITS.get(unit, "unknown"),
        "crs": crs,
    }


def _needed(package: Package, name: str, block: str, shape: tuple[int, ...]) -> np.ndarray:
    values = array(getattr(package.data, name, None))
    if values is None:
        package.bad(f"{name} is missing", block=block, word=name)
        raise ValueError(f"{name} is missing")
    if values.size != int(np.prod(shape)):
        package.bad(f"{name} has {values.size} values, {int(np.prod(shape))} are needed", block=block, word=name)
        raise ValueError(name)
    return values.reshape(shape)


def _counts(package: Package, *names: str) -> list[int]:
    counts = [int(package.give(n, 0)) for n in names]
    for name, count in zip(names, counts, strict=True):
        if count < 1:
            package.bad(name, value=count, allowed="whole numbers from 1", block="DIMENSIONS", word=name)
    if min(counts) < 1:
        raise ValueError("counts")
    return counts


def _dis(package: Package, like: Grid | None) -> Grid:
    n_lay, n_row, n_col = _counts(package, "nlay", "nrow", "ncol")
    get = lambda name, shape: _needed(package, name, "GRIDDATA", shape)  # noqa: E731
    delr, delc = get("delr", (n_col,)), get("delc", (n_row,))
    for name, values in (("delr", delr), ("delc", delc)):
        wrong = np.flatnonzero(~((values > 0) & np.isfinite(values)))
        if wrong.size:
            package.bad(name, value=float(values[wrong[0]]), cell=f"number {wrong[0] + 1}", allowed="(0, inf)",
                        block="GRIDDATA", word=name)
    idomain = array(package.data.idomain)
    top, botm = get("top", (n_row, n_col)), get("botm", (n_lay, n_row, n_col))
    place = _placement(package)
    if like is not None and _describes(like, delr, delc, top, botm, idomain, place):
        return like
    return structured_grid(delr, delc, top, botm, idomain, **place)


def _describes(grid: Grid, delr: np.ndarray, delc: np.ndarray, top: np.ndarray, botm: np.ndarray,
               idomain: np.ndarray | None, place: dict[str, Any]) -> bool:
    """Return whether the arrays of a DIS package are those a grid was built from, bit for bit."""
    if grid.kind != "dis" or grid.shape != botm.shape or any(getattr(grid, k) != v for k, v in place.items()):
        return False
    domain = 1 if idomain is None else idomain.reshape(-1)
    tops = np.concatenate([top[None], botm[:-1]]).reshape(-1)
    return bool(
        np.all(grid.idomain == domain) and np.array_equal(grid.delr, delr) and np.array_equal(grid.delc, delc)
        and np.array_equal(grid.top, tops[grid.node]) and np.array_equal(grid.bottom, botm.reshape(-1)[grid.node]))


def _disv(package: Package) -> Grid:
    n_lay, n_plan, n_vert = _counts(package, "nlay", "ncpl", "nvert")
    vertices = np.full((n_vert, 2), np.nan)
    given = rows(package.data.vertices)
    if len(given) != n_vert:
        package.bad(f"block VERTICES has {len(given)} records, NVERT = {n_vert}", block="DIMENSIONS", word="NVERT")
        raise ValueError("vertices")
    for row in given:
        vertices[int(row[0])] = row[1], row[2]
    cells = rows(package.data.cell2d)
    if len(cells) != n_plan:
        package.bad(f"block CELL2D has {len(cells)} records, NCPL = {n_plan}", block="DIMENSIONS", word="NCPL")
        raise ValueError("cell2d")
    centres = np.full((n_plan, 2), np.nan)
    rings: list[list[int]] = [[] for _ in range(n_plan)]
    for row in cells:
        centres[int(row[0])] = row[1], row[2]
        rings[int(row[0])] = [int(v) for v in row[4:4 + int(row[3])] if v is not None]
    get = lambda name, shape: _needed(package, name, "GRIDDATA", shape)  # noqa: E731
    return layered_grid(vertices, centres, rings, get("top", (n_plan,)), get("botm", (n_lay, n_plan)),
                        array(package.data.idomain), **_placement(package))


def _disu(package: Package) -> Grid:
    n_node, n_ja = _counts(package, "nodes", "nja")
    get = lambda name, block, shape: _needed(package, name, block, shape)  # noqa: E731
    iac = get("iac", "CONNECTIONDATA", (n_node,)).astype(np.int64)
    if iac.sum() != n_ja:
        package.bad(f"iac adds up to {iac.sum()}, NJA = {n_ja}", block="CONNECTIONDATA", word="IAC")
        raise ValueError("iac")
    ja = get("ja", "CONNECTIONDATA", (n_ja,)).astype(np.int64)
    ihc, cl12, hwva = (get(n, "CONNECTIONDATA", (n_ja,)) for n in ("ihc", "cl12", "hwva"))
    angle = array(package.data.angldegx)
    if angle is None and np.any(ihc[np.concatenate([np.arange(1, k) + s for s, k in
                                                    zip(np.cumsum(iac) - iac, iac, strict=True)])] > 0):
        package.findings.warn(f"{package.name}: without ANGLDEGX the horizontal directions of faces are taken from "
                              "cell centres; specific discharge and dispersion cannot be told without either.")
    n_vert = int(package.give("nvert", 0) or 0)
    vertices, centres, rings = np.zeros((0, 2)), None, None
    if n_vert:
        vertices = np.array([[r[1], r[2]] for r in rows(package.data.vertices)], float).reshape(-1, 2)
        plan = rows(package.data.cell2d)
        if len(plan) == n_node:
            centres = np.array([[r[1], r[2]] for r in plan], float)
            rings = [[int(v) for v in r[4:4 + int(r[3])] if v is not None] for r in plan]
    top, bottom = (get(name, "GRIDDATA", (n_node,)) for name in ("top", "bot"))
    _overlapping(package, top, bottom, iac, ja, ihc)
    return unstructured_grid(
        top, bottom, get("area", "GRIDDATA", (n_node,)), iac, ja, ihc.astype(np.int64), cl12, hwva, angle,
        array(getattr(package.data, "idomain", None)),
        vertices=vertices, centres=centres, rings=rings, **_placement(package))


def _overlapping(package: Package, top: np.ndarray, bottom: np.ndarray, iac: np.ndarray, ja: np.ndarray,
                 ihc: np.ndarray) -> None:
    """Report vertical connections whose lower cell, that with the larger number, reaches into the upper one.

    MODFLOW refuses them (subroutine disu_ck): it takes such faces as flat, with water that goes straight down.
    """
    tolerance = float(package.give("vertical_offset_tolerance", 0.0) or 0.0)
    upper = np.repeat(np.arange(iac.size), iac)
    known = (ja >= 0) & (ja < iac.size)
    lower = np.where(known, ja, 0)
    rises = top[lower] - bottom[upper]
    wrong = np.flatnonzero(known & (ihc == 0) & (lower > upper) & (rises > tolerance))
    if wrong.size:
        n, m = int(upper[wrong[0]]), int(lower[wrong[0]])
        count = f" ({wrong.size:,} vertical connections are not)" if wrong.size > 1 else ""
        package.bad(f"top of cell {m + 1}, which is joined to cell {n + 1} from below,", value=f"{top[m]:g}",
                    allowed=f"at most {bottom[n] + tolerance:g}{count}", block="GRIDDATA", word="TOP",
                    hint="Of two cells joined vertically the one with the larger number lies below; "
                         "VERTICAL_OFFSET_TOLERANCE allows for small overlaps.")


def _check(package: Package, grid: Grid) -> None:
    if grid.n_cells == 0:
        package.bad("no cell is active: IDOMAIN is nowhere above 0", block="GRIDDATA", word="IDOMAIN")
        return
    for name, values in (("thickness (top minus bottom)", grid.thickness), ("area", grid.area)):
        wrong = np.flatnonzero(~((values > 0.0) & np.isfinite(values)))
        if wrong.size:
            count = f" ({wrong.size:,} of {grid.n_cells:,} cells are)" if wrong.size > 1 else ""
            word = "BOT" if package.type == "disu" else "BOTM"
            package.bad(name, value=f"{values[wrong[0]]:g}", cell=grid.describe(int(wrong[0])),
                        allowed="(0, inf)" + count, block="GRIDDATA", word=word,
                        hint="Give cells that are not there IDOMAIN 0, or -1 to let water pass.")
