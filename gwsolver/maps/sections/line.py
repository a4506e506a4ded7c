"""The line of a section on the map: given by points, or along the axis of the plume."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.maps.surface import n_plan, outline, plan_centres

Floats = NDArray[np.float64]
N_SAMPLES = 480
BINS = 6
MARGIN = 0.18
GROWTH = 1.6


@dataclass(frozen=True, eq=False)
class SectionLine:
    """A polyline on the map and points along it.

    Attributes
    ----------
    corners : ndarray of float64, shape (corner, 2)
        Map coordinates [L].
    s, x, y : ndarray of float64, shape (sample,)
        Distance along the line from its first corner [L], map coordinates.
    found : bool
        It is the axis of the plume, found by itself.
    """

    corners: Floats
    s: Floats
    x: Floats
    y: Floats
    found: bool

    @property
    def length(self) -> float:
        """Length [L]."""
        return float(self.s[-1])

    def project(self, x: float, y: float) -> tuple[float, float]:
        """Return the distance along the line of the nearest point, and how far off the line (x, y) lies [L]."""
        a, b = self.corners[:-1], self.corners[1:]
        d = b - a
        t = np.clip(((x - a[:, 0]) * d[:, 0] + (y - a[:, 1]) * d[:, 1]) / (d**2).sum(axis=1), 0.0, 1.0)
        near = a + t[:, None] * d
        gap = np.hypot(near[:, 0] - x, near[:, 1] - y)
        best = int(np.argmin(gap))
        start = np.concatenate([[0.0], np.cumsum(np.hypot(d[:, 0], d[:, 1]))])
        return float(start[best] + t[best] * np.hypot(*d[best])), float(gap[best])

    @property
    def bearing(self) -> float:
        """Direction from first to last corner, degrees clockwise from north."""
        dx, dy = self.corners[-1] - self.corners[0]
        return math.degrees(math.atan2(dx, dy)) % 360.0


def line_through(points: Sequence[Sequence[float | str]], found: bool = False) -> SectionLine:
    """Return the line through two or more map points.

    Raises
    ------
    InputError
        If there are fewer than two different points, or some are no numbers.
    """
    try:
        corners = np.asarray(points, float).reshape(-1, 2)
    except (ValueError, TypeError):
        corners = np.zeros((0, 2))
    if len(corners) > 1:
        keep = np.concatenate([[True], np.hypot(*np.diff(corners, axis=0).T) > 0.0])
        corners = corners[keep]
    if len(corners) < 2 or not np.isfinite(corners).all():
        raise InputError([Problem("line", package="section", value=points,
                                  allowed="two or more different points in map coordinates")])
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    s = np.linspace(0.0, at[-1], N_SAMPLES)
    return SectionLine(corners, s, np.interp(s, at, corners[:, 0]), np.interp(s, at, corners[:, 1]), found)


def plume_axis(grid: Grid, concentration: Floats, floor: float, start: tuple[float, float] | None,
               others: Sequence[tuple[float, float]] = ()) -> SectionLine:
    """Return the axis of a plume, from its source downstream.

    Parameters
    ----------
    grid : Grid
    concentration : ndarray of float64, shape (plan cell,)
        Largest value over the depth.
    floor : float
        Where the plume ends.
    start : (x, y) or None
        The source, which the line reaches; else it begins at the end where concentrations are larger.
    others : sequence of (x, y)
        Places that the line reaches too, if it grows little for them.

    Notes
    -----
    The principal axis of the plume in plan, weighted by area and log10(c/floor), bent through the weighted centres of
    its parts where they lie off it by more than a cell.

    Raises
    ------
    InputError
        If nothing is above the floor.
    """
    x, y = plan_centres(grid)
    area = np.zeros(n_plan(grid))
    area[grid.column] = grid.area
    inside = np.isfinite(x) & (np.nan_to_num(concentration, nan=0.0) > floor)
    if not inside.any():
        raise InputError([Problem(
            "there is no plume to find an axis of", package="section",
            hint=f"No concentration is above {floor:g}: give the line by its points, or another time or limit.")])
    x, y, c, area = x[inside], y[inside], concentration[inside], area[inside]
    size = math.sqrt(float(np.median(area)))
    weight = area * np.log10(c / floor)
    centre = np.array([np.average(x, weights=weight), np.average(y, weights=weight)])
    d = np.column_stack([x, y]) - centre
    _, vectors = np.linalg.eigh(np.cov(d.T, aweights=weight) if len(d) > 1 else np.eye(2))
    along, across = d @ vectors[:, 1], d @ vectors[:, 0]
    head = float(np.average(along, weights=weight * c))
    if start is not None:
        head = float((np.array(start) - centre) @ vectors[:, 1])
    sign = 1.0 if head <= 0.0 else -1.0
    u, t, direction = sign * along, across, sign * vectors[:, 1]
    low, high = float(u.min()) - 0.5 * size, float(u.max()) + 0.5 * size
    edges = np.linspace(low, high, BINS + 1)
    which = np.clip(np.searchsorted(edges, u) - 1, 0, BINS - 1)
    middle = 0.5 * (edges[1:] + edges[:-1])
    used = np.array([i for i in range(BINS) if (which == i).any()])
    off = np.array([np.average(t[which == i], weights=(weight * c)[which == i]) for i in used])
    ends = _ends(low, high, start, others, centre, direction)
    if np.abs(off).max() < size:
        knots = ends
        offs = np.full(2, float(np.average(off)))
    else:
        knots = np.concatenate([ends[:1], middle[used], ends[1:]])
        offs = np.concatenate([off[:1], off, off[-1:]])
    corners = centre + knots[:, None] * direction + offs[:, None] * vectors[:, 0]
    return line_through(_inside(grid, corners), found=True)


def _ends(low: float, high: float, start: tuple[float, float] | None, others: Sequence[tuple[float, float]],
          centre: Floats, direction: Floats) -> Floats:
    """Return where the axis begins and ends: round the plume and its source, and near places if it grows little."""
    if start is not None:
        at = float((np.array(start) - centre) @ direction)
        low, high = min(low, at), max(high, at)
    most = GROWTH * (high - low)
    places = sorted((float((np.array(p) - centre) @ direction) for p in others), key=lambda at: abs(at - high))
    for at in places:
        if max(high, at) - min(low, at) <= most:
            low, high = min(low, at), max(high, at)
    margin = MARGIN * (high - low)
    return np.array([low - margin, high + margin])


def _inside(grid: Grid, corners: Floats) -> Floats:
    """Move the ends of a line into the box around the model."""
    loops = outline(grid, np.isfinite(plan_centres(grid)[0]))
    if not loops:
        return corners
    points = np.concatenate(loops)
    return np.clip(corners, points.min(axis=0), points.max(axis=0))
