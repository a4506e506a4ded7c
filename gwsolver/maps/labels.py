"""Labels that find their own place: the limit first, then wells, sources, places, arrows, heads last."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from gwsolver.maps.classes import Classes
from gwsolver.maps.layers import FLOW_BLUE, HEAD_BLUE, RIVER_BLUE, Drawn, Frame, flow_at
from gwsolver.maps.page import GREY_INK, INK, SMALL, Page, text_size
from gwsolver.maps.placing import HARD, Obstacles, Rect, Spot
from gwsolver.maps.scene import MONITORING, RECEPTOR, SOURCE, VILLAGE, WELL, PlumeScene, Site, Subject
from gwsolver.maps.surface import Surface, in_loops
from gwsolver.maps.symbols import RADIUS, draw_symbol
from gwsolver.maps.titles import length as length_in_words
from gwsolver.maps.words import Language

Floats = NDArray[np.float64]
LIMIT_WEIGHT, RIVER_WEIGHT, HEAD_WEIGHT, EDGE_WEIGHT = 14.0, 5.0, 0.2, 0.5
CLASS_WEIGHT = (0.04, 0.10, 0.25, 0.9)
ORDER = {WELL: 1, RECEPTOR: 2, SOURCE: 3, VILLAGE: 4, MONITORING: 5}
SWEEPS = 3
LINE_GAP = 0.8


@dataclass(eq=False)
class PointLabel:
    """A symbol and its label: versions of the text from full to shortest, the first that fits is taken."""

    site: Site
    x: float
    y: float
    above: bool
    versions: list[list[str]]
    size: float
    bold: bool
    italic: bool
    half: tuple[float, float]
    unknown: bool = False
    spot: Spot | None = None
    lines: list[str] | None = None

    @property
    def symbol(self) -> Rect:
        """Box of the symbol."""
        return self.x - self.half[0], self.y - self.half[1], self.x + self.half[0], self.y + self.half[1]

    def extent(self, lines: list[str]) -> tuple[float, float]:
        """Return width and height of some lines."""
        sizes = [text_size(t, self.size, self.bold, self.italic) for t in lines]
        return max(s[0] for s in sizes), sum(s[1] + s[2] for s in sizes) + LINE_GAP * (len(lines) - 1)


def put_obstacles(obstacles: Obstacles, classes: Classes, field: Surface, frame: Frame,
                  drawn: Drawn) -> None:
    """Write what was drawn into the rasters."""
    _add_classes(obstacles, classes, field, frame)
    for line in drawn.limit:
        obstacles.line(line, LIMIT_WEIGHT)
    for line in drawn.edges:
        obstacles.line(line, EDGE_WEIGHT)
    for _, line, _ in drawn.heads:
        obstacles.line(line, HEAD_WEIGHT)
    for _, line in drawn.rivers:
        obstacles.line(line, RIVER_WEIGHT)


def _add_classes(obstacles: Obstacles, classes: Classes, field: Surface, frame: Frame) -> None:
    x, y = frame.to_page(field.x, field.y)
    column, row = x.astype(int), y.astype(int)
    inside = (column >= 0) & (row >= 0) & (column < obstacles.columns) & (row < obstacles.rows) & field.inside
    weight = np.zeros(field.z.shape)
    for level, w in zip(classes.levels[:-1], CLASS_WEIGHT, strict=True):
        weight[field.z >= level] = w
    good = inside & (weight > 0.0)
    if not good.any():
        return
    # The raster of the surface may be coarser than a point: each value stands for its cell.
    n = max(math.ceil(np.hypot(x[0, 1] - x[0, 0], y[0, 1] - y[0, 0])), 1)
    m = max(math.ceil(np.hypot(x[1, 0] - x[0, 0], y[1, 0] - y[0, 0])), 1)
    layer = np.zeros_like(obstacles.soft)
    half = max(n, m) // 2 + 1
    for dy in range(-half, half + 1):
        for dx in range(-half, half + 1):
            r, c = np.clip(row[good] + dy, 0, obstacles.rows - 1), np.clip(column[good] + dx, 0, obstacles.columns - 1)
            layer[r, c] = np.maximum(layer[r, c], weight[good])
    obstacles.soft += layer
    obstacles.forget()


def point_labels(scene: PlumeScene, classes: Classes, frame: Frame, words: Language, short: bool) -> list[PointLabel]:
    """Return symbols inside the frame with the versions of their labels."""
    sites = [s for s in (*scene.sites, *scene.sources) if not (short and s.kind == MONITORING)]
    labels = []
    many = len(sites) > 12
    for site in sites:
        place = 0.5 * (site.polygon.min(axis=0) + site.polygon.max(axis=0)) if site.polygon.size else (site.x, site.y)
        x, y = (float(v) for v in frame.to_page(place[0], place[1]))
        if not (2.0 < x < frame.width - 2.0 and 2.0 < y < frame.height - 2.0):
            continue
        above = scene.above(site)
        value = "" if math.isnan(site.value) else words.concentration(site.value, classes.told)
        versions = [[site.name]]
        if value and site.kind != SOURCE:
            versions = [[f"{site.name}  {value}"], [site.name, value], [site.name]]
        if len(site.name) > 14 and " " in site.name.strip():
            half = min((i for i, c in enumerate(site.name) if c == " "), key=lambda i: abs(i - len(site.name) // 2))
            tail = site.name[half + 1 :] if len(versions) == 1 else f"{site.name[half + 1 :]}  {value}"
            versions.insert(1, [site.name[:half], tail])
        size = 8.0 if site.kind == WELL and not many else SMALL
        labels.append(PointLabel(site, x, y, above, versions, size, above, site.kind == VILLAGE,
                                 _half_size(site, frame), scene.limit is not None and math.isnan(site.value)))
    labels.sort(key=lambda p: (0 if p.above else 1, ORDER[p.site.kind], p.site.name))
    return labels


def _half_size(site: Site, frame: Frame) -> tuple[float, float]:
    """Return half the width and height of a symbol in points; of its outline if it has one."""
    r = RADIUS[site.kind]
    if site.kind != SOURCE or not site.polygon.size:
        return r, r
    width, height = np.ptp(frame.points(site.polygon), axis=0)
    return max(0.5 * float(width) + 0.5, 1.0), max(0.5 * float(height) + 0.6, 1.0)


def place_points(labels: list[PointLabel], obstacles: Obstacles) -> int:
    """Place all labels, twice more in the light of the others; return how many found no room."""
    for label in labels:
        obstacles.block(label.symbol, pad=0.8)
        obstacles.ring(label.symbol, pad=4.0, weight=1.0)
    for sweep in range(SWEEPS):
        for label in labels:
            if sweep and label.spot is not None and label.spot.cost < 6.0:
                continue
            _lift(label, obstacles)
            obstacles.block(label.symbol, pad=0.8, amount=-1.0)
            obstacles.ring(label.symbol, pad=4.0, weight=-1.0)
            label.spot, label.lines = None, None
            for lines in label.versions:
                width, height = label.extent(lines)
                spot = obstacles.beside(label.x, label.y, label.half, width, height)
                if spot.cost < HARD:
                    label.spot, label.lines = spot, lines
                    break
            obstacles.block(label.symbol, pad=0.8)
            obstacles.ring(label.symbol, pad=4.0, weight=1.0)
            _lower(label, obstacles)
    return sum(1 for label in labels if label.spot is None)


def _lift(label: PointLabel, obstacles: Obstacles, sign: float = -1.0) -> None:
    """Take a label out of the rasters (or put it in)."""
    if label.spot is None:
        return
    obstacles.block(label.spot.box, pad=1.0, amount=sign)
    if label.spot.leader is not None:
        obstacles.leader(label.spot.leader, sign)


def _lower(label: PointLabel, obstacles: Obstacles) -> None:
    _lift(label, obstacles, 1.0)


def draw_points(page: Page, labels: list[PointLabel]) -> None:
    """Draw symbols, leaders and labels."""
    for label in labels:
        site = label.site
        if not (site.kind == SOURCE and site.polygon.size):
            draw_symbol(page, site.kind, label.x, label.y, label.above, unknown=label.unknown, gid=f"site {site.name}")
        if label.spot is None or label.lines is None:
            continue
        if label.spot.leader is not None:
            a = label.spot.leader
            page.line([a[0], a[2]], [a[1], a[3]], color="white", linewidth=2.0, zorder=9.2)
            page.line([a[0], a[2]], [a[1], a[3]], color=INK, linewidth=0.5, zorder=9.4)
        _write(page, label)


def _write(page: Page, label: PointLabel) -> None:
    assert label.spot is not None and label.lines is not None
    x0, _, x1, top = label.spot.box
    middle = 0.5 * (x0 + x1)
    ha, x = ("left", x0) if middle > label.x + 2.0 else ("right", x1) if middle < label.x - 2.0 else ("center", middle)
    for line in label.lines:
        _, ascent, descent = text_size(line, label.size, label.bold, label.italic)
        top -= ascent
        page.text(x, top, line, size=label.size, bold=label.bold, italic=label.italic, ha=ha, halo=2.0,
                  colour=GREY_INK if label.site.kind == VILLAGE else INK, name=f"label {label.site.name}")
        top -= descent + LINE_GAP


def label_limit(page: Page, scene: Subject, drawn: Drawn, obstacles: Obstacles, words: Language) -> None:
    """Write the limit on its line, on a white box that breaks it."""
    if scene.limit is None or not drawn.limit:
        return
    text = words("legend.limit_label", limit=words.number(scene.limit), unit=words.unit(scene.unit))
    width, ascent, descent = text_size(text, 7.5, bold=True)
    width, height = width + 3.0, ascent + descent
    best = None
    for line in drawn.limit:
        slant = obstacles.along(line, width, height, weight=0.02)
        if slant is not None and (best is None or slant.cost < best.cost):
            best = slant
    if best is not None and best.cost < HARD:
        page.text(best.x, best.y, text, size=7.5, bold=True, ha="center", angle=best.angle or 0.01, box=True,
                  zorder=29, name="limit label")
        obstacles.slant(best.x, best.y, width, height + 1.0, best.angle)
        return
    x, y = max((line for line in drawn.limit), key=len)[0]
    spot = obstacles.beside(float(x), float(y), (1.0, 1.0), width, height)
    if spot.cost < HARD:
        page.text(spot.box[0], spot.box[1] + descent, text, size=7.5, bold=True, halo=2.0, name="limit label")
        if spot.leader is not None:
            page.line([spot.leader[0], spot.leader[2]], [spot.leader[1], spot.leader[3]], color=INK, linewidth=0.5,
                      zorder=9.4)
        obstacles.block(spot.box, pad=1.0)


def label_rivers(page: Page, drawn: Drawn, obstacles: Obstacles) -> None:
    """Write each river's name once, along its longest part."""
    for name in sorted({n for n, _ in drawn.rivers if n}):
        part = max((p for n, p in drawn.rivers if n == name), key=len)
        width, ascent, descent = text_size(name, SMALL, italic=True)
        slant = obstacles.along(part, width, ascent + descent, weight=0.05) if len(part) > 1 else None
        if slant is not None and slant.cost < HARD:
            page.text(slant.x, slant.y, name, italic=True, colour=FLOW_BLUE, ha="center",
                      angle=slant.angle or 0.01, halo=2.6, name="river label")
            obstacles.slant(slant.x, slant.y, width, ascent + descent, slant.angle)


