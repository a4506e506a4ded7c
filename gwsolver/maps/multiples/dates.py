"""The plume at several dates: small maps of one extent, classes and limit line as in the plume map."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
from matplotlib import rc_context

from gwsolver.core.errors import InputError, Problem
from gwsolver.maps import furniture, layers, legend, titles
from gwsolver.maps.classes import Classes, classes_for
from gwsolver.maps.from_results import in_plan, pick_species, scene_from_results
from gwsolver.maps.layers import Drawn, Frame
from gwsolver.maps.multiples.panels import RASTER_MM, Layout, Paint, Panel, coordinates_below, draw_panels, layout
from gwsolver.maps.page import MM, SETTINGS, SMALL, MapFigure, Page, wrap
from gwsolver.maps.request import check_width, default_species
from gwsolver.maps.scene import PlumeScene, Site
from gwsolver.maps.surface import Surface
from gwsolver.maps.window import Window, choose_window
from gwsolver.maps.words import Language, language

USUAL, MOST = 4, 6
REACH = 14.0
RATIOS = (2.2, 1.8, 1.45, 1.1)


def plume_dates(
    results: Any, species: str = "", *, times: Sequence[float | str | date | datetime] = (), layer: int | str = "max",
    limit: float | str | None = None, lang: str = "en", width: int = 170, title: str | None = None,
) -> MapFigure:
    """Return the plume at several dates as small maps of one extent.

    Parameters
    ----------
    results : gwsolver.results.Results
    species : str
        Default: the first.
    times : sequence, optional
        Two to six model times or ISO dates; default: four saved ones from the first to the last with a plume.
    layer, limit, lang, width, title
        As for `plume_map`.

    Raises
    ------
    InputError
        If there is no such species, time, layer, limit, language or width, or if the times are not two to six.
    """
    check_width(width)
    words = language(lang)
    name = pick_species(results, default_species(results, species))
    chosen = list(times) or usual_times(results, name)
    if not 2 <= len(chosen) <= MOST:
        raise InputError([Problem("times", package="plume_dates", value=", ".join(map(str, chosen)) or "none",
                                  allowed=f"2 to {MOST} of them",
                                  hint="Save concentrations more often (OC), or draw a plume_map.")])
    scenes = [scene_from_results(results, name, time=t, layer=layer, limit=limit, lang=lang) for t in chosen]
    return draw_dates(scenes, words, width, title)


def usual_times(results: Any, species: str) -> list[float]:
    """Return up to four saved times, evenly from the first to the last at which there is a plume worth drawing."""
    field = results.concentration(species)
    grid = results.grid_of(species)
    times = np.asarray(field["time"].values, float)
    law = next((x.value for x in results.case.limits if x.species.lower() == species.lower()), None)
    largest = np.array([np.nanmax(in_plan(grid, np.asarray(f.values, float).ravel()[grid.node], None, np.fmax))
                        for f in field])
    floor = classes_for(law, float(largest.max())).floor
    seen = np.flatnonzero(largest >= floor)
    use = np.arange(seen[0], seen[-1] + 1) if seen.size > 1 else np.arange(times.size)
    picked = np.unique(np.round(np.linspace(0, use.size - 1, USUAL)).astype(int))
    return [float(t) for t in times[use[picked]]]


def area_above(scene: PlumeScene) -> float:
    """Return the plan area above the limit [L**2]."""
    assert scene.limit is not None
    high = np.nan_to_num(scene.concentration, nan=-1.0) > scene.limit
    if scene.grid.kind == "disu":
        # Nodes above each other share their largest value: each stack counts once.
        _, first = np.unique(np.round(np.column_stack([scene.grid.x, scene.grid.y]), 6), axis=0, return_index=True)
        return float(scene.grid.area[first][high[scene.grid.column[first]]].sum())
    area = np.zeros(high.size)
    area[scene.grid.column] = scene.grid.area
    return float(area[high].sum())


def classes_painter(scene: PlumeScene, classes: Classes) -> Paint:
    """Return what draws the classes and the limit line of a scene."""
    def paint(axes: Any, frame: Frame, drawn: Drawn) -> Surface:
        field = layers.class_surface(scene, classes, frame.window.box, RASTER_MM * frame.window.per_mm)
        layers.draw_classes(axes, field, scene, classes, frame, drawn)
        return field

    return paint


def _panel(scene: PlumeScene, classes: Classes, words: Language) -> Panel:
    note = ""
    if scene.limit is not None and scene.length_unit:
        area = area_above(scene)
        note = words("dates.area", area=titles.surface_area(area, scene.length_unit, words)) if area > 0.0 else (
            words("dates.no_area"))
    when = titles.moment(scene.date, scene.time, scene.time_unit, words)
    return Panel(scene, when[:1].upper() + when[1:], note, classes_painter(scene, classes))


def finding(scenes: Sequence[PlumeScene], words: Language) -> str:
    """Return when the plume is largest of the dates shown, or that it is never above the limit."""
    first = scenes[0]
    name = titles.species_name(first, words)
    if first.limit is None or not first.length_unit:
        return words("dates.noun", species=name)
    areas = [area_above(s) for s in scenes]
    if max(areas) <= 0.0:
        return words("dates.none", species=name)
    top = scenes[int(np.argmax(areas))]
    text = words("dates.largest", species=titles.species_in_text(first, words),
                 area=titles.surface_area(max(areas), first.length_unit, words),
                 when=titles.moment(top.date, top.time, top.time_unit, words))
    return text[:1].upper() + text[1:]


def draw_dates(scenes: Sequence[PlumeScene], words: Language, width: int = 170, title: str | None = None) -> MapFigure:
    """Return the figure of some scenes that differ in time only."""
    with rc_context(SETTINGS):
        return _draw(scenes, words, width, title)


def widest(scenes: Sequence[PlumeScene]) -> PlumeScene:
    """Return a scene with the largest value of all at each place, for the common extent."""
    plan = scenes[0].concentration
    for scene in scenes[1:]:
        plan = np.fmax(plan, scene.concentration)
    sites: dict[str, Site] = {}
    for site in (s for scene in scenes for s in scene.sites):
        known = sites.get(site.name)
        if known is None or not known.value >= site.value:
            sites[site.name] = site if known is None or not math.isnan(site.value) else known
    return replace(scenes[-1], concentration=plan, sites=tuple(sites.values()))


def best_layout(count: int, page_mm: int, scene: PlumeScene, classes: Classes) -> tuple[Layout, Window]:
    """Return the shape of frames that shows what matters at the largest scale; of those the flattest."""
    found = []
    for rank, ratio in enumerate(RATIOS):
        plan = layout(count, page_mm, REACH, ratio)
        window = choose_window(scene, classes, plan.width, plan.height)
        found.append((window.per_mm, rank, plan, window))
    _, _, plan, window = min(found, key=lambda f: f[:2])
    return plan, window


def _draw(scenes: Sequence[PlumeScene], words: Language, width: int, title: str | None) -> MapFigure:
    short = width == 85
    everything = widest(scenes)
    classes = classes_for(everything.limit, everything.maximum)
    panels = [_panel(scene, classes, words) for scene in scenes]
    plan, window = best_layout(len(panels), width, everything, classes)
    page = Page()
    top, bottom, points, drawn = draw_panels(page, panels, plan, window, classes, words)
    left = -REACH
    right = left + width * MM
    text_left, text_right = left + 2.0, right - 2.0
    below = coordinates_below(page, everything, plan, window, words, (text_left, text_right), bottom - 2.0, width)
    entries = legend.entries(everything, drawn, points, words, True)
    below = legend.draw_rows(page, everything, classes, entries, words, text_left, below + 2.0, text_right - text_left)
    foot = titles.footnote(everything, classes, words, short, 0)
    below = furniture.draw_lines_below(page, wrap(foot, text_right - text_left), text_left, below - 9.0, SMALL, 9.0,
                                       "left", "footnote")
    top += furniture.draw_banner_strip(page, everything.status, words, short, text_left, top + 1.0)
    head = title if title is not None else finding(scenes, words)
    subtitle = titles.subtitle_where(everything, words)
    end = furniture.draw_head(page, head, subtitle, short, top, text_left, text_right)
    return page.close(left, below + 4.0, right, end)
