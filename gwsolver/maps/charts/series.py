"""Concentration against time at receptors: one chart, or small multiples where more than five are to be drawn."""

import math
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke

from gwsolver.maps import furniture, titles
from gwsolver.maps.charts.chart import Chart, decades
from gwsolver.maps.charts.series_scene import Series, SeriesScene, series_from_results
from gwsolver.maps.classes import PAPER
from gwsolver.maps.page import GREY_INK, INK, MM, SETTINGS, SMALL, MapFigure, Page, text_size, wrap
from gwsolver.maps.placing import HARD, Obstacles
from gwsolver.maps.request import check_width, default_species
from gwsolver.maps.scene import Subject
from gwsolver.maps.words import Language, language

MOST_IN_ONE = 5
# Dark enough for thin lines in grey; told apart by dashes and by their labels, not by hue.
STYLES: tuple[tuple[str, Any], ...] = (
    ("#8A2522", "solid"), ("#1F4E79", (0, (6, 1.6))), ("#B35A1F", (0, (1.4, 1.1))),
    ("#3F3F3F", (0, (5, 1.4, 1.2, 1.4))), ("#23695C", (0, (9, 2.5))),
)
TINT = "#F7EEE3"
COLUMN = 41.0
GUTTER = 6.0
FREE = 100.0  # a moment beside its mark may not cost more


def receptor_series(
    results: Any, species: str = "", *, receptors: list[str] | tuple[str, ...] | None = None,
    limit: float | str | None = None, lang: str = "en", width: int = 170, title: str | None = None,
) -> MapFigure:
    """Return concentration against time at receptors, with the limit and when it is passed.

    Parameters
    ----------
    results : gwsolver.results.Results
    species : str
        Default: the first.
    receptors : list of str, optional
        Names; default: all of the case, or the model's wells if it names none.
    limit : float or str, optional
        Instead of the case's limit.
    lang : str
        "en", "ru", "kk" or "fr".
    width : int
        85 or 170 mm.
    title : str, optional
        Instead of the finding.

    Raises
    ------
    InputError
        If there is no such species, receptor, limit, language or width.
    """
    check_width(width)
    words = language(lang)
    scene = series_from_results(results, default_species(results, species), receptors, limit, lang)
    return draw_series(scene, words, width, title)


def draw_series(scene: SeriesScene, words: Language, width: int = 170, title: str | None = None) -> MapFigure:
    """Return the figure of a scene."""
    with rc_context(SETTINGS):
        page = Page()
        draw = _one if len(scene.drawn) <= MOST_IN_ONE else _multiples
        left, bottom, base = draw(page, scene, words, width)
        right = left + width * MM
        text_left, text_right = left + 2.0, right - 2.0
        below = furniture.draw_lines_below(page, wrap(_footnote(scene, words), text_right - text_left), text_left,
                                           bottom, SMALL, 9.0, "left", "footnote")
        head = title if title is not None else finding(scene, words)
        top = furniture.draw_head(page, head, _subtitle(scene, words), width == 85, base, text_left, text_right)
        return page.close(left, below + 4.0, right, top)


def finding(scene: SeriesScene, words: Language) -> str:
    """Return what the series bear out: who passes the limit, and who first."""
    name = titles.species_name(scene, words)
    if scene.limit is None:
        return words("series.noun", species=name)
    hits = [(s.above(scene.limit)[0][0], s) for s in scene.series if s.above(scene.limit)]
    total = len(scene.series)
    if not hits and total == 1:
        return words("series.none_single", species=name, name=scene.series[0].name)
    if not hits:
        return words("series.none", species=name, total=total)
    when, first = min(hits, key=lambda h: h[0])
    texts = {"species": name, "name": first.name, "when": scene.scale.words(when, words)}
    if total == 1:
        return words("series.single", **texts)
    return words("series.some", **texts, count=len(hits), total=total)


def _subtitle(scene: SeriesScene, words: Language) -> str:
    text = words("series.subtitle", species=titles.species_name(scene, words), unit=words.unit(scene.unit),
                 first=scene.scale.words(scene.scale.low, words), last=scene.scale.words(scene.scale.high, words))
    return text[:1].upper() + text[1:]


