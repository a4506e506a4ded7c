"""The part of an ensemble's runs in which each place is above the limit, as a map."""

import math
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import partial
from typing import Any

import numpy as np

from gwsolver.core.statistics import missed, standard_error
from gwsolver.maps import titles
from gwsolver.maps.classes import Classes
from gwsolver.maps.compose import Theme, draw_scene
from gwsolver.maps.from_results import (
    in_plan,
    model_time,
    nearest,
    running_wells,
    scene_from_results,
    sites_and_cells,
)
from gwsolver.maps.page import MapFigure
from gwsolver.maps.request import check_width
from gwsolver.maps.scene import MONITORING, PlumeScene, Subject
from gwsolver.maps.uncertainty.facts import Facts, needed, pick, telling
from gwsolver.maps.words import Language, language
from gwsolver.results.observations import receptor_value

BREAKS = (10.0, 25.0, 50.0, 90.0)
HALF = 50.0
PER_CENT = "%"


@dataclass(frozen=True, eq=False, kw_only=True)
class ExceedanceScene(PlumeScene):
    """A scene whose "concentration" is the part of runs above the limit [%].

    Attributes
    ----------
    facts : Facts
    law : Subject
        The species with its own unit and limit.
    """

    facts: Facts
    law: Subject


def exceedance_map(
    found: Any, species: str = "", *, time: float | str | date | datetime | None = None, layer: int | str = "max",
    limit: float | str | None = None, lang: str = "en", width: int = 170, title: str | None = None,
) -> MapFigure:
    """Return the map of the probability that a limit is exceeded.

    Parameters
    ----------
    found : gwsolver.ensemble.result.Ensemble
        What `gwsolver.ensemble` or `gwsolver.open_ensemble` gives.
    species : str
        Default: the first with a limit.
    time : float, str or date, optional
        The nearest of the times that members keep is drawn. Default: the last.
    layer : int or "max"
        One-based layer, or above the limit in any layer.
    limit : float or str, optional
        Instead of the case's.
    lang : str
        "en", "ru", "kk" or "fr".
    width : int
        85 or 170 mm.
    title : str, optional
        Instead of the finding.

    Raises
    ------
    InputError
        If there is no such species, time, layer, limit, language or width.
    """
    check_width(width)
    words = language(lang)
    scene = exceedance_scene(found, pick(found, species), time, layer, limit, lang)
    return draw_scene(scene, words, width, title, EXCEEDANCE)


def exceedance_scene(
    found: Any, species: str, time: object, layer: int | str, limit: float | str | None, lang: str
) -> ExceedanceScene:
    """Return the scene; places and flow are those of the case as it stands."""
    base, times = found.base, np.asarray(found.times, float)
    index = nearest(times, model_time(base, time, times))
    now = float(times[index])
    plume = scene_from_results(base, species, time=now, layer=layer, limit=limit, lang=lang)
    law = needed(plume.limit, species)
    grid = plume.grid
    view = partial(in_plan, grid, layer=plume.layer, combine=np.fmax)
    wells = running_wells(base.features_of(species), now)
    cells = [here for _, here in sites_and_cells(base.case, grid, np.full(grid.n_cells, np.nan), wells, lang)]
    above, at_sites = np.zeros(view(np.zeros(grid.n_cells)).size), np.zeros(len(cells))
    rounded = float(np.float32(law))
    for member in found.concentrations(species):
        above += np.nan_to_num(view(member[index]), nan=-1.0) > rounded
        at_sites += [receptor_value(grid, here, member[index]) > rounded for here in cells]
    part = 100.0 * above / found.n
    sites = tuple(replace(site, value=100.0 * count / found.n if math.isfinite(site.value) else math.nan)
                  for site, count in zip(plume.sites, at_sites, strict=True))
    own = {f.name: getattr(plume, f.name) for f in fields(Subject)}
    shown = {f.name: getattr(plume, f.name) for f in fields(PlumeScene)}
    return ExceedanceScene(**{
        **shown, "concentration": np.where(np.isfinite(plume.concentration), part, np.nan), "sites": sites,
        "head": None, "flow": None, "limit": HALF, "unit": PER_CENT, "facts": Facts.of(found, lang),
        "law": Subject(**own)})


def _classes(scene: PlumeScene) -> Classes:
    assert isinstance(scene, ExceedanceScene)
    return Classes(BREAKS, HALF, (), log=False, least=100.0 / scene.facts.finished)


def _finding(scene: PlumeScene, words: Language) -> str:
    assert isinstance(scene, ExceedanceScene)
    name, total = titles.species_name(scene, words), scene.facts.finished
    counts = {i: round(s.value / 100.0 * total) for i, s in enumerate(scene.sites) if math.isfinite(s.value)}
    if not counts:
        return words("exceedance.noun", species=name)
    if not any(counts.values()):
        return words("exceedance.none", species=name, total=total)
    most = telling(counts, {i for i in counts if scene.sites[i].kind == MONITORING})
    return words("exceedance.most", species=name, name=scene.sites[most].name, count=counts[most], total=total)


def _subtitle(scene: PlumeScene, words: Language, short: bool) -> str:
    assert isinstance(scene, ExceedanceScene)
    return words(
        "exceedance.subtitle", limit=words.number(scene.law.limit or 0.0), unit=words.unit(scene.law.unit),
        where=titles.where(scene, words), when=titles.moment(scene.date, scene.time, scene.time_unit, words))


def _footnote(scene: PlumeScene, classes: Classes, words: Language, short: bool, unlabelled: int) -> str:
    assert isinstance(scene, ExceedanceScene)
    facts = scene.facts
    error = words.number(100.0 * float(standard_error(np.array(0.5), facts.finished)), 2)
    parts = [words("exceedance.points")] if any(math.isfinite(s.value) for s in scene.sites) else []
    parts += facts.sentences(words)
    parts.append(words("exceedance.error", error=error, missed=words.number(100.0 * missed(facts.finished), 2)))
    parts.append(titles.limit_sentence(scene.law, words))
    if unlabelled:
        parts.append(words("foot.unlabelled", count=unlabelled))
    if scene.crs:
        parts.append(words("foot.boundary"))
    return " ".join([*parts, titles.program_sentence(scene, words)])


EXCEEDANCE = Theme(_finding, _subtitle, _footnote, grade=_classes, legend="exceedance_legend")
