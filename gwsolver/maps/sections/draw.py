"""A section put together: classes below the water table, layers, wells with screens, labels, legend."""

import math

import numpy as np
from matplotlib import rc_context
from matplotlib.patches import Polygon, Rectangle

from gwsolver.maps import furniture, labels, layers, legend, titles
from gwsolver.maps.charts.chart import linear_ticks
from gwsolver.maps.classes import classes_for
from gwsolver.maps.layers import HEAD_BLUE, RIVER_BLUE, Drawn, Frame, step_of
from gwsolver.maps.legend import KEY, Entry
from gwsolver.maps.page import GREY_INK, INK, MM, SETTINGS, SMALL, MapFigure, Page, font, text_size, wrap
from gwsolver.maps.placing import HARD, Obstacles
from gwsolver.maps.scene import MONITORING, WELL
from gwsolver.maps.sections.sampling import section_field
from gwsolver.maps.sections.scene import SectionScene, SectionSite
from gwsolver.maps.symbols import RADIUS, draw_symbol
from gwsolver.maps.window import ROUND, Window
from gwsolver.maps.words import Language

HEIGHTS = {170: 60.0, 85: 48.0}
SKY_MM = {170: 17.0, 85: 18.0}
VERSION = 8.0  # a shorter label must be this much better placed
BELOW_GROUND = 0.03  # labels of wells stand above the ground if they can
SCREEN = 3.4
DRY = "#F0E9DC"
LAYER_GREY = "#8C8C86"
POINTS_OF_COMPASS = 8


def draw_section(scene: SectionScene, words: Language, width: int = 170, title: str | None = None) -> MapFigure:
    """Return the figure of a section, 85 or 170 mm wide."""
    with rc_context(SETTINGS):
        return _draw(scene, words, width, title)


