"""What a section shows: classes, layers, water table, wells with screens, sources and rivers along a line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Grid
from gwsolver.maps.classes import classes_for
from gwsolver.maps.from_results import (
    cell_values,
    in_plan,
    model_time,
    nearest,
    pick_species,
    running_wells,
    saved_at,
    site_of,
    sites_and_cells,
    subject,
    uppermost,
)
from gwsolver.maps.rivers import rivers
from gwsolver.maps.scene import RECEPTOR, SOURCE, VILLAGE, Subject
from gwsolver.maps.sections.line import SectionLine, line_through, plume_axis
from gwsolver.maps.sections.sampling import along, plan_along

Floats = NDArray[np.float64]
ASIDE = 0.12  # places farther off the line than this part of its length are not shown


@dataclass(frozen=True, eq=False)
class SectionSite:
    """A well or another receptor beside the line.

    Attributes
    ----------
    name, kind : str
        As in `Site`.
    at : float
        Distance along the line [L].
    aside : float
        How far off the line [L].
    value : float
        Concentration; NaN if it has none.
    screens : tuple of (top, bottom)
        Elevations of its cells [L], joined where they meet.
    """

    name: str
    kind: str
    at: float
    aside: float
    value: float
    screens: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class SectionScene(Subject):
    """One species along a line.

    Attributes
    ----------
    line : SectionLine
    top, bottom : ndarray of float64, shape (layer, sample)
        Elevations [L]; NaN where a layer has no cell.
    concentration : ndarray of float64, shape (layer, sample)
    head : ndarray of float64, shape (sample,), or None
        Of the uppermost cell that has one.
    sites : tuple of SectionSite
    sources : tuple of (name, start, end)
        Distances along the line.
    rivers : tuple of (name, at)
    oil : ndarray of bool, shape (layer, sample), or None
        Where cells hold the species in oil.
    cell : float
        Size of a cell [L]: places nearer to the line lie on it.
    time : float
    date : str
    """

    line: SectionLine
    top: Floats
    bottom: Floats
    concentration: Floats
    head: Floats | None = None
    sites: tuple[SectionSite, ...] = ()
    sources: tuple[tuple[str, float, float], ...] = ()
    rivers: tuple[tuple[str, float], ...] = ()
    oil: NDArray[np.bool_] | None = None
    cell: float = 0.0
    time: float = 0.0
    date: str = ""

    @property
    def maximum(self) -> float:
        """Largest concentration of the section, 0 if there is none."""
        good = self.concentration[np.isfinite(self.concentration)]
        return float(good.max()) if good.size else 0.0

    def above(self, site: SectionSite) -> bool:
        """Tell whether a site's water is above the limit."""
        return self.limit is not None and site.value > self.limit


def section_from_results(
    results: Any, species: str, line: Sequence[Sequence[float]] | None, time: object, limit: float | str | None,
    lang: str,
) -> SectionScene:
    """Return the section of a species at the saved time nearest to `time`, along a line or the plume's axis."""
    case = results.case
    name = pick_species(results, species)
    about = subject(results, name, limit, lang)
    grid: Grid = results.grid_of(name)
    field = results.concentration(name)
    times = np.asarray(field["time"].values, float)
    index = nearest(times, model_time(results, time, times))
    now = float(times[index])
    cells = cell_values(field, index, grid)
    features = results.features_of(name)
    if line:
        path = line_through(line)
    else:
        plan = in_plan(grid, cells, None, np.fmax)
        finite = plan[np.isfinite(plan)]
        floor = classes_for(about["limit"], float(finite.max()) if finite.size else 0.0).floor
        source = case.sources[0] if len(case.sources) == 1 else None
        start = None if source is None else (source.x, source.y)
        wells = [(w.x, w.y) for w in running_wells(features, now)]
        path = plume_axis(grid, plan, floor, start, wells)
    top = along(grid, grid.top, path)
    if not np.isfinite(top).any():
        raise InputError([Problem("line", package="section", value=[tuple(map(float, c)) for c in path.corners],
                                  allowed="points of which some lie inside the model")])
    saved = saved_at(partial(results.head, results.flow_model_of(name)), now)
    head = None
    if saved is not None:
        head = plan_along(grid, uppermost(grid, np.asarray(saved.values, float).ravel()[grid.node], None), path)
    low = 10.0 ** (classes_for(about["limit"], float(np.nanmax(cells))).bottom)
    with np.errstate(invalid="ignore"):
        logs = np.where(np.isfinite(cells), np.log10(np.maximum(cells, low)), np.nan)
    day = results.date(now)
    return SectionScene(
        **about, line=path, top=top, bottom=along(grid, grid.bottom, path),
        concentration=10.0 ** along(grid, logs, path), head=head,
        sites=tuple(_sites(results, grid, cells, running_wells(features, now), path, lang)),
        sources=tuple(_sources(case.sources, path, lang)),
        rivers=tuple(_rivers(rivers(features, case.receptors, grid, lang), path, grid)),
        oil=_oil(results, name, now, grid, path),
        cell=math.sqrt(float(np.median(grid.area))), time=now, date="" if day is None else day.date().isoformat(),
    )


