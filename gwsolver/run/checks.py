"""The accuracy report of a run: what is checked, against what, and what came out, one row per figure.

A figure that a run must not miss fails it; one that only makes the plume less sharp than it could be is
a warning; the others are told. A new check is a row of `FIGURES`, or a function of `REPORTS`.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gwsolver.run.outcome import Outcome

CLOSURE = 1e-10
OK, WARNING, FAILED, TOLD = "ok", "warning", "failed", ""
SMALLEST = "smallest concentration"
"""The figure of which every species has one, and of which the least is the worst."""


@dataclass(frozen=True)
class Check:
    """One row of the report.

    Attributes
    ----------
    name : str
        "flow", or the species.
    figure : str
        What is checked, in words.
    value : float
    allowed : str
        In words; "" if anything is.
    verdict : str
        "ok", "warning", "failed", or "" where there is nothing to judge.
    text : str
        What to say about it beyond the table; "" if it is ok.
    badness : float
        By what the worst of several species is found, where that is not `value`: larger is worse.
    """

    name: str
    figure: str
    value: float
    allowed: str
    verdict: str
    text: str = ""
    badness: float | None = None

    def to_json(self) -> dict[str, Any]:
        """For summary.json."""
        return {key: value for key, value in asdict(self).items() if key != "badness"}

    def rank(self) -> float:
        """Return how bad it is beside others of its figure."""
        how = self.value if self.badness is None else self.badness
        if math.isnan(how):
            return math.inf
        return -how if self.figure == SMALLEST else how


@dataclass(frozen=True)
class Figure:
    """What a figure that engines tell (`TransportStep.figures`) is called, and the most that is allowed."""

    words: str
    most: float | None = None
    else_say: str = ""


FIGURES = {
    "splitting": Figure("largest part of a species by which reacting before and after transport differed"),
    "courant": Figure("largest Courant number of a sub-step"),
    "window_leak": Figure(
        "mass outside the window over all mass", 1e-6, "the swept window may have kept back part of the plume"
    ),
    "implicit_cells": Figure("share of cells carried implicitly"),
    "levels": Figure("levels of local time steps"),
    "iterations": Figure("most iterations of a step"),
    "last_change": Figure(
        "change in the last iteration", 1e-7, "the equations are not solved as exactly as they could be"
    ),
    "steady_change": Figure(
        "last change of a steady state over its largest", 1e-3,
        "limited advection did not settle: the plume is between that of the scheme and a more smeared one"
    ),
}


def checks(outcome: "Outcome") -> list[Check]:
    """Return all rows of the report: flows first, then species."""
    names = [*outcome.solved_flow, *outcome.closure, *outcome.minimum, *outcome.figures]
    return sorted((row for report in REPORTS for row in report(outcome)), key=lambda row: names.index(row.name))


def failures(rows: list[Check]) -> list[str]:
    """Return in words what failed; nothing if all is well."""
    return [f"{row.text} Results are kept without summary.json." for row in rows if row.verdict == FAILED]


def warnings(rows: list[Check]) -> list[str]:
    """Return in words what the plume suffers from: each thing once, for all species that do."""
    said: dict[str, list[Check]] = {}
    for row in rows:
        if row.verdict == WARNING:
            said.setdefault(row.figure, []).append(row)
    return [_together(same) for same in said.values()]


def _together(rows: list[Check]) -> str:
    """Return the words on the worst of some rows of one figure, under the names of all."""
    worst = max(rows, key=Check.rank)
    if len(rows) == 1:
        return worst.text
    names, begin = ", ".join(row.name for row in rows), f"{worst.name}: "
    lines = [names + ": " + line.removeprefix(begin) if line.startswith(begin) else line
             for line in worst.text.splitlines()]
    return "\n".join(lines) + f" (Figures of {worst.name}, the worst.)"


def table(rows: list[Check]) -> Iterator[str]:
    """Yield the report as lines of text; of species with the same verdict the worst alone, under its name."""
    yield "accuracy"
    told = [(max(same, key=Check.rank), len(same)) for same in _alike(rows)]
    named = [(row, row.name if n == 1 else f"{row.name}, worst of {n}") for row, n in told]
    width = max([len(name) for _, name in named], default=0) + 2
    for row, name in named:
        counts = float(row.value).is_integer() and 1.0 <= row.value < 1e6
        value = f"{row.value:,.0f}" if counts else f"{row.value:.3g}"
        yield f"{name:<{width}}{row.figure:<44}{value:>10}  {row.allowed:<10}  {row.verdict}".rstrip()


def _alike(rows: list[Check]) -> list[list[Check]]:
    """Return rows that one line can stand for: one figure and verdict, of species, or of what each of them has.

    Species have a concentration; what belongs to one ("benzene/lkt-1") is alike what belongs to another. Flows, and
    balances that species share, stand for themselves.
    """
    species = {row.name for row in rows if row.figure == SMALLEST}
    found: dict[tuple[str, ...], list[Check]] = {}
    for row in rows:
        whole, _, part = row.name.partition("/")
        kind = ("species", part) if whole in species else ("", row.name)
        found.setdefault((*kind, row.figure, row.allowed, row.verdict), []).append(row)
    return list(found.values())


def _closures(outcome: "Outcome") -> Iterator[Check]:
    """Judge flows solved here; saved ones close as their maker let them, the species' ledgers carry the rest."""
    for name, closure in outcome.closure.items():
        solved = outcome.solved_flow.get(name, True)
        good = closure <= CLOSURE
        yield Check(
            name, "imbalance over throughput", closure, f"<= {CLOSURE:.0e}" if solved else "",
            (OK if good else FAILED) if solved else TOLD,
            "" if good or not solved else
            f"{name}: the balance closes to {closure:.1e} of throughput; allowed: {CLOSURE:.0e}.",
        )


