"""Which cells lie at a point of the map."""

import numpy as np

from gwsolver.core.grid import Grid, Ints


def plan_cells_at(grid: Grid, x: float, y: float) -> Ints:
    """Return the plan cells (values of `Grid.column`) that contain the map point (x, y).

    A point on an edge belongs to one of its neighbours. DISU may have several plan cells there,
    one above the other.
    """
    px, py = (float(v) for v in grid.from_map(np.float64(x), np.float64(y)))
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