def _footnote(scene: SeriesScene, words: Language) -> str:
    parts = []
    if scene.unseen:
        parts.append(words("series.unseen", floor=words.number(scene.floor, 2), unit=words.unit(scene.unit),
                           names=", ".join(s.name for s in scene.unseen)))
    parts.append(words("series.note"))
    if scene.limit is not None:
        parts += [words("series.circle"), titles.limit_sentence(scene, words)]
    return " ".join([*parts, titles.program_sentence(scene, words)])


def summary(series: Series, scene: SeriesScene, words: Language) -> list[str]:
    """Return what one receptor sees, in short lines: when above the limit, its peak, how far away it is."""
    lines = []
    if scene.limit is not None:
        spans = series.above(scene.limit)
        if not spans:
            lines.append(words("series.never"))
        elif len(spans) > 1:
            lines.append(words("series.spans", count=len(spans), first=scene.scale.words(spans[0][0], words)))
        elif spans[0][1] >= float(series.at[-1]):
            lines.append(words("series.since", first=scene.scale.words(spans[0][0], words)))
        else:
            lines.append(words("series.span", first=scene.scale.words(spans[0][0], words),
                               last=scene.scale.words(spans[0][1], words)))
    at, value = series.peak
    lines.append(words("series.peak", value=words.number(value, 2), when=scene.scale.words(at, words)))
    if math.isfinite(series.distance) and scene.length_unit:
        lines.append(words("series.distance", distance=titles.length(series.distance, scene.length_unit, words)))
    return lines


def _range(scene: SeriesScene, headroom: float = 0.14) -> tuple[float, float]:
    """Return the ends of the value axis; `headroom`, the upper part of it, stays free for the banner."""
    top = max(1.3 * scene.maximum, 3.0 * (scene.limit or 0.0), 20.0 * scene.floor)
    return scene.floor, float(scene.floor * (top / scene.floor) ** (1.0 / (1.0 - headroom)))


def _value_texts(values: list[float], words: Language) -> list[str]:
    return [words.number(v, 2) for v in values]


def _chart(page: Page, rect: tuple[float, float, float, float], scene: SeriesScene, words: Language,
           labels: tuple[bool, bool], name: str, headroom: float = 0.14) -> Chart:
    """Draw the empty chart: axes, the part above the limit, the limit."""
    chart = Chart(page, rect, (scene.scale.low, scene.scale.high), _range(scene, headroom), log=True, name=name)
    ticks = decades(*chart.y)
    chart.value_ticks(ticks, _value_texts(ticks, words) if labels[1] else [""] * len(ticks))
    chart.time_ticks(scene.scale, words, labels[0])
    if scene.limit is not None:
        chart.axes.axhspan(scene.limit, chart.y[1], facecolor=TINT, edgecolor="none", zorder=1)
        chart.axes.plot(chart.x, [scene.limit] * 2, color=INK, linewidth=1.9, zorder=7, gid="limit line")
    return chart


def _line(chart: Chart, series: Series, colour: str, dash: Any, obstacles: Obstacles) -> None:
    """Draw one receptor, and where it first passes the limit."""
    floor = chart.y[0] * 1e-3
    values = np.where(np.isfinite(series.values), np.maximum(series.values, floor), np.nan)
    chart.axes.plot(series.at, values, color=colour, linestyle=dash, linewidth=1.5, zorder=8, dash_capstyle="butt",
                    gid=f"series {series.name}",
                    path_effects=[withStroke(linewidth=2.6, foreground=PAPER)] if dash == "solid" else None)
    points = chart.points(series.at, values)
    for piece in np.split(points, np.flatnonzero(np.isnan(points[:, 1]))):
        piece = piece[np.isfinite(piece).all(axis=1)]
        if len(piece) > 1:
            obstacles.line(piece, 12.0)