def draw_arrows(page: Page, scene: PlumeScene, frame: Frame, obstacles: Obstacles, drawn: Drawn,
                count: tuple[int, int]) -> None:
    """Draw a few flow arrows (columns, rows) of equal length where they cover nothing."""
    if scene.flow is None:
        return
    columns, rows = count
    length = 19.0
    shifts = [(dx, dy) for dy in (0.0, -12.0, 12.0, -22.0, 22.0) for dx in (0.0, -14.0, 14.0)]
    spots = []
    for j in range(rows):
        for i in range(columns):
            # Every other row is shifted, so that arrows do not line up into false streamlines.
            cx = (i + 0.5 + (0.2 if j % 2 else -0.2)) / columns * frame.width
            cy = (j + 0.5) / rows * frame.height
            spots.append([(cx + dx, cy + dy) for dx, dy in shifts])
    places = np.array(spots)
    per_point = frame.window.per_mm * 25.4 / 72.0
    directions = flow_at(
        scene, frame.window.box[0] + places[..., 0].ravel() * per_point,
        frame.window.box[1] + places[..., 1].ravel() * per_point,
    ).reshape(places.shape)
    inside = np.ones(places.shape[:2], bool)
    for part in (-0.5, 0.0, 0.5):
        at = np.nan_to_num(places + part * length * directions, nan=-1.0)
        inside &= in_loops(
            drawn.outline, frame.window.box[0] + at[..., 0].ravel() * per_point,
            frame.window.box[1] + at[..., 1].ravel() * per_point,
        ).reshape(places.shape[:2])
    directions = np.where(inside[..., None], directions, np.nan)
    for place, direction in zip(places, directions, strict=True):
        costs = [_arrow_cost(obstacles, *p, d, length) + 0.05 * math.hypot(*s)
                 for p, d, s in zip(place, direction, shifts, strict=True)]
        best = int(np.argmin(costs))
        if costs[best] > 14.0:
            continue
        (x, y), (dx, dy) = place[best], 0.5 * length * direction[best]
        arrow = float(x - dx), float(y - dy), float(x + dx), float(y + dy)
        drawn.arrows.append(arrow)
        draw_flow_arrow(page, *arrow)
        x0, y0, x1, y1 = arrow
        obstacles.block((min(x0, x1) - 1.0, min(y0, y1) - 1.5, max(x0, x1) + 1.0, max(y0, y1) + 1.5), pad=1.0)


