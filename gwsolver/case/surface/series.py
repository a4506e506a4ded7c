"""Values in time of a network: one value, twelve months, or years of a file with the shape of months."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced
from gwsolver.core.errors import InputError, Problem
from gwsolver.core.lines import LineIndex
from gwsolver.core.units import parse_unit
from gwsolver.surface.forcing import Constant, Dated, Forcing, Months, Product, Scaled

PER_MONTH = "/month"
DAYS_PER_YEAR = 365.25


class SeriesTable(Sourced):
    """A value in time."""

    months: Annotated[list[float], Field(min_length=12, max_length=12)] | None = None
    file: str = ""
    column: str = "value"
    year: str = "year"
    where: dict[str, str | list[str]] = {}
    unit: str = ""
    factor: float = 1.0
    plus: float = 0.0


Series = SeriesTable | Quantity


def series(like: str, *, minimum: float | None = 0.0) -> BeforeValidator:
    """Return the pydantic validator of a value in time: a table with months or a file, or one quantity."""
    read: Any = quantity(like, minimum=minimum).func

    def choose(raw: Any) -> Any:
        if isinstance(raw, dict) and ("months" in raw or "file" in raw):
            return _table(raw)
        return raw if isinstance(raw, SeriesTable) else read(raw)

    return BeforeValidator(choose)


def _table(raw: dict[str, Any]) -> SeriesTable:
    """Return the table; what is wrong in it in one line, as for a quantity."""
    try:
        return SeriesTable.model_validate(raw)
    except ValidationError as error:
        words = []
        for found in error.errors(include_url=False):
            key = ".".join(str(part) for part in found["loc"])
            known = ", ".join(SeriesTable.model_fields)
            words.append(f"unknown key {key!r}; known here: {known}" if found["type"] == "extra_forbidden"
                         else f"{key}: {found['msg'][:1].lower()}{found['msg'][1:]}")
        raise PydanticCustomError("quantity", "{words}", {"words": "; ".join(words)}) from None


@dataclass(eq=False)
class Reader:
    """Turns tables of a case into what a network wants, in m, d and kg, and collects what is wrong.

    Attributes
    ----------
    file : Path
        The case.toml; files are named from its folder.
    lines : LineIndex
    problems : list of Problem
    """

    file: Path
    lines: LineIndex
    problems: list[Problem] = field(default_factory=list)
    _rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def problem(self, place: tuple[str, int, str], what: str, hint: str = "", *, value: object = None,
                allowed: str = "") -> None:
        """Note what is wrong with a key of the i-th node of a kind: ("lake", 0, "rain")."""
        kind, i, key = place
        line = self.lines.line(("surface", kind, i, key))
        self.problems.append(Problem(what, str(self.file), line, f"[[surface.{kind}]] number {i + 1}", value=value,
                                     allowed=allowed, hint=hint))

    def forcing(self, place: tuple[str, int, str], value: Series | None, like: str) -> Forcing:
        """Return a value in time in m, d and kg; `like` is a unit of its dimension ("m3/d"). None is nothing."""
        if value is None:
            return Constant(0.0)
        if isinstance(value, Quantity):
            return Constant(self.number(value, like))
        factor, totals = self._unit(place, value.unit, like)
        least = min([0.0, *(m * (1.0 if value.file else value.factor) + value.plus for m in value.months or ())])
        if least < 0.0:
            self.problem(place, f"{place[2]}: months", value=f"{least:g}", allowed="[0, inf)")
        shape = None if value.months is None else np.array(value.months)
        found: Forcing
        if not value.file:
            assert shape is not None
            found = Months(shape * factor, totals=totals)
        else:
            yearly = self._yearly(place, value, factor)
            if shape is None:
                found = yearly
            elif not np.isclose(shape.sum(), 1.0, atol=2e-3):
                self.problem(place, "months beside a file are shares of the year: their sum", value=f"{shape.sum():g}",
                             allowed="1")
                found = yearly
            else:
                found = Product(yearly, Months(shape * DAYS_PER_YEAR, totals=True))
        if value.factor == 1.0 and value.plus == 0.0:
            return found
        return Scaled(found, value.factor, value.plus * factor)

    def factor(self, unit: str) -> float:
        """Return what one of a unit is in m, d and kg."""
        found = parse_unit(unit)
        return found.factor * 1e-3 ** found.dimension[0]

    def number(self, value: Quantity | None, like: str) -> float:
        """Return one value in m, d and kg; 0 for None."""
        return 0.0 if value is None else value.to(like)

    def _unit(self, place: tuple[str, int, str], unit: str, like: str) -> tuple[float, bool]:
        """Return the factor from a unit to m, d and kg, and whether it is an amount per month."""
        totals = unit.endswith(PER_MONTH)
        asked, wanted = (unit.removesuffix(PER_MONTH), like.removesuffix("/d")) if totals else (unit, like)
        if not unit:
            self.problem(place, f"{place[2]} needs a unit", hint=f"Write for example unit = \"{like}\".")
            return 1.0, False
        try:
            one, two = parse_unit(asked), parse_unit(wanted)
        except ValueError as error:
            self.problem(place, f"{place[2]}: {error}")
            return 1.0, False
        if one.dimension != two.dimension:
            self.problem(place, f"{place[2]}: unit {unit!r} does not fit; a unit like {like!r} is needed")
        return one.factor / two.factor, totals

    def _yearly(self, place: tuple[str, int, str], table: SeriesTable, factor: float) -> Forcing:
        """Return the yearly values of a file, each from the first of January on."""
        known = len(self.problems)
        rows = self.rows(place, table.file, table.where, (table.year, table.column))
        found: dict[int, float] = {}
        for row in rows:
            try:
                found[int(row[table.year])] = float(row[table.column]) * factor
            except ValueError:
                continue  # a range of years: a mean that stands beside the series
        below = [f"{y}: {v / factor:g}" for y, v in found.items() if v < 0.0]
        if below:
            self.problem(place, f"{table.file}: yearly values", value=", ".join(below), allowed="[0, inf)")
        if not found and len(self.problems) == known:
            self.problem(place, f"{table.file} has no row with a year that fits {table.where}")
        if not found:
            return Constant(0.0)
        years = sorted(found)
        missing = [str(y) for y in range(years[0], years[-1]) if y not in found]
        if missing:
            self.problem(place, f"{table.file} lacks years: {', '.join(missing)}")
        dates = [date(y, 1, 1) for y in (*years, years[-1] + 1)]
        return Dated(dates, np.array([found[y] for y in years]))

    def rows(
        self, place: tuple[str, int, str], name: str, where: Mapping[str, str | list[str]], columns: tuple[str, ...]
    ) -> list[dict[str, str]]:
        """Return the rows of a CSV file that hold what `where` asks for."""
        if name not in self._rows:
            try:
                with (self.file.parent / name).open(encoding="utf-8-sig", newline="") as text:
                    self._rows[name] = list(csv.DictReader(text))
            except OSError as error:
                self.problem(place, f"there is no file {name!r} that can be read ({error.strerror})",
                             "Name it from the folder of case.toml.")
                self._rows[name] = []
        rows = self._rows[name]
        unknown = [c for c in (*columns, *where) if rows and c not in rows[0]]
        if unknown:
            self.problem(place, f"{name} has no column {unknown[0]!r}", f"There are: {', '.join(rows[0])}.")
            return []
        asked = {key: [wanted] if isinstance(wanted, str) else wanted for key, wanted in where.items()}
        return [r for r in rows if all(r[key] in wanted for key, wanted in asked.items())]


def refuse(reader: Reader) -> None:
    """Raise `InputError` with everything the reader has noted."""
    if reader.problems:
        raise InputError(sorted(reader.problems, key=lambda p: p.line or 0))
