"""Rows of a table file: CSV with a header, or TOML with ``[[component]]``, ``[[crude]]`` and ``[[limit]]``.

The keys of TOML are the columns of CSV. Numbers may carry a unit of their own ("1.78 g/L"); bare ones are in the
column's.
"""

import csv
import io
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gwsolver.core.errors import INTERVALS, Problem, nearest
from gwsolver.core.lines import LineIndex
from gwsolver.core.units import convert, split_number
from gwsolver.reactions.components.columns import STATUSES, TABLES, Column, Table


@dataclass(frozen=True)
class Row:
    """One row, checked: values by field; numbers are None where the file has none, texts ""."""

    table: Table
    values: dict[str, Any]
    file: str
    line: int | None

    def problem(self, what: str, **more: Any) -> Problem:
        """Return a problem that stands in this row."""
        return Problem(what, file=self.file, line=self.line, **more)


def read_rows(path: Path) -> tuple[list[Row], list[Problem]]:
    """Return the rows of a file that are right, and everything that is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return [], [Problem(f"cannot be read: {error}", file=str(path))]
    raw = _toml if path.suffix.lower() == ".toml" else _csv
    rows, problems = [], []
    found, wrong = raw(text, str(path))
    for table, values, line in found:
        row, own = _checked(table, values, str(path), line)
        problems += own
        if not own:
            rows.append(row)
    return rows, [*wrong, *problems]


_Raw = list[tuple[Table, dict[str, Any], int | None]]


def _csv(text: str, file: str) -> tuple[_Raw, list[Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(reader, [])]
    table = next((t for t in TABLES if t.mark in header), None)
    if table is None:
        marks = ", ".join(f"'{t.mark}' ({t.word})" for t in TABLES)
        return [], [Problem("the header names no table of the database", file=file, line=1,
                            hint=f"One of these columns tells which it is: {marks}.")]
    rows: _Raw = []
    problems = _unknown(table, header, file, 1)
    for fields in reader:
        if not any(f.strip() for f in fields):
            continue
        if len(fields) != len(header):
            problems.append(Problem(f"{len(fields)} values under {len(header)} columns", file=file,
                                    line=reader.line_num, hint="Put values that have a comma in double quotes."))
            continue
        rows.append((table, dict(zip(header, (f.strip() for f in fields), strict=True)), reader.line_num))
    return rows, problems


def _toml(text: str, file: str) -> tuple[_Raw, list[Problem]]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [], [Problem(f"is not TOML: {error}", file=file)]
    lines, words = LineIndex(text), {t.word: t for t in TABLES}
    rows: _Raw = []
    problems: list[Problem] = []
    for word, entries in raw.items():
        if word not in words or not isinstance(entries, list):
            near = nearest(word, words)
            problems.append(Problem(f"unknown table {word!r}", file=file, line=lines.line((word,)),
                                    hint=f"Did you mean [[{near}]]?" if near else f"Known: {', '.join(words)}."))
            continue
        for i, values in enumerate(entries):
            line = lines.line((word, i))
            problems += _unknown(words[word], list(values), file, line)
            rows.append((words[word], values, line))
    return rows, problems


def _unknown(table: Table, names: list[str], file: str, line: int | None) -> list[Problem]:
    found = []
    for name in names:
        if name not in table.columns:
            near = nearest(name, table.columns)
            found.append(Problem(f"unknown column {name!r}", file=file, line=line,
                                 hint=f"Did you mean {near!r}?" if near else f"Known: {', '.join(table.columns)}."))
    return found


def _checked(table: Table, raw: dict[str, Any], file: str, line: int | None) -> tuple[Row, list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for name, column in table.columns.items():
        given = raw.get(name, "")
        values[column.field] = None if column.is_number else str(given)
        if given == "":
            if column.required:
                problems.append(Problem(f"{name} is missing", file=file, line=line))
        elif column.is_number:
            values[column.field], wrong = _number(name, column, given)
            problems += [Problem(p.what, file, line, value=p.value, allowed=p.allowed) for p in wrong]
    if values["status"] and values["status"] not in STATUSES:
        problems.append(Problem("status", file=file, line=line, value=repr(values["status"]),
                                allowed=", ".join(STATUSES)))
    return Row(table, values, file, line), problems


def _number(name: str, column: Column, given: Any) -> tuple[float | None, list[Problem]]:
    try:
        number, unit = (float(given), "") if isinstance(given, int | float) else split_number(str(given))
        number = convert(number, unit, column.unit) if unit else number
    except ValueError as error:
        return None, [Problem(f"{name}: {error}")]
    if not bool(INTERVALS[column.allowed](np.array(number))) or not math.isfinite(number):
        return None, [Problem(name, value=f"{number:g}", allowed=column.allowed)]
    return number, []
