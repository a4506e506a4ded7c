"""The area that a disc shares with a polygon, exact by the sectors and triangles that its edges cut."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = tuple[float, float]


def disc_area_within(centre: Point, radius: float, ring: Floats) -> float:
    """Return the area of a disc inside a simple polygon [L**2].

    Parameters
    ----------
    centre : (x, y)
    radius : float
        [L].
    ring : ndarray of float64, shape (corner, 2)
    """
    corners = np.asarray(ring, float) - centre
    ends = zip(corners.tolist(), np.roll(corners, -1, axis=0).tolist(), strict=True)
    return abs(sum(_wedge((a[0], a[1]), (b[0], b[1]), radius) for a, b in ends))


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
