"""Levels brought to the datum of a gauge, one by one or by years: the table that `[[surface.observed]]` reads."""

import csv
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.units import convert, split_number
from gwsolver.observed.record import Record, Seen

Row = tuple[str, str, float, float | None]  # year, day or "", level above the file's datum [m], standard error [m]

MONTHS = 12
COLUMNS = ("year", "date", "level_m", "sigma_m", "datum", "in_file_m", "source", "status")


@dataclass(frozen=True)
class Datum:
    """Where levels are to be counted from.

    Attributes
    ----------
    name : str
        Height system of the gauge: "Baltic heights".
    offset : float
        What is added to the levels of the file [m].
    least_sigma : float
        Standard error below which none is believed [m]. Errors of altimetry are formal ones, of the scatter within a
        pass; what the offset is off by is not in them.
    """

    name: str
    offset: float
    least_sigma: float = 0.0


def metres(name: str, text: str, *, least: float | None = None) -> float:
    """Return a length with its unit in m: ``"-35 cm"``.

    Raises
    ------
    InputError
        If it is no length, has no unit or is less than `least`.
    """
    try:
        number, unit = split_number(text)
        value = convert(number, unit, "m") if unit else None
    except ValueError as error:
        raise InputError([Problem(f"{name}: {error}")]) from None
    if value is None:
        raise InputError([Problem(name, value=text, allowed=f"a length with its unit, as \"{text} m\"")])
    if least is not None and value < least:
        raise InputError([Problem(name, value=text, allowed=f"[{least:g} m, inf)")])
    return value


def single(record: Record) -> list[Row]:
    """Return every level, by date."""
    return [(str(seen.day.year), seen.day.isoformat(), seen.level, seen.sigma)
            for seen in sorted(record.levels, key=lambda one: one.day)]


def yearly(record: Record) -> list[Row]:
    """Return the mean of each year that was seen in all twelve months: the mean of the months' means.

    Errors are taken to be independent: sigma**2 = sum of sigma_i**2 / n**2 of all months / 144, n levels in a month.

    Raises
    ------
    InputError
        If there is no such year.
    """
    months: dict[tuple[int, int], list[Seen]] = defaultdict(list)
    for seen in record.levels:
        months[seen.day.year, seen.day.month].append(seen)
    rows: list[Row] = []
    for year in sorted({year for year, _ in months}):
        seen_in = [months[year, month] for month in range(1, MONTHS + 1) if (year, month) in months]
        if len(seen_in) == MONTHS:
            level = math.fsum(math.fsum(s.level for s in own) / len(own) for own in seen_in) / MONTHS
            known = all(s.sigma is not None for own in seen_in for s in own)
            square = math.fsum((s.sigma or 0.0) ** 2 / len(own) ** 2 for own in seen_in for s in own)
            rows.append((str(year), "", level, math.sqrt(square) / MONTHS if known else None))
    if not rows:
        raise InputError([Problem("no year was seen in all twelve months", hint="Take single levels: no --yearly.")])
    return rows


def table(record: Record, levels: Sequence[Row], datum: Datum) -> list[dict[str, str]]:
    """Return the rows of the table: level = level of the file + offset."""
    above = f"above {record.datum}" if record.datum else ""
    source = ", ".join(part for part in (record.format, record.target, above) if part)
    rows = []
    for year, day, level, told in levels:
        sigma = datum.least_sigma or None if told is None else max(told, datum.least_sigma)
        rows.append({
            "year": year, "date": day, "level_m": f"{level + datum.offset:.3f}",
            "sigma_m": "" if sigma is None else f"{sigma:.3f}", "datum": datum.name, "in_file_m": f"{level:.3f}",
            "source": source, "status": "measured",
        })
    return rows


def write(rows: Sequence[dict[str, str]], file: str | Path, *, read: str | Path) -> None:
    """Write the table as CSV, never over the file that was read.

    Raises
    ------
    InputError
        If it cannot be written there.
    """
    try:
        if Path(file).resolve() == Path(read).resolve():
            raise InputError([Problem("the table would be written over the file it is read from", str(file))])
        with Path(file).open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise InputError([Problem(f"cannot be written: {error.strerror}", str(file))]) from None
