"""Values of plan cells as a smooth surface on a fine raster, from which classes and lines are drawn."""

from dataclasses import dataclass, replace
from itertools import pairwise

import contourpy
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator, PchipInterpolator
from scipy.ndimage import distance_transform_edt
from scipy.spatial import QhullError

from gwsolver.core.grid import Grid

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
JITTER = 1e-5  # of the raster spacing
HELD = 1e-6  # of the step between levels


@dataclass(frozen=True, eq=False)
class Surface:
    """A raster of values, rectangular in model or map directions.

    Attributes
    ----------
    x, y : ndarray of float64, shape (row, column)
        Map coordinates.
    z : ndarray of float64, shape (row, column)
    inside : ndarray of bool, shape (row, column)
        False where the model has no cell.
    """

    x: Floats
    y: Floats
    z: Floats
    inside: NDArray[np.bool_]

    def lines(self, level: float) -> list[Floats]:
        """Return the isolines of a level, each of shape (point, 2), in map coordinates."""
        z = np.ma.array(self.z, mask=~self.inside)
        generator = contourpy.contour_generator(self.x, self.y, z, name="serial")
        return [np.asarray(line) for line in generator.lines(level) if len(line) > 1]


def surface(grid: Grid, values: Floats, window: Box, step: float) -> Surface:
    """Return the surface of plan values over a window.

    Parameters
    ----------
    grid : Grid
    values : ndarray of float64, shape (plan cell,)
        NaN outside; already in log10 where that is wanted.
    window : (west, south, east, north)
        Map coordinates.
    step : float
        Wanted spacing of the raster [L].

    Notes
    -----
    DIS: monotone cubic (PCHIP) along rows and columns, so that no new maxima appear. Other grids:
    linear between cell centres and vertices, a vertex taking the mean of its cells.
    """
    if grid.kind == "dis":
        return _structured(grid, values, window, step)
    return _scattered(grid, values, window, step)


def isolines(grid: Grid, values: Floats, field: Surface, level: float, step: float) -> list[Floats]:
    """Return the isolines of a level, each of shape (point, 2), in map coordinates.

    Parameters
    ----------
    grid : Grid
    values : ndarray of float64, shape (plan cell,)
        What the surface was made of.
    field : Surface
    level, step : float
        The level, and how far levels lie apart.

    Notes
    -----
    Cells that stand at the level (a boundary held at a round head) are left out on grids of polygons: there
    the line would jump to and fro between centres and vertices of equal values.
    """
    held = np.abs(values - level) <= HELD * step
    if grid.kind == "dis" or not held.any():
        return field.lines(level)
    return replace(field, inside=field.inside & ~_within(grid, held, field.x, field.y)).lines(level)


def _structured(grid: Grid, values: Floats, window: Box, step: float) -> Surface:
    n_row, n_col = grid.shape[1:]
    x_edge = grid.vertices[: n_col + 1, 0]
    y_edge = grid.vertices[:: n_col + 1, 1][::-1]
    z = values.reshape(n_row, n_col)[::-1]
    corners = grid.from_map(np.array([window[0], window[2]] * 2), np.array([window[1]] * 2 + [window[3]] * 2))
    cols = _reach(x_edge, corners[0])
    rows = _reach(y_edge, corners[1])
    x_edge, y_edge = x_edge[cols.start : cols.stop + 1], y_edge[rows.start : rows.stop + 1]
    z = z[rows, cols]
    known = np.isfinite(z)
    if not known.any():
        z = np.zeros_like(z)
    elif not known.all():
        nearest = distance_transform_edt(~known, return_distances=False, return_indices=True)
        z = z[tuple(nearest)]
    x, col = _refine(x_edge, step)
    y, row = _refine(y_edge, step)
    z = _along(_along(z, x_edge, x, axis=1), y_edge, y, axis=0)
    xx, yy = grid.to_map(*np.meshgrid(x, y))
    return Surface(xx, yy, z, known[np.ix_(row, col)])