def _draw(scene: SectionScene, words: Language, width: int, title: str | None) -> MapFigure:
    short = width == 85
    classes = classes_for(scene.limit, scene.maximum)
    low, high = _depths(scene)
    unit, factor = ("km", 1000.0) if scene.length_unit == "m" and scene.line.length >= 3000.0 else (
        scene.length_unit or "model units", 1.0)
    step = step_of(0.0, high - low, 5)
    elevations = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    texts = [words.number(float(e), decimals=decimals) for e in elevations]
    reach = 6.0 + max(text_size(t)[0] for t in texts)
    wide = width * MM - reach - 13.0
    exaggeration, ground = _exaggeration(scene.line.length, high - low, wide / MM, HEIGHTS[width])
    tall = ground * MM + SKY_MM[width] * MM
    per_mm = scene.line.length / (wide / MM)
    top = low + tall / MM * per_mm / exaggeration
    frame = Frame(wide, tall, Window((0.0, low, scene.line.length, top), per_mm, None))
    page = Page()
    axes = page.axes((0.0, 0.0, wide, tall))
    axes.set_gid("section")
    layers.new_axes_style(axes, frame.window.box)
    axes.set_yticks(elevations, texts, fontproperties=font(SMALL))
    ticks = [t for t in linear_ticks(scene.line.length / factor, 5 if short else 9)
             if t * factor / scene.line.length * wide + 0.5 * text_size(words.number(t))[0] < wide + 8.0]
    axes.set_xticks([t * factor for t in ticks], [words.number(t) for t in ticks], fontproperties=font(SMALL))
    axes.tick_params(length=2.5, width=0.6, pad=2.0, labelcolor=INK)
    drawn = Drawn()
    ground_level = np.nanmax(np.where(np.isfinite(scene.top), scene.top, -np.inf), axis=0)
    water = ground_level if scene.head is None else np.where(np.isfinite(scene.head), scene.head, -np.inf)
    logs = np.log10(np.maximum(scene.concentration, 10.0**classes.bottom))
    field = section_field(scene.line.s, scene.top, scene.bottom, logs, water, classes.bottom)
    # Above the ground and below the base nothing is known; between ground and water table it is dry.
    s = scene.line.s
    base = np.nanmin(np.where(np.isfinite(scene.bottom), scene.bottom, np.inf), axis=0)
    known = np.isfinite(ground_level) & np.isfinite(base)
    axes.fill_between(s, np.minimum(water, ground_level), ground_level, where=known, color=DRY, linewidth=0, zorder=1)
    axes.fill_between(s, low - (high - low), base, where=known, color="#D3D3CE", linewidth=0, zorder=1)
    layers.draw_classes(axes, field, scene, classes, frame, drawn)
    for bottom in scene.bottom[:-1]:
        axes.plot(s, bottom, color=LAYER_GREY, linewidth=0.6, linestyle=(0, (1, 2)), zorder=5, gid="layer")
    axes.plot(s, np.where(known, ground_level, np.nan), color="#5C4A32", linewidth=1.2, zorder=6, gid="ground")
    axes.plot(s, np.where(known, base, np.nan), color="#5A5A58", linewidth=1.0, zorder=6, gid="base")
    confined = scene.head is not None and bool(np.nanmax(scene.head - ground_level) > 0.0)
    if scene.head is not None:
        axes.plot(s, scene.head, color=HEAD_BLUE, linewidth=1.5, zorder=6.5, gid="head",
                  linestyle=(0, (5, 2)) if confined else "solid")

    obstacles = Obstacles((0.0, 0.0, wide, tall))
    labels.put_obstacles(obstacles, classes, field, frame, drawn)
    lines = [ground_level] if scene.head is None else [ground_level, scene.head]
    for line in lines:
        good = np.isfinite(line)
        obstacles.line(frame.points(np.column_stack([s[good], line[good]])), 3.0)
    _draw_oil(page, scene, frame, obstacles)
    _draw_sources(page, scene, frame, ground_level, obstacles)
    found = _draw_sites(page, scene, frame, ground_level, obstacles)
    _draw_rivers(page, scene, frame, ground_level, obstacles)
    furniture.draw_banner(page, scene.status, words, obstacles, short, "dcab")
    obstacles.ring((0.0, 0.0, wide, ground * MM), 0.0, BELOW_GROUND)
    _label_sources(page, scene, frame, ground_level, obstacles)
    unlabelled = _label_sites(page, scene, found, obstacles, words, classes.floor, short)
    obstacles.ring((0.0, 0.0, wide, ground * MM), 0.0, -BELOW_GROUND)
    labels.label_limit(page, scene, drawn, obstacles, words)
    _label_head(page, scene, frame, obstacles, words("section.head" if confined else "section.water_table"))
    _number_layers(page, scene, frame, words)

    left, right = -reach, width * MM - reach
    text_left, text_right = left + 2.0, right - 2.0
    page.text(text_left, tall + 3.5, words("section.elevation", unit=words.unit(scene.length_unit or "model units")),
              colour=GREY_INK, name="elevation unit")
    page.text(text_right, tall + 3.5, words("section.layer"), ha="right", colour=GREY_INK, name="layer heading")
    below = furniture.draw_lines_below(page, [words("section.distance", unit=words.unit(unit))], wide, -20.0, SMALL,
                                       9.0, "right", "distance unit")
    entries = _entries(scene, found, words, confined)
    below = legend.draw_rows(page, scene, classes, entries, words, text_left, below + 4.0, text_right - text_left)
    foot = _footnote(scene, words, found, classes.floor, unlabelled)
    below = furniture.draw_lines_below(page, wrap(foot, text_right - text_left), text_left, below - 9.0, SMALL, 9.0,
                                       "left", "footnote")
    head = title if title is not None else finding(scene, field, ground_level, words)
    end = furniture.draw_head(page, head, _subtitle(scene, exaggeration, words), short, tall + 11.0, text_left,
                              text_right)
    return page.close(left, below + 4.0, right, end)


def _depths(scene: SectionScene) -> tuple[float, float]:
    """Return the lowest and highest elevation of the frame, headroom aside."""
    low, high = float(np.nanmin(scene.bottom)), float(np.nanmax(scene.top))
    if scene.head is not None and np.isfinite(scene.head).any():
        high = max(high, float(np.nanmax(scene.head)))
    return low - 0.05 * (high - low), high


def _exaggeration(length: float, depth: float, wide: float, tall: float) -> tuple[float, float]:
    """Return the largest round vertical exaggeration that fits `tall` mm, and the height that it takes."""
    most = tall * length / (depth * wide)
    power = 10.0 ** math.floor(math.log10(most))
    exaggeration = max(f for f in ROUND if f * power <= most * (1.0 + 1e-9)) * power
    return exaggeration, exaggeration * depth * wide / length


def _compass(bearing: float, words: Language) -> str:
    """Return the letters of a direction in degrees clockwise from north."""
    return str(words.table["section"]["compass"].split()[round(bearing / 45.0) % POINTS_OF_COMPASS])