def _minima(outcome: "Outcome") -> Iterator[Check]:
    for name, least in outcome.minimum.items():
        most, lowest = outcome.maximum[name], 0.0 if outcome.positive else -math.inf
        good = least >= lowest and math.isfinite(least) and math.isfinite(most)
        allowed = "[0, inf)" if outcome.positive else "any number"
        text = f"{name}: the smallest concentration is {least:g}, the largest {most:g}; allowed: {allowed}."
        yield Check(
            name, SMALLEST, least, ">= 0" if outcome.positive else "",
            FAILED if not good else OK if outcome.positive else TOLD, "" if good else text,
        )
        yield Check(name, "largest concentration at the end", most, "", TOLD)


def _figures(outcome: "Outcome") -> Iterator[Check]:
    for name, told in outcome.figures.items():
        for key, value in told.items():
            figure = FIGURES.get(key, Figure(key.replace("_", " ")))
            if figure.most is None:
                yield Check(name, figure.words, value, "", TOLD)
                continue
            good = value <= figure.most
            yield Check(name, figure.words, value, f"<= {figure.most:.0e}", OK if good else WARNING,
                        "" if good else f"{name}: {figure.words}: {value:.1e}; {figure.else_say}.")


def _iterations(outcome: "Outcome") -> Iterator[Check]:
    for name in outcome.solved_flow:
        counts = outcome.steps.get(name, {})
        if counts.get("steps"):
            yield Check(name, "iterations per flow step", counts["iterations"] / counts["steps"], "", TOLD)


def _resolution(outcome: "Outcome") -> Iterator[Check]:
    for name in outcome.minimum:
        found = outcome.coarse.get(name)
        if found is None:
            if name in outcome.figures and "courant" in outcome.figures[name]:
                yield Check(name, "share of cells with solute that are too coarse", 0.0, "0", OK)
            continue
        share = found["cells"] / max(found["holding"], 1)
        yield Check(
            name, "share of cells with solute that are too coarse", share, "0", WARNING,
            f"{name}: the grid is too coarse for the dispersivity in {found['cells']:,} of {found['holding']:,} cells "
            f"that hold solute: grid Peclet number |v| d / D up to {found['peclet']:.3g} at {found['cell']}, where the "
            f"spacing is {found['spacing']:.3g} {found['unit']}; at most {found['allowed']:g} follows fronts well. "
            f"A spacing of {found['enough']:.2g} {found['unit']} would do everywhere.",
            found["peclet"],
        )


def _edges(outcome: "Outcome") -> Iterator[Check]:
    for name, found in outcome.edges.items():
        share = found["faces"] / found["of"]
        yield Check(
            name, "share of the plume's edge that is too coarse", share, "0", WARNING if found["text"] else OK,
            found["text"],
        )


REPORTS: tuple[Callable[["Outcome"], Iterator[Check]], ...] = (
    _closures, _minima, _iterations, _figures, _resolution, _edges
)
