"""Electron acceptors and what becomes of them, side by side, with the edge of the plume that uses them up."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from gwsolver.core.errors import InputError, Problem
from gwsolver.maps import furniture, layers, legend, titles
from gwsolver.maps.classes import Classes, classes_for
from gwsolver.maps.from_results import cell_values, in_plan, nearest, pick_species, scene_from_results
from gwsolver.maps.layers import Drawn, Frame
from gwsolver.maps.legend import Entry
from gwsolver.maps.multiples.dates import REACH, best_layout
from gwsolver.maps.multiples.panels import RASTER_MM, Paint, Panel, coordinates_below, draw_panels
from gwsolver.maps.page import INK, MM, SETTINGS, SMALL, MapFigure, Page, text_size, wrap
from gwsolver.maps.request import check_width
from gwsolver.maps.scene import PlumeScene
from gwsolver.maps.surface import Surface, surface
from gwsolver.maps.words import Language, language

# In the order in which bacteria use them; those consumed are shown by their smallest value over the depth.
KNOWN = {
    "oxygen": ("oxygen", "o2"), "nitrate": ("nitrate", "no3"), "iron": ("iron", "fe2", "fe", "iron2", "ferrous_iron"),
    "sulfate": ("sulfate", "so4"), "methane": ("methane", "ch4"),
}
CONSUMED = ("oxygen", "nitrate", "sulfate")
# CIE L* 94, 80, 58, 31, without a hue of the plume's classes.
COLOURS = ("#EFEDF3", "#C8C3D7", "#8D84AC", "#4E4378")
USED_UP = 0.1  # of the largest value
STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
BAR = 7.0


def acceptors(
    results: Any, species: str = "", *, acceptors: Sequence[str] = (),
    time: float | str | date | datetime | None = None, limit: float | str | None = None, lang: str = "en",
    width: int = 170, title: str | None = None,
) -> MapFigure:
    """Return small maps of electron acceptors and products with the edge of the plume.

    Parameters
    ----------
    results : gwsolver.results.Results
    species : str
        Whose plume it is; default: the first with a limit that is no acceptor.
    acceptors : sequence of str, optional
        Species to show; default: oxygen, nitrate, iron, sulfate and methane as far as the run has them.
    time : float, str or date, optional
        Model time or ISO date; the nearest saved time is drawn. Default: the last.
    limit : float or str, optional
        Instead of the case's limit; the edge is drawn there.
    lang : str
        "en", "ru", "kk" or "fr".
    width : int
        85 or 170 mm.
    title : str, optional
        Instead of the finding.

    Raises
    ------
    InputError
        If there are no such species, time, limit, language or width, or no acceptors among the species.
    """
    check_width(width)
    words = language(lang)
    chosen = [pick_species(results, a) for a in acceptors] or known_acceptors(results.species)
    if not chosen:
        raise InputError([Problem(
            "there are no electron acceptors among the species", package="acceptors",
            allowed="some of " + ", ".join(results.species), hint="Name them: acceptors = [...].")])
    plume = scene_from_results(results, species or _plume_species(results, chosen), time=time, limit=limit, lang=lang)
    scenes = [_scene(results, name, plume, lang) for name in chosen]
    return draw_acceptors(plume, scenes, words, width, title)


def role(name: str) -> str:
    """Return what a species is among acceptors: a key of KNOWN, or ""."""
    return next((key for key, names in KNOWN.items() if name.lower() in names), "")


def known_acceptors(species: Sequence[str]) -> list[str]:
    """Return acceptors and products among the species, in the order of use."""
    order = list(KNOWN)
    return sorted((s for s in species if role(s)), key=lambda s: order.index(role(s)))


def _plume_species(results: Any, chosen: Sequence[str]) -> str:
    others = [s for s in results.species if s not in chosen and not role(s)]
    if not others:
        raise InputError([Problem("there is no species whose plume could be shown", package="acceptors",
                                  hint="All are acceptors: name the species.")])
    limited = {x.species.lower() for x in results.case.limits}
    return next((s for s in others if s.lower() in limited), others[0])


def _scene(results: Any, name: str, plume: PlumeScene, lang: str) -> PlumeScene:
    """Return the scene of an acceptor at the time of the plume: smallest or largest value over the depth."""
    field = results.concentration(name)
    grid = results.grid_of(name)
    index = nearest(np.asarray(field["time"].values, float), plume.time)
    combine = np.fmin if role(name) in CONSUMED else np.fmax
    setting = next((s for s in results.case.species if s.name == name), None)
    return replace(plume, species=name, species_title=dict(setting.title) if setting else {}, limit=None, grid=grid,
                   concentration=in_plan(grid, cell_values(field, index, grid), None, combine),
                   sites=tuple(replace(s, value=math.nan) for s in plume.sites))


def class_edges(maximum: float) -> list[float]:
    """Return five round edges from zero, the last at or above the largest value."""
    if not maximum > 0.0:
        return [0.0, 0.25, 0.5, 0.75, 1.0]
    raw = maximum / len(COLOURS)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(f for f in STEPS if f * power >= raw * (1.0 - 1e-9)) * power
    return [i * step for i in range(len(COLOURS) + 1)]


def used_up(scene: PlumeScene) -> float:
    """Return the plan area where less than a tenth of the largest value is left [L**2]."""
    low = np.nan_to_num(scene.concentration, nan=np.inf) < USED_UP * scene.maximum
    area = np.zeros(low.size)
    area[scene.grid.column] = scene.grid.area
    return float(area[low].sum())


def finding(scenes: Sequence[PlumeScene], words: Language) -> str:
    """Return under what area the first acceptor is used up, or a noun title."""
    first = next((s for s in scenes if role(s.species) in CONSUMED), None)
    if first is None or not first.length_unit or first.grid.kind == "disu" or not used_up(first) > 0.0:
        return words("acceptors.noun")
    return words("acceptors.used_up", species=titles.species_name(first, words),
                 area=titles.surface_area(used_up(first), first.length_unit, words))


def draw_acceptors(plume: PlumeScene, scenes: Sequence[PlumeScene], words: Language, width: int = 170,
                   title: str | None = None) -> MapFigure:
    """Return the figure of acceptors round a plume."""
    with rc_context(SETTINGS):
        return _draw(plume, scenes, words, width, title)


def _painter(scene: PlumeScene, plume: PlumeScene, classes: Classes, edges: list[float]) -> Paint:
    def paint(axes: Any, frame: Frame, drawn: Drawn) -> Surface:
        step = RASTER_MM * frame.window.per_mm
        field = surface(scene.grid, scene.concentration, frame.window.box, step)
        z = np.clip(np.where(field.inside, field.z, 0.0), 0.0, edges[-1])
        filled = axes.contourf(field.x, field.y, z, levels=edges, colors=COLOURS, zorder=2)
        if field.z.size > layers.RASTER_FROM:
            filled.set_rasterized(True)
        logs = layers.class_surface(plume, classes, frame.window.box, step)
        lines = logs.lines(math.log10(_edge(classes)))
        for colour, wide, order, gid in (("white", 3.2, 7, "limit casing"), (INK, 1.9, 8, "limit line")):
            axes.add_collection(LineCollection(lines, colors=colour, linewidths=wide, zorder=order, gid=gid),
                                autolim=False)
        drawn.limit += [frame.points(line) for line in lines]
        return logs

    return paint


def _edge(classes: Classes) -> float:
    return classes.limit if classes.limit is not None else classes.floor


def _key(edges: list[float], words: Language, unit: str) -> Any:
    """Return what draws the classes of one panel below it."""
    def draw(page: Page, x: float, y: float, width: float) -> float:
        part = (width - text_size(f"\u00a0{unit}")[0] - 8.0) / len(COLOURS)
        for i, colour in enumerate(COLOURS):
            page.patch(Rectangle((x + i * part, y - BAR), part, BAR, facecolor=colour, edgecolor="#6E6890",
                                 linewidth=0.4, gid="acceptor swatch"), 26)
        for i, edge in enumerate(edges):
            text = words.number(edge, 3)
            page.text(x + i * part, y - BAR - 8.5, text, ha="center" if i else "left", name="acceptor class")
        page.text(x + len(COLOURS) * part + 6.0, y - BAR + 0.8, unit, name="acceptor unit")
        return BAR + 10.5

    return draw


def _panel(scene: PlumeScene, plume: PlumeScene, classes: Classes, words: Language) -> Panel:
    edges = class_edges(scene.maximum)
    unit = words.unit(scene.unit)
    note = words("acceptors.smallest" if role(scene.species) in CONSUMED else "acceptors.largest")
    return Panel(scene, titles.species_name(scene, words), note, _painter(scene, plume, classes, edges),
                 _key(edges, words, unit))


def _draw(plume: PlumeScene, scenes: Sequence[PlumeScene], words: Language, width: int, title: str | None) -> MapFigure:
    short = width == 85
    classes = classes_for(plume.limit, plume.maximum)
    panels = [_panel(scene, plume, classes, words) for scene in scenes]
    plan, window = best_layout(len(panels), width, plume, classes)
    page = Page()
    top, bottom, points, drawn = draw_panels(page, panels, plan, window, classes, words)
    left = -REACH
    right = left + width * MM
    text_left, text_right = left + 2.0, right - 2.0
    below = coordinates_below(page, plume, plan, window, words, (text_left, text_right), bottom - 2.0, width)
    edge = words("acceptors.edge", species=titles.species_in_text(plume, words), value=words.number(_edge(classes)),
                 unit=words.unit(plume.unit))
    line = Entry(lambda page, x, y: legend.stroke_key(page, x, y, color=INK, linewidth=1.9), edge)
    entries = [line, *legend.entries(scenes[-1], drawn, points, words, False)]
    below = legend.draw_rows(page, plume, None, entries, words, text_left, below + 4.0, text_right - text_left)
    parts = [titles.limit_sentence(plume, words)] if plume.limit is not None else []
    foot = " ".join([*parts, words("acceptors.used", part=words.number(100.0 * USED_UP)),
                     *([words("foot.boundary")] if plume.crs else []), titles.program_sentence(plume, words)])
    below = furniture.draw_lines_below(page, wrap(foot, text_right - text_left), text_left, below - 9.0, SMALL, 9.0,
                                       "left", "footnote")
    top += furniture.draw_banner_strip(page, plume.status, words, short, text_left, top + 1.0)
    head = title if title is not None else finding(scenes, words)
    subtitle = words("acceptors.subtitle", when=titles.moment(plume.date, plume.time, plume.time_unit, words))
    end = furniture.draw_head(page, head, subtitle, short, top, text_left, text_right)
    return page.close(left, below + 4.0, right, end)
