"""What an outcome at a receptor hangs on: rank correlation of each parameter of an ensemble, the strongest on top."""

import math
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.patches import Rectangle

from gwsolver.core.case import in_language
from gwsolver.core.statistics import chance
from gwsolver.maps import furniture, titles
from gwsolver.maps.from_results import subject
from gwsolver.maps.page import GREY_INK, INK, MM, SETTINGS, SMALL, MapFigure, Page, text_size, wrap
from gwsolver.maps.request import check_width
from gwsolver.maps.scene import Subject
from gwsolver.maps.uncertainty.facts import Facts, needed, parameter_title, pick
from gwsolver.maps.words import MINUS, Language, language

BAR, PITCH = 8.0, 14.0  # points
LESS, MORE = "#F5C15C", "#8A2522"  # L* 81, 31: told apart in grey, and by side
LABELS = 0.38  # of the width, at most, for the names of parameters
TICKS = (-1.0, -0.5, 0.0, 0.5, 1.0)
KEYS = {"peak": "peak", "time above limit": "time_above", "arrival": "arrival"}


@dataclass(frozen=True)
class Influence:
    """One parameter: its title, the range it was drawn from, its rank correlation (NaN: the outcome does not vary)."""

    title: str
    range: str
    correlation: float


@dataclass(frozen=True, eq=False, kw_only=True)
class TornadoScene(Subject):
    """What is drawn.

    Attributes
    ----------
    receptor : str
        As printed.
    indicator : str
        A key of `KEYS`.
    influences : tuple of Influence
        The strongest first.
    chance : float
        Correlation that one in twenty unrelated pairs exceeds.
    facts : Facts
    """

    receptor: str
    indicator: str
    influences: tuple[Influence, ...]
    chance: float
    facts: Facts


def tornado(
    found: Any, species: str = "", *, receptor: str = "", indicator: str = "peak", limit: float | str | None = None,
    lang: str = "en", width: int = 170, title: str | None = None,
) -> MapFigure:
    """Return what an outcome hangs on, as bars of rank correlation.

    Parameters
    ----------
    found : gwsolver.ensemble.result.Ensemble
    species : str
        Default: the first with a limit.
    receptor : str
        Default: the one about which the runs differ most: nearest to half of them above the limit.
    indicator : str
        "peak", "time above limit" or "arrival".
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
        If there is no such species, receptor, indicator, limit, language or width.
    """
    check_width(width)
    words = language(lang)
    scene = tornado_scene(found, pick(found, species), receptor, indicator, limit, words)
    with rc_context(SETTINGS):
        return draw_tornado(scene, words, width, title)


def tornado_scene(
    found: Any, species: str, receptor: str, indicator: str, limit: float | str | None, words: Language
) -> TornadoScene:
    """Return the scene."""
    about = subject(found.base, species, limit, words.code)
    law = needed(about["limit"], species)
    if not receptor:
        table = found.indicators(species, law)
        above = (table["peak"] > law).groupby(table["receptor"], sort=False).mean()
        receptor = str((above - 0.5).abs().idxmin())
    ranks = found.rank_correlations(species, receptor, indicator, law)
    place = next(p for p in found.case.receptors if p.name.lower() == receptor.lower())
    parameters = {p.name: p for p in found.design.parameters}
    influences = tuple(
        Influence(parameter_title(parameters[name], words.code), _range(parameters[name].values[0], words), float(r))
        for name, r in ranks.items())
    return TornadoScene(
        **about, receptor=in_language(place.title, words.code, place.name), indicator=indicator, influences=influences,
        chance=chance(max(found.n, 2)), facts=Facts.of(found, words.code))


def _range(value: Any, words: Language) -> str:
    unit = "" if value.unit in ("", "-") else f"\u00a0{words.unit(value.unit)}"
    times = "×\u2009" if value.key.endswith("factor") else ""
    return f"{times}{words.number(value.spread.low, 3)}–{words.number(value.spread.high, 3)}{unit}"


