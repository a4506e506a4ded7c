"""A lake by years: its level with what others saw, its salinity, its water balance, over one time axis."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context

from gwsolver.maps import furniture, titles
from gwsolver.maps.charts.keys import LEADING, column_height, draw_column, draw_rows
from gwsolver.maps.charts.lake_panels import PANELS, Panel
from gwsolver.maps.charts.lake_scene import LakeScene, lake_from_results
from gwsolver.maps.page import GREY_INK, MM, SETTINGS, SMALL, MapFigure, Page, text_size, wrap
from gwsolver.maps.request import check_width
from gwsolver.maps.words import Language, language

COLUMN = 45.0  # mm
HEAD, GAP = 13.0, 9.0  # of a panel: its name above it, what stays free below
STEADY = 0.05  # a smaller change of level is none [m]


def lake_chart(
    results: Any, *, basins: Sequence[str] | None = None, years: Sequence[int] | None = None, lang: str = "en",
    width: int = 170, title: str | None = None,
) -> MapFigure:
    """Return level, salinity and water balance of a lake by years.

    Parameters
    ----------
    results : gwsolver.results.surface.SurfaceResults
    basins : sequence of str, optional
        Lakes or reservoirs; default: all lakes.
    years : (first, last), optional
        Default: all whole years of the run.
    lang : str
        "en", "ru", "kk" or "fr".
    width : int
        85 or 170 mm.
    title : str, optional
        Instead of the finding.

    Raises
    ------
    InputError
        If there is no such basin, year, language or width, or no lake.
    """
    check_width(width)
    words = language(lang)
    return draw_lake(lake_from_results(results, basins, years, lang), words, width, title)


def draw_lake(scene: LakeScene, words: Language, width: int = 170, title: str | None = None) -> MapFigure:
    """Return the figure of a scene."""
    with rc_context(SETTINGS):
        return _draw(scene, words, width, title)


def finding(scene: LakeScene, words: Language) -> str:
    """Return what the central line bears out: how often it is below the level that is wanted, or where it went."""
    line = scene.levels[0].values
    if len(scene.levels) > 1 or not np.isfinite(line).any():
        return words("lake.noun")
    known = np.flatnonzero(np.isfinite(line))
    first, last = (int(scene.years[known[i]]) for i in (0, -1))
    if scene.wanted:
        level = scene.wanted[0][0]
        count, lowest = int((line[known] < level).sum()), int(np.nanargmin(line))
        key = "never_below" if count == 0 else "always_below" if count == known.size else "below"
        low = words.number(float(line[lowest]), decimals=1)
        if float(low.replace(words.table["decimal"], ".")) == round(level, 1):
            low = words.number(float(line[lowest]), decimals=2)
        return words(f"lake.{key}", level=words.number(level), count=count, total=known.size, lowest=low,
                     year=int(scene.years[lowest]), first=first, last=last)
    change = float(line[known[-1]] - line[known[0]])
    if abs(change) < STEADY:
        return words("lake.stays", by=words.number(STEADY), first=first, last=last)
    key = "rises" if change > 0.0 else "falls"
    return words(f"lake.{key}", by=words.number(abs(change), decimals=1 if abs(change) >= 1.0 else 2), first=first,
                 last=last)


def _footnote(scene: LakeScene, words: Language) -> str:
    parts = []
    if any(dot.sigma > 0.0 for dot in scene.dots):
        parts.append(words("lake.sigma"))
    if scene.score is not None:
        key = "unskilled" if scene.score.rmse >= scene.score.constant else "skilled"
        parts.append(words(f"lake.{key}", count=scene.score.count))
    if scene.band is not None:
        parts.append(words("lake.band_note"))
    if scene.left and scene.members:
        parts.append(words("lake.left", left=scene.left, members=words.number(scene.members),
                           year=int(scene.years[-1])))
    if scene.members:
        parts.append(words("lake.case_note" if scene.central == "case" else "lake.mean_note"))
    return " ".join([*parts, titles.program_sentence(scene, words)])


def _draw(scene: LakeScene, words: Language, width: int, title: str | None) -> MapFigure:
    short = width == 85
    page = Page()
    panels = [make(scene, words, short) for make in PANELS]
    panels = [p for p in panels if p is not None]
    reach = max(5.5 + max(text_size(t)[0] for t in panel.tick_texts) for panel in panels)
    wide = width * MM - reach - (4.0 if short else COLUMN * MM)
    left, right = 2.0 - reach, width * MM - reach - 2.0
    y = 0.0
    for panel in panels:
        y -= _head_height(panel, left, right)
        lowest = panel is panels[-1]
        room = COLUMN * MM - 12.0
        high = panel.height if short else max(panel.height, column_height(panel.keys, room))
        part = page.part(0.0, y - high)
        panel.draw(part, (wide, high), lowest)
        _head(part, panel, left, high + 4.0, right)
        y -= high + (12.0 if lowest else 0.0)
        if short:
            y = draw_rows(page, panel.keys, left, y - 11.0, right - left) + 4.0
        else:
            draw_column(part, panel.keys, wide + 9.0, high, room, [e * high for e in panel.ends])
        y -= GAP
    below = furniture.draw_lines_below(page, wrap(_footnote(scene, words), right - left), left, y, SMALL, 9.0, "left",
                                       "footnote")
    head = title if title is not None else finding(scene, words)
    subtitle = words("lake.subtitle", names=", ".join(scene.names), first=int(scene.years[0]),
                     last=int(scene.years[-1]))
    top = furniture.draw_head(page, head, subtitle, short, 1.0, left, right)
    return page.close(-reach, below + 4.0, width * MM - reach, top)


def _unit_at(panel: Panel, left: float) -> float:
    """Return where the unit of a panel begins beside its name."""
    return left + text_size(panel.name, 7.5, bold=True)[0] + 5.0


def _head_height(panel: Panel, left: float, right: float) -> float:
    """Return what name and unit of a panel take above it: one line, or two."""
    beside = _unit_at(panel, left) + text_size(panel.unit)[0] <= right
    return HEAD if beside else HEAD + LEADING


def _head(page: Page, panel: Panel, left: float, y: float, right: float) -> None:
    """Write name and unit of a panel, side by side where there is room."""
    beside = _head_height(panel, left, right) == HEAD
    page.text(_unit_at(panel, left) if beside else left, y, panel.unit, colour=GREY_INK, name="panel unit")
    page.text(left, y if beside else y + LEADING, panel.name, size=7.5, bold=True, name="panel name")
