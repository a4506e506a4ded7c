"""Maps of the whole model without a plume: heads with the direction of flow, and where everything lies."""

import math
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np

from gwsolver.core.errors import InputError, Problem
from gwsolver.maps import titles
from gwsolver.maps.classes import Classes
from gwsolver.maps.compose import Theme, draw_scene
from gwsolver.maps.from_results import flow_scene
from gwsolver.maps.furniture import geographic
from gwsolver.maps.page import MapFigure
from gwsolver.maps.request import check_width
from gwsolver.maps.scene import PlumeScene
from gwsolver.maps.surface import plan_centres
from gwsolver.maps.window import model_box
from gwsolver.maps.words import Language, language

PLANE = 0.5  # least part of the variance of heads that a plane must explain to speak of one direction


def heads(
    results: Any, *, time: float | str | date | datetime | None = None, layer: int | str = "max", lang: str = "en",
    width: int = 170, title: str | None = None,
) -> MapFigure:
    """Return head contours, direction of flow and receptors over the whole model.

    Parameters
    ----------
    results : gwsolver.results.Results
        A run without species will do.
    time : float, str or date, optional
        Model time or ISO date; the nearest saved heads are drawn. Default: the last.
    layer : int or "max"
        One-based layer; "max": the uppermost cell that holds water.
    lang : str
        "en", "ru", "kk" or "fr".
    width : int
        85 or 170 mm.
    title : str, optional
        Instead of the finding.

    Raises
    ------
    InputError
        If there is no such time, layer, language or width, or if no heads were saved.
    """
    check_width(width)
    words = language(lang)
    scene = flow_scene(results, time=time, layer=layer, lang=lang)
    if scene.head is None or not np.isfinite(scene.head).any():
        raise InputError([Problem("no heads were saved", package="heads",
                                  hint="Let OC of the flow model save HEAD, and run again.")])
    return draw_scene(scene, words, width, title, HEADS)


def setting(results: Any, *, lang: str = "en", width: int = 170, title: str | None = None) -> MapFigure:
    """Return where sources, wells, rivers and other receptors lie in the model.

    Parameters
    ----------
    results : gwsolver.results.Results
        A run without species will do.
    lang : str
        "en", "ru", "kk" or "fr".
    width : int
        85 or 170 mm.
    title : str, optional
        Instead of the finding.

    Raises
    ------
    InputError
        If there is no such language or width.
    """
    check_width(width)
    scene = flow_scene(results, lang=lang)
    return draw_scene(replace(scene, head=None, flow=None), language(lang), width, title, SETTING)


def slope(scene: PlumeScene) -> tuple[float, float] | None:
    """Return fall of head per length and its direction (degrees clockwise from north) of a plane through the heads.

    None where a plane does not tell heads.
    """
    assert scene.head is not None
    x, y = plan_centres(scene.grid)
    good = np.isfinite(x) & np.isfinite(scene.head)
    if good.sum() < 4:
        return None
    h = scene.head[good]
    a = np.column_stack([np.ones(h.size), x[good] - x[good].mean(), y[good] - y[good].mean()])
    (mean, along_x, along_y), *_ = np.linalg.lstsq(a, h, rcond=None)
    spread = float(((h - mean) ** 2).sum())
    rest = float(((h - a @ np.array([mean, along_x, along_y])) ** 2).sum())
    if spread <= 0.0 or 1.0 - rest / spread < PLANE:
        return None
    return float(math.hypot(along_x, along_y)), math.degrees(math.atan2(-along_x, -along_y)) % 360.0


def _heads_finding(scene: PlumeScene, words: Language) -> str:
    found = slope(scene) if scene.length_unit == "m" and scene.crs else None
    if found is None:
        return words("heads.noun")
    side = words.table["heads"]["sides"][round(found[1] / 45.0) % 8]
    return words("heads.finding", side=side, drop=f"{words.number(1000.0 * found[0], 2)}\u00a0{words.unit('m')}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _heads_subtitle(scene: PlumeScene, words: Language, short: bool) -> str:
    where = words("heads.uppermost") if scene.layer is None else titles.where(scene, words)
    when = titles.moment(scene.date, scene.time, scene.time_unit, words)
    return _capital(f"{where}, {when}" if short else f"{words('heads.what')}, {where}, {when}")


def _heads_footnote(scene: PlumeScene, classes: Classes, words: Language, short: bool, unlabelled: int) -> str:
    return _footnote(scene, words, unlabelled, words("heads.note") if scene.flow is not None else "")


def _setting_finding(scene: PlumeScene, words: Language) -> str:
    if len(scene.sources) != 1 or not scene.wells or not scene.length_unit:
        return words("setting.noun")
    source = scene.sources[0]
    gap, nearest = min(((math.hypot(w.x - source.x, w.y - source.y), w) for w in scene.wells), key=lambda g: g[0])
    return words("setting.finding", name=nearest.name, distance=titles.length(gap, scene.length_unit, words))


def _setting_subtitle(scene: PlumeScene, words: Language, short: bool) -> str:
    what = words("setting.what")
    return _capital(what if short or not scene.title else f"{scene.title}; {what}")


def _setting_footnote(scene: PlumeScene, classes: Classes, words: Language, short: bool, unlabelled: int) -> str:
    west, south, east, north = model_box(scene)
    place = geographic(scene, 0.5 * (west + east), 0.5 * (south + north))
    if place is None:
        return _footnote(scene, words, unlabelled, "")
    lon, lat = place
    texts = {key: words.table["setting"][key][value < 0.0].format(degrees=words.number(abs(value), decimals=2))
             for key, value in (("lon", lon), ("lat", lat))}
    return _footnote(scene, words, unlabelled, words("setting.centre", **texts))


def _footnote(scene: PlumeScene, words: Language, unlabelled: int, first: str) -> str:
    parts = [first] if first else []
    if unlabelled:
        parts.append(words("foot.unlabelled", count=unlabelled))
    if scene.crs:
        parts.append(words("foot.boundary"))
    return " ".join([*parts, titles.program_sentence(scene, words)])


HEADS = Theme(_heads_finding, _heads_subtitle, _heads_footnote, classes=False, whole=True, arrows=(6, 5))
SETTING = Theme(_setting_finding, _setting_subtitle, _setting_footnote, classes=False, whole=True)