def _arrivals(page: Page, chart: Chart, scene: SeriesScene, styled: list[tuple[Series, str]], words: Language,
              obstacles: Obstacles) -> None:
    """Mark where receptors first pass the limit, with the moment beside the mark where there is room."""
    found = []
    for series, colour in styled:
        if scene.limit is None or not series.above(scene.limit):
            continue
        first = series.above(scene.limit)[0][0]
        x, y = (float(v) for v in chart.points(np.array([first]), np.array([scene.limit]))[0])
        page.line([x, x], [0.0, y], color=colour, linewidth=0.8, linestyle=(0, (3, 2)), zorder=6, gid="arrival")
        page.patch(Circle((x, y), 2.5, facecolor="white", edgecolor=colour, linewidth=1.2, gid="arrival mark"), 10)
        obstacles.line(np.array([(x, 0.0), (x, y)]), 6.0)
        obstacles.block((x - 2.5, y - 2.5, x + 2.5, y + 2.5))
        found.append((series.name, scene.scale.words(first, words), colour, x, y))
    for name, text, colour, x, y in found:
        width, ascent, descent = text_size(text)
        best = obstacles.beside(x, y, (3.2, 3.2), width, ascent + descent)
        if best.cost < FREE and best.leader is None:
            page.text(best.box[0], best.box[1] + descent, text, colour=colour, halo=2.0, name=f"arrival {name}")
            obstacles.block(best.box, pad=1.0)


def limit_label(page: Page, chart: Chart, scene: Subject, words: Language, obstacles: Obstacles) -> None:
    """Write the limit below or above its line, where it covers least."""
    if scene.limit is None:
        return
    text = words("legend.limit_label", limit=words.number(scene.limit), unit=words.unit(scene.unit))
    size, bold = (7.5, True)
    width, ascent, descent = text_size(text, size, bold)
    height = ascent + descent
    y = float(chart.points(np.array([chart.x[0]]), np.array([scene.limit]))[0, 1])
    steps = np.linspace(3.0, max(chart.width - width - 3.0, 3.0), 30)
    x0 = np.concatenate([steps, steps])
    y0 = np.concatenate([np.full(steps.size, y - height - 2.0), np.full(steps.size, y + 2.0)])
    cost = obstacles.cost(x0, y0, width, height) + 0.02 * (chart.width - x0)
    best = int(np.argmin(cost))
    page.text(x0[best], y0[best] + descent, text, size=size, bold=bold, halo=2.0, name="limit label")
    obstacles.block((x0[best], y0[best], x0[best] + width, y0[best] + height), pad=1.0)


def _name_label(page: Page, chart: Chart, series: Series, colour: str, obstacles: Obstacles, bold: bool) -> None:
    """Write the receptor's name beside its line: at the peak, or where there is room."""
    width, ascent, descent = text_size(series.name, 7.5, bold)
    points = chart.points(series.at, np.maximum(np.nan_to_num(series.values, nan=0.0), chart.y[0] * 1e-3))
    inside = np.flatnonzero((points[:, 1] > 3.0) & (points[:, 1] < chart.height))
    if not inside.size:
        return
    best = None
    for share in np.linspace(0.05, 0.95, 15):
        x, y = points[inside[int(share * (inside.size - 1))]]
        spot = obstacles.beside(float(x), float(y), (1.0, 1.0), width, ascent + descent)
        if best is None or spot.cost < best.cost:
            best = spot
    if best is None or best.cost >= HARD:
        return
    if best.leader is not None:
        a = best.leader
        page.line([a[0], a[2]], [a[1], a[3]], color=colour, linewidth=0.5, zorder=9)
    page.text(best.box[0], best.box[1] + descent, series.name, size=7.5, bold=bold, colour=colour, halo=2.2,
              name=f"label {series.name}")
    obstacles.block(best.box, pad=1.0)


