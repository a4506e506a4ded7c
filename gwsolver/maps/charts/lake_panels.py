"""The panels of the chart of a lake: level, salinity, water balance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from gwsolver.maps import furniture
from gwsolver.maps.charts.chart import Chart, round_ticks
from gwsolver.maps.charts.keys import DOT, LEADING, Key
from gwsolver.maps.charts.lake_balance import RIVER, Term
from gwsolver.maps.charts.lake_scene import Dot, LakeScene, Line
from gwsolver.maps.classes import PAPER
from gwsolver.maps.page import GREY_INK, INK, MM, Page, text_size, wrap
from gwsolver.maps.placing import HARD, Obstacles
from gwsolver.maps.words import Language

Floats = NDArray[np.float64]
Size = tuple[float, float]
# Line, band, dashes; told apart by dashes, and by their lightness.
LEVELS: tuple[tuple[str, str, Any], ...] = (
    ("#1F4E79", "#BFD6EA", "solid"), ("#5A3A16", "#E4D2B8", (0, (4, 1.6))), ("#23695C", "#C6E0DA", (0, (1.4, 1.1))),
)
SALINITIES: tuple[tuple[str, str, Any], ...] = (
    ("#23695C", "#BFE0D8", (0, (4, 1.6))), ("#7E3A06", "#EBCDAD", "solid"), ("#3F3F3F", "#DADAD6", (0, (1.4, 1.1))),
)
RIVERS = ("#1F4E79", "#8DB5D8", "#3A73A6")  # L* 32, 72, 47
COLOURS = {  # L* 68, 88, 76, 60, 46, 32, 17, 52, 90: neighbours of a stack differ by 12 at least
    "rivers": "#82A9C4", "rain": "#CFE0EE", "evaporation": "#E0B36A", "bank": "#A08F6E", "strait": "#6F6D6A",
    "withdrawal": "#6E3F2A", "ground water": "#2B2B2B", "outflow": "#567F8F", "other": "#E4E4DE",
}
TINT, TINT_EDGE = "#ECECE6", "#A9A9A3"  # of a period: paper that is a little darker
NARROWEST = 0.2  # part of the time axis that the name of a period needs
BAR = 0.82  # of a year
HEADROOM = 0.17  # of the level's panel, for the banner
KM3, MILLION = 1e9, 1e6


@dataclass(frozen=True)
class Panel:
    """One panel: its words, its keys, and what draws it on a page with (width, height), the lowest with its years."""

    name: str
    unit: str
    keys: tuple[Key, ...]
    tick_texts: tuple[str, ...]
    height: float
    draw: Callable[[Page, Size, bool], None]
    ends: tuple[float, ...] = ()  # parts of the height at which lines end, for their keys


def _ticks(low: float, high: float, count: int, words: Language) -> tuple[list[float], tuple[str, ...]]:
    values = round_ticks(low, high, count)
    return values, tuple(words.number(round(v, 9), 6) for v in values)


def _span(arrays: Sequence[Any]) -> tuple[float, float]:
    """Return the smallest and the largest of all values."""
    values = np.concatenate([np.ravel(np.asarray(a, float)) for a in arrays if a is not None])
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)


def _chart(page: Page, size: Size, scene: LakeScene, words: Language, y: tuple[float, float],
           ticks: tuple[list[float], tuple[str, ...]], name: str, lowest: bool) -> Chart:
    """Draw an empty panel: axes, and the periods that are marked."""
    chart = Chart(page, (0.0, 0.0, *size), (scene.scale.low, scene.scale.high), y, name=name)
    for first, last, _ in scene.periods:
        chart.axes.axvspan(first, last + 1, facecolor=TINT, edgecolor="none", zorder=1, gid="period")
        for end in (first, last + 1):
            chart.axes.plot([end] * 2, y, color=TINT_EDGE, linewidth=0.6, linestyle=(0, (1.2, 1.6)), zorder=1.4,
                            gid="period end")
    chart.value_ticks(ticks[0], list(ticks[1]))
    chart.time_ticks(scene.scale, words, lowest)
    return chart


def _named_inside(first: int, last: int, scene: LakeScene, short: bool) -> bool:
    """Tell whether a period is wide enough for its name; else it has a key."""
    return not short and last + 1 - first >= NARROWEST * scene.years.size


def _period_text(first: int, last: int, title: str) -> str:
    return f"{title}, {first}–{last}" if last > first else f"{title}, {first}"


def _name_period(page: Page, chart: Chart, first: float, last: float, text: str, obstacles: Obstacles) -> None:
    """Write what happened into the years in which it did, as high as it covers least."""
    x0, x1 = (float(v) for v in chart.points(np.array([first, last]), np.array(chart.y))[:, 0])
    lines = wrap(text, x1 - x0 - 4.0)
    width = max(text_size(line)[0] for line in lines)
    height = LEADING * len(lines)
    left = 0.5 * (x0 + x1 - width)
    low = np.arange(2.0, chart.height - height - 2.0, 1.5)
    cost = obstacles.cost(np.full(low.size, left), low, width, height) + 0.05 * (chart.height - low)
    y = float(low[int(np.argmin(cost))])
    obstacles.block((left, y, left + width, y + height), pad=1.0)
    for i, line in enumerate(lines):
        page.text(0.5 * (x0 + x1), y + height - LEADING * (i + 1) + 2.0, line, ha="center", colour=GREY_INK, halo=2.0,
                  name="period")


def _bands(chart: Chart, scene: LakeScene, lines: Sequence[Line], styles: Sequence[tuple[str, str, Any]],
           quantity: str) -> None:
    for line, (_, tint, _) in zip(lines, styles, strict=True):
        if line.low is not None and line.high is not None:
            chart.axes.fill_between(scene.at, line.low, line.high, facecolor=tint, edgecolor="none", zorder=3,
                                    gid=f"{quantity} band")
    for line, (colour, _, dash) in zip(lines, styles, strict=True):
        chart.axes.plot(scene.at, line.values, color=colour, linestyle=dash, linewidth=1.6, zorder=8,
                        dash_capstyle="butt", gid=quantity,
                        path_effects=[withStroke(linewidth=2.6, foreground=PAPER)] if dash == "solid" else None)


def _styles(styles: tuple[tuple[str, str, Any], ...], count: int) -> list[tuple[str, str, Any]]:
    return [styles[i % len(styles)] for i in range(count)]


def level_panel(scene: LakeScene, words: Language, short: bool) -> Panel:
    """Return the panel of levels."""
    dots = [v for d in scene.dots for v in (d.level - d.sigma, d.level + d.sigma)]
    low, high = _span([*(a for s in scene.levels for a in (s.values, s.low, s.high)), dots,
                       [level for level, _ in scene.wanted]])
    pad = 0.06 * max(high - low, 0.1)
    low, high = low - pad, high + pad
    high = low + (high - low) / (1.0 - HEADROOM)
    ticks, texts = _ticks(low, high, 7, words)
    styles = _styles(LEVELS, len(scene.levels))

    def draw(page: Page, size: Size, lowest: bool) -> None:
        chart = _chart(page, size, scene, words, (low, high), (ticks, texts), "level", lowest)
        obstacles = Obstacles((0.0, 0.0, *size))
        _bands(chart, scene, scene.levels, styles, "level")
        for line in scene.levels:
            points = chart.points(scene.at, line.values)
            obstacles.line(points[np.isfinite(points).all(axis=1)], 12.0)
        for level, _ in scene.wanted:
            chart.axes.plot(chart.x, [level] * 2, color=INK, linewidth=1.9, zorder=7, gid="wanted line")
            y = float(chart.points(np.array([chart.x[0]]), np.array([level]))[0, 1])
            obstacles.line(np.array([(0.0, y), (size[0], y)]), 14.0)
        for dot in scene.dots:
            _dot(page, chart, dot, obstacles)
        furniture.draw_banner(page, scene.status, words, obstacles, short)
        for level, title in scene.wanted:
            few = words("lake.wanted_short", level=words.number(level))
            _on_line(page, chart, level, [few] if short else [_wanted_text(level, title, words), few], obstacles)
        for first, last, text in scene.periods:
            if _named_inside(first, last, scene, short):
                _name_period(page, chart, first, last + 1.0, _period_text(first, last, text), obstacles)

    unit = words("lake.level_unit" if scene.heights else "lake.level_unit_plain", heights=scene.heights)
    return Panel(words("lake.level"), unit, tuple(_level_keys(scene, words, styles, short)), texts,
                 (40.0 if short else 46.0) * MM, draw)


def _wanted_text(level: float, title: str, words: Language) -> str:
    return words("lake.wanted_titled" if title else "lake.wanted", level=words.number(level), title=title)


def _level_keys(scene: LakeScene, words: Language, styles: list[tuple[str, str, Any]], short: bool) -> list[Key]:
    several = len(scene.levels) > 1
    central = words(f"lake.{scene.central}")
    keys = [Key("line", f"{line.name}, {central}" if several else central, "key level", colour, dash)
            for line, (colour, _, dash) in zip(scene.levels, styles, strict=True)]
    if scene.band is not None:
        keys.append(Key("patch", words("lake.band", low=scene.band[0], high=scene.band[1],
                                       members=words.number(scene.members)),
                        "key band", styles[0][1]))
    if any(dot.checked for dot in scene.dots):
        keys.append(Key("filled", words("lake.published"), "key published"))
    if any(not dot.checked for dot in scene.dots):
        keys.append(Key("open", words("lake.recalled"), "key recalled"))
    keys += [Key("patch", _period_text(*period), "key period", TINT) for period in scene.periods
             if not _named_inside(*period[:2], scene, short)]
    if short:  # the line itself has room for its number alone
        keys += [Key("line", _wanted_text(level, title, words), "key wanted", weight=1.9)
                 for level, title in scene.wanted]
    if scene.score is not None:
        score = scene.score
        text = words("lake.score", rmse=words.number(score.rmse, decimals=2), bias=_signed(score.bias, words),
                     constant=words.number(score.constant, decimals=2))
        if score.inside is not None:
            text += "; " + words("lake.inside", inside=score.inside, count=score.count)
        keys.append(Key("", text, "score"))
    return keys


def _signed(value: float, words: Language) -> str:
    text = words.number(value, decimals=2)
    return f"+{text}" if value > 0.0 else text


def _dot(page: Page, chart: Chart, dot: Dot, obstacles: Obstacles) -> None:
    """Draw an observed level with its standard error."""
    x, y = (float(v) for v in chart.points(np.array([dot.at]), np.array([dot.level]))[0])
    half = dot.sigma / (chart.y[1] - chart.y[0]) * chart.height
    if half > 0.0:
        page.line([x, x], [y - half, y + half], color=INK, linewidth=0.8, zorder=9, gid="sigma")
        for end in (y - half, y + half):
            page.line([x - 1.6, x + 1.6], [end] * 2, color=INK, linewidth=0.8, zorder=9, gid="sigma")
    page.patch(Circle((x, y), DOT, edgecolor=INK, linewidth=1.0, facecolor=INK if dot.checked else "white",
                      gid="published" if dot.checked else "recalled"), 10)
    obstacles.block((x - DOT, y - max(half, DOT), x + DOT, y + max(half, DOT)))


def _on_line(page: Page, chart: Chart, level: float, texts: Sequence[str], obstacles: Obstacles) -> None:
    """Write what a level is below or above its line, where it covers least; the first text that covers no dot."""
    y = float(chart.points(np.array([chart.x[0]]), np.array([level]))[0, 1])
    for text in texts:
        width, ascent, descent = text_size(text, 7.5, bold=True)
        height = ascent + descent
        steps = np.linspace(3.0, max(chart.width - width - 3.0, 3.0), 40)
        x0 = np.tile(steps, 2)
        y0 = np.repeat([y - height - 2.0, y + 2.0], steps.size)
        cost = obstacles.cost(x0, y0, width, height) + 0.02 * x0
        best = int(np.argmin(cost))
        if cost[best] < HARD:
            break
    page.text(float(x0[best]), float(y0[best]) + descent, text, size=7.5, bold=True, halo=2.2, name="wanted label")
    obstacles.block((x0[best], y0[best], x0[best] + width, y0[best] + height), pad=1.0)


def salinity_panel(scene: LakeScene, words: Language, short: bool) -> Panel | None:
    """Return the panel of salinities; None where all water is fresh."""
    _, most = _span([a for s in scene.salinities for a in (s.values, s.high)])
    if not most > 0.0 or not any(np.isfinite(s.values).any() for s in scene.salinities):
        return None
    high = 1.12 * most
    ticks, texts = _ticks(0.0, high, 5, words)
    styles = _styles(SALINITIES, len(scene.salinities))

    def draw(page: Page, size: Size, lowest: bool) -> None:
        chart = _chart(page, size, scene, words, (0.0, high), (ticks, texts), "salinity", lowest)
        _bands(chart, scene, scene.salinities, styles, "salinity")

    last = [float(s.values[np.isfinite(s.values)][-1]) if np.isfinite(s.values).any() else 0.0
            for s in scene.salinities]
    order = sorted(range(len(last)), key=lambda i: -last[i])
    keys = [Key("line", scene.salinities[i].name, "key salinity", styles[i][0], styles[i][2]) for i in order]
    return Panel(words("lake.salinity"), words("lake.salinity_unit", unit=words.unit("g/L")), tuple(keys), texts,
                 24.0 * MM, draw, tuple(last[i] / high for i in order))


def balance_panel(scene: LakeScene, words: Language, short: bool) -> Panel:
    """Return the panel of gains and losses."""
    factor, unit = _amount(scene.terms)
    heights = [t.values / factor for t in scene.terms]
    up = np.sum([np.clip(np.nan_to_num(h), 0.0, None) for h in heights], axis=0)
    down = np.sum([np.clip(np.nan_to_num(h), None, 0.0) for h in heights], axis=0)
    low, high = _span([[0.0], up, down, scene.change / factor])
    pad = 0.06 * max(high - low, 1e-9)
    low, high = low - pad, high + pad
    ticks, texts = _ticks(low, high, 5, words)
    colours = colours_of(scene.terms)

    def draw(page: Page, size: Size, lowest: bool) -> None:
        chart = _chart(page, size, scene, words, (low, high), (ticks, texts), "balance", lowest)
        above, below = np.zeros(scene.years.size), np.zeros(scene.years.size)
        for term, height, colour in zip(scene.terms, heights, colours, strict=True):
            known = np.nan_to_num(height)
            bars = chart.axes.bar(scene.at, known, bottom=np.where(known > 0.0, above, below), width=BAR, color=colour,
                                  edgecolor=PAPER, linewidth=0.2, zorder=4)
            for bar in bars:
                bar.set_gid(f"{term.kind} {term.name}".strip())
            above, below = above + np.clip(known, 0.0, None), below + np.clip(known, None, 0.0)
        chart.axes.plot(chart.x, [0.0, 0.0], color=INK, linewidth=0.8, zorder=6, gid="zero")
        chart.axes.plot(scene.at, scene.change / factor, color=INK, linewidth=1.2, zorder=8, gid="storage change",
                        path_effects=[withStroke(linewidth=2.8, foreground=PAPER)])

    named = list(zip(scene.terms, colours, strict=True))
    gains = [(t, c) for t, c in named if np.nanmean(t.values) > 0.0]
    losses = [(t, c) for t, c in named if not np.nanmean(t.values) > 0.0]
    keys = [Key("patch", term_text(t, words), f"key {t.kind} {t.name}".strip(), c) for t, c in reversed(gains)]
    keys.append(Key("line", words("lake.change"), "key change", weight=1.2))
    keys += [Key("patch", term_text(t, words), f"key {t.kind} {t.name}".strip(), c) for t, c in losses]
    return Panel(words("lake.balance"), words("lake.balance_unit", unit=words(f"lake.{unit}")), tuple(keys), texts,
                 (34.0 if short else 40.0) * MM, draw)


def _amount(terms: Sequence[Term]) -> tuple[float, str]:
    """Return the unit of amounts of water, in m3."""
    _, most = _span([np.abs(t.values) for t in terms] or [[0.0]])
    return (KM3, "km3") if most >= 0.1 * KM3 else (MILLION, "million")


def colours_of(terms: Sequence[Term]) -> list[str]:
    """Return a colour for each term; rivers take theirs in turn."""
    rivers = iter(RIVERS)
    return [next(rivers) if t.kind == RIVER else COLOURS[t.kind] for t in terms]


def term_text(term: Term, words: Language) -> str:
    """Return a term in words."""
    if term.kind == RIVER:
        return term.name
    if term.kind == "rivers" and term.name:
        return words("lake.other_rivers")
    return words(f"lake.{term.kind.replace(' ', '_')}", name=term.name)


PANELS: tuple[Callable[[LakeScene, Language, bool], Panel | None], ...] = (level_panel, salinity_panel, balance_panel)
