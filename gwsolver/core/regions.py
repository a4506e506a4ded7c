"""Which cells lie at a point, in an outline or under a line of the map; `outline.py` tells how much of an outline."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gwsolver.core.case import Place
from gwsolver.core.grid import Floats, Grid, Ints

# A line on the common edge of two cells lies in one of them: all lines are moved by this part of a cell.
NUDGE = (1.0e-6, 0.7e-6)
Points = Sequence[tuple[float, float]]


def plan_inside(grid: Grid, polygon: Points) -> Ints:
    """Return the plan cells (values of `Grid.column`) whose centre lies in a polygon of the map."""
    plan, first = np.unique(grid.column, return_index=True)
    x, y = grid.x[first], grid.y[first]
    ring = _model_points(grid, polygon)
    inside = np.zeros(plan.size, np.bool_)
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        rises = (ay > y) != (by > y)
        inside ^= rises & (x < ax + (bx - ax) * (y - ay) / (by - ay if by != ay else 1.0))
    return np.asarray(plan[inside], np.int64)


def plan_crossed(grid: Grid, line: Points) -> tuple[Ints, Floats]:
    """Return the plan cells that a line of the map passes through, and its length in each [L].

    Cells are taken to be convex: each segment is cut by all edges of a cell (Cyrus and Beck, 1978).
    """
    start, vertex = grid.polygon_start, grid.polygon_vertex
    size = np.diff(start)
    there = np.flatnonzero(size)
    if there.size == 0:
        return np.zeros(0, np.int64), np.zeros(0)
    begin = start[there]
    following = np.arange(1, vertex.size + 1)
    following[start[there + 1] - 1] = begin
    a, b = grid.vertices[vertex], grid.vertices[vertex[following]]
    area = np.add.reduceat(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], begin)
    sense = np.repeat(np.sign(area), size[there])  # +1: counter-clockwise, the outside is to the right of an edge
    normal = np.column_stack([(b - a)[:, 1], -(b - a)[:, 0]]) * sense[:, None]
    low, high = np.minimum.reduceat(a, begin), np.maximum.reduceat(a, begin)
    length = np.zeros(there.size)
    for tail, tip in pairwise(_model_points(grid, line)):
        near = np.flatnonzero(np.all((high >= np.minimum(tail, tip)) & (low <= np.maximum(tail, tip)), axis=1))
        if near.size == 0:
            continue
        count = size[there[near]]
        first = np.cumsum(count) - count
        edges = np.repeat(begin[near] - first, count) + np.arange(int(count.sum()))
        level = np.einsum("ij,ij->i", normal[edges], tail - a[edges])  # outside where level + t slope > 0
        slope = normal[edges] @ (tip - tail)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = -level / slope
        never = (slope == 0.0) & (level > 0.0)
        enters = np.where(never, np.inf, np.where(slope < 0.0, at, 0.0))
        leaves = np.where(slope > 0.0, at, 1.0)
        inside = np.minimum.reduceat(leaves, first).clip(max=1.0) - np.maximum.reduceat(enters, first).clip(min=0.0)
        length[near] += np.maximum(inside, 0.0) * np.hypot(*(tip - tail))
    crossed = length > 1e-9 * np.sqrt(grid.area.max())
    return np.asarray(there[crossed], np.int64), length[crossed]


def plan_within(grid: Grid, line: Points, distance: float) -> Ints:
    """Return the plan cells whose centre lies no farther than `distance` from a line."""
    plan, first = np.unique(grid.column, return_index=True)
    centre = np.column_stack([grid.x[first], grid.y[first]])
    points = _model_points(grid, line)
    near = np.full(plan.size, np.inf)
    for tail, tip in pairwise(points):
        along = tip - tail
        t = np.clip((centre - tail) @ along / max(float(along @ along), 1e-300), 0.0, 1.0)
        near = np.minimum(near, np.hypot(*(centre - tail - t[:, None] * along).T))
    return np.asarray(plan[near <= distance], np.int64)


def in_layers(grid: Grid, plan: Ints, layers: Sequence[int] = ()) -> Ints:
    """Return the active cells below plan cells, in one-based layers (none named: in all), in the order of cells."""
    here = np.isin(grid.column, plan)
    if layers and grid.kind != "disu":
        here &= np.isin(grid.layer + 1, np.asarray(layers))
    return np.flatnonzero(here)


def plan_cells_at(grid: Grid, x: float, y: float) -> Ints:
    """Return the plan cells (values of `Grid.column`) that contain the map point (x, y).

    A point on an edge belongs to one of its neighbours. DISU may have several plan cells there,
    one above the other.
    """
    px, py = (float(v[0]) for v in grid.from_map(np.array([x]), np.array([y])))
    start, vertex = grid.polygon_start, grid.polygon_vertex
    if vertex.size == 0:
        return np.zeros(0, np.int64)
    n_plan = start.size - 1
    ring = np.repeat(np.arange(n_plan), np.diff(start))
    following = np.arange(1, vertex.size + 1)
    following[start[1:][np.diff(start) > 0] - 1] = start[:-1][np.diff(start) > 0]
    ax, ay = grid.vertices[vertex].T
    bx, by = ax[following], ay[following]
    # Half-open crossing rule: a ray towards +x; each edge counts from its lower end, not its upper.
    rises = (ay > py) != (by > py)
    slope = np.divide(bx - ax, by - ay, out=np.zeros_like(ax), where=rises)
    crossed = rises & (px < ax + slope * (py - ay))
    return np.flatnonzero(np.bincount(ring[crossed], minlength=n_plan) % 2 == 1)


def cells_at(grid: Grid, x: float, y: float, layers: tuple[int, ...] = ()) -> Ints:
    """Return the active cells at the map point (x, y), top down.

    Parameters
    ----------
    grid : Grid
    x, y : float
        Map coordinates [L].
    layers : tuple of int
        One-based layers; empty: the uppermost active one. DISU has no layers: the k-th cell from above.
    """
    here = np.flatnonzero(np.isin(grid.column, plan_cells_at(grid, x, y)))
    here = here[np.argsort(-grid.top[here], kind="stable")]
    if not layers:
        return here[:1]
    layer = np.arange(here.size) if grid.kind == "disu" else grid.layer[here]
    return here[np.isin(layer + 1, layers)]


def misplaced(grid: Grid, place: Place) -> str:
    """Return where a place and the grid lie, in words, if no active cell is at the place; "" if one is."""
    if cells_at(grid, place.x, place.y, place.layers).size:
        return ""
    here = cells_at(grid, place.x, place.y)
    if here.size:
        return (f"no active cell in layer {', '.join(map(str, place.layers))} at x = {place.x:.12g}, "
                f"y = {place.y:.12g}")
    x, y = grid.to_map(*grid.vertices.T)
    return (f"no active cell at x = {place.x:.12g}, y = {place.y:.12g}; the grid reaches from x = {x.min():.12g} to "
            f"{x.max():.12g} and from y = {y.min():.12g} to {y.max():.12g}")


def _model_points(grid: Grid, points: Points) -> Floats:
    x, y = grid.from_map(*np.asarray(points, float).T)
    step = np.sqrt(np.mean(grid.area))
    return np.column_stack([x + NUDGE[0] * step, y + NUDGE[1] * step])