def finding(scene: SectionScene, field: layers.Surface, ground: np.ndarray, words: Language) -> str:
    """Return how deep the water above the limit lies, or a plain noun title."""
    name = titles.species_name(scene, words)
    if scene.limit is None:
        return words("section.noun", species=name)
    high = field.inside & (field.z > math.log10(scene.limit))
    if not high.any():
        return words("section.below", species=name)
    depth = float(np.where(high, ground[None, :] - field.y, 0.0).max())
    if not scene.length_unit:
        return words("section.noun", species=name)
    return words("section.deep", species=name, depth=titles.length(depth, scene.length_unit, words))


def _subtitle(scene: SectionScene, exaggeration: float, words: Language) -> str:
    there = scene.line.bearing if scene.crs else None
    what = words("section.axis" if scene.line.found else "section.line")
    parts = [what]
    if there is not None:
        back = (there + 180.0) % 360.0
        parts.append(words("section.sides", left=_compass(back, words), right=_compass(there, words)))
    parts.append(titles.moment(scene.date, scene.time, scene.time_unit, words))
    number = words.number(exaggeration, 2)
    parts.append(words("section.exaggeration", factor=number) if exaggeration != 1.0 else words("section.true"))
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def _footnote(scene: SectionScene, words: Language, found: list[tuple[SectionSite, float, float]], floor: float,
              unlabelled: int) -> str:
    parts = []
    aside = [site.aside for site, _, _ in found if site.aside > scene.cell]
    if aside and scene.length_unit:
        parts.append(words("section.aside", distance=titles.length(max(aside), scene.length_unit, words)))
    unit = words.unit(scene.unit)
    if any(math.isfinite(site.value) for site, _, _ in found):
        parts.append(words("foot.values", species=titles.species_in_text(scene, words), unit=unit))
    ends = [f"({words.number(x, decimals=0)}; {words.number(y, decimals=0)})"
            for x, y in (scene.line.corners[0], scene.line.corners[-1])]
    parts.append(words("section.ends", first=ends[0], last=ends[1], crs=scene.crs or words("section.no_crs")))
    if scene.limit is not None:
        parts.append(titles.limit_sentence(scene, words))
    parts.append(words("foot.background", floor=words.number(floor, 2), unit=unit))
    if unlabelled:
        parts.append(words("foot.unlabelled", count=unlabelled))
    return " ".join([*(p.strip() for p in parts), titles.program_sentence(scene, words)])


def _draw_oil(page: Page, scene: SectionScene, frame: Frame, obstacles: Obstacles) -> None:
    """Hatch the cells that hold oil."""
    if scene.oil is None:
        return
    s = scene.line.s
    for k, oily in enumerate(scene.oil):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], oily, [False]]).astype(int)))
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            part = slice(int(first), int(end))
            if np.isfinite(scene.top[k, part]).all() and end - first > 1:
                ring = np.concatenate([np.column_stack([s[part], scene.top[k, part]]),
                                       np.column_stack([s[part], scene.bottom[k, part]])[::-1]])
                points = frame.points(ring)
                page.patch(Polygon(points, fill=False, hatch="xxxxxx", edgecolor=INK, linewidth=0.9, gid="oil"), 9)
                low, high = points.min(axis=0), points.max(axis=0)
                obstacles.ring((float(low[0]), float(low[1]), float(high[0]), float(high[1])), 0.0, 3.0)


def _draw_sources(page: Page, scene: SectionScene, frame: Frame, ground: np.ndarray, obstacles: Obstacles) -> None:
    """Draw sources as bars on the ground."""
    for name, start, end in scene.sources:
        inside = (scene.line.s >= start) & (scene.line.s <= end) & np.isfinite(ground)
        level = ground[inside].max() if inside.any() else np.interp(0.5 * (start + end), scene.line.s, ground)
        (x0, y), (x1, _) = frame.points(np.array([[start, level], [end, level]]))
        x0, x1 = max(float(x0), 0.0), min(max(float(x1), float(x0) + 3.0), frame.width)
        page.patch(Rectangle((x0, y + 0.6), x1 - x0, 3.2, facecolor=INK, edgecolor="none", gid=f"source {name}"), 9)
        obstacles.block((x0, float(y), x1, float(y) + 4.0))


def _label_sources(page: Page, scene: SectionScene, frame: Frame, ground: np.ndarray, obstacles: Obstacles) -> None:
    """Write the names of sources above their bars."""
    for name, start, end in scene.sources:
        at = 0.5 * (start + end)
        middle = frame.points(np.array([[at, np.interp(at, scene.line.s, ground)]]))[0]
        width, ascent, descent = text_size(name)
        spot = obstacles.beside(float(middle[0]), float(middle[1]) + 2.0, (2.5, 2.5), width, ascent + descent)
        if spot.cost < HARD:
            page.text(spot.box[0], spot.box[1] + descent, name, halo=2.0, name=f"label {name}")
            obstacles.block(spot.box, pad=1.0)


