"""Grids of layers with any polygons in plan (MODFLOW's DISV): cells and faces."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.core.dis import next_below
from gwsolver.core.grid import HORIZONTAL, VERTICAL, Grid


def layered_grid(
    vertices: ArrayLike,
    centres: ArrayLike,
    rings: Sequence[Sequence[int]],
    top: ArrayLike,
    botm: ArrayLike,
    idomain: ArrayLike | None = None,
    *,
    x_origin: float = 0.0,
    y_origin: float = 0.0,
    angle: float = 0.0,
    length_unit: str = "unknown",
    crs: str = "",
) -> Grid:
    """Build the grid of a DISV package.

    Parameters
    ----------
    vertices : array_like, shape (vertex, 2)
        x, y [L].
    centres : array_like, shape (plan cell, 2)
        x, y of the cell centres [L].
    rings : sequence of sequence of int
        Zero-based vertices of each plan cell, clockwise; a repeated first vertex at the end is dropped.
    top : array_like, shape (plan cell,)
        Top of the uppermost layer [L].
    botm : array_like, shape (layer, plan cell)
        Bottom of each layer [L].
    idomain : array_like of int, shape (layer, plan cell), optional
        > 0 active, 0 outside, < 0 outside but passed through vertically.
    x_origin, y_origin, angle, length_unit, crs
        As in `Grid`.

    Raises
    ------
    ValueError
        A ring names a vertex that is not there, has fewer than three, or runs counter-clockwise.

    Notes
    -----
    Two cells of a layer are joined if an edge of one, run backwards, is an edge of the other; if they
    share several, the first in the order of the cell with the smaller number counts, as in MODFLOW 6.
    Distances from the centres are perpendicular to the edge.
    """
    xy = np.asarray(vertices, float).reshape(-1, 2)
    middle = np.asarray(centres, float).reshape(-1, 2)
    closed = [list(r[:-1]) if len(r) > 1 and r[0] == r[-1] else list(r) for r in rings]
    size = np.array([len(r) for r in closed], np.int64)
    start = np.concatenate([[0], np.cumsum(size)])
    vertex = np.array([v for r in closed for v in r], np.int64)
    _check_rings(size, vertex, xy, middle)
    follower = _next_in_ring(vertex, start)
    owner = np.repeat(np.arange(size.size), size)
    plan_area = _areas(xy, vertex, follower, owner, start)
    if np.any(plan_area <= 0.0):
        raise ValueError(f"cell2d {int(np.flatnonzero(~(plan_area > 0.0))[0]) + 1} has an area that is not positive: "
                         "its vertices must be listed clockwise")

    bottoms = np.asarray(botm, float).reshape(-1, size.size)
    shape = bottoms.shape
    tops = np.concatenate([np.asarray(top, float).reshape(1, -1), bottoms[:-1]])
    domain = np.ones(shape, np.int64) if idomain is None else np.asarray(idomain, np.int64).reshape(shape)
    active = domain > 0
    cell = np.full(shape, -1, np.int64)
    cell[active] = np.arange(active.sum())
    column = np.nonzero(active)[1]

    first, second, begin, end = _shared_edges(vertex, follower, owner)
    width, distance, normal = _edge_geometry(xy, middle, first, second, begin, end)
    layer, edge = np.nonzero((cell[:, first] >= 0) & (cell[:, second] >= 0))
    n, m = cell[layer, first[edge]], cell[layer, second[edge]]
    under = next_below(cell, domain)
    joined = (cell >= 0) & (under >= 0)
    above, below = cell[joined], under[joined]
    thickness = (tops - bottoms)[active]
    area = plan_area[column]
    pairs = np.concatenate([np.column_stack([n, m]), np.column_stack([above, below])])
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    down = np.broadcast_to(np.array([0.0, 0.0, -1.0]), (above.size, 3))
    half = 0.5 * np.column_stack([thickness[above], thickness[below]])
    kinds = np.concatenate([np.full(n.size, HORIZONTAL, np.int8), np.full(above.size, VERTICAL, np.int8)])
    return Grid(
        kind="disv", shape=shape, node=np.flatnonzero(active.ravel()), top=tops[active], bottom=bottoms[active],
        area=area, x=middle[column, 0], y=middle[column, 1], column=column.astype(np.int64),
        face_cells=pairs[order].astype(np.int32), face_kind=kinds[order],
        face_width=np.concatenate([width[edge], area[above]])[order],
        face_distance=np.concatenate([distance[edge], half])[order],
        face_normal=np.ascontiguousarray(np.concatenate([normal[edge], down])[order]),
        idomain=domain.ravel(), vertices=xy, polygon_start=start, polygon_vertex=vertex,
        x_origin=x_origin, y_origin=y_origin, angle=angle, length_unit=length_unit, crs=crs,
    )


def _check_rings(
    size: NDArray[np.int64], vertex: NDArray[np.int64], xy: NDArray[np.float64], middle: NDArray[np.float64]
) -> None:
    for name, places in (("vertex", xy), ("centre of cell2d", middle)):
        lost = np.flatnonzero(~np.all(np.isfinite(places), axis=1))
        if lost.size:
            raise ValueError(f"{name} {int(lost[0]) + 1} has no place: x or y is missing or not a number")
    few = np.flatnonzero(size < 3)
    if few.size:
        raise ValueError(f"cell2d {int(few[0]) + 1} has {int(size[few[0]])} vertices, at least 3 are needed")
    if vertex.size and (vertex.min() < 0 or vertex.max() >= len(xy)):
        wrong = int(np.flatnonzero((vertex < 0) | (vertex >= len(xy)))[0])
        cell = int(np.searchsorted(np.cumsum(size), wrong, side="right"))
        raise ValueError(f"cell2d {cell + 1} names vertex {int(vertex[wrong]) + 1}, there are {len(xy)}")


def _next_in_ring(vertex: NDArray[np.int64], start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the vertex that follows each in its ring; the last is followed by the first."""
    follower = np.roll(vertex, -1)
    follower[start[1:] - 1] = vertex[start[:-1]]
    return follower


