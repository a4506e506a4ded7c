"""HFB: barriers between neighbouring cells."""

from typing import Any

import numpy as np

from gwsolver.core.barriers import Barriers, BarriersInForce
from gwsolver.core.grid import VERTICAL, Grid
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.load import by_period
from gwsolver.modflow.packages import Package


def read_barriers(package: Package, grid: Grid, time: TimeAxis) -> Barriers:
    """Return the barriers of a model; those of a period hold until a period has barriers of its own."""
    pairs = np.sort(grid.face_cells.astype(np.int64), axis=1)
    keys = pairs[:, 0] * grid.n_cells + pairs[:, 1]
    order = np.argsort(keys, kind="stable")
    keys, level = keys[order], grid.face_kind[order] != VERTICAL
    periods = []
    for period, records in sorted(by_period(package.data.stress_period_data).items()):
        if int(period) >= time.n_periods:
            continue
        cells, values = [], []
        for i, record in enumerate(records if records is not None else ()):
            places, value = _pair(record, len(grid.shape)), float(record["hydchr"])
            pair = [_cell(package, grid, int(period), i, place) for place in places]
            if not np.isfinite(value):
                _bad(package, int(period), i, "hydchr", value=f"{value:g}", allowed="a finite number")
            if min(pair) < 0:
                continue
            n, m = sorted(pair)
            at = int(np.searchsorted(keys, n * grid.n_cells + m))
            touch = at < keys.size and keys[at] == n * grid.n_cells + m
            if not touch or not level[at]:
                what = "stand one above the other" if touch else "do not touch each other"
                _bad(package, int(period), i, f"a barrier between cells that {what}",
                     cell=f"{grid.describe(pair[0])} and {grid.describe(pair[1])}",
                     hint="A barrier stands between neighbours side by side.")
                continue
            cells.append((n, m))
            values.append(value)
        periods.append((int(period), BarriersInForce(np.array(cells, np.int64).reshape(-1, 2), np.array(values))))
    return Barriers(package.name, tuple(periods), package.file)


def _pair(record: Any, n_index: int) -> list[tuple[int, ...]]:
    """Return the two places of a record, zero-based: two fields, or one with the numbers of both."""
    if "cellid1" in (record.dtype.names or ()):
        given = [record["cellid1"], record["cellid2"]]
        return [tuple(int(c) for c in (g if isinstance(g, tuple | list) else (g,))) for g in given]
    numbers = tuple(int(c) for c in record["cellid"])
    return [numbers[:n_index], numbers[n_index:]]


def _cell(package: Package, grid: Grid, period: int, index: int, place: tuple[int, ...]) -> int:
    """Return a cell, -1 after its problem was reported."""
    words = "(" + ", ".join(str(c + 1) for c in place) + ")"
    if len(place) != len(grid.shape) or any(not 0 <= c < n for c, n in zip(place, grid.shape, strict=True)):
        _bad(package, period, index, f"cell {words} is outside the grid", allowed=grid.describe_extent())
        return -1
    node = int(np.ravel_multi_index(place, grid.shape))
    cell = int(grid.cell_of_node[node])
    if cell < 0:
        _bad(package, period, index, "a barrier stands beside an inactive cell", cell=grid.describe_node(node),
             hint="Nothing flows there: take it out.")
    return cell


def _bad(package: Package, period: int, index: int, what: str, **more: Any) -> None:
    text = package.text()
    record = text.entry(period, index) if text else None
    package.bad(what, line=record.line if record else None, **more)
