"""The data of a map inside its frame: classes, limit line, heads, flow arrows, rivers, the model's edge."""

import math
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gwsolver.maps.classes import COLOURS, EDGE, PAPER, Classes
from gwsolver.maps.scene import PlumeScene, Subject
from gwsolver.maps.surface import Box, Surface, isolines, outline, plan_centres, surface
from gwsolver.maps.window import Window

Floats = NDArray[np.float64]
HEAD_BLUE = "#2A6CA3"
RIVER_BLUE = "#3F8FC8"
FLOW_BLUE = "#1F4E79"
OUTSIDE = "#E6E6E2"
RASTER_FROM = 100_000
WAYS = (1.0, 2.0, 5.0, 10.0)


@dataclass(eq=False)
class Drawn:
    """What was drawn, in points from the frame's lower left, for labels to find their way round.

    Attributes
    ----------
    limit, edges : list of ndarray, shape (point, 2)
        Limit line; edges of the other classes.
    heads : list of (level, ndarray, bool)
        Head contours; True if labelled (a whole step).
    rivers : list of (name, ndarray)
    arrows : list of (x0, y0, x1, y1)
    outside : bool
        Part of the frame lies outside the model.
    head_step : float
    outline : list of ndarray
        Closed loops around the model, in map coordinates.
    """

    limit: list[Floats] = field(default_factory=list)
    edges: list[Floats] = field(default_factory=list)
    heads: list[tuple[float, Floats, bool]] = field(default_factory=list)
    rivers: list[tuple[str, Floats]] = field(default_factory=list)
    arrows: list[tuple[float, float, float, float]] = field(default_factory=list)
    outside: bool = False
    head_step: float = 0.0
    outline: list[Floats] = field(default_factory=list)


