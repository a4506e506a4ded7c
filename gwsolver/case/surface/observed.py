"""``[[surface.observed]]``: levels that others saw, for figures; a run knows nothing of them."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from gwsolver.case.surface.series import Reader
from gwsolver.case.surface.wanted import WantedTable
from gwsolver.case.tables import Sourced, Words
from gwsolver.core.case import ObservedLevel, Period, WantedLevel
from gwsolver.core.errors import Problem
from gwsolver.core.lines import LineIndex

if TYPE_CHECKING:
    from gwsolver.case.surface.assemble import SurfaceTable

CHECKED = ("published", "measured")
DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?$")


class ObservedTable(Sourced):
    """Levels of a node from a CSV file: a row each, of a year or of a day."""

    node: str = Field(min_length=1)
    title: Words = {}
    note: str = ""
    file: str = Field(min_length=1)
    where: dict[str, str | list[str]] = {}
    year: str = "year"
    date: str = ""
    level: str = "level_m"
    sigma: str = ""
    trust: str = ""

    def levels(self, i: int, reader: Reader) -> list[ObservedLevel]:
        """Return what the file has, in its order; problems go to the reader."""
        place = ("observed", i, "file")
        known = len(reader.problems)
        year = "" if self.date and "year" not in self.model_fields_set else self.year
        named = [c for c in (year, self.date, self.level, self.sigma, self.trust) if c]
        rows = reader.rows(place, self.file, self.where, tuple(named))
        if not rows and len(reader.problems) == known:
            reader.problem(place, f"{self.file} has no row that fits {self.where}")
        found = []
        for row in rows:
            try:
                found.append(self._level(row))
            except ValueError as error:
                reader.problem(place, f"{self.file}, row {','.join(row.values())[:60]}: {error}")
        return found

    def _level(self, row: dict[str, str]) -> ObservedLevel:
        sigma = float(row[self.sigma]) if self.sigma and row[self.sigma] else 0.0
        if sigma < 0.0:
            raise ValueError(f"{self.sigma} = {sigma:g} is below zero")
        trust = row[self.trust] if self.trust else self.status
        return ObservedLevel(self.node, self._moment(row), float(row[self.level]), sigma, trust in CHECKED)

    def _moment(self, row: dict[str, str]) -> str:
        """Return "2024" for what holds for a year, else an ISO date; the middle of a month if it has no day."""
        text = row[self.date].strip() if self.date else ""
        if not text:
            return str(int(row.get(self.year, "")))
        match = DATE.match(text)
        if match is None:
            raise ValueError(f"{text!r} is not a date; write for example 2024-04-25")
        year, month, day = match.groups(default="15")
        return date(int(year), int(month), int(day)).isoformat()


def observed_levels(table: "SurfaceTable | None", file: Path, lines: LineIndex) -> tuple[ObservedLevel, ...]:
    """Return all observed levels of a case."""
    reader = Reader(file, lines)
    tables: Sequence[ObservedTable] = table.observed if table else ()
    return tuple(level for i, one in enumerate(tables) for level in one.levels(i, reader))


def wanted_levels(table: "SurfaceTable | None") -> tuple[WantedLevel, ...]:
    """Return the levels that are wanted."""
    tables: Sequence[WantedTable] = table.wanted if table else ()
    return tuple(WantedLevel(one.node, one.level.to("m"), dict(one.title)) for one in tables)


def periods(table: "SurfaceTable | None") -> tuple[Period, ...]:
    """Return the years that figures mark."""
    return tuple(Period(one.first, one.last, dict(one.title)) for one in (table.period if table else ()))


def level_problems(table: "SurfaceTable | None", file: Path, lines: LineIndex) -> Iterator[Problem]:
    """Yield what is wrong with observed and wanted levels: nodes that hold no level, files that cannot be read."""
    if table is None:
        return
    reader = Reader(file, lines)
    standing = [n.name for kind, _, n in table.nodes() if kind in ("lake", "reservoir", "bank")]
    for kind, tables in (("observed", table.observed), ("wanted", table.wanted)):
        for i, one in enumerate(tables):
            if one.node not in standing:
                reader.problem((kind, i, "node"), "node", value=one.node,
                               allowed="one that has a level: " + ", ".join(standing))
    for i, observed in enumerate(table.observed):
        observed.levels(i, reader)
    yield from reader.problems
