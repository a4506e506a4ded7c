"""What became of the mass, against time: a stack of fates that adds up to what entered."""

from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from gwsolver.maps import furniture, titles
from gwsolver.maps.charts.chart import Chart, linear_ticks
from gwsolver.maps.charts.mass_scene import Fate, MassScene, mass_from_results
from gwsolver.maps.page import GREY_INK, INK, MM, SETTINGS, SMALL, MapFigure, Page, text_size, wrap
from gwsolver.maps.placing import Obstacles
from gwsolver.maps.request import check_width, default_species
from gwsolver.maps.words import Language, language

COLOURS = {
    "degraded": "#DCE6C9", "wells": "#1F4E79", "rivers": "#7FB2DC", "boundaries": "#C4C4BE", "air": "#E3DAEE",
    "depleted": "#A7B58A", "removed": "#8C7A63", "other": "#EDEDE8", "immobile": "#E3C9A8", "pores": "#D6E6F2",
    "sorbed": "#B98745", "water": "#9CC6E8", "oil": "#4A4A4A",
}
DARKER = 0.88  # each further process of degradation
HEADROOM = 1.18
COLUMN = 46.0
LEADING = 9.2
SWATCH = 11.0
EXACT = 1e-12


def mass_budget(results: Any, species: str = "", *, lang: str = "en", width: int = 170, title: str | None = None
                ) -> MapFigure:
    """Return what became of all mass that entered: in water, sorbed, in oil, degraded, to wells, to rivers, ...

    Parameters
    ----------
    results : gwsolver.results.Results
    species : str
        Default: the first.
    lang : str
        "en", "ru", "kk" or "fr".
    width : int
        85 or 170 mm.
    title : str, optional
        Instead of the finding.

    Raises
    ------
    InputError
        If there is no such species, language or width, or if nothing entered.
    """
    check_width(width)
    words = language(lang)
    return draw_mass(mass_from_results(results, default_species(results, species), lang), words, width, title)


def draw_mass(scene: MassScene, words: Language, width: int = 170, title: str | None = None) -> MapFigure:
    """Return the figure of a scene."""
    with rc_context(SETTINGS):
        return _draw(scene, words, width, title)


def label(fate: Fate, words: Language) -> str:
    """Return a fate in words."""
    if fate.by:
        by = words.species(fate.by, {})
        return words("mass.degraded_by", by=by[:1].lower() + by[1:] if by[1:2].islower() else by)
    return words(f"mass.{fate.kind}")


def share(amount: float, total: float, words: Language) -> str:
    """Return a share in percent: whole from one on, "<1" below."""
    percent = 100.0 * amount / total
    text = "0" if percent < 0.05 else words.number(percent, 1) if percent < 1.0 else words.number(round(percent))
    return f"{text}\u00a0%"


def finding(scene: MassScene, words: Language) -> str:
    """Return the largest part at the end."""
    largest = max(scene.fates, key=lambda f: float(f.amounts[-1]))
    return words("mass.finding", species=titles.species_name(scene, words), fate=label(largest, words),
                 share=share(float(largest.amounts[-1]), float(scene.entered[-1]), words),
                 when=scene.scale.words(float(scene.at[-1]), words))


def _footnote(scene: MassScene, words: Language) -> str:
    unit = words.unit(scene.mass_unit)
    difference = scene.difference
    closes = words("mass.exact") if difference < EXACT else words("mass.differs", part=words.number(difference, 1))
    parts = [words("mass.sum", total=words.number(float(scene.entered[-1]), 3), unit=unit, closes=closes)]
    if scene.initial > 0.0:
        parts.append(words("mass.initial", amount=words.number(scene.initial, 3), unit=unit))
    parts.append(words("mass.times", count=scene.at.size - 1))
    return " ".join([*parts, titles.program_sentence(scene, words)])


def _colours(scene: MassScene) -> list[str | tuple[float, float, float]]:
    """Return a colour for each fate: each further process of degradation a little darker."""
    found: list[str | tuple[float, float, float]] = []
    seen = 0
    for fate in scene.fates:
        colour = COLOURS[fate.kind]
        if fate.kind == "degraded":
            r, g, b = (v * DARKER**seen for v in to_rgb(colour))
            found.append((r, g, b))
            seen += 1
        else:
            found.append(colour)
    return found