def _one(page: Page, scene: SeriesScene, words: Language, width: int) -> tuple[float, float, float]:
    """Draw all receptors in one chart; return left of the page, next baseline below, top of the chart."""
    short = width == 85
    ticks = decades(*_range(scene))
    reach = 5.5 + max(text_size(t)[0] for t in _value_texts(ticks, words))
    wide = width * MM - reach - (3.0 if short else COLUMN * MM + 8.0)
    high = 52.0 * MM if short else 66.0 * MM
    chart = _chart(page, (0.0, 0.0, wide, high), scene, words, (True, True), "chart")
    obstacles = Obstacles((0.0, 0.0, wide, high))
    styled = list(zip(scene.drawn, STYLES, strict=False))
    if scene.limit is not None:
        y = float(chart.points(np.array([chart.x[0]]), np.array([scene.limit]))[0, 1])
        obstacles.line(np.array([(0.0, y), (wide, y)]), 14.0)
    for series, (colour, dash) in styled:
        _line(chart, series, colour, dash, obstacles)
    furniture.draw_banner(page, scene.status, words, obstacles, short)
    _arrivals(page, chart, scene, [(series, colour) for series, (colour, _) in styled], words, obstacles)
    for series, (colour, _) in styled:
        _name_label(page, chart, series, colour, obstacles, _passes(series, scene))
    limit_label(page, chart, scene, words, obstacles)
    left = -reach
    bottom = -12.0
    if short:
        y = bottom - 8.0
        for series, (colour, dash) in styled:
            lines = wrap(f"{series.name}: " + "; ".join(summary(series, scene, words)), wide - 18.0)
            page.line([left + 2.0, left + 17.0], [y + 2.6] * 2, color=colour, linestyle=dash, linewidth=1.5, zorder=26)
            for line in lines:
                page.text(left + 21.0, y, line, name="summary")
                y -= 8.9
            y -= 1.5
        return left, y - 2.0, high
    _column(page, scene, styled, words, wide + 8.0, high, COLUMN * MM - 2.0)
    return left, bottom - 9.0, high


def _passes(series: Series, scene: SeriesScene) -> bool:
    """Tell whether a receptor is ever above the limit."""
    return scene.limit is not None and bool(series.above(scene.limit))


def _column(page: Page, scene: SeriesScene, styled: list[tuple[Series, tuple[str, Any]]], words: Language, x: float,
            top: float, width: float) -> None:
    y = top - 1.0
    for series, (colour, dash) in styled:
        page.line([x, x + 15.0], [y - 5.0] * 2, color=colour, linestyle=dash, linewidth=1.5, zorder=26)
        for line in wrap(series.name, width - 19.0, 7.5, _passes(series, scene)):
            y -= 8.0
            page.text(x + 19.0, y, line, size=7.5, bold=_passes(series, scene), name="summary name")
            y -= 1.5
        for line in (part for text in summary(series, scene, words) for part in wrap(text, width)):
            y -= 8.0
            page.text(x, y, line, colour=GREY_INK, name="summary")
            y -= 0.9
        y -= 4.5


def _multiples(page: Page, scene: SeriesScene, words: Language, width: int) -> tuple[float, float, float]:
    """Draw a small chart for each receptor, all with the same axes."""
    short = width == 85
    columns = 2 if short else 3
    ticks = decades(*_range(scene))
    reach = 5.5 + max(text_size(t)[0] for t in _value_texts(ticks, words))
    wide = (width * MM - reach - 4.0 - (columns - 1) * GUTTER * MM) / columns
    high = 26.0 * MM if short else 31.0 * MM
    shown = scene.drawn
    rows = math.ceil(len(shown) / columns)
    heads = [[part for text in summary(s, scene, words)[:2] for part in wrap(text, wide)] for s in shown]
    names = [wrap(s.name, wide, 7.5, True) for s in shown]
    head = 4.0 + max(9.5 * len(n) + 8.9 * len(h) for n, h in zip(names, heads, strict=True))
    step = high + head + 16.0
    for i, series in enumerate(shown):
        column, row = i % columns, i // columns
        x, y = column * (wide + GUTTER * MM), (rows - 1 - row) * step
        lowest = i + columns >= len(shown)
        part = page.part(x, y)
        chart = _chart(part, (0.0, 0.0, wide, high), scene, words, (lowest, column == 0), f"chart {series.name}", 0.03)
        obstacles = Obstacles((0.0, 0.0, wide, high))
        _line(chart, series, STYLES[0][0], "solid", obstacles)
        if i == 0:
            limit_label(part, chart, scene, words, obstacles)
        _arrivals(part, chart, scene, [(series, STYLES[0][0])], words, obstacles)
        line = high + head - 9.5
        for text in names[i]:
            part.text(0.0, line, text, size=7.5, bold=True, name="panel name")
            line -= 9.5
        for text in heads[i]:
            part.text(0.0, line, text, colour=GREY_INK, name="panel summary")
            line -= 8.9
    top = (rows - 1) * step + high + head
    top += furniture.draw_banner_strip(page, scene.status, words, short, 2.0 - reach, top)
    return -reach, -21.0, top