@dataclass(frozen=True)
class Frame:
    """A data frame: its size in points and what it shows."""

    width: float
    height: float
    window: Window

    def to_page(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Turn map coordinates into points from the frame's lower left."""
        west, south, east, north = self.window.box
        return (
            (np.asarray(x) - west) / (east - west) * self.width,
            (np.asarray(y) - south) / (north - south) * self.height,
        )

    def points(self, line: Floats) -> Floats:
        """Turn a polyline of map coordinates into points."""
        return np.column_stack(self.to_page(line[:, 0], line[:, 1]))


def class_surface(scene: PlumeScene, classes: Classes, box: Box, step: float) -> Surface:
    """Return the surface of the concentration as its classes are drawn."""
    return surface(scene.grid, classes.heights(scene.concentration), box, step)


def draw_classes(axes: Axes, field_: Surface, scene: Subject, classes: Classes, frame: Frame, drawn: Drawn) -> None:
    """Fill the classes, draw their edges and the limit line with a white casing."""
    levels = classes.levels
    if field_.z.max() >= levels[0]:
        filled = axes.contourf(field_.x, field_.y, field_.z, levels=levels, colors=COLOURS, zorder=2, antialiased=True)
        if field_.z.size > RASTER_FROM:
            filled.set_rasterized(True)
    for level, value in zip(levels[:-1], classes.breaks, strict=True):
        lines = field_.lines(level)
        if scene.limit is not None and value == classes.limit:
            axes.add_collection(LineCollection(lines, colors="white", linewidths=3.2, zorder=7, gid="limit casing"),
                                autolim=False)
            axes.add_collection(LineCollection(lines, colors="#111111", linewidths=1.9, zorder=8, gid="limit line"),
                                autolim=False)
            drawn.limit += [frame.points(line) for line in lines]
        else:
            axes.add_collection(LineCollection(lines, colors=EDGE, linewidths=0.4, zorder=3, gid="class edge"),
                                autolim=False)
            drawn.edges += [frame.points(line) for line in lines]


def step_of(low: float, high: float, count: int) -> float:
    """Return a step of 1, 2 or 5 times a power of ten that gives about `count` lines between two values."""
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(w for w in WAYS if w * power >= raw * (1.0 - 1e-9)) * power


def draw_heads(axes: Axes, scene: PlumeScene, frame: Frame, step: float, drawn: Drawn, halves: bool) -> None:
    """Draw head contours at whole steps and thinner ones halfway, without crowding."""
    if scene.head is None or not np.isfinite(scene.head).any():
        return
    field_ = surface(scene.grid, scene.head, frame.window.box, step)
    west, south, east, north = frame.window.box
    shown = field_.inside & (field_.x >= west) & (field_.x <= east) & (field_.y >= south) & (field_.y <= north)
    if not shown.any():
        return
    low, high = np.percentile(field_.z[shown], [1.0, 99.0])
    full = float(field_.z[shown].min()), float(field_.z[shown].max())
    if full[1] - full[0] < 1e-6 * max(abs(full[1]), 1e-3) or high <= low:
        return
    drawn.head_step = step_of(low, high, 9 if halves else 5)
    spacing = drawn.head_step / 2.0 if halves else drawn.head_step
    first, last = math.ceil(full[0] / spacing), math.floor(full[1] / spacing)
    for i in range(first, min(last, first + 60) + 1):
        whole = not halves or i % 2 == 0
        lines = isolines(scene.grid, scene.head, field_, i * spacing, spacing)
        axes.add_collection(
            LineCollection(lines, colors=HEAD_BLUE, linewidths=0.8 if whole else 0.4, zorder=4, gid="head"),
            autolim=False,
        )
        drawn.heads += [(i * spacing, frame.points(line), whole) for line in lines]


def draw_rivers(axes: Axes, scene: PlumeScene, frame: Frame, drawn: Drawn) -> None:
    """Draw the rivers that cross the frame."""
    for river in scene.rivers:
        for part in river.parts:
            axes.plot(part[:, 0], part[:, 1], color=RIVER_BLUE, linewidth=2.4, zorder=5, solid_capstyle="round",
                      marker="o" if len(part) == 1 else None, markersize=2.4, gid="river")
            points = frame.points(part)
            if ((points >= 0.0) & (points <= (frame.width, frame.height))).all(axis=1).any():
                drawn.rivers.append((river.name, points))


def draw_outside(axes: Axes, scene: PlumeScene, frame: Frame, drawn: Drawn) -> None:
    """Grey out what the model does not know: outside its outline and in its holes."""
    grid = scene.grid
    active = np.isfinite(plan_centres(grid)[0]) & np.isfinite(scene.concentration)
    loops = drawn.outline = outline(grid, active)
    west, south, east, north = frame.window.box
    if not loops:
        return
    box = np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])
    span = np.array([east - west, north - south])
    box = (box - box[0]) * 1.2 + box[0] - 0.1 * span
    largest = max(loops, key=lambda loop: abs(_signed_area(loop)))
    if _signed_area(largest) > 0.0:
        loops = [loop[::-1] for loop in loops]
    parts = [box, *loops]
    codes = np.concatenate([[Path.MOVETO] + [Path.LINETO] * (len(p) - 2) + [Path.CLOSEPOLY] for p in parts])
    points = np.concatenate(loops)
    slack = 1e-6 * span
    drawn.outside = bool(
        ((points[:, 0] > west + slack[0]) & (points[:, 0] < east - slack[0])
         & (points[:, 1] > south + slack[1]) & (points[:, 1] < north - slack[1])).any()
        or largest[:, 0].min() > west + slack[0] or largest[:, 0].max() < east - slack[0]
        or largest[:, 1].min() > south + slack[1] or largest[:, 1].max() < north - slack[1]
    )
    if drawn.outside:
        axes.add_patch(PathPatch(Path(np.concatenate(parts), codes), facecolor=OUTSIDE, edgecolor="#8A8A86",
                                 linewidth=0.5, zorder=4.5, gid="outside"))


def _signed_area(loop: Floats) -> float:
    x, y = loop[:, 0] - loop[0, 0], loop[:, 1] - loop[0, 1]
    return float(0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def flow_at(scene: PlumeScene, x: Floats, y: Floats) -> Floats:
    """Return unit vectors of flow in map directions at points, shape (point, 2); NaN where it stands or is unknown."""
    if scene.flow is None:
        return np.full((x.size, 2), np.nan)
    cx, cy = plan_centres(scene.grid)
    good = np.isfinite(cx) & np.isfinite(scene.flow).all(axis=1)
    if not good.any():
        return np.full((x.size, 2), np.nan)
    q = scene.flow[good]
    speed = np.hypot(q[:, 0], q[:, 1])
    radius = 1.5 * math.sqrt(float(np.median(scene.grid.area)))
    gap, near = cKDTree(np.column_stack([cx[good], cy[good]])).query(np.column_stack([x, y]))
    known = (gap < radius) & (speed[near] > 1e-9 * speed.max())
    return np.where(known[:, None], q[near] / np.where(known, speed[near], 1.0)[:, None], np.nan)


def new_axes_style(axes: Axes, box: Box) -> None:
    """Fix the view: scale and window are set by the layout, never by the data."""
    axes.set_xlim(box[0], box[2])
    axes.set_ylim(box[1], box[3])
    axes.set_autoscale_on(False)
    axes.set_facecolor(PAPER)
    for spine in axes.spines.values():
        spine.set_linewidth(0.8)
        spine.set_zorder(20)
