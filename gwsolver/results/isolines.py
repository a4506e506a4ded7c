"""Lines of equal concentration in map coordinates.

On DIS through the cell centres by contourpy; elsewhere on a Delaunay triangulation of the centres. Lines
are placed on the logarithm of the concentration, since plumes fall off over decades between two cells.
"""

import numpy as np

from gwsolver.core.grid import Floats, Grid
from gwsolver.results.mf6_grid import plan_centres

Isoline = tuple[float, Floats]  # level, points (n, 2) in map coordinates


def plan_values(grid: Grid, values: Floats, layer: int | None = None) -> Floats:
    """Return values over plan cells: of one layer, or the largest over depth.

    Parameters
    ----------
    grid : Grid
    values : ndarray of float64, any shape with n_nodes elements
        Over user nodes, NaN where there is none.
    layer : int, optional
        One-based; without it the depth maximum. DISU has no layers.

    Returns
    -------
    ndarray of float64, shape (plan cell,)
        NaN where no cell of the column has a value.
    """
    by_layer = np.asarray(values, float).reshape(1 if grid.kind == "disu" else grid.shape[0], -1)
    if layer is not None:
        return by_layer[layer - 1]
    return np.fmax.reduce(by_layer, axis=0)


def isolines(grid: Grid, values: Floats, levels: list[float]) -> list[Isoline]:
    """Return the lines of each level through values over plan cells.

    Parameters
    ----------
    grid : Grid
    values : ndarray of float64, shape (plan cell,)
        NaN where there is no value; lines keep off these cells.
    levels : list of float
        All > 0.

    Returns
    -------
    list of (level, points)
        Points in map coordinates, shape (point, 2); closed lines end where they begin.
    """
    floor = np.log10(min(levels)) - 3.0
    with np.errstate(divide="ignore", invalid="ignore"):
        height = np.where(np.isnan(values), np.nan, np.maximum(np.log10(np.maximum(values, 0.0)), floor))
    x, y = plan_centres(grid)
    wanted = [(level, float(np.log10(level))) for level in levels]
    trace = _structured if grid.kind == "dis" else _triangulated
    found = trace(grid, x, y, height, wanted)
    return [(level, np.column_stack(grid.to_map(*line.T))) for level, line in found]


def _structured(grid: Grid, x: Floats, y: Floats, height: Floats, wanted: list[tuple[float, float]]) -> list[Isoline]:
    shape = grid.shape[1:]
    if min(shape) < 2:
        return []
    from contourpy import contour_generator

    generator = contour_generator(
        x.reshape(shape), y.reshape(shape), np.ma.masked_invalid(height.reshape(shape)), corner_mask=True
    )
    return [(level, line) for level, log in wanted for line in generator.lines(log)]


def _triangulated(grid: Grid, x: Floats, y: Floats, height: Floats, wanted: list[tuple[float, float]]) -> list[Isoline]:
    """March over the triangles between cell centres; triangles over gaps of the grid are left out."""
    from scipy.spatial import Delaunay, QhullError

    points, height = _stacks_merged(np.column_stack([x, y]), height)
    known = np.flatnonzero(np.isfinite(height))
    if known.size < 3:
        return []
    try:
        triangles = known[Delaunay(points[known]).simplices]
    except QhullError:  # all centres on one line
        return []
    sides = np.stack([np.hypot(*(points[triangles[:, i]] - points[triangles[:, j]]).T) for i, j in _SIDES], axis=1)
    longest = sides.max(axis=1)
    triangles = triangles[longest <= 3.0 * np.median(longest) + 2.0 * sides.min(axis=1)]
    return [(level, line) for level, log in wanted for line in _march(points, height, triangles, log)]


_SIDES = ((0, 1), (1, 2), (2, 0))


def _stacks_merged(points: Floats, height: Floats) -> tuple[Floats, Floats]:
    """Let cells above each other (DISU) be one point with the largest value."""
    unique, index = np.unique(np.round(points, 6), axis=0, return_inverse=True)
    largest = np.full(len(unique), np.nan)
    np.fmax.at(largest, index.ravel(), height)
    return unique, largest


def _march(points: Floats, height: Floats, triangles: np.ndarray, level: float) -> list[Floats]:
    """Return the polylines of one level: a segment in each triangle it crosses, joined at shared edges."""
    above = height[triangles] >= level
    crossed = np.flatnonzero((above.sum(axis=1) % 3) != 0)
    links: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for t in crossed:
        ends = [
            (min(a, b), max(a, b)) for a, b in ((int(triangles[t, i]), int(triangles[t, j])) for i, j in _SIDES)
            if (height[a] >= level) != (height[b] >= level)
        ]
        links.setdefault(ends[0], []).append(ends[1])
        links.setdefault(ends[1], []).append(ends[0])
    lines = []
    # Open lines first, from their ends; what is left then are rings.
    for start in sorted(links, key=lambda edge: len(links[edge])):
        if not links[start]:
            continue
        edges = [start]
        while links[edges[-1]]:
            following = links[edges[-1]].pop()
            links[following].remove(edges[-1])
            edges.append(following)
        a, b = np.array(edges).T
        part = ((level - height[a]) / (height[b] - height[a]))[:, None]
        lines.append(points[a] + part * (points[b] - points[a]))
    return lines
