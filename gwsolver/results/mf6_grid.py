"""MODFLOW 6's binary grid file (.grb), version 1."""

from typing import BinaryIO

import numpy as np

from gwsolver.core.grid import Floats, Grid, Ints

Entry = tuple[str, str, object]  # name, "INTEGER" or "DOUBLE", value


def write_grid(file: BinaryIO, grid: Grid, cell_type: Ints) -> None:
    """Write the grid of a model with its connections.

    Elevations of inactive nodes are not kept by `Grid`; they are filled from the nearest active
    cell of their column, so that those of active cells are read back exactly.

    Parameters
    ----------
    file : binary file
    grid : Grid
    cell_type : ndarray of int64, shape (cell,)
        ICELLTYPE; zero is written for inactive nodes.
    """
    ia, ja, _ = grid.connections
    count = np.zeros(grid.n_nodes, np.int64)
    count[grid.node] = np.diff(ia)
    origin: list[Entry] = [
        ("NJA", "INTEGER", ja.size),
        ("XORIGIN", "DOUBLE", grid.x_origin), ("YORIGIN", "DOUBLE", grid.y_origin), ("ANGROT", "DOUBLE", grid.angle),
    ]
    joints: list[Entry] = [
        ("IA", "INTEGER", np.concatenate([[0], np.cumsum(count)]) + 1),
        ("JA", "INTEGER", grid.node[ja] + 1),
        ("IDOMAIN", "INTEGER", grid.idomain),
        ("ICELLTYPE", "INTEGER", np.rint(grid.to_nodes(cell_type.astype(float), 0.0))),
    ]
    parts = {"dis": _dis, "disv": _disv, "disu": _disu}[grid.kind](grid)
    entries = [*parts[0], *origin, *parts[1], *joints, *parts[2]]
    lines = [f"GRID {grid.kind.upper()}", "VERSION 1", f"NTXT {len(entries)}", "LENTXT 100"]
    file.write(b"".join(line.ljust(49).encode() + b"\n" for line in lines))
    file.write(b"".join(_definition(*entry) for entry in entries))
    for _, kind, value in entries:
        file.write(np.asarray(value, "<i4" if kind == "INTEGER" else "<f8").tobytes())


def _definition(name: str, kind: str, value: object) -> bytes:
    shape = np.shape(value)
    if shape:
        text = f"{name} {kind} NDIM {len(shape)} " + " ".join(str(n) for n in reversed(shape))
    else:
        text = f"{name} {kind} NDIM 0 # " + (f"{value:d}" if kind == "INTEGER" else f"{value:24.15E}")  # type: ignore[str-format]
    return text.ljust(99).encode() + b"\n"


Parts = tuple[list[Entry], list[Entry], list[Entry]]


def _dis(grid: Grid) -> Parts:
    n_lay, n_row, n_col = grid.shape
    top, bottom = column_elevations(grid)
    edge_x = grid.vertices[: n_col + 1, 0]
    edge_y = grid.vertices[:: n_col + 1, 1]
    sizes: list[Entry] = [("NCELLS", "INTEGER", grid.n_nodes), ("NLAY", "INTEGER", n_lay),
                          ("NROW", "INTEGER", n_row), ("NCOL", "INTEGER", n_col)]
    arrays: list[Entry] = [("DELR", "DOUBLE", np.diff(edge_x)), ("DELC", "DOUBLE", -np.diff(edge_y)),
                           ("TOP", "DOUBLE", top), ("BOTM", "DOUBLE", bottom.ravel())]
    return sizes, arrays, []


def _disv(grid: Grid) -> Parts:
    n_lay, n_plan = grid.shape
    top, bottom = column_elevations(grid)
    plan = _plan(grid)
    sizes: list[Entry] = [
        ("NCELLS", "INTEGER", grid.n_nodes), ("NLAY", "INTEGER", n_lay), ("NCPL", "INTEGER", n_plan),
        ("NVERT", "INTEGER", len(grid.vertices)), ("NJAVERT", "INTEGER", np.size(plan[-1][2])),
    ]
    return sizes, [("TOP", "DOUBLE", top), ("BOTM", "DOUBLE", bottom.ravel()), *plan], []


def _disu(grid: Grid) -> Parts:
    top, bottom = grid.to_nodes(grid.top, 0.0), grid.to_nodes(grid.bottom, 0.0)
    plan = _plan(grid) if len(grid.vertices) else []
    return [("NODES", "INTEGER", grid.n_nodes)], [("TOP", "DOUBLE", top), ("BOT", "DOUBLE", bottom)], plan


def _plan(grid: Grid) -> list[Entry]:
    """Vertices, cell centres and rings in plan; MODFLOW closes its rings."""
    start = grid.polygon_start
    n_plan = start.size - 1
    x, y = plan_centres(grid)
    rings = [grid.polygon_vertex[start[i]:start[i + 1]] for i in range(n_plan)]
    closed = [np.append(ring, ring[:1]) for ring in rings]
    ends = np.concatenate([[0], np.cumsum([ring.size for ring in closed])])
    vertex = np.concatenate(closed) if closed else np.zeros(0, np.int64)
    return [("VERTICES", "DOUBLE", grid.vertices), ("CELLX", "DOUBLE", x), ("CELLY", "DOUBLE", y),
            ("IAVERT", "INTEGER", ends + 1), ("JAVERT", "INTEGER", vertex + 1)]


def plan_centres(grid: Grid) -> tuple[Floats, Floats]:
    """Centres of all plan cells in model coordinates; where none is active, the mean of the corners."""
    start = grid.polygon_start
    count = np.maximum(np.diff(start), 1)
    corners = grid.vertices[grid.polygon_vertex]
    sums = np.add.reduceat(np.vstack([corners, np.zeros((1, 2))]), start[:-1], axis=0)
    centre = sums / count[:, None]
    centre[grid.column] = np.column_stack([grid.x, grid.y])
    return centre[:, 0], centre[:, 1]


def column_elevations(grid: Grid) -> tuple[Floats, Floats]:
    """Return the top of the plan cells and the bottom of every layer, shapes (plan,) and (layer, plan).

    Between an active cell and a neighbour that is not, the active cell decides.
    """
    n_lay = grid.shape[0]
    n_plan = int(np.prod(grid.shape[1:]))
    edge = np.full((n_lay + 1, n_plan), np.nan)
    layer, column = grid.layer, grid.column
    edge[layer, column] = grid.top
    edge[layer + 1, column] = grid.bottom
    for k in range(1, n_lay + 1):
        edge[k] = np.where(np.isnan(edge[k]), edge[k - 1], edge[k])
    for k in range(n_lay - 1, -1, -1):
        edge[k] = np.where(np.isnan(edge[k]), edge[k + 1], edge[k])
    for k in range(n_lay + 1):
        known = ~np.isnan(edge[k])
        edge[k, ~known] = edge[k, known].mean() if known.any() else 0.0
    return edge[0], edge[1:]