def _reach(edges: Floats, between: Floats) -> slice:
    """Return the cells that cover an interval, two more on each side so that splines do not notice the cut."""
    n = edges.size - 1
    first = int(np.searchsorted(edges, between.min())) - 3
    last = int(np.searchsorted(edges, between.max())) + 2
    first = min(max(first, 0), n - 1)
    return slice(first, max(min(last, n), first + 1))


def _refine(edges: Floats, step: float) -> tuple[Floats, NDArray[np.int64]]:
    """Return points from edge to edge, some in each cell, and the cell of each."""
    points, cells = [edges[:1]], [np.zeros(1, np.int64)]
    for i, (a, b) in enumerate(pairwise(edges)):
        n = int(np.clip(np.ceil((b - a) / step), 2, 12))
        # The last point lies on the edge and belongs to both cells; it is counted to this one.
        points.append(a + (b - a) * np.arange(1, n + 1) / n)
        cells.append(np.full(n, i))
    return np.concatenate(points), np.concatenate(cells)


def _along(z: Floats, edges: Floats, at: Floats, axis: int) -> Floats:
    """Interpolate along one axis; beyond the outer centres the value stays what it is."""
    centre = 0.5 * (edges[:-1] + edges[1:])
    if centre.size == 1:
        return np.repeat(z, at.size, axis=axis)
    return np.asarray(PchipInterpolator(centre, z, axis=axis)(np.clip(at, centre[0], centre[-1])))


def _scattered(grid: Grid, values: Floats, window: Box, step: float) -> Surface:
    x, y, z = _points(grid, values)
    margin = 0.1 * max(window[2] - window[0], window[3] - window[1])
    xs = np.arange(window[0] - step, window[2] + 2 * step, step)
    ys = np.arange(window[1] - step, window[3] + 2 * step, step)
    xx, yy = np.meshgrid(xs, ys)
    near = (x > window[0] - margin) & (x < window[2] + margin) & (y > window[1] - margin) & (y < window[3] + margin)
    good = np.isfinite(z)
    if (near & good).sum() > 50:
        x, y, z, good = x[near], y[near], z[near], good[near]
    inside = _within(grid, np.isfinite(values), xx, yy)
    zz = np.full(xx.shape, np.nan)
    try:
        # Shift and scale: map coordinates of 1e6 would cost Qhull its digits. Points outside are not
        # asked for: each would cost a search through all triangles.
        points = np.column_stack([x[good] - window[0], y[good] - window[1]]) / step
        # Points of a regular mesh lie on common circles and lines; its flat triangles send the search for a
        # point's triangle through all of them. A shift far below the width of a line keeps them apart.
        points += JITTER * np.random.default_rng(0).random(points.shape)
        interpolate = LinearNDInterpolator(points, z[good])
        zz[inside] = interpolate((xx[inside] - window[0]) / step, (yy[inside] - window[1]) / step)
    except (QhullError, ValueError):
        # Fewer than three points, or all on a line: there is no surface to draw.
        inside = np.zeros(xx.shape, bool)
    inside &= np.isfinite(zz)
    return Surface(xx, yy, np.where(inside, zz, np.nanmin(z[good]) if good.any() else 0.0), inside)


