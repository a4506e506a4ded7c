"""How much of an outline on the map lies in each cell of a grid."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.disc import disc_area_within
from gwsolver.core.grid import Grid
from gwsolver.core.regions import plan_crossed, plan_inside

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def outline_cells(
    grid: Grid, outline: Sequence[tuple[float, float]], layers: Sequence[int] = ()
) -> tuple[Ints, Floats]:
    """Return the active cells under an outline and the plan area of the outline in each.

    Parameters
    ----------
    grid : Grid
        Its plan cells are convex.
    outline : sequence of (x, y)
        Corners in map coordinates, three or more, not crossing itself; convex or not.
    layers : sequence of int
        Zero-based layers; none: the uppermost active cell of each column.

    Returns
    -------
    cells : ndarray of int64, shape (k,)
    area : ndarray of float64, shape (k,)
        Exact, by clipping the outline to each cell [L**2].
    """
    return _active(grid, *plan_shares(grid, outline), layers)


def plan_shares(grid: Grid, outline: Sequence[tuple[float, float]]) -> tuple[Ints, Floats]:
    """Return the plan cells (values of `Grid.column`) under an outline and its area in each; see `outline_cells`.

    Those that its line passes through are clipped; the others lie inside with all of their area, or outside.
    """
    x, y = grid.from_map(*np.array(outline, float).T)
    corners = _counter_clockwise(np.column_stack([x, y]))
    crossed, _ = plan_crossed(grid, [*outline, outline[0]])
    whole = np.setdiff1d(plan_inside(grid, outline), crossed)
    start, ring = grid.polygon_start, grid.vertices[grid.polygon_vertex]
    clipped = np.array([_area_within(corners, ring[start[i]:start[i + 1]]) for i in crossed])
    area = np.zeros(start.size - 1)
    area[grid.column] = grid.area
    area[crossed] = clipped
    plan = np.union1d(whole, crossed)
    plan = plan[area[plan] > 1e-12 * area[plan].max(initial=0.0)]
    return plan, area[plan]


def disc_cells(
    grid: Grid, centre: tuple[float, float], radius: float, layers: Sequence[int] = ()
) -> tuple[Ints, Floats]:
    """Return the active cells under a disc around a point of the map and the disc's plan area in each, exact.

    Layers and what is returned as for `outline_cells`.
    """
    x, y = grid.from_map(*np.array([[centre[0]], [centre[1]]]))
    middle = np.array([x[0], y[0]])
    plan = _plan_cells(grid, middle - radius, middle + radius,
                       lambda ring: disc_area_within((float(x[0]), float(y[0])), radius, ring))
    return _active(grid, *plan, layers)


def _active(grid: Grid, columns: Ints, areas: Floats, layers: Sequence[int]) -> tuple[Ints, Floats]:
    """Return active cells of plan cells, and the areas as cells have them."""
    size = int(grid.polygon_start.size) - 1
    of_column = np.zeros(size)
    of_column[columns] = areas
    asked = of_column[grid.column] > 0.0
    if layers:
        asked &= np.isin(grid.layer, np.asarray(layers))
    else:
        covered = np.zeros(grid.n_cells, bool)
        below = grid.cell_below
        covered[below[below >= 0]] = True
        asked &= ~covered
    cells = np.flatnonzero(asked)
    return cells, of_column[grid.column[cells]]


def _plan_cells(
    grid: Grid, lowest: Floats, highest: Floats, within: Callable[[Floats], float]
) -> tuple[Ints, Floats]:
    """Return the plan cells that a shape touches, and its area in each, from its bounds and its area within a ring."""
    start, ring = grid.polygon_start, grid.vertices[grid.polygon_vertex]
    drawn = np.flatnonzero(np.diff(start))
    if drawn.size == 0:
        return drawn, np.zeros(0)
    low, high = np.minimum.reduceat(ring, start[drawn]), np.maximum.reduceat(ring, start[drawn])
    near = drawn[np.all((high > lowest) & (low < highest), axis=1)]
    areas = np.array([within(ring[start[i]:start[i + 1]]) for i in near])
    inside = areas > 1e-12 * (areas.max() if areas.size else 1.0)
    return near[inside], areas[inside]


def _area_within(corners: Floats, ring: Floats) -> float:
    """Return the area of an outline inside a convex ring.

    Sutherland and Hodgman (1974), Communications of the ACM 17(1), 32-42: cut by one side of the ring after the other.
    """
    origin = ring.mean(axis=0)
    window, found = _counter_clockwise(ring - origin), corners - origin
    for a, b in zip(window, np.roll(window, -1, axis=0), strict=True):
        if len(found) == 0:
            return 0.0
        side = (b[0] - a[0]) * (found[:, 1] - a[1]) - (b[1] - a[1]) * (found[:, 0] - a[0])
        kept = []
        for i in range(len(found)):
            p, q, here, there = found[i - 1], found[i], side[i - 1], side[i]
            if (here >= 0.0) != (there >= 0.0):
                kept.append(p + (q - p) * (here / (here - there)))
            if there >= 0.0:
                kept.append(q)
        found = np.array(kept)
    return abs(_signed_area(found)) if len(found) else 0.0


def _signed_area(ring: Floats) -> float:
    x, y = ring.T
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _counter_clockwise(ring: Floats) -> Floats:
    return ring if _signed_area(ring - ring[0]) > 0.0 else ring[::-1]