def _arrow_cost(obstacles: Obstacles, x: float, y: float, direction: Floats, length: float) -> float:
    """Return what an arrow centred at (x, y) would cover; infinite where it cannot stand."""
    if not np.isfinite(direction).all():
        return math.inf
    dx, dy = 0.5 * length * direction
    along = np.linspace(-1.3, 1.3, 24)
    px = np.concatenate([x + along * dx + s * direction[1] for s in (-2.5, 0.0, 2.5)])
    py = np.concatenate([y + along * dy - s * direction[0] for s in (-2.5, 0.0, 2.5)])
    f = obstacles.frame
    if px.min() < f[0] or py.min() < f[1] or px.max() > f[2] or py.max() > f[3]:
        return math.inf
    if (obstacles.look(obstacles.hard, px, py) > 0).any():
        return math.inf
    return float(obstacles.look(obstacles.soft, px, py).sum())


def draw_flow_arrow(page: Page, x0: float, y0: float, x1: float, y1: float, colour: str = FLOW_BLUE) -> None:
    """Draw one arrow: a shaft and a slim head."""
    length = math.hypot(x1 - x0, y1 - y0)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    page.line([x0, x1 - 3.0 * ux], [y0, y1 - 3.0 * uy], color=colour, linewidth=1.0, zorder=6, gid="flow arrow")
    page.patch(Polygon([(x1, y1), (x1 - 5.0 * ux - 1.7 * uy, y1 - 5.0 * uy + 1.7 * ux),
                        (x1 - 5.0 * ux + 1.7 * uy, y1 - 5.0 * uy - 1.7 * ux)], facecolor=colour, edgecolor="none"), 6)


