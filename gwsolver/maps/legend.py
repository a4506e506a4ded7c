"""The legend: a column beside a wide map, rows below a narrow one; only what the map shows."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.patches import Rectangle

from gwsolver.maps.classes import COLOURS, EDGE, Classes
from gwsolver.maps.labels import PointLabel, draw_flow_arrow
from gwsolver.maps.layers import HEAD_BLUE, OUTSIDE, RIVER_BLUE, Drawn
from gwsolver.maps.page import GREY_INK, INK, Page, text_size, wrap
from gwsolver.maps.scene import MONITORING, RECEPTOR, VILLAGE, WELL, PlumeScene, Subject
from gwsolver.maps.symbols import draw_symbol
from gwsolver.maps.titles import species_name
from gwsolver.maps.words import Language

KEY = 17.0
GAP = 4.0
LEADING = 8.9
Draw = Callable[[Page, float, float], None]


@dataclass(frozen=True)
class Entry:
    """One line of a legend: draws its key, KEY points wide from (x, y) where y is the middle; and its words."""

    draw: Draw
    text: str


def class_texts(classes: Classes, words: Language) -> tuple[list[str], list[str]]:
    """Return the classes in words from the lowest up: concentrations and times the limit."""
    def texts(edges: tuple[float, ...]) -> list[str]:
        n = [words.number(e, 3) for e in edges]
        return [f"{a}\u2009–\u2009{b}" for a, b in pairwise(n)] + [f">\u2009{n[-1]}"]

    return texts(classes.breaks), texts(classes.times) if classes.limit is not None and classes.times else []


def heading(scene: Subject, words: Language, key: str = "legend.heading") -> str:
    """Return species and unit."""
    return words(key, species=species_name(scene, words), unit=words.unit(scene.unit))


def entries(scene: PlumeScene, drawn: Drawn, labels: list[PointLabel], words: Language, short: bool) -> list[Entry]:
    """Return the entries for what the map shows."""
    found: list[Entry] = []

    def stroke(text: str, **style: object) -> None:
        found.append(Entry(lambda page, x, y: stroke_key(page, x, y, **style), text))

    if scene.limit is not None and not short:
        text = words("legend.limit", limit=words.number(scene.limit), unit=words.unit(scene.unit))
        stroke(text if drawn.limit else words("legend.nothing_above"), color=INK, linewidth=1.9)
        if not drawn.limit:
            found.pop()
    if drawn.heads:
        unit = words.unit(scene.length_unit or "model units")
        whole = any(not w for _, _, w in drawn.heads)
        step = words.number(drawn.head_step / 2.0 if whole else drawn.head_step)
        key = "legend.head_short" if short else "legend.head"
        stroke(words(key, unit=unit, step=step), color=HEAD_BLUE, linewidth=0.8)
    if drawn.arrows and not short:
        found.append(Entry(lambda page, x, y: draw_flow_arrow(page, x, y, x + KEY, y), words("legend.flow")))
    if drawn.rivers:
        stroke(words("legend.river"), color=RIVER_BLUE, linewidth=2.4)
    kinds = {p.site.kind for p in labels}
    sources = [p for p in labels if p.site.kind == "source"]
    if sources and not short:
        found.append(Entry(source_key, words("legend.source")))
    judged = scene.limit is not None
    for kind, name in ((WELL, "well"), (MONITORING, "monitoring"), (RECEPTOR, "receptor")):
        if kind in kinds:
            key = f"legend.{name}" if judged else f"legend.{name}_plain"
            if short and judged and kind == WELL:
                key = "legend.well_short"
            elif kind != WELL and judged and WELL not in kinds:
                key = f"legend.{name}_plain"
            found.append(Entry(pair_key(kind, judged), words(key)))
    if VILLAGE in kinds and not short:
        found.append(Entry(_village_key, words("legend.village")))
    if drawn.outside:
        found.append(Entry(_outside_key, words("legend.outside")))
    return found


def stroke_key(page: Page, x: float, y: float, **style: object) -> None:
    """Draw a line as a key."""
    page.line([x, x + KEY], [y, y], zorder=26, solid_capstyle="butt", **style)


def source_key(page: Page, x: float, y: float) -> None:
    """Draw a source as a key."""
    page.patch(Rectangle((x + 3.5, y - 3.4), 10.0, 6.8, fill=False, hatch="xxxxxx", edgecolor=INK, linewidth=0.9), 26)


def _village_key(page: Page, x: float, y: float) -> None:
    draw_symbol(page, VILLAGE, x + 0.5 * KEY, y, False)


def _outside_key(page: Page, x: float, y: float) -> None:
    page.patch(Rectangle((x, y - 3.0), KEY, 6.0, facecolor=OUTSIDE, edgecolor="#8A8A86", linewidth=0.5), 26)


def pair_key(kind: str, judged: bool) -> Draw:
    """Return what draws the symbols above and below the limit as a key."""
    def draw(page: Page, x: float, y: float) -> None:
        if judged:
            draw_symbol(page, kind, x + 3.6, y, True, 26)
            draw_symbol(page, kind, x + 13.4, y, False, 26)
        else:
            draw_symbol(page, kind, x + 0.5 * KEY, y, False, 26)

    return draw


def draw_column(page: Page, scene: Subject, classes: Classes | None, found: list[Entry], words: Language, x: float,
                top: float, width: float) -> float:
    """Draw the legend of a wide map downwards from `top`; return how far down it came."""
    y = top if classes is None else _class_column(page, scene, classes, words, x, top, width) - 5.0
    for entry in found:
        lines = wrap(entry.text, width - KEY - GAP)
        height = LEADING * len(lines)
        entry.draw(page, x, y - 0.5 * height)
        for line in lines:
            y -= LEADING
            page.text(x + KEY + GAP, y + 2.2, line, name="legend")
        y -= 3.4
    return y


def _class_column(page: Page, scene: Subject, classes: Classes, words: Language, x: float, top: float, width: float
                  ) -> float:
    """Draw the classes one above the other; return where the lowest ends."""
    y = top
    for line in wrap(heading(scene, words), width, 8.4, bold=True):
        y -= 8.0
        page.text(x, y, line, size=8.4, bold=True, name="legend heading")
        y -= 2.4
    values, times = class_texts(classes, words)
    if times:
        for line in wrap(words("legend.times"), width):
            y -= 8.0
            page.text(x + width, y, line, ha="right", colour=GREY_INK, name="legend times")
            y -= 1.5
    y -= 2.0
    swatch, step = KEY, 13.0
    need = swatch + GAP + 3.0 + max(text_size(t)[0] for t in values)
    need += max((text_size(t)[0] for t in times), default=0.0)
    swatch = max(swatch - max(need - width, 0.0), 7.0)
    for i in range(3, -1, -1):
        page.patch(Rectangle((x, y - step), swatch, step, facecolor=COLOURS[i], edgecolor=EDGE, linewidth=0.4,
                             gid="class swatch"), 26)
        base = y - 0.5 * step - 2.6
        page.text(x + swatch + GAP, base, values[i], name="class")
        if times and need - width <= swatch - 7.0 + 10.0:
            page.text(x + width, base, times[i], ha="right", colour=GREY_INK, name="class times")
        y -= step
        if classes.breaks[i] == classes.limit:
            page.line([x - 1.5, x + swatch + 1.5], [y, y], color=INK, linewidth=1.9, zorder=27, solid_capstyle="butt")
    return y


def draw_rows(page: Page, scene: Subject, classes: Classes | None, found: list[Entry], words: Language, x: float,
              top: float, width: float) -> float:
    """Draw the legend of a narrow map: a bar of classes, then entries side by side; return how far down it came."""
    y = top if classes is None else _class_bar(page, scene, classes, words, x, top, width)
    y -= 4.0
    left, base = x, y - 8.0
    for entry in found:
        need = KEY + GAP + text_size(entry.text)[0]
        if left > x and left + need > x + width:
            left, base = x, base - 10.5
        entry.draw(page, left, base + 2.6)
        page.text(left + KEY + GAP, base, entry.text, name="legend")
        left += need + 11.0
    return base - 2.0 if found else y


def _class_bar(page: Page, scene: Subject, classes: Classes, words: Language, x: float, top: float, width: float
               ) -> float:
    """Draw the classes side by side; return where their texts end."""
    y = top
    values, times = class_texts(classes, words)
    for line in wrap(heading(scene, words, "legend.heading_times" if times else "legend.heading"), width, 7.5, True):
        y -= 8.0
        page.text(x, y, line, size=7.5, bold=True, name="legend heading")
        y -= 1.5
    y -= 3.0
    part, height = width / 4.0, 8.5
    for i in range(4):
        page.patch(Rectangle((x + i * part, y - height), part, height, facecolor=COLOURS[i], edgecolor=EDGE,
                             linewidth=0.4, gid="class swatch"), 26)
    if classes.limit in classes.breaks:
        at = x + classes.breaks.index(classes.limit) * part
        page.line([at, at], [y - height - 1.8, y + 1.8], color=INK, linewidth=1.9, zorder=27, solid_capstyle="butt")
    y -= height
    at_edges = max(text_size(t)[0] for t in values) > part - 4.0
    if at_edges:
        # Ranges would run into each other: name the edges between the classes instead.
        values = [words.number(b, 3) for b in classes.breaks]
        times = [words.number(t, 3) for t in classes.times] if times else []
    for texts, colour, name in ((values, INK, "class"), ([f"({t})" for t in times], GREY_INK, "class times")):
        if texts:
            y -= 8.6
            for i, text in enumerate(texts):
                if at_edges:
                    page.text(x + i * part, y, text, ha="center" if i else "left", colour=colour, name=name)
                else:
                    page.text(x + (i + 0.5) * part, y, text, ha="center", colour=colour, name=name)
    return y