def _draw_sites(page: Page, scene: SectionScene, frame: Frame, ground: np.ndarray, obstacles: Obstacles
                ) -> list[tuple[SectionSite, float, float]]:
    """Draw wells as lines with screens and a symbol above the ground; return where the symbols are."""
    found = []
    for site in sorted(scene.sites, key=lambda p: (p.at, p.name)):
        level = float(np.interp(site.at, scene.line.s, ground))
        lowest = min((b for _, b in site.screens), default=level)
        (x, y), (_, deep) = frame.points(np.array([[site.at, level], [site.at, lowest]]))
        x, y, deep = float(x), float(y), float(deep)
        page.line([x, x], [deep, y + 4.0], color=INK, linewidth=0.9, zorder=9.5, gid=f"well {site.name}")
        for top, bottom in site.screens:
            y1, y0 = (float(v) for v in frame.points(np.array([[site.at, top], [site.at, bottom]]))[:, 1])
            page.patch(Rectangle((x - 0.5 * SCREEN, y0), SCREEN, y1 - y0, facecolor="white", edgecolor=INK,
                                 linewidth=0.8, hatch="-----", gid=f"screen {site.name}"), 9.8)
            obstacles.block((x - 0.5 * SCREEN, y0, x + 0.5 * SCREEN, y1), pad=0.8)
        symbol = y + 4.0 + RADIUS[site.kind]
        unknown = scene.limit is not None and math.isnan(site.value)
        draw_symbol(page, site.kind, x, symbol, scene.above(site), unknown=unknown, gid=f"site {site.name}")
        obstacles.block((x - 0.6, deep, x + 0.6, y + 4.0))
        r = RADIUS[site.kind]
        obstacles.block((x - r, symbol - r, x + r, symbol + r), pad=0.8)
        found.append((site, x, symbol))
    return found


def _label_sites(page: Page, scene: SectionScene, found: list[tuple[SectionSite, float, float]], obstacles: Obstacles,
                 words: Language, floor: float, short: bool) -> int:
    """Write names and values beside the symbols; return how many found no room."""
    missing = 0
    boxes = [(x - RADIUS[s.kind], y - RADIUS[s.kind], x + RADIUS[s.kind], y + RADIUS[s.kind]) for s, x, y in found]
    for box in boxes:
        obstacles.ring(box, 5.0, 0.6)  # so that a label stands beside its own symbol only
    for (site, x, y), own in zip(found, boxes, strict=True):
        obstacles.ring(own, 5.0, -0.6)
        above = scene.above(site)
        star = "*" if site.aside > scene.cell else ""
        name = f"{site.name}{star}"
        value = "" if math.isnan(site.value) else words.concentration(site.value, floor)
        size = 8.0 if site.kind == WELL and not short else SMALL
        best = None
        for i, lines in enumerate(([f"{name}  {value}"], [name, value], [name]) if value else ([name],)):
            sizes = [text_size(t, size, above) for t in lines]
            width, height = max(z[0] for z in sizes), sum(z[1] + z[2] for z in sizes) + 0.8 * (len(lines) - 1)
            spot = obstacles.beside(x, y, (RADIUS[site.kind],) * 2, width, height)
            cost = spot.cost + VERSION * i
            if spot.cost < HARD and (best is None or cost < best[0]):
                best = cost, spot, lines, sizes
        obstacles.ring(own, 5.0, 0.6)
        if best is None:
            missing += 1
            continue
        _, spot, lines, sizes = best
        if spot.leader is not None:
            a = spot.leader
            page.line([a[0], a[2]], [a[1], a[3]], color=INK, linewidth=0.5, zorder=9.4)
        top = spot.box[3]
        for line, (_, ascent, descent) in zip(lines, sizes, strict=True):
            page.text(spot.box[0], top - ascent, line, size=size, bold=above, halo=2.0, name=f"label {site.name}")
            top -= ascent + descent + 0.8
        obstacles.block(spot.box, pad=1.0)
    return missing


