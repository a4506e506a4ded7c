"""Oil lenses in plan: how much of a polygon or disc lies in each cell, and what oil that is.

Polygons are clipped against convex cells after Sutherland and Hodgman (1974), Communications of the ACM 17(1), 32-42;
discs are taken exactly, by the sectors and triangles that an outline cuts from them.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = tuple[float, float]


def polygon_area(points: Floats) -> float:
    """Return the area of a polygon, shape (vertex, 2), positive if its vertices run counter-clockwise [L**2]."""
    x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]  # near the origin: map coordinates are large
    return 0.5 * float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def clipped(polygon: Floats, cell: Floats) -> Floats:
    """Return the part of a polygon inside a convex cell as a polygon, shape (vertex, 2), perhaps empty.

    Parameters
    ----------
    polygon : ndarray of float64, shape (vertex, 2)
        Any simple polygon; where a concave one falls apart in the cell, its parts hang together by edges without area.
    cell : ndarray of float64, shape (vertex, 2)
        Convex.
    """
    if polygon_area(cell) < 0.0:
        cell = cell[::-1]
    left = [(float(x), float(y)) for x, y in polygon]
    for a, b in zip(cell, np.roll(cell, -1, axis=0), strict=True):
        left = _one_side(left, (float(a[0]), float(a[1])), (float(b[0] - a[0]), float(b[1] - a[1])))
        if not left:
            break
    return np.array(left, float).reshape(-1, 2)


def _one_side(points: list[Point], start: Point, along: Point) -> list[Point]:
    """Keep what lies to the left of a line."""
    kept: list[Point] = []
    side = [along[0] * (y - start[1]) - along[1] * (x - start[0]) for x, y in points]
    for i in range(len(points)):
        before, here = side[i - 1], side[i]
        if (before < 0.0) != (here < 0.0):
            t = before / (before - here)
            (x0, y0), (x1, y1) = points[i - 1], points[i]
            kept.append((x0 + t * (x1 - x0), y0 + t * (y1 - y0)))
        if here >= 0.0:
            kept.append(points[i])
    return kept


def polygon_areas(polygon: Floats, cells: Sequence[Floats]) -> Floats:
    """Return the area of a polygon inside each convex cell, shape (cell,) [L**2]."""
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    found = np.zeros(len(cells))
    for i, cell in enumerate(cells):
        if (cell.max(axis=0) <= low).any() or (cell.min(axis=0) >= high).any():
            continue
        part = clipped(polygon, cell)
        found[i] = abs(polygon_area(part)) if len(part) > 2 else 0.0
    return found


def disc_areas(centre: Point, radius: float, cells: Sequence[Floats]) -> Floats:
    """Return the area of a disc inside each cell (any simple polygon), shape (cell,) [L**2]."""
    found = np.zeros(len(cells))
    for i, cell in enumerate(cells):
        corners = np.asarray(cell, float) - centre
        if (corners.max(axis=0) <= -radius).any() or (corners.min(axis=0) >= radius).any():
            continue
        edges = zip(corners.tolist(), np.roll(corners, -1, axis=0).tolist(), strict=True)
        found[i] = abs(sum(_wedge(tuple(a), tuple(b), radius) for a, b in edges))
    return found


def _wedge(a: Point, b: Point, radius: float) -> float:
    """Signed area that a disc around the origin shares with the triangle of the origin and an edge."""
    ex, ey = b[0] - a[0], b[1] - a[1]
    length2, along = ex * ex + ey * ey, a[0] * ex + a[1] * ey
    if length2 == 0.0:
        return 0.0
    inside = along * along - length2 * (a[0] * a[0] + a[1] * a[1] - radius * radius)
    if inside <= 0.0:
        return _sector(a, b, radius)
    root = math.sqrt(inside)
    first, last = max((-along - root) / length2, 0.0), min((-along + root) / length2, 1.0)
    if first >= last:
        return _sector(a, b, radius)
    p, q = (a[0] + first * ex, a[1] + first * ey), (a[0] + last * ex, a[1] + last * ey)
    chord = 0.5 * (p[0] * q[1] - p[1] * q[0])
    return chord + (_sector(a, p, radius) if first > 0.0 else 0.0) + (_sector(q, b, radius) if last < 1.0 else 0.0)


def _sector(a: Point, b: Point, radius: float) -> float:
    """Signed area of the disc's sector between two directions."""
    return 0.5 * radius * radius * math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])


def lens_radius(volume: float, porosity: float, saturation: float, thickness: float) -> float:
    """Return the radius of a round lens that holds a volume of oil [L]: V = pi R**2 b n S_o."""
    return math.sqrt(volume / (math.pi * porosity * saturation * thickness))


def oil_mass(
    areas: Floats, thickness: Floats | float, saturation: float, porosity: Floats | float, density: float
) -> Floats:
    """Return the mass of oil in each cell, A b n S_o rho_o, shape (cell,) [M].

    Parameters
    ----------
    areas : ndarray of float64, shape (cell,)
        Of the lens in each cell [L**2].
    thickness : ndarray of float64, shape (cell,), or float
        Of the zone with oil in each cell, b [L].
    saturation : float
        Part of the pore space that is oil, S_o [-].
    porosity : ndarray of float64, shape (cell,), or float
        n [-].
    density : float
        Of the oil [M/L**3].
    """
    return np.asarray(areas * thickness * saturation * porosity * density, float)


def overlap(top: Floats, bottom: Floats, lens_top: Floats | float, lens_bottom: Floats | float) -> Floats:
    """Return the thickness of a lens inside each cell, shape (cell,) [L], from elevations of both."""
    inside: Floats = np.minimum(top, lens_top) - np.maximum(bottom, lens_bottom)
    return np.maximum(inside, 0.0)
