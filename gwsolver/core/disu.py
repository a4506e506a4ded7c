"""Grids given as a list of connections (MODFLOW's DISU): cells and faces."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.core.grid import VERTICAL, Grid


def unstructured_grid(
    top: ArrayLike,
    bottom: ArrayLike,
    area: ArrayLike,
    iac: ArrayLike,
    ja: ArrayLike,
    ihc: ArrayLike,
    cl12: ArrayLike,
    hwva: ArrayLike,
    angldegx: ArrayLike | None = None,
    idomain: ArrayLike | None = None,
    *,
    vertices: ArrayLike | None = None,
    centres: ArrayLike | None = None,
    rings: Sequence[Sequence[int]] | None = None,
    **placement: Any,
) -> Grid:
    """Build the grid of a DISU package.

    Parameters
    ----------
    top, bottom, area : array_like, shape (node,)
        Elevations [L] and plan area [L**2].
    iac : array_like of int, shape (node,)
        Connections of each node, itself included.
    ja : array_like of int, shape (connection,)
        Zero-based nodes, each row beginning with its own.
    ihc, cl12, hwva : array_like, shape (connection,)
        Kind of connection, distance from the row's centre to the face [L], width [L] or area [L**2].
    angldegx : array_like, shape (connection,), optional
        Angle of the normal out of the row's cell against x (degrees).
    idomain : array_like of int, shape (node,), optional
        > 0 active; nothing passes through other nodes.
    vertices, centres, rings : optional
        Vertices (vertex, 2), cell centres (node, 2) and clockwise vertex lists, for maps.
    **placement
        x_origin, y_origin, angle, length_unit, crs of `Grid`.

    Raises
    ------
    ValueError
        Connections that do not pair up, or whose two halves disagree.

    Notes
    -----
    Without ANGLDEGX the normals of horizontal faces run from centre to centre if centres are given,
    and are zero vectors if not: then neither specific discharge nor dispersion can be told.
    """
    count = np.asarray(iac, np.int64)
    col = np.asarray(ja, np.int64)
    row = np.repeat(np.arange(count.size), count)
    if col.size != row.size or np.any(col < 0) or np.any(col >= count.size):
        raise ValueError("ja names nodes that are not there")
    own = np.cumsum(count) - count
    if np.any(count < 1) or np.any(col[own] != np.arange(count.size)):
        raise ValueError("each row of ja must begin with its own node")
    ihc_, cl_, width_ = np.asarray(ihc, np.int64), np.asarray(cl12, float), np.asarray(hwva, float)
    upper, lower = _halves(row, col)
    _check_halves(row, col, ihc_, width_, upper, lower)

    domain = np.ones(count.size, np.int64) if idomain is None else np.asarray(idomain, np.int64).ravel()
    active = domain > 0
    cell = np.full(count.size, -1, np.int64)
    cell[active] = np.arange(active.sum())
    keep = active[row[upper]] & active[col[upper]]
    upper, lower = upper[keep], lower[keep]
    pairs = np.column_stack([cell[row[upper]], cell[col[upper]]])
    middle = None if centres is None else np.asarray(centres, float).reshape(-1, 2)
    kind = ihc_[upper].astype(np.int8)
    closed = [] if rings is None else [list(r[:-1]) if len(r) > 1 and r[0] == r[-1] else list(r) for r in rings]
    sizes = [len(r) for r in closed] or [0] * count.size
    xy = np.zeros((0, 2)) if vertices is None else np.asarray(vertices, float).reshape(-1, 2)
    nowhere = np.full((count.size, 2), np.nan)
    where = (nowhere if middle is None else middle)[active]
    return Grid(
        kind="disu", shape=(count.size,), node=np.flatnonzero(active), top=np.asarray(top, float)[active],
        bottom=np.asarray(bottom, float)[active], area=np.asarray(area, float)[active],
        x=where[:, 0].copy(), y=where[:, 1].copy(), column=np.flatnonzero(active),
        face_cells=pairs.astype(np.int32), face_kind=kind, face_width=width_[upper],
        face_distance=np.column_stack([cl_[upper], cl_[lower]]),
        face_normal=_normals(kind, None if angldegx is None else np.asarray(angldegx, float)[upper], middle,
                             row[upper], col[upper]),
        idomain=domain, vertices=xy, polygon_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        polygon_vertex=np.array([v for r in closed for v in r], np.int64), **placement,
    )


def _halves(row: NDArray[np.int64], col: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of (n, m) and (m, n) of each connection, sorted by (n, m)."""
    up, down = np.flatnonzero(col > row), np.flatnonzero(col < row)
    up = up[np.lexsort((col[up], row[up]))]
    down = down[np.lexsort((row[down], col[down]))]
    if up.size != down.size or np.any(row[up] != col[down]) or np.any(col[up] != row[down]):
        n = min(up.size, down.size)
        wrong = np.flatnonzero((row[up[:n]] != col[down[:n]]) | (col[up[:n]] != row[down[:n]]))
        at = int(wrong[0]) if wrong.size else n - 1 if n else 0
        first = (up if up.size else down)[min(at, max(up.size, down.size) - 1)]
        raise ValueError(f"connections are not symmetric near nodes {int(row[first]) + 1} and {int(col[first]) + 1}")
    return up, down


def _check_halves(
    row: NDArray[np.int64], col: NDArray[np.int64], ihc: NDArray[np.int64], width: NDArray[np.float64],
    upper: NDArray[np.int64], lower: NDArray[np.int64],
) -> None:
    for name, values in (("ihc", ihc), ("hwva", width)):
        wrong = np.flatnonzero(~np.isclose(values[upper], values[lower], rtol=1e-9, atol=0.0))
        if wrong.size:
            at = upper[wrong[0]]
            raise ValueError(f"{name} differs between the two directions of nodes {int(row[at]) + 1} and "
                             f"{int(col[at]) + 1}")


def _normals(
    kind: NDArray[np.int8], angle: NDArray[np.float64] | None, middle: NDArray[np.float64] | None,
    n: NDArray[np.int64], m: NDArray[np.int64],
) -> NDArray[np.float64]:
    normal = np.zeros((kind.size, 3))
    if angle is not None:
        normal[:, 0], normal[:, 1] = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    elif middle is not None:
        along = middle[m] - middle[n]
        length = np.hypot(along[:, 0], along[:, 1])
        normal[:, :2] = along / np.where(length > 0.0, length, 1.0)[:, None]
    normal[kind == VERTICAL] = (0.0, 0.0, -1.0)
    return normal