def _draw_rivers(page: Page, scene: SectionScene, frame: Frame, ground: np.ndarray, obstacles: Obstacles) -> None:
    """Mark where rivers cross the line."""
    for name, at in scene.rivers:
        level = float(np.interp(at, scene.line.s, ground if scene.head is None else scene.head))
        x, y = (float(v) for v in frame.points(np.array([[at, level]]))[0])
        page.patch(Polygon([(x - 6.0, y + 3.5), (x + 6.0, y + 3.5), (x + 3.0, y - 3.0), (x - 3.0, y - 3.0)],
                           facecolor=RIVER_BLUE, edgecolor="white", linewidth=0.6, gid="river"), 9)
        obstacles.block((x - 6.0, y - 3.0, x + 6.0, y + 3.5))
        if name:
            width, ascent, descent = text_size(name, italic=True)
            spot = obstacles.beside(x, y, (6.0, 4.0), width, ascent + descent)
            if spot.cost < HARD:
                page.text(spot.box[0], spot.box[1] + descent, name, italic=True, colour=layers.FLOW_BLUE, halo=2.0,
                          name="river label")
                obstacles.block(spot.box, pad=1.0)


def _label_head(page: Page, scene: SectionScene, frame: Frame, obstacles: Obstacles, text: str) -> None:
    if scene.head is None:
        return
    good = np.isfinite(scene.head)
    line = frame.points(np.column_stack([scene.line.s[good], scene.head[good]]))
    if len(line) < 2:
        return
    width, ascent, descent = text_size(text)
    height = ascent + descent
    steps = np.linspace(3.0, max(frame.width - width - 3.0, 3.0), 40)
    y = np.interp(steps + 0.5 * width, line[:, 0], line[:, 1])
    x0, y0 = np.concatenate([steps, steps]), np.concatenate([y - height - 2.0, y + 2.0])
    cost = obstacles.cost(x0, y0, width, height)
    best = int(np.argmin(cost))
    if cost[best] < HARD:
        page.text(float(x0[best]), float(y0[best]) + descent, text, colour=HEAD_BLUE, halo=2.2, name="head label")
        obstacles.block((float(x0[best]), float(y0[best]), float(x0[best]) + width, float(y0[best]) + height), pad=1.0)


def _number_layers(page: Page, scene: SectionScene, frame: Frame, words: Language) -> None:
    """Write layer numbers at the right edge, those of thin layers only where they do not meet."""
    taken = math.inf
    for k in range(len(scene.top)):
        good = np.flatnonzero(np.isfinite(scene.top[k]))
        if not good.size:
            continue
        i = int(good[-1])
        middle = 0.5 * (scene.top[k, i] + scene.bottom[k, i])
        y = float(frame.points(np.array([[0.0, middle]]))[0, 1]) - 2.6
        if y + 8.0 <= taken and y > -3.0:
            page.text(frame.width + 3.0, y, words.number(k + 1), colour=GREY_INK, name="layer number")
            taken = y


def _entries(scene: SectionScene, found: list[tuple[SectionSite, float, float]], words: Language, confined: bool
             ) -> list[Entry]:
    entries: list[Entry] = []

    def stroke(text: str, **style: object) -> None:
        entries.append(Entry(lambda page, x, y: legend.stroke_key(page, x, y, **style), text))

    if scene.head is not None:
        stroke(words("section.head" if confined else "section.water_table"), color=HEAD_BLUE, linewidth=1.5)
    if len(scene.bottom) > 1:
        stroke(words("section.layers"), color=LAYER_GREY, linewidth=0.6, linestyle=(0, (1, 2)))
    kinds = {site.kind for site, _, _ in found}
    for kind, name in ((WELL, "well"), (MONITORING, "monitoring")):
        if kind in kinds:
            judged = scene.limit is not None
            key = f"legend.{name}" if judged and (kind == WELL or WELL in kinds) else f"legend.{name}_plain"
            entries.append(Entry(legend.pair_key(kind, judged), words(key)))
    if any(site.screens for site, _, _ in found):
        entries.append(Entry(_screen_key, words("section.screen")))
    if scene.sources:
        entries.append(Entry(_source_key, words("legend.source")))
    if scene.oil is not None and scene.oil.any():
        entries.append(Entry(legend.source_key, words("section.oil")))
    return entries


def _screen_key(page: Page, x: float, y: float) -> None:
    page.patch(Rectangle((x + 0.5 * KEY - 0.5 * SCREEN, y - 4.5), SCREEN, 9.0, facecolor="white", edgecolor=INK,
                         linewidth=0.8, hatch="-----"), 26)


def _source_key(page: Page, x: float, y: float) -> None:
    page.patch(Rectangle((x + 1.0, y - 1.6), KEY - 2.0, 3.2, facecolor=INK, edgecolor="none"), 26)
