"""Where labels go: what is in the way as two rasters of one-point cells, and the cheapest free place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rect = tuple[float, float, float, float]

HARD = 500.0
ANGLES = (45, 0, 90, 135, 315, 270, 180, 225, 22.5, 67.5, 337.5, 292.5, 112.5, 157.5, 247.5, 202.5)
DIRECTIONS = tuple((float(np.cos(a)), float(np.sin(a))) for a in np.radians(ANGLES))
DISTANCES = (0.0, 3.6, 8.6, 16.0, 25.0, 37.0, 52.0, 70.0)
LEADER_FROM = 8.0
LEADER_WEIGHT, CROSSING = 15.0, 40.0


@dataclass(frozen=True)
class Spot:
    """A chosen place: the box (x0, y0, x1, y1), its cost, the ends of its leader or None."""

    box: Rect
    cost: float
    leader: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Slant:
    """A chosen place for a text along a line: centre, angle in degrees, cost, index along the line."""

    x: float
    y: float
    angle: float
    cost: float


class Obstacles:
    """What labels must not cover (hard, counted in square points) and should not (soft, weights).

    Parameters
    ----------
    frame : (x0, y0, x1, y1)
        Where labels may stand, in points.
    """

    def __init__(self, frame: Rect) -> None:
        self.frame = frame
        self.columns, self.rows = int(frame[2] - frame[0]) + 1, int(frame[3] - frame[1]) + 1
        self.hard = np.zeros((self.rows, self.columns))
        self.soft = np.zeros((self.rows, self.columns))
        self.leaders = np.zeros((self.rows, self.columns))
        self._sums: dict[str, Floats] = {}

    def _cells(self, box: Rect, pad: float = 0.0) -> tuple[slice, slice]:
        x0, y0 = box[0] - self.frame[0] - pad, box[1] - self.frame[1] - pad
        x1, y1 = box[2] - self.frame[0] + pad, box[3] - self.frame[1] + pad
        return (
            slice(max(int(np.floor(y0)), 0), max(int(np.ceil(y1)), 0)),
            slice(max(int(np.floor(x0)), 0), max(int(np.ceil(x1)), 0)),
        )

    def block(self, box: Rect, pad: float = 0.5, amount: float = 1.0) -> None:
        """Add a hard box; a negative amount takes it away again."""
        self.hard[self._cells(box, pad)] += amount
        self._sums.pop("hard", None)

    def ring(self, box: Rect, pad: float, weight: float) -> None:
        """Add a soft box around a symbol, so that only its own label stands beside it."""
        self.soft[self._cells(box, pad)] += weight
        self._sums.pop("soft", None)

    def line(self, points: Floats, weight: float) -> None:
        """Add a polyline in points (k, 2) as soft points a point apart, whatever its resolution."""
        self._scatter(self.soft, walk(points, 1.0), weight)
        self._sums.pop("soft", None)

    def forget(self) -> None:
        """Drop the cumulative sums after a change of the rasters by hand."""
        self._sums.clear()

    def slant(self, x: float, y: float, width: float, height: float, angle: float) -> None:
        """Add a turned box as hard."""
        dx, dy = _rotated(width + 2.5, height + 2.5, angle)
        self._scatter(self.hard, np.column_stack([x + dx, y + dy]), 1.0)
        self._sums.pop("hard", None)

    def leader(self, ends: Rect, sign: float = 1.0) -> None:
        """Add a leader (or take it away): soft for labels, and no other leader should cross it."""
        points = walk(np.array([ends[:2], ends[2:]]), 0.5)
        self._scatter(self.leaders, points, sign)
        self.line(points, sign * LEADER_WEIGHT)

    def _scatter(self, raster: Floats, points: Floats, weight: float) -> None:
        column = (points[:, 0] - self.frame[0]).astype(int)
        row = (points[:, 1] - self.frame[1]).astype(int)
        good = (column >= 0) & (row >= 0) & (column < self.columns) & (row < self.rows)
        raster[row[good], column[good]] += weight

    def look(self, raster: Floats, x: Floats, y: Floats) -> Floats:
        """Return the raster at points; outside the frame zero."""
        column = (x - self.frame[0]).astype(int)
        row = (y - self.frame[1]).astype(int)
        good = (column >= 0) & (row >= 0) & (column < self.columns) & (row < self.rows)
        return np.where(good, raster[np.clip(row, 0, self.rows - 1), np.clip(column, 0, self.columns - 1)], 0.0)

    def _total(self, name: str, x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> Floats:
        """Return sums over boxes by a table of cumulative sums, so that each costs four look-ups."""
        if name not in self._sums:
            table = np.zeros((self.rows + 1, self.columns + 1))
            np.cumsum(np.cumsum(getattr(self, name), axis=0), axis=1, out=table[1:, 1:])
            self._sums[name] = table
        table = self._sums[name]
        c0 = np.clip(np.floor(x0 - self.frame[0]).astype(int), 0, self.columns)
        c1 = np.clip(np.ceil(x1 - self.frame[0]).astype(int), 0, self.columns)
        r0 = np.clip(np.floor(y0 - self.frame[1]).astype(int), 0, self.rows)
        r1 = np.clip(np.ceil(y1 - self.frame[1]).astype(int), 0, self.rows)
        return table[r1, c1] - table[r0, c1] - table[r1, c0] + table[r0, c0]

    def cost(self, x0: Floats, y0: Floats, width: float, height: float) -> Floats:
        """Return the cost of boxes at their lower left corners."""
        x1, y1 = x0 + width, y0 + height
        hard = self._total("hard", x0, y0, x1, y1)
        soft = self._total("soft", x0, y0, x1, y1)
        f = self.frame
        out = np.maximum(f[0] + 1 - x0, 0) + np.maximum(f[1] + 1 - y0, 0)
        out = out + np.maximum(x1 + 1 - f[2], 0) + np.maximum(y1 + 1 - f[3], 0)
        return np.where(hard > 0.5, HARD + hard, 0.0) + soft + np.where(out > 0.0, 1e4 + 100 * out, 0.0)

    def beside(self, x: float, y: float, half: tuple[float, float], width: float, height: float) -> Spot:
        """Return the cheapest place for a label of a symbol at (x, y): 16 directions, 8 distances.

        `half`: half the symbol's width and height; a round symbol has them equal.
        """
        directions = np.repeat(np.array(DIRECTIONS), len(DISTANCES), axis=0)
        distances = np.tile(np.array(DISTANCES), len(DIRECTIONS))
        square = half[0] != half[1]
        along_x = np.sign(np.round(directions[:, 0], 6)) if square else directions[:, 0]
        along_y = np.sign(np.round(directions[:, 1], 6)) if square else directions[:, 1]
        x0 = x + along_x * (half[0] + 1.2) + directions[:, 0] * distances + _shift(directions[:, 0], width)
        y0 = y + along_y * (half[1] + 1.2) + directions[:, 1] * distances + _shift(directions[:, 1], height)
        cost = self.cost(x0, y0, width, height)
        cost += np.repeat(np.arange(len(DIRECTIONS)) * 0.6, len(DISTANCES)) + 0.55 * distances
        far = distances >= LEADER_FROM
        ends = _leaders(x, y, half, x0, y0, width, height)
        t = np.linspace(0.0, 1.0, 60)
        px = ends[:, :1] + (ends[:, 2:3] - ends[:, :1]) * t
        py = ends[:, 1:2] + (ends[:, 3:4] - ends[:, 1:2]) * t
        hard = (self.look(self.hard, px, py)[:, 3:-3] > 0).sum(axis=1)
        soft = self.look(self.soft, px, py).mean(axis=1)
        crossed = (self.look(self.leaders, px, py)[:, 2:-2] > 0).any(axis=1)
        cost = cost + far * (60.0 * hard + 4.0 * soft + CROSSING * crossed + 6.0)
        best = int(np.argmin(cost))
        box = (float(x0[best]), float(y0[best]), float(x0[best] + width), float(y0[best] + height))
        a = ends[best]
        leader = (float(a[0]), float(a[1]), float(a[2]), float(a[3])) if far[best] else None
        return Spot(box, float(cost[best]), leader)

    def along(
        self, points: Floats, width: float, height: float, *, prefer: tuple[float, float] | None = None,
        weight: float = 1.0, step: float = 3.0,
    ) -> Slant | None:
        """Return the cheapest place for a text on a line, turned with the line's chord; None if too short.

        Parameters
        ----------
        points : ndarray, shape (k, 2)
            The line, in points.
        width, height : float
            Of the text.
        prefer : (x, y), optional
            Texts of neighbouring lines stand tidily if each keeps near such a place.
        weight : float
            Of what lies below the text.
        step : float
            Slide of the candidates along the line.
        """
        path = walk(points, 1.0)
        n, half = path.shape[0], max(round(width / 2.0), 2)
        closed = bool(np.hypot(*(path[0] - path[-1])) < 1.5) and n > 3 * half
        middle = np.arange(0 if closed else half, n if closed else n - half, max(int(step), 1))
        if middle.size == 0:
            return None
        a, b = path[(middle - half) % n], path[(middle + half) % n]
        chord = b - a
        length = np.hypot(chord[:, 0], chord[:, 1])
        good = length > 0.6 * width
        if not good.any():
            return None
        middle, a, b, chord, length = middle[good], a[good], b[good], chord[good], length[good]
        angle = np.degrees(np.arctan2(chord[:, 1], chord[:, 0]))
        angle = np.where(angle > 90.0, angle - 180.0, np.where(angle <= -90.0, angle + 180.0, angle))
        on_line = path[middle]
        # The text sits on the mean of chord and line, so that a bent line still passes under it.
        centre = 0.5 * (0.5 * (a + b) + on_line)
        sagitta = np.abs(chord[:, 0] * (on_line[:, 1] - a[:, 1]) - chord[:, 1] * (on_line[:, 0] - a[:, 0])) / length
        dx, dy = _rotated(width, height, 0.0)
        cos, sin = np.cos(np.radians(angle))[:, None], np.sin(np.radians(angle))[:, None]
        px = centre[:, :1] + dx * cos - dy * sin
        py = centre[:, 1:] + dx * sin + dy * cos
        f = self.frame
        out = ((px < f[0] + 1) | (px > f[2] - 1) | (py < f[1] + 1) | (py > f[3] - 1)).any(axis=1)
        cost = (
            HARD * (self.look(self.hard, px, py) > 0).any(axis=1)
            + 20.0 * (self.look(self.hard, px, py) > 0).sum(axis=1)
            + weight * self.look(self.soft, px, py).sum(axis=1) * (width * height / dx.size)
            + 14.0 * sagitta + 1e4 * out
        )
        if prefer is not None:
            cost = cost + 0.25 * np.hypot(centre[:, 0] - prefer[0], centre[:, 1] - prefer[1])
        else:
            cost = cost + 0.8 * np.maximum(np.abs(angle) - 25.0, 0.0)
        best = int(np.argmin(cost))
        return Slant(float(centre[best, 0]), float(centre[best, 1]), float(angle[best]), float(cost[best]))


def walk(points: Floats, step: float) -> Floats:
    """Return points a given step apart along a polyline."""
    points = np.asarray(points, float)
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    if length[-1] <= 0.0:
        return points[:1]
    at = np.linspace(0.0, length[-1], max(int(length[-1] / step), 1) + 1)
    return np.column_stack([np.interp(at, length, points[:, 0]), np.interp(at, length, points[:, 1])])


def _shift(direction: Floats, size: float) -> Floats:
    """Return where a box begins so that it lies on the outer side of its anchor."""
    return np.where(direction > 0.3, 0.0, np.where(direction < -0.3, -size, -0.5 * size))


def _rotated(width: float, height: float, angle: float) -> tuple[Floats, Floats]:
    """Return points about one point apart that fill a turned box about the origin."""
    u = np.linspace(-0.5 * width, 0.5 * width, max(int(np.ceil(width)), 2) + 1)
    v = np.linspace(-0.5 * height, 0.5 * height, max(int(np.ceil(height)), 2) + 1)
    uu, vv = (g.ravel() for g in np.meshgrid(u, v))
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return uu * cos - vv * sin, uu * sin + vv * cos


def _leaders(
    x: float, y: float, half: tuple[float, float], x0: Floats, y0: Floats, width: float, height: float
) -> Floats:
    """Return leaders from the symbol's edge to the nearest point of each box, shape (candidate, 4)."""
    bx, by = np.clip(x, x0, x0 + width), np.clip(y, y0, y0 + height)
    dx, dy = bx - x, by - y
    length = np.maximum(np.hypot(dx, dy), 1e-9)
    if half[0] == half[1]:
        part = half[0] / length
    else:
        part = np.minimum(half[0] / np.maximum(np.abs(dx), 1e-9), half[1] / np.maximum(np.abs(dy), 1e-9))
    return np.column_stack([x + dx * part, y + dy * part, bx, by])
