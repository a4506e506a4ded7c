"""Alternatives side by side: years above the limit at each receptor, and peaks as multiples of the limit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.patches import Rectangle

import gwsolver
from gwsolver.core.case import Place, in_language
from gwsolver.core.errors import InputError, Problem
from gwsolver.maps import titles
from gwsolver.maps.from_results import CHECKED, limit_source
from gwsolver.maps.furniture import draw_banner_strip, draw_lines_below
from gwsolver.maps.page import GREY_INK, INK, MM, SETTINGS, SMALL, MapFigure, Page, text_size, wrap, wrap_evenly
from gwsolver.maps.scene import Subject
from gwsolver.maps.words import Language, language

WIDTH, EDGE = 170.0, 0.9  # mm
# Told apart by lightness, hatch and shape, so that they stay apart in grey; the base is the only black one.
STYLES: tuple[tuple[str, str, str], ...] = (  # fill, hatch, marker
    ("#111111", "", "o"), ("#FFFFFF", "", "s"), ("#9A9A9A", "", "^"), ("#FFFFFF", "//////", "D"),
    ("#D9D9D9", "", "v"), ("#FFFFFF", "......", "P"), ("#6A6A6A", "", "X"), ("#E8E8E8", "xxxxxx", "p"),
)
BAR, PITCH, GAP = 5.6, 8.6, 7.5  # height of a bar, from row to row, between receptors [points]
LABELS = 0.17  # of the width, at most, for the names of receptors
LOWEST = 1e-3  # smallest multiple of the limit that is drawn in its place


@dataclass(frozen=True)
class Mark:
    """One receptor under one alternative: years above the limit, largest concentration over the limit."""

    years: float
    peak: float


@dataclass(frozen=True)
class Chart:
    """What is drawn.

    Attributes
    ----------
    names : list of str
        Titles of the alternatives.
    groups : list of (str, list of Mark or None)
        Receptors, each with one mark per alternative, None where a receptor is not observed.
    never : list of str
        Receptors that no alternative brings above the limit.
    failed : list of str
        Alternatives that did not finish.
    unit : str
        Of times.
    """

    names: list[str]
    groups: list[tuple[str, list[Mark | None]]]
    never: list[str]
    failed: list[str]
    unit: str


def alternatives(found: Any, *, species: str = "", lang: str = "en", title: str | None = None) -> MapFigure:
    """Return the comparison of scenarios as a matplotlib figure, 170 mm wide.

    Parameters
    ----------
    found : gwsolver.run.comparison.Alternatives
        What `gwsolver.scenarios` gives.
    species : str
        Default: the first that has a limit.
    lang : str
        "en", "ru", "kk" or "fr".
    title : str, optional
        Instead of the noun title.

    Raises
    ------
    InputError
        If there is no such language or species, or nothing to compare: no receptor, no limit.
    """
    words = language(lang)
    tidy = found.tidy
    known = list(dict.fromkeys(tidy.loc[tidy["receptor"] != "", "species"]))
    if not known:
        raise InputError([Problem("there is nothing to compare", package="alternatives", hint=(
            "The case needs [[receptor]] and [[limit]] with a unit, and at least one scenario must finish."))])
    species = species or known[0]
    if species not in known:
        raise InputError([Problem("species", package="alternatives", value=species,
                                  allowed=f"one of {', '.join(known)}")])
    with rc_context(SETTINGS):
        return _draw(found, _chart(found, species, lang), species, words, title)


def _chart(found: Any, species: str, lang: str) -> Chart:
    """Gather the marks of all receptors and alternatives."""
    from gwsolver.run.comparison import SPANS

    own = found.tidy[(found.tidy["species"] == species) & (found.tidy["receptor"] != "")]
    values = {(r.scenario, r.receptor, r.figure): float(r.value) for r in own.itertuples()}
    finished = [m for m in found.members if m.results is not None]
    places: dict[str, Place] = {p.name: p for m in finished for p in m.info.receptors}
    groups, never = [], []
    for receptor in dict.fromkeys(own["receptor"]):
        marks = [
            Mark(values[m.name, receptor, SPANS["time_above"]], values[m.name, receptor, "peak over limit"])
            if (m.name, receptor, "peak over limit") in values else None for m in finished
        ]
        place = places.get(receptor)
        name = receptor if place is None else in_language(place.title, lang, place.name)
        if all(mark is None or not mark.peak >= 1.0 for mark in marks):
            never.append(name)
        groups.append((name, marks))
    shown = [g for g in groups if g[0] not in never] or groups
    unit = next(iter(own.loc[own["figure"] == SPANS["time_above"], "unit"]), "")
    title = {m.name: in_language(m.title, lang, m.title.get("en", m.name)) for m in found.members}
    return Chart([title[m.name] for m in finished], shown, never if len(shown) < len(groups) else [],
                 [title[n] for n in found.failures], unit)


def _draw(found: Any, chart: Chart, species: str, words: Language, title: str | None) -> MapFigure:
    info = found.info
    page = Page()
    left, right = EDGE * MM, (WIDTH - EDGE) * MM
    labels = [wrap(name, LABELS * (right - left), SMALL + 0.5, bold=True) for name, _ in chart.groups]
    wide = max(text_size(line, SMALL + 0.5, bold=True)[0] for lines in labels for line in lines)
    start = left + wide + 8.0
    span = right - start
    bars = (start, start + 0.52 * span)
    peaks = (start + 0.60 * span, right - 30.0)
    height = _groups(page, chart, labels, left, bars, peaks, words)
    top = _heads(page, bars, peaks, words, chart.unit)
    top = _legend(page, chart.names, left, right, top + 8.0)
    strip = draw_banner_strip(page, info.status, words, False, left, top + 8.0)
    top += 8.0 + strip - 4.0 if strip else 0.0
    subject = _subject(found, species, words.code)
    name = titles.species_name(subject, words)
    for line in reversed(wrap_evenly(title or words("alternatives.title", species=name), right - left, 9.2, bold=True)):
        page.text(left, top + 7.0, line, size=9.2, bold=True, name="title")
        top += 11.5
    lines = wrap(_footnote(subject, chart, words), right - left)
    below = draw_lines_below(page, lines, left, height - 31.0, SMALL, 9.0, "left", "footnote")
    return page.close(0.0, below + 9.0 - 5.0, WIDTH * MM, top + 8.0)


def _groups(page: Page, chart: Chart, labels: Sequence[Sequence[str]], left: float, bars: tuple[float, float],
            peaks: tuple[float, float], words: Language) -> float:
    """Draw receptors downwards from 0: name, bars, marks; return where they end."""
    most = max((m.years for _, marks in chart.groups for m in marks if m is not None), default=0.0)
    ticks = _ticks(most)
    scale = (bars[1] - bars[0] - 26.0) / max(ticks[-1], most, 1e-300)
    tops = [m.peak for _, marks in chart.groups for m in marks if m is not None and math.isfinite(m.peak)]
    low = max(LOWEST, 10.0 ** math.floor(math.log10(max(min([t for t in tops if t > 0.0], default=0.1), 1e-300))))
    low, high = min(low, 0.1), 10.0 ** math.ceil(math.log10(max([*tops, 10.0])))
    decades = round(math.log10(high / low))

    def across(peak: float) -> float:
        part = math.log10(max(peak, low) / low) / decades
        return peaks[0] + part * (peaks[1] - peaks[0])

    y = -4.0
    separators = []
    for (_, marks), lines in zip(chart.groups, labels, strict=True):
        rows = max(len(marks) * PITCH, len(lines) * 9.0 + 1.0)
        for i, line in enumerate(lines):
            page.text(left, y - 6.5 - 9.0 * i, line, size=SMALL + 0.5, bold=True, name="receptor")
        for i, mark in enumerate(marks):
            _mark(page, mark, i, y - i * PITCH - 0.5 * PITCH, bars, scale, across, low, words)
        y -= rows
        separators.append(y - 0.5 * GAP)
        y -= GAP
    bottom = y + GAP - 2.0
    for at in separators[:-1]:
        page.line([left, peaks[1] + 28.0], [at, at], zorder=1, color="#BDBDBD", linewidth=0.4)
    for tick in ticks:
        x = bars[0] + tick * scale
        page.line([x, x], [bottom, -2.0], zorder=0, color="#D9D9D9" if tick else INK, linewidth=0.5)
        page.text(x, bottom - 9.0, words.number(tick, 3), ha="center", colour=GREY_INK, name="tick")
    every = 1 if decades <= 5 else 2
    for i in range(decades + 1):
        value = low * 10.0**i
        x = across(value)
        limit = abs(value - 1.0) < 1e-9
        page.line([x, x], [bottom, -2.0], zorder=0, color=INK if limit else "#D9D9D9", linewidth=0.9 if limit else 0.5,
                  linestyle=(0, (4, 2)) if limit else "-")
        if limit or i % every == 0:
            page.text(x, bottom - 9.0, words.number(value, 2), ha="center", colour=GREY_INK, name="tick")
    return bottom


def _mark(page: Page, mark: Mark | None, i: int, y: float, bars: tuple[float, float], scale: float, across: Any,
          low: float, words: Language) -> None:
    """Draw the bar and the mark of one alternative at one receptor."""
    if mark is None:
        page.text(bars[0] + 3.0, y - 2.5, words("alternatives.nothing"), colour=GREY_INK, italic=True, name="years")
        return
    fill, hatch, marker = STYLES[i % len(STYLES)]
    length = mark.years * scale
    if mark.years > 0.0:
        page.patch(Rectangle((bars[0], y - 0.5 * BAR), length, BAR, facecolor=fill, edgecolor=INK, linewidth=0.6,
                             hatch=hatch, gid="bar"), 10)
    never = not mark.peak >= 1.0
    text = words("alternatives.never") if never else words.number(mark.years, 2)
    page.text(bars[0] + length + 3.0, y - 2.5, text, italic=never, colour=GREY_INK if never else INK, halo=2.0,
              name="years")
    if not math.isfinite(mark.peak):
        page.text(across(low), y - 2.5, words("alternatives.nothing"), colour=GREY_INK, italic=True, name="peak")
        return
    x = across(mark.peak)
    below = mark.peak < low
    page.line([x], [y], zorder=12, marker="<" if below else marker, markersize=4.6, markerfacecolor=_solid(i),
              markeredgecolor=INK, markeredgewidth=0.7, linestyle="none")
    shown = f"<{words.number(low, 1)}" if below else words.number(mark.peak, 2)
    # A number must not stand across the line of the limit.
    on_line = x < across(1.0) < x + 7.0 + text_size(shown)[0]
    page.text(x - 5.0 if on_line else x + 5.0, y - 2.5, shown, ha="right" if on_line else "left", halo=2.0, name="peak")


def _solid(i: int) -> str:
    """Return the fill of a marker: hatches are too fine for it, their shapes tell them apart."""
    return STYLES[i % len(STYLES)][0]


def _ticks(most: float) -> list[float]:
    """Return up to six ticks from zero to `most`, 1, 2 or 5 times a power of ten apart."""
    if most <= 0.0:
        return [0.0, 1.0]
    rough = most / 4.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1.0, 2.0, 5.0, 10.0) if power * n >= rough)
    return [step * i for i in range(math.floor(most / step + 1e-9) + 1)]


def _heads(page: Page, bars: tuple[float, float], peaks: tuple[float, float], words: Language, unit: str) -> float:
    """Write what the two panels show; return the top of the text."""
    shown = words.unit(unit) if unit else ""
    texts = ((bars[0], bars[1] - bars[0] + 14.0, words("alternatives.years", unit=shown)),
             (peaks[0], peaks[1] - peaks[0] + 28.0, words("alternatives.peaks")))
    top = 0.0
    for x, width, text in texts:
        lines = wrap_evenly(text, width, SMALL)
        for i, line in enumerate(reversed(lines)):
            page.text(x, 4.0 + 9.0 * i, line, colour=GREY_INK, name="head")
        top = max(top, 4.0 + 9.0 * len(lines) - 2.0)
    return top


def _legend(page: Page, names: Sequence[str], left: float, right: float, base: float) -> float:
    """Write the alternatives in rows, bar and marker before each name; return the top of the rows."""
    box = 30.0
    rows: list[list[tuple[int, list[str], float]]] = [[]]
    used = 0.0
    for i, name in enumerate(names):
        lines = wrap(name, right - left - box, SMALL)
        width = box + max(text_size(line)[0] for line in lines) + 12.0
        if rows[-1] and used + width > right - left + 12.0:
            rows.append([])
            used = 0.0
        rows[-1].append((i, lines, left + used))
        used += width
    y = base
    for row in reversed(rows):
        high = max(len(lines) for _, lines, _ in row)
        for i, lines, x in row:
            fill, hatch, marker = STYLES[i % len(STYLES)]
            at = y + 9.0 * (high - 1)
            page.patch(Rectangle((x, at - 0.3), 12.0, BAR, facecolor=fill, edgecolor=INK, linewidth=0.6,
                                 hatch=hatch), 10)
            page.line([x + 19.5], [at + 2.5], zorder=12, marker=marker, markersize=4.6, markerfacecolor=_solid(i),
                      markeredgecolor=INK, markeredgewidth=0.7, linestyle="none")
            for k, line in enumerate(lines):
                page.text(x + box - 3.0, at - 9.0 * k, line, name="legend")
        y += 9.0 * high + 2.5
    return y


def _subject(found: Any, species: str, lang: str) -> Subject:
    """Return what the figure says about itself: the case without the title of a scenario."""
    from gwsolver.run.comparison import limit_of

    info = found.info
    law = limit_of(info, species)
    return Subject(
        species=species, species_title=next((dict(s.title) for s in info.species if s.name == species), {}),
        unit=info.concentration_unit, limit=None if law is None else law.value,
        limit_source="" if law is None else limit_source(law, lang), limit_date="" if law is None else law.date,
        limit_checked=law is None or law.provenance.status in CHECKED, status=info.status,
        title=in_language(info.titles, lang, info.title), version=gwsolver.__version__,
    )


def _footnote(subject: Subject, chart: Chart, words: Language) -> str:
    """Return limit and source, receptors that stay below, what failed, the program."""
    parts = [] if subject.limit is None else [titles.limit_sentence(subject, words)]
    if chart.never:
        parts.append(words("alternatives.others", names=", ".join(chart.never)))
    if chart.failed:
        parts.append(words("alternatives.failed", names=", ".join(chart.failed)))
    return " ".join([*parts, words("alternatives.how"), titles.program_sentence(subject, words)])