def label_heads(page: Page, drawn: Drawn, frame: Frame, obstacles: Obstacles, words: Language) -> None:
    """Write head values on their whole lines; drop those that would cover something."""
    if not drawn.heads:
        return
    decimals = max(0, -math.floor(math.log10(drawn.head_step) + 1e-9))
    by_level: dict[float, list[Floats]] = {}
    for level, line, whole in drawn.heads:
        if whole:
            by_level.setdefault(level, []).append(line)
    row = 0.74 * frame.height
    for level, lines in by_level.items():
        text = words.number(level, decimals=decimals)
        width, ascent, descent = text_size(text)
        line = max(lines, key=lambda p: float(np.hypot(*np.diff(p, axis=0).T).sum()))
        inside = line[(line[:, 0] > 0) & (line[:, 0] < frame.width) & (line[:, 1] > 0) & (line[:, 1] < frame.height)]
        if not len(inside):
            continue
        near = inside[int(np.argmin(np.abs(inside[:, 1] - row)))]
        slant = obstacles.along(line, width + 1.0, ascent + descent, weight=0.7,
                                prefer=(float(near[0]), float(near[1])), step=2.0)
        if slant is not None and slant.cost < 60.0:
            page.text(slant.x, slant.y, text, colour=HEAD_BLUE, ha="center", angle=slant.angle or 0.01, halo=4.4,
                      name="head label")
            obstacles.slant(slant.x, slant.y, width, ascent + descent, slant.angle)