def _areas(
    xy: NDArray[np.float64], vertex: NDArray[np.int64], follower: NDArray[np.int64], owner: NDArray[np.int64],
    start: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the areas by the shoelace formula about each ring's first vertex, positive if clockwise."""
    origin = xy[vertex[start[:-1]]][owner]
    a, b = xy[vertex] - origin, xy[follower] - origin
    cross = b[:, 0] * a[:, 1] - a[:, 0] * b[:, 1]
    return np.asarray(0.5 * np.bincount(owner, weights=cross, minlength=start.size - 1), np.float64)


def _shared_edges(
    vertex: NDArray[np.int64], follower: NDArray[np.int64], owner: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return cell pairs n < m with the vertices of their edge in the direction of n."""
    backwards: dict[tuple[int, int], list[int]] = {}
    for a, b, c in zip(vertex.tolist(), follower.tolist(), owner.tolist(), strict=True):
        backwards.setdefault((b, a), []).append(c)
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for a, b, n in zip(vertex.tolist(), follower.tolist(), owner.tolist(), strict=True):
        for m in backwards.get((a, b), ()):
            if m > n:
                found.setdefault((n, m), (a, b))
    pairs = np.array(sorted(found), np.int64).reshape(-1, 2)
    edges = np.array([found[(n, m)] for n, m in pairs.tolist()], np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1], edges[:, 0], edges[:, 1]


def _edge_geometry(
    xy: NDArray[np.float64], middle: NDArray[np.float64], first: NDArray[np.int64], second: NDArray[np.int64],
    begin: NDArray[np.int64], end: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return length, distances of both centres, and unit normal out of the first cell."""
    along = xy[end] - xy[begin]
    width = np.hypot(along[:, 0], along[:, 1])
    if np.any(width == 0.0):
        at = int(np.argmin(width))
        raise ValueError(f"vertices {int(begin[at]) + 1} and {int(end[at]) + 1} stand at one place")
    normal = np.column_stack([-along[:, 1], along[:, 0], np.zeros(width.size)]) / width[:, None]
    distance = np.column_stack([
        np.abs(np.sum((middle[c] - xy[begin]) * normal[:, :2], axis=1)) for c in (first, second)
    ]) if width.size else np.zeros((0, 2))
    return width, distance, normal