def draw_tornado(scene: TornadoScene, words: Language, width: int = 170, title: str | None = None) -> MapFigure:
    """Return the figure of a scene."""
    page, short = Page(), width == 85
    left, right = 2.0, width * MM - 2.0
    labels = [(wrap(i.title, LABELS * (right - left)), wrap(i.range, LABELS * (right - left)))
              for i in scene.influences]
    wide = max(text_size(line)[0] for pair in labels for lines in pair for line in lines)
    start, end = left + wide + 5.0, right
    room = 5.0 + text_size(signed(-1.0, words))[0]
    middle, half = 0.5 * (start + end), 0.5 * (end - start) - room
    y = -4.0
    for influence, (name, drawn_from) in zip(scene.influences, labels, strict=True):
        lines = [(line, INK) for line in name] + [(line, GREY_INK) for line in drawn_from]
        rows = max(PITCH, 8.9 * len(lines) + 4.0)
        base = y - 0.5 * (rows - 8.9 * len(lines)) - 6.9
        for line, colour in lines:
            page.text(left, base, line, colour=colour, name="parameter")
            base -= 8.9
        _bar(page, influence, middle, half, y - 0.5 * rows, words)
        y -= rows
    _axis(page, scene, middle, half, y - 2.0, words)
    ends = ("sooner", "later") if scene.indicator == "arrival" else ("less", "more")
    top = _ends(page, [words(f"tornado.{key}") for key in ends], middle, half)
    top += furniture.draw_banner_strip(page, scene.status, words, short, left, top + 3.0) + 3.0
    below = furniture.draw_lines_below(page, wrap(_footnote(scene, words), right - left), left, y - 27.0, SMALL, 9.0,
                                       "left", "footnote")
    top = furniture.draw_head(page, title if title is not None else finding(scene, words),
                              words(f"tornado.subtitle_{KEYS[scene.indicator]}"), short, top, left, right)
    return page.close(0.0, below + 4.0, width * MM, top)


def finding(scene: TornadoScene, words: Language) -> str:
    """Return which parameter matters most, if any does beyond chance."""
    name, strongest = titles.species_name(scene, words), scene.influences[0]
    if not abs(strongest.correlation) > scene.chance:
        return words("tornado.noun", species=name, name=scene.receptor)
    return words(f"tornado.{KEYS[scene.indicator]}", species=name, name=scene.receptor, parameter=strongest.title)


def _bar(page: Page, influence: Influence, middle: float, half: float, y: float, words: Language) -> None:
    r = influence.correlation
    if not math.isfinite(r):
        page.text(middle + 3.0, y - 2.5, "–", name="correlation")
        return
    length = r * half
    page.patch(Rectangle((min(middle, middle + length), y - 0.5 * BAR), abs(length), BAR,
                         facecolor=MORE if r > 0.0 else LESS, edgecolor=INK, linewidth=0.5, gid="bar"), 10)
    page.text(middle + length + (3.0 if r > 0.0 else -3.0), y - 2.5, signed(r, words),
              ha="left" if r > 0.0 else "right", halo=2.0, name="correlation")


def signed(r: float, words: Language) -> str:
    """Return a correlation with two decimals and its sign."""
    text = words.number(abs(r), decimals=2) if round(abs(r), 2) else words.number(0.0)
    return ("+" if r > 0.0 else MINUS if r < 0.0 else "") + text if round(abs(r), 2) else text


def _axis(page: Page, scene: TornadoScene, middle: float, half: float, bottom: float, words: Language) -> None:
    for tick in TICKS:
        x = middle + tick * half
        page.line([x, x], [bottom, -2.0], zorder=0 if tick else 12, color=INK if tick == 0.0 else "#D2D2CE",
                  linewidth=0.8 if tick == 0.0 else 0.5)
        text = words.number(abs(tick)) if tick >= 0.0 else MINUS + words.number(abs(tick))
        page.text(x, bottom - 9.0, text, ha="center", colour=GREY_INK, name="tick")
    for side in (-1.0, 1.0):
        if scene.chance < 1.0:
            x = middle + side * scene.chance * half
            page.line([x, x], [bottom, -2.0], zorder=11, color=INK, linewidth=0.6, linestyle=(0, (3, 2)), gid="chance")


def _ends(page: Page, texts: list[str], middle: float, half: float) -> float:
    """Write what each side means above the bars; return where the texts end."""
    lines = [wrap(text, half + 8.0) for text in texts]
    for side, own in zip((-1.0, 1.0), lines, strict=True):
        for i, line in enumerate(reversed(own)):
            page.text(middle + side * 4.0, 3.0 + 8.9 * i, line, ha="right" if side < 0.0 else "left", colour=GREY_INK,
                      name="side")
    return 3.0 + 8.9 * max(len(own) for own in lines)


def _footnote(scene: TornadoScene, words: Language) -> str:
    parts = [words("tornado.chance", r=words.number(scene.chance, 2))] if scene.chance < 1.0 else []
    parts += scene.facts.sentences(words)
    if scene.limit is not None and scene.indicator != "peak":
        parts.append(titles.limit_sentence(scene, words))
    return " ".join([*parts, titles.program_sentence(scene, words)])
