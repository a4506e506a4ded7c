"""Concentration at receptors in the runs of an ensemble: the band of eight in ten, their median, the case itself."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from gwsolver.core.case import in_language
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.statistics import BAND as BAND_PARTS
from gwsolver.core.statistics import band, quantile_with_never
from gwsolver.maps import furniture, titles
from gwsolver.maps.charts.chart import Chart, decades
from gwsolver.maps.charts.series import limit_label
from gwsolver.maps.charts.series_scene import DECADES, DEPTH
from gwsolver.maps.charts.timescale import TimeScale, positions
from gwsolver.maps.classes import PAPER
from gwsolver.maps.from_results import KINDS, subject
from gwsolver.maps.page import GREY_INK, INK, MM, SETTINGS, SMALL, MapFigure, Page, text_size, wrap
from gwsolver.maps.placing import Obstacles
from gwsolver.maps.request import check_width
from gwsolver.maps.scene import MONITORING, Subject
from gwsolver.maps.uncertainty.facts import Facts, pick, telling
from gwsolver.maps.words import Language, language

Floats = NDArray[np.float64]
BAND, EDGE, MEDIAN = "#E9C9A4", "#B98A56", "#8A2522"  # L* 83, 61, 31 on paper of 99
GUTTER = 6.0  # mm
BASE_DASH = (0, (5, 1.8))


@dataclass(frozen=True, eq=False)
class Seen:
    """One receptor.

    Attributes
    ----------
    name : str
    bands : ndarray of float64, shape (3, time)
        P10, P50, P90 of all runs.
    base : ndarray of float64, shape (time,)
        The case as it stands.
    count : int
        Runs that pass the limit.
    arrivals : tuple of float
        Positions on the time axis by which a tenth, half and nine tenths have passed it; infinite: not so many.
    monitoring : bool
        It only watches: a title names another one.
    """

    name: str
    bands: Floats
    base: Floats
    count: int
    arrivals: tuple[float, ...]
    monitoring: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class BandScene(Subject):
    """Receptors of one species in all runs.

    Attributes
    ----------
    seen : tuple of Seen
    at : ndarray of float64, shape (time,)
        Positions on the time axis.
    scale : TimeScale
    facts : Facts
    """

    seen: tuple[Seen, ...]
    at: Floats
    scale: TimeScale
    facts: Facts

    @property
    def maximum(self) -> float:
        """Largest value of all bands."""
        return max((float(np.nanmax(v, initial=0.0)) for s in self.seen for v in (s.bands, s.base)), default=0.0)

    @property
    def floor(self) -> float:
        """Smallest concentration of the axis."""
        if self.limit is not None:
            return self.limit / DEPTH
        return float(10.0 ** (math.floor(math.log10(self.maximum)) - DECADES)) if self.maximum > 0.0 else 1e-3

    @property
    def drawn(self) -> list[Seen]:
        """Receptors whose band rises above the floor, the most often above the limit first; the first if none does."""
        found = [s for s in self.seen if np.nanmax(s.bands, initial=0.0) > self.floor]
        return sorted(found, key=lambda s: -s.count) or list(self.seen[:1])


def receptor_band(
    found: Any, species: str = "", *, receptors: list[str] | tuple[str, ...] | None = None,
    limit: float | str | None = None, lang: str = "en", width: int = 170, title: str | None = None,
) -> MapFigure:
    """Return concentration against time at receptors as a band of runs, one small chart each.

    Parameters
    ----------
    found : gwsolver.ensemble.result.Ensemble
    species : str
        Default: the first with a limit.
    receptors : list of str, optional
        Names; default: all of the case.
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
        If there is no such species, receptor, limit, language or width.
    """
    check_width(width)
    words = language(lang)
    scene = band_scene(found, pick(found, species), receptors, limit, lang)
    with rc_context(SETTINGS):
        return draw_band(scene, words, width, title)


def band_scene(
    found: Any, species: str, receptors: list[str] | tuple[str, ...] | None, limit: float | str | None, lang: str
) -> BandScene:
    """Return the scene of a species."""
    about = subject(found.base, species, limit, lang)
    times, names, values = found.receptors(species)
    places = {p.name: p for p in found.case.receptors}
    chosen = _chosen(names, receptors)
    at, scale = positions(found.base, times)
    own = found.base.observations()
    own = own[(own["model"] == species) & (own["package"] == "receptor") & (own["type"] == "concentration")]
    arrivals = None if about["limit"] is None else found.indicators(species, about["limit"])
    seen = []
    for name in chosen:
        rows = own[own["name"] == name]
        first = np.zeros(0)
        if arrivals is not None:
            first = _positions(arrivals.loc[arrivals["receptor"] == name, "arrival"].to_numpy(float), found, times, at)
        seen.append(Seen(
            in_language(places[name].title, lang, name), band(values[:, :, names.index(name)]),
            np.interp(times, rows["time"], rows["value"]), int(np.isfinite(first).sum()),
            _arrived(first), KINDS.get(places[name].kind) == MONITORING))
    return BandScene(**about, seen=tuple(seen), at=at, scale=scale, facts=Facts.of(found, lang))


def _chosen(names: list[str], receptors: list[str] | tuple[str, ...] | None) -> list[str]:
    known = {n.lower(): n for n in names}
    wrong = [r for r in receptors or () if r.lower() not in known]
    if wrong:
        raise InputError([Problem("receptors", package="chart", value=", ".join(wrong),
                                  allowed="some of " + ", ".join(names))])
    return [known[r.lower()] for r in receptors] if receptors else names


def _positions(arrival: Floats, found: Any, times: Floats, at: Floats) -> Floats:
    """Return positions on the axis of arrivals in the ensemble's unit of time, infinite ones as they are."""
    from gwsolver.run.comparison import Clock

    factor = Clock.of(found.case).factor
    moved = np.interp(arrival / factor, np.concatenate([[0.0], times]),
                      np.concatenate([[at[0] - (at[-1] - at[0]) * times[0] / max(times[-1] - times[0], 1e-300)], at])
                      if times.size > 1 else np.array([at[0], at[0]]))
    return np.where(np.isfinite(arrival), moved, np.inf)