def _points(grid: Grid, values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return map coordinates and values of cell centres and of vertices."""
    cx, cy = plan_centres(grid)
    x, y, z = cx, cy, values
    if grid.vertices.size:
        count = np.diff(grid.polygon_start)
        cell = np.repeat(np.arange(count.size), count)
        known = np.isfinite(values[cell])
        ring = grid.vertices[grid.polygon_vertex]
        scale = max(float(np.ptp(grid.vertices)), 1e-300)
        _, vertex = np.unique(np.round(ring / scale, 9), axis=0, return_inverse=True)
        vertex = vertex.ravel()
        n = int(vertex.max()) + 1
        weight = np.bincount(vertex[known], minlength=n)
        total = np.bincount(vertex[known], weights=values[cell][known], minlength=n)
        place = np.zeros((n, 2))
        place[vertex] = ring
        used = weight > 0
        vx, vy = grid.to_map(place[used, 0], place[used, 1])
        x, y = np.concatenate([cx, vx]), np.concatenate([cy, vy])
        z = np.concatenate([values, total[used] / weight[used]])
    return x, y, z


def plan_centres(grid: Grid) -> tuple[Floats, Floats]:
    """Return map coordinates of the centres of plan cells, NaN where no active cell lies in the column."""
    n = n_plan(grid)
    x, y = np.full(n, np.nan), np.full(n, np.nan)
    mx, my = grid.to_map(grid.x, grid.y)
    x[grid.column], y[grid.column] = mx, my
    return x, y


def n_plan(grid: Grid) -> int:
    """Return the number of plan cells."""
    return int(np.prod(grid.shape[1:])) if grid.kind != "disu" else int(grid.shape[0])


def outline(grid: Grid, active: NDArray[np.bool_]) -> list[Floats]:
    """Return the closed loops around the active plan cells in map coordinates, each of shape (point, 2).

    Edges that two active cells share cancel; the rest chain into loops, outer ones in the sense of the
    rings, holes against it.
    """
    if grid.vertices.size == 0 or not active.any():
        return []
    if grid.kind == "disu":
        active = _one_of_each_stack(grid, active)
    count = np.diff(grid.polygon_start)
    cell = np.repeat(np.arange(count.size), count)
    first, last = grid.polygon_start[:-1], grid.polygon_start[1:] - 1
    following = np.arange(1, cell.size + 1)
    following[last] = first
    scale = max(float(np.ptp(grid.vertices)), 1e-300)
    _, same = np.unique(np.round(grid.vertices / scale, 9), axis=0, return_inverse=True)
    same = same.ravel()
    use = active[cell]
    a, b = same[grid.polygon_vertex][use], same[grid.polygon_vertex[following]][use]
    n = int(same.max()) + 1
    forward, backward = a * n + b, b * n + a
    keep = ~np.isin(forward, backward) & (a != b)
    start, end = a[keep], b[keep]
    place = np.zeros((n, 2))
    place[same] = grid.vertices
    outgoing: dict[int, list[int]] = {}
    for i, vertex in enumerate(start.tolist()):
        outgoing.setdefault(vertex, []).append(i)
    used = np.zeros(start.size, bool)
    loops = []
    for i in range(start.size):
        if used[i]:
            continue
        loop, edge = [int(start[i])], i
        while True:
            used[edge] = True
            loop.append(int(end[edge]))
            choices = [e for e in outgoing.get(int(end[edge]), []) if not used[e]]
            if not choices:
                break
            edge = choices[0]
        loops.append(np.column_stack(grid.to_map(place[loop, 0], place[loop, 1])))
    return loops


def _one_of_each_stack(grid: Grid, active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep one node of those that lie above each other, so that their rings do not hide each other's edges."""
    used = active[grid.column]
    _, first = np.unique(np.round(np.column_stack([grid.x[used], grid.y[used]]), 6), axis=0, return_index=True)
    kept = np.zeros_like(active)
    kept[grid.column[used][first]] = True
    return kept


def in_loops(loops: list[Floats], x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Tell which points lie inside an outline; all, if there is none."""
    if not loops:
        return np.ones(x.shape, bool)
    return np.array([bool(_crossings(loops, float(b), np.array([a]))[0] % 2) for a, b in zip(x, y, strict=True)], bool)


def _within(grid: Grid, active: NDArray[np.bool_], x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Tell which points of an upright raster lie inside the outline (even-odd rule over all loops)."""
    loops = outline(grid, active)
    if not loops:
        return np.ones(x.shape, bool)
    inside = np.zeros(x.shape, bool)
    for row in range(x.shape[0]):
        inside[row] = _crossings(loops, float(y[row, 0]), x[row]) % 2 == 1
    return inside


def _crossings(loops: list[Floats], y: float, x: Floats) -> NDArray[np.int64]:
    """Count the outline's crossings of the horizontal line at y that lie west of each x."""
    hits = []
    for loop in loops:
        a, b = loop[:-1], loop[1:]
        cross = (a[:, 1] > y) != (b[:, 1] > y)
        if cross.any():
            a, b = a[cross], b[cross]
            hits.append(a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1]))
    if not hits:
        return np.zeros(x.size, np.int64)
    return np.searchsorted(np.sort(np.concatenate(hits)), x)