def _oil(results: Any, species: str, now: float, grid: Grid, line: SectionLine) -> NDArray[np.bool_] | None:
    """Return where oil holds some of the species, None if no oil does."""
    try:
        saved = saved_at(partial(results.mass_in_oil, species), now)
    except InputError:
        return None
    if saved is None:
        return None
    mass = np.nan_to_num(np.asarray(saved.values, float).ravel()[grid.node])
    if not (mass > 0.0).any():
        return None
    return np.nan_to_num(along(grid, (mass > 0.0).astype(float), line)) > 0.5


def _sites(results: Any, grid: Grid, cells: Floats, wells: list[Any], line: SectionLine, lang: str) -> Any:
    for site, here in sites_and_cells(results.case, grid, cells, wells, lang):
        at, aside = line.project(site.x, site.y)
        beyond = at <= 0.0 or at >= line.length
        if beyond or aside > max(ASIDE * line.length, 1.0) or site.kind in (VILLAGE, RECEPTOR):
            continue
        yield SectionSite(site.name, site.kind, at, aside, site.value, _joined(grid, here))


def _joined(grid: Grid, cells: Any) -> tuple[tuple[float, float], ...]:
    """Return screens from top down, cells that meet as one."""
    spans: list[tuple[float, float]] = []
    for cell in sorted(cells.tolist(), key=lambda c: -grid.top[c]):
        top, bottom = float(grid.top[cell]), float(grid.bottom[cell])
        if spans and abs(spans[-1][1] - top) < 1e-6 * max(abs(top), 1.0):
            spans[-1] = spans[-1][0], bottom
        else:
            spans.append((top, bottom))
    return tuple(spans)


def _sources(places: Any, line: SectionLine, lang: str) -> Any:
    """Yield sources under or near the line with what they cover of it."""
    for place in places:
        site = site_of(place, SOURCE, lang)
        ring = site.polygon if site.polygon.size else np.array([[site.x, site.y]])
        closed = np.vstack([ring, ring[:1]])
        edge = np.concatenate([a + np.linspace(0.0, 1.0, 21)[:, None] * (b - a)
                               for a, b in pairwise(closed)])
        seen = [line.project(float(x), float(y)) for x, y in edge]
        if min(gap for _, gap in seen) <= ASIDE * line.length:
            yield site.name, min(at for at, _ in seen), max(at for at, _ in seen)


def _rivers(found: Any, line: SectionLine, grid: Grid) -> Any:
    """Yield where rivers cross the line: the sample nearest to each, if it lies within a cell of it."""
    size = math.sqrt(float(np.median(grid.area)))
    for river in found:
        points = np.concatenate(river.parts)
        gap = np.hypot(line.x[:, None] - points[:, 0], line.y[:, None] - points[:, 1]).min(axis=1)
        if gap.min() <= size:
            yield river.name, float(line.s[int(np.argmin(gap))])