def _arrived(first: Floats) -> tuple[float, ...]:
    """Return the positions by which a tenth, half and nine tenths of the runs have arrived; infinite: fewer do."""
    parts = BAND_PARTS.values()
    return tuple(float(quantile_with_never(first, p)) for p in parts) if first.size else (math.inf,) * len(parts)


def draw_band(scene: BandScene, words: Language, width: int = 170, title: str | None = None) -> MapFigure:
    """Return the figure of a scene."""
    page, short = Page(), width == 85
    shown = scene.drawn
    columns = min(len(shown), 1 if short and len(shown) == 1 else 2 if short or len(shown) == 2 else 3)
    ticks = decades(*_range(scene))
    texts = [words.number(v, 2) for v in ticks]
    reach = 5.5 + max(text_size(t)[0] for t in texts)
    wide = (width * MM - reach - 4.0 - (columns - 1) * GUTTER * MM) / columns
    high = (26.0 if short and columns > 1 else 31.0 if columns == 3 else 40.0) * MM
    heads = [[part for text in _summary(s, scene, words) for part in wrap(text, wide)] for s in shown]
    names = [wrap(s.name, wide, 7.5, True) for s in shown]
    head = 4.0 + max(9.5 * len(n) + 8.9 * len(h) for n, h in zip(names, heads, strict=True))
    step, rows = high + head + 16.0, math.ceil(len(shown) / columns)
    for i, seen in enumerate(shown):
        column, row = i % columns, i // columns
        part = page.part(column * (wide + GUTTER * MM), (rows - 1 - row) * step)
        _panel(part, (wide, high), scene, seen, words, (i + columns >= len(shown), column == 0), i == 0)
        line = high + head - 9.5
        for text in names[i]:
            part.text(0.0, line, text, size=7.5, bold=True, name="panel name")
            line -= 9.5
        for text in heads[i]:
            part.text(0.0, line, text, colour=GREY_INK, name="panel summary")
            line -= 8.9
    top = (rows - 1) * step + high + head
    top += furniture.draw_banner_strip(page, scene.status, words, short, 2.0 - reach, top)
    left, right = -reach, width * MM - reach
    below = _legend(page, words, left + 2.0, -23.0, right - left - 4.0)
    below = furniture.draw_lines_below(page, wrap(_footnote(scene, words), right - left - 4.0), left + 2.0, below,
                                       SMALL, 9.0, "left", "footnote")
    top = furniture.draw_head(page, title if title is not None else finding(scene, words), _subtitle(scene, words),
                              short, top, left + 2.0, right - 2.0)
    return page.close(left, below + 4.0, right, top)


def finding(scene: BandScene, words: Language) -> str:
    """Return what the counts bear out."""
    name, total = titles.species_name(scene, words), scene.facts.finished
    if scene.limit is None:
        return words("band.noun", species=name, total=total)
    if not any(s.count for s in scene.seen):
        return words("band.none", species=name, total=total)
    most = scene.seen[telling({i: s.count for i, s in enumerate(scene.seen)},
                              {i for i, s in enumerate(scene.seen) if s.monitoring})]
    return words("band.most", species=name, name=most.name, count=most.count, total=total)