def _draw(scene: MassScene, words: Language, width: int, title: str | None) -> MapFigure:
    short = width == 85
    most = float(scene.entered.max())
    ticks = linear_ticks(most * 1.02, 5)
    texts = [words.number(v, 6) for v in ticks]
    reach = 5.5 + max(text_size(t)[0] for t in texts)
    wide = width * MM - reach - (4.0 if short else COLUMN * MM)
    shown = [] if short else _column_texts(scene, words)
    high = max((46.0 if short else 58.0) * MM, sum(LEADING * len(t) + 2.0 for t in shown))
    page = Page()
    span = (scene.scale.low, scene.scale.high)
    chart = Chart(page, (0.0, 0.0, wide, high), span, (0.0, HEADROOM * most), name="mass")
    chart.value_ticks(ticks, texts)
    chart.time_ticks(scene.scale, words)
    colours = _colours(scene)
    stack = np.cumsum([f.amounts for f in scene.fates], axis=0)
    lower = np.vstack([np.zeros(scene.at.size), stack[:-1]])
    for fate, colour, low, top in zip(scene.fates, colours, lower, stack, strict=True):
        chart.axes.fill_between(scene.at, low, top, facecolor=colour, edgecolor="white", linewidth=0.6, zorder=2,
                                gid=f"fate {fate.kind} {fate.by}".strip())
    chart.axes.plot(scene.at, scene.entered, color=INK, linewidth=1.5, zorder=5, gid="entered")
    obstacles = Obstacles((0.0, 0.0, wide, high))
    line = chart.points(scene.at, scene.entered)
    obstacles.line(line, 14.0)
    furniture.draw_banner(page, scene.status, words, obstacles, short)
    _name_line(page, line, words("mass.entered"), obstacles, wide)
    left, bottom = -reach, -21.0
    if short:
        bottom = _rows(page, scene, colours, words, left + 2.0, -20.0, wide + reach)
    else:
        _column(page, scene, colours, 0.5 * (lower + stack)[:, -1], chart, shown)
    right = left + width * MM
    text_left, text_right = left + 2.0, right - 2.0
    page.text(text_left, high + 3.0, words("mass.axis", unit=words.unit(scene.mass_unit)), colour=GREY_INK,
              name="mass unit")
    foot = wrap(_footnote(scene, words), text_right - text_left)
    below = furniture.draw_lines_below(page, foot, text_left, bottom, SMALL, 9.0, "left", "footnote")
    head = title if title is not None else finding(scene, words)
    subtitle = words("mass.subtitle", species=titles.species_in_text(scene, words),
                     first=scene.scale.words(scene.scale.low, words), last=scene.scale.words(scene.scale.high, words))
    subtitle = subtitle[:1].upper() + subtitle[1:]
    top_end = furniture.draw_head(page, head, subtitle, short, high + 10.0, text_left, text_right)
    return page.close(left, below + 4.0, right, top_end)


def _name_line(page: Page, line: np.ndarray, text: str, obstacles: Obstacles, wide: float) -> None:
    """Write what the upper line is, above it."""
    width, ascent, descent = text_size(text)
    x0 = np.linspace(3.0, max(wide - width - 3.0, 3.0), 40)
    y0 = np.array([line[(line[:, 0] >= x - 4.0) & (line[:, 0] <= x + width + 4.0), 1].max(initial=0.0) for x in x0])
    y0 = np.maximum(y0, np.interp(x0 + width, line[:, 0], line[:, 1])) + 2.5
    cost = obstacles.cost(x0, y0, width, ascent + descent) - 0.01 * x0
    best = int(np.argmin(cost))
    page.text(float(x0[best]), float(y0[best]) + descent, text, halo=2.0, name="entered label")


def _column_texts(scene: MassScene, words: Language) -> list[list[str]]:
    """Return the parts that are named with their shares, in lines that fit the column."""
    total = float(scene.entered[-1])
    room = COLUMN * MM - 16.0 - SWATCH - 3.0
    largest = max(scene.fates, key=lambda f: float(f.amounts[-1]))
    return [wrap(f"{label(f, words)}  {share(float(f.amounts[-1]), total, words)}", room, SMALL, f is largest)
            for f in scene.fates if scene.named(f)]


def _column(page: Page, scene: MassScene, colours: list[Any], ends: np.ndarray, chart: Chart,
            texts: list[list[str]]) -> None:
    """Write fates and their shares at the right end, spread so that they do not meet, with leaders."""
    x = chart.width + 14.0
    shown = [(f, c, float(e) / chart.y[1] * chart.height) for f, c, e in zip(scene.fates, colours, ends, strict=True)
             if scene.named(f)]
    largest = max(scene.fates, key=lambda f: float(f.amounts[-1]))
    heights = [LEADING * len(t) + 2.0 for t in texts]
    places = spread([end for _, _, end in shown], heights, chart.height)
    for (fate, colour, end), lines, y in zip(shown, texts, places, strict=True):
        page.line([chart.width + 1.0, x - 2.0], [end, y], color=GREY_INK, linewidth=0.5, zorder=6)
        page.patch(Rectangle((x, y - 3.3), SWATCH, 6.6, facecolor=colour, edgecolor="#8A8A86", linewidth=0.4), 26)
        base = y + 0.5 * LEADING * len(lines) - 7.0
        for text in lines:
            page.text(x + SWATCH + 3.0, base, text, bold=fate is largest, name=f"fate {fate.kind} {fate.by}".strip())
            base -= LEADING


def spread(wanted: list[float], heights: list[float], top: float) -> list[float]:
    """Return middles of boxes in the order given from below, as near to those wanted as they fit without meeting."""
    found: list[float] = []
    for i, (y, h) in enumerate(zip(wanted, heights, strict=True)):
        low = 0.5 * h if not found else found[-1] + 0.5 * (heights[i - 1] + h)
        found.append(max(y, low))
    over = top + 6.0
    for i in range(len(found) - 1, -1, -1):
        found[i] = min(found[i], over - 0.5 * heights[i])
        over = found[i] - 0.5 * heights[i]
    return found


def _rows(page: Page, scene: MassScene, colours: list[Any], words: Language, x: float, y: float, width: float) -> float:
    """Write fates below a narrow chart, from the top of the stack down; return the next baseline."""
    total = float(scene.entered[-1])
    for fate, colour in reversed(list(zip(scene.fates, colours, strict=True))):
        if not scene.named(fate):
            continue
        lines = wrap(label(fate, words), width - SWATCH - 40.0)
        page.patch(Rectangle((x, y - 1.0), SWATCH, 6.6, facecolor=colour, edgecolor="#8A8A86", linewidth=0.4), 26)
        page.text(x + width - 8.0, y, share(float(fate.amounts[-1]), total, words), ha="right",
                  name=f"share {fate.kind} {fate.by}".strip())
        for text in lines:
            page.text(x + SWATCH + 4.0, y, text, name=f"fate {fate.kind} {fate.by}".strip())
            y -= LEADING
        y -= 0.8
    return y - 2.0
