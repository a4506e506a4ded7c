"""Unstructured one-layer grids (MODFLOW's DISV) from polygons: squares, hexagons, distorted squares."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import HORIZONTAL, Grid

Floats = NDArray[np.float64]


def polygon_grid(vertices: Floats, rings: list[list[int]], *, top: float = 0.0, bottom: float = -1.0) -> Grid:
    """Return the grid of one layer whose cells are the polygons `rings` (clockwise or not, not closed).

    Cell centres are centroids; a face's distances are from the centroids to the edge's line, as
    MODFLOW 6's DISV package takes them.
    """
    area, x, y = np.array([_centroid(vertices[ring]) for ring in rings]).T
    edges: dict[tuple[int, int], int] = {}
    pairs, ends = [], []
    for cell, ring in enumerate(rings):
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            edge = (min(a, b), max(a, b))
            if edge in edges:
                pairs.append((edges.pop(edge), cell))
                ends.append(edge)
            else:
                edges[edge] = cell
    cells = np.array(pairs, np.int32)
    order = np.lexsort((cells[:, 1], cells[:, 0]))
    cells, end = cells[order], np.array(ends)[order]
    first, second = vertices[end[:, 0]], vertices[end[:, 1]]
    along = second - first
    width = np.hypot(*along.T)
    normal = np.column_stack([along[:, 1], -along[:, 0]]) / width[:, None]
    centre = np.column_stack([x, y])
    towards = np.einsum("ij,ij->i", normal, centre[cells[:, 1]] - centre[cells[:, 0]])
    normal *= np.sign(towards)[:, None]
    half_n = np.abs(np.einsum("ij,ij->i", normal, first - centre[cells[:, 0]]))
    half_m = np.abs(np.einsum("ij,ij->i", normal, centre[cells[:, 1]] - first))
    n = len(rings)
    return Grid(
        kind="disv", shape=(1, n), node=np.arange(n), top=np.full(n, top), bottom=np.full(n, bottom),
        area=area, x=x, y=y,
        column=np.arange(n), face_cells=cells, face_kind=np.full(len(cells), HORIZONTAL, np.int8), face_width=width,
        face_distance=np.column_stack([half_n, half_m]), face_normal=np.column_stack([normal, np.zeros(len(cells))]),
        idomain=np.ones(n, np.int64), vertices=vertices,
        polygon_start=np.concatenate([[0], np.cumsum([len(r) for r in rings])]),
        polygon_vertex=np.concatenate([np.array(r) for r in rings]),
    )


def squares(n: int, spacing: float, *, distortion: float = 0.0, seed: int = 1) -> Grid:
    """Return n x n squares whose inner vertices are moved by up to `distortion` spacings in x and y."""
    line = np.arange(n + 1) * spacing
    vx, vy = np.meshgrid(line, line[::-1])
    if distortion:
        shift = np.random.default_rng(seed).uniform(-distortion, distortion, (2, n - 1, n - 1)) * spacing
        vx[1:-1, 1:-1] += shift[0]
        vy[1:-1, 1:-1] += shift[1]
    corner = np.arange((n + 1) ** 2).reshape(n + 1, n + 1)
    rings = np.stack([corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]], -1).reshape(-1, 4)
    return polygon_grid(np.column_stack([vx.ravel(), vy.ravel()]), rings.tolist())


def hexagons(n: int, spacing: float) -> Grid:
    """Return n x n regular hexagons whose centres are `spacing` apart."""
    side = spacing / np.sqrt(3.0)
    angles = np.radians(30.0 + 60.0 * np.arange(6))
    known: dict[tuple[int, int], int] = {}
    vertices: list[tuple[float, float]] = []
    rings = []
    for row in range(n):
        for col in range(n):
            cx, cy = spacing * (col + 0.5 * (row % 2) + 0.5), side * (1.5 * (n - 1 - row) + 1.0)
            ring = []
            for a in angles:
                px, py = cx + side * np.cos(a), cy + side * np.sin(a)
                key = (round(px / side * 100), round(py / side * 100))
                if key not in known:
                    known[key] = len(vertices)
                    vertices.append((px, py))
                ring.append(known[key])
            rings.append(ring)
    return polygon_grid(np.array(vertices), rings)


def _centroid(ring: Floats) -> tuple[float, float, float]:
    """Return area and centroid of a polygon (Bourke, 1988)."""
    x, y = (ring - ring[0]).T
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    twice = cross.sum()
    cx, cy = ((x + np.roll(x, -1)) * cross).sum(), ((y + np.roll(y, -1)) * cross).sum()
    return abs(twice) / 2.0, ring[0, 0] + cx / (3.0 * twice), ring[0, 1] + cy / (3.0 * twice)
