"""The overview of a wide map: the whole model, its rivers and heads, and where the map lies."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from gwsolver.maps.classes import COLOURS, Classes
from gwsolver.maps.layers import FLOW_BLUE, HEAD_BLUE, RIVER_BLUE, Frame, class_surface, step_of
from gwsolver.maps.page import GREY_INK, INK, Page, text_size, wrap
from gwsolver.maps.placing import HARD, Obstacles, Rect
from gwsolver.maps.scene import PlumeScene
from gwsolver.maps.surface import isolines, surface
from gwsolver.maps.window import Window, model_box
from gwsolver.maps.words import Language

LARGE_PART = 0.6


def overview_needed(scene: PlumeScene, frame: Frame) -> bool:
    """Tell whether the map shows so little of the model that one must be told where it lies."""
    west, south, east, north = model_box(scene)
    box = frame.window.box
    shown = max(min(east, box[2]) - max(west, box[0]), 0.0) * max(min(north, box[3]) - max(south, box[1]), 0.0)
    return shown < LARGE_PART * (east - west) * (north - south)


def draw_overview(page: Page, scene: PlumeScene, classes: Classes, frame: Frame, words: Language, space: Rect,
                  loops: list[np.ndarray]) -> bool:
    """Draw the overview at the foot of a space (x0, y0, x1, y1); return False if there is no room."""
    west, south, east, north = model_box(scene)
    unit = scene.length_unit
    factor = 1000.0 if unit == "m" and max(east - west, north - south) >= 1000.0 else 1.0
    name = "km" if factor == 1000.0 else unit or "model units"
    size = f"{words.number((east - west) / factor, 3)}\u2009×\u2009{words.number((north - south) / factor, 3)}"
    text = words("legend.overview", size=f"{size}\u00a0{words.unit(name)}")
    lines = wrap(text, space[2] - space[0])
    head = 8.8 * len(lines) + 2.5
    width, height = space[2] - space[0], space[3] - space[1] - head
    if height < 30.0:
        return False
    margin = 0.05 * max(east - west, north - south)
    west, south, east, north = west - margin, south - margin, east + margin, north + margin
    scale = max((east - west) / width, (north - south) / height)
    if (north - south) / scale < 24.0:
        south, north = _widen(south, north, 24.0 * scale)
    height = (north - south) / scale
    east, west = _widen(west, east, width * scale)[::-1]
    rect = (space[0], space[1], space[2], space[1] + height)
    axes = page.axes(rect, zorder=23)
    axes.set_gid("overview")
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_autoscale_on(False)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_linewidth(0.6)
    for i, line in enumerate(lines):
        page.text(space[0], rect[3] + head - 8.0 - 8.8 * i, line, colour=GREY_INK, name="overview title")
    small = Frame(width, height, Window((west, south, east, north), scale, None))
    _fill(page, axes, rect, scene, classes, frame, small, words, loops)
    return True


def _widen(low: float, high: float, size: float) -> tuple[float, float]:
    middle = 0.5 * (low + high)
    return middle - 0.5 * size, middle + 0.5 * size


def _fill(page: Page, axes: Axes, rect: Rect, scene: PlumeScene, classes: Classes, frame: Frame, small: Frame,
          words: Language, loops: list[np.ndarray]) -> None:
    box = small.window.box
    step = (box[2] - box[0]) / 160.0
    axes.add_collection(LineCollection(loops, colors="#8A8A86", linewidths=0.6, zorder=3),
                        autolim=False)
    obstacles = Obstacles((0.0, 0.0, rect[2] - rect[0], rect[3] - rect[1]))
    level = math.log10(classes.limit if classes.limit is not None else classes.floor)
    field = class_surface(scene, classes, box, step)
    if field.z.max() > level:
        axes.contourf(field.x, field.y, field.z, levels=[level, level + 20.0], colors=[COLOURS[2]], zorder=2)
    contours: list[tuple[float, np.ndarray]] = []
    gap = 1.0
    if scene.head is not None and np.isfinite(scene.head).any():
        heads = surface(scene.grid, scene.head, box, step)
        low, high = float(heads.z[heads.inside].min()), float(heads.z[heads.inside].max())
        if high - low > 1e-6 * max(abs(high), 1e-3):
            gap = step_of(low, high, 6)
            for i in range(math.ceil(low / gap), math.floor(high / gap) + 1):
                lines = isolines(scene.grid, scene.head, heads, i * gap, gap)
                axes.add_collection(LineCollection(lines, colors=HEAD_BLUE, linewidths=0.4, zorder=4), autolim=False)
                contours += [(i * gap, small.points(line)) for line in lines]
    window = frame.window.box
    axes.add_patch(Rectangle(window[:2], window[2] - window[0], window[3] - window[1], fill=False, edgecolor=INK,
                             linewidth=1.2, zorder=6, gid="this map"))
    for river in scene.rivers:
        for part in river.parts:
            axes.plot(part[:, 0], part[:, 1], color=RIVER_BLUE, linewidth=1.8, zorder=5, solid_capstyle="round")
            obstacles.line(small.points(part), 3.0)
    corner = small.points(np.array([[window[0], window[1]], [window[2], window[1]], [window[2], window[3]],
                                    [window[0], window[3]], [window[0], window[1]]]))
    obstacles.line(corner, 6.0)
    for river in scene.rivers:
        if river.name and river.parts:
            _name(page, obstacles, river.name, small.points(max(river.parts, key=len)), rect)
    decimals = max(0, -math.floor(math.log10(gap) + 1e-9))
    for level, line in contours:
        text = words.number(level, decimals=decimals)
        width, ascent, descent = text_size(text)
        slant = obstacles.along(line, width + 1.0, ascent + descent, weight=0.3, step=2.0,
                                prefer=(float(line[:, 0].mean()), 0.25 * small.height))
        if slant is not None and slant.cost < 40.0:
            page.text(rect[0] + slant.x, rect[1] + slant.y, text, colour=HEAD_BLUE, ha="center",
                      angle=slant.angle or 0.01, halo=2.2, name="overview head")
            obstacles.slant(slant.x, slant.y, width + 2.0, ascent + descent + 2.0, slant.angle)


def _name(page: Page, obstacles: Obstacles, name: str, line: np.ndarray, rect: Rect) -> None:
    """Write a river's name beside it, turned with it if it is steep."""
    width, ascent, descent = text_size(name, italic=True)
    height = ascent + descent
    chord = line[-1] - line[0]
    steep = abs(chord[1]) > 1.5 * abs(chord[0])
    w, h = (height, width) if steep else (width, height)
    best = None
    for t in (0.5, 0.35, 0.65, 0.2, 0.8):
        x, y = line[int(t * (len(line) - 1))]
        for side in (1.0, -1.0):
            for gap in (2.0, 5.0):
                x0 = x + side * (gap + 0.5 * w) - 0.5 * w if steep else x - 0.5 * w
                y0 = y - 0.5 * h if steep else y + side * (gap + 0.5 * h) - 0.5 * h
                cost = float(obstacles.cost(np.array([x0]), np.array([y0]), w, h)[0]) + gap
                if best is None or cost < best[0]:
                    best = (cost, float(x0), float(y0))
    if best is None or best[0] >= HARD:
        return
    obstacles.block((best[1], best[2], best[1] + w, best[2] + h), pad=1.0)
    x, y = rect[0] + best[1], rect[1] + best[2]
    if steep:
        page.text(x + 0.5 * w, y + 0.5 * h, name, italic=True, colour=FLOW_BLUE, ha="center", angle=90.0, halo=2.0,
                  name="overview river")
    else:
        page.text(x, y + descent, name, italic=True, colour=FLOW_BLUE, halo=2.0, name="overview river")