def _range(scene: BandScene) -> tuple[float, float]:
    return scene.floor, max(1.6 * scene.maximum, 4.0 * (scene.limit or 0.0), 20.0 * scene.floor)


def _panel(page: Page, size: tuple[float, float], scene: BandScene, seen: Seen, words: Language,
           labels: tuple[bool, bool], first: bool) -> None:
    chart = Chart(page, (0.0, 0.0, *size), (scene.scale.low, scene.scale.high), _range(scene), log=True,
                  name=f"chart {seen.name}")
    ticks = decades(*chart.y)
    chart.value_ticks(ticks, [words.number(v, 2) for v in ticks] if labels[1] else [""] * len(ticks))
    chart.time_ticks(scene.scale, words, labels[0])
    floor = chart.y[0] * 1e-3
    low, middle, high = (np.where(np.isfinite(b), np.maximum(b, floor), np.nan) for b in seen.bands)
    chart.axes.fill_between(scene.at, low, high, facecolor=BAND, edgecolor="none", zorder=3, gid="band")
    for edge in (low, high):
        chart.axes.plot(scene.at, edge, color=EDGE, linewidth=0.6, zorder=4, gid="band edge")
    chart.axes.plot(scene.at, middle, color=MEDIAN, linewidth=1.5, zorder=8, gid="median",
                    path_effects=[withStroke(linewidth=2.6, foreground=PAPER)])
    chart.axes.plot(scene.at, np.maximum(seen.base, floor), color=INK, linewidth=0.8, linestyle=BASE_DASH, zorder=9,
                    gid="base")
    if scene.limit is None:
        return
    chart.axes.plot(chart.x, [scene.limit] * 2, color=INK, linewidth=1.9, zorder=7, gid="limit line")
    if first:
        obstacles = Obstacles((0.0, 0.0, *size))
        for line, weight in ((middle, 12.0), (seen.base, 8.0), (low, 2.0), (high, 2.0)):
            points = chart.points(scene.at, np.maximum(line, floor))
            obstacles.line(points[np.isfinite(points).all(axis=1)], weight)
        limit_label(page, chart, scene, words, obstacles)


def _summary(seen: Seen, scene: BandScene, words: Language) -> list[str]:
    """Return how many runs pass the limit, and by when."""
    if scene.limit is None:
        return []
    if seen.count == 0:
        return [words("band.never", total=scene.facts.finished)]
    lines = [words("band.count", count=seen.count, total=scene.facts.finished)]
    p10, p50, p90 = (scene.scale.words(a, words) if math.isfinite(a) else "" for a in seen.arrivals)
    key = "band.by" if p90 else "band.by_half" if p50 else "band.by_early"
    return [*lines, words(key, p10=p10, p50=p50, p90=p90)] if p10 else lines


def _legend(page: Page, words: Language, left: float, base: float, width: float) -> float:
    """Write the keys side by side; return the next baseline."""
    x = left
    for key in ("range", "median", "base"):
        text = words(f"band.{key}")
        need = 18.0 + text_size(text)[0]
        if x > left and x + need > left + width:
            x, base = left, base - 10.0
        if key == "range":
            page.patch(Rectangle((x, base - 0.6), 14.0, 6.4, facecolor=BAND, edgecolor=EDGE, linewidth=0.5), 26)
        elif key == "median":
            page.line([x, x + 14.0], [base + 2.6] * 2, color=MEDIAN, linewidth=1.5, zorder=26)
        else:
            page.line([x, x + 14.0], [base + 2.6] * 2, color=INK, linewidth=0.8, linestyle=BASE_DASH, zorder=26)
        page.text(x + 18.0, base, text, name="legend")
        x += need + 10.0
    return base - 12.0


def _subtitle(scene: BandScene, words: Language) -> str:
    scale = scene.scale
    text = words("band.subtitle", species=titles.species_name(scene, words), unit=words.unit(scene.unit),
                 first=scale.words(scale.low, words), last=scale.words(scale.high, words))
    return text[:1].upper() + text[1:]


def _footnote(scene: BandScene, words: Language) -> str:
    parts = [words("band.note"), *scene.facts.sentences(words)]
    unseen = [s.name for s in scene.seen if s not in scene.drawn]
    if unseen:
        parts.insert(0, words("band.unseen", floor=words.number(scene.floor, 2), unit=words.unit(scene.unit),
                              names=", ".join(unseen)))
    if scene.limit is not None:
        parts.append(titles.limit_sentence(scene, words))
    return " ".join([*parts, titles.program_sentence(scene, words)])