def draw_pointers(page: Page, scene: PlumeScene, frame: Frame, obstacles: Obstacles, words: Language,
                  most: int) -> None:
    """Point at the frame to rivers and receptors outside it, with their distance from the frame."""
    west, south, east, north = frame.window.box
    found = []
    for river in scene.rivers:
        points = np.concatenate(river.parts) if river.parts else np.zeros((0, 2))
        found.append((river.name, points, True))
    found += [(s.name, np.array([[s.x, s.y]]), False) for s in scene.sites if s.kind in (WELL, VILLAGE)]
    targets = []
    for name, points, river_ in found:
        if not len(points) or not name or not scene.length_unit:
            continue
        dx = np.maximum(np.maximum(west - points[:, 0], points[:, 0] - east), 0.0)
        dy = np.maximum(np.maximum(south - points[:, 1], points[:, 1] - north), 0.0)
        gap = np.hypot(dx, dy)
        near = int(np.argmin(gap))
        if gap[near] > 0.0:
            targets.append((float(gap[near]), name, points[near], river_))
    for gap, name, place, river_ in sorted(targets, key=lambda t: (t[0], t[1]))[:most]:
        text = f"{name} {length_in_words(gap, scene.length_unit, words)}"
        _pointer(page, frame, obstacles, text, place, river_)


def _pointer(page: Page, frame: Frame, obstacles: Obstacles, text: str, place: Floats, river: bool) -> None:
    x, y = (float(v) for v in frame.to_page(place[0], place[1]))
    width, ascent, descent = text_size(text, italic=river)
    height = ascent + descent
    colour = FLOW_BLUE if river else INK
    shaft = 11.0
    out_x = max(-x, x - frame.width, 0.0)
    out_y = max(-y, y - frame.height, 0.0)
    sideways = out_x >= out_y
    best = None
    span = frame.height if sideways else frame.width
    aim = float(np.clip(y if sideways else x, 12.0, span - 12.0))
    for shift in np.arange(-10, 11) * 0.05 * span:
        at = aim + shift
        if sideways:
            x0 = 3.0 if x < 0 else frame.width - 3.0 - width - shaft - 3.0
            rect = (x0, at - 0.5 * height, x0 + width + shaft + 3.0, at + 0.5 * height)
        else:
            y0 = 3.0 if y < 0 else frame.height - 3.0 - height - shaft
            rect = (at - 0.5 * width, y0, at + 0.5 * width, y0 + height + shaft)
        cost = float(obstacles.cost(np.array([rect[0]]), np.array([rect[1]]), rect[2] - rect[0], rect[3] - rect[1])[0])
        cost += 0.1 * abs(shift)
        if best is None or cost < best[0]:
            best = (cost, rect)
    if best is None or best[0] >= 120.0:
        return
    x0, y0, x1, y1 = best[1]
    if sideways:
        middle = 0.5 * (y0 + y1)
        tail, tip = (x0 + shaft, x0) if x < 0 else (x1 - shaft, x1)
        draw_flow_arrow(page, tail, middle, tip, middle, RIVER_BLUE if river else INK)
        tx, ty = (x0 + shaft + 3.0, y0 + descent) if x < 0 else (x0, y0 + descent)
    else:
        middle = 0.5 * (x0 + x1)
        tail, tip = (y0 + shaft, y0) if y < 0 else (y1 - shaft, y1)
        draw_flow_arrow(page, middle, tail, middle, tip, RIVER_BLUE if river else INK)
        tx, ty = (x0, y0 + shaft + descent) if y < 0 else (x0, y0 + descent)
    page.text(tx, ty, text, italic=river, colour=colour, halo=2.4, name="pointer")
    obstacles.block(best[1], pad=1.0)
