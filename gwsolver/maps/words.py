"""Words, numbers and dates of a map in its language; each language is one file of `languages/`."""

import math
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from gwsolver.core.errors import InputError, Problem

LANGUAGES = ("en", "ru", "kk", "fr")
MINUS = "\u2212"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class Language:
    """One language: its table of words and its habits for numbers and dates."""

    code: str
    table: dict[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of "section.key" with the values filled in."""
        section, _, name = key.partition(".")
        return str(self.table[section][name] if name else self.table[section]).format(**values)

    def instead(self, section: str, other: str) -> "Language":
        """Return the language with words of one section in place of those of another."""
        return Language(self.code, {**self.table, section: {**self.table[section], **self.table[other]}})

    def unit(self, unit: str) -> str:
        """Return a unit as this language writes it."""
        return str(self.table["unit"].get(unit, unit))

    def species(self, name: str, titles: dict[str, str]) -> str:
        """Return the name of a species: the case's own title, the table's, or the identifier."""
        known = self.table["species"].get(name.lower())
        text = titles.get(self.code) or known or titles.get("en") or name
        return text[:1].upper() + text[1:]

    def join(self, names: list[str]) -> str:
        """Return "A", "A and B"."""
        return f" {self.table['and']} ".join(names)

    def number(self, value: float, digits: int | None = None, decimals: int | None = None) -> str:
        """Return a plain decimal number.

        Parameters
        ----------
        value : float
        digits : int, optional
            Significant digits to round to; trailing zeros after the decimal sign are kept off.
        decimals : int, optional
            Decimals to print instead.

        Notes
        -----
        Below 1e-6 and from 1e7 on a power of ten is written; groups of three from 10,000 on.
        """
        if value == 0.0 or not math.isfinite(value):
            return "0" if value == 0.0 else "–"
        size = abs(value)
        if decimals is None and not 1e-6 <= size < 1e7:
            exponent = math.floor(math.log10(size))
            mantissa = round(value / 10.0**exponent, (digits or 3) - 1)
            if abs(mantissa) >= 10.0:
                mantissa, exponent = mantissa / 10.0, exponent + 1
            power = f"10{str(exponent).translate(SUPERSCRIPT)}"
            head = f"{mantissa:g}".replace(".", self.table["decimal"]).replace("-", MINUS)
            return power if head == "1" else f"{head}·{power}"
        if decimals is None:
            exponent = math.floor(math.log10(size))
            decimals = max(0, (digits or 6) - 1 - exponent)
            rounded = round(value, (digits or 6) - 1 - exponent)
            text = f"{rounded:.{decimals}f}"
            text = text.rstrip("0").rstrip(".") if "." in text else text
        else:
            text = f"{value:.{decimals}f}"
        whole, dot, rest = text.lstrip("-").partition(".")
        if len(whole) > 4:
            whole = f"{int(whole):,}".replace(",", self.table["group"])
        sign = MINUS if text.startswith("-") and text.strip("-0.") else ""
        return sign + whole + (self.table["decimal"] if dot else "") + rest

    def concentration(self, value: float, floor: float) -> str:
        """Return a concentration with two significant digits, or "<floor"; "–" where there is none."""
        if not math.isfinite(value):
            return "–"
        return f"<{self.number(floor, 2)}" if value < floor else self.number(value, 2)

    def date(self, day: str | date | datetime) -> str:
        """Return a date in words; a string is read as ISO."""
        if isinstance(day, str):
            day = datetime.fromisoformat(day)
        number = self.table["first_day"] if day.day == 1 else str(day.day)
        return str(self.table["date"]).format(
            day=number, month=self.table["months"][day.month - 1], year=day.year
        ).replace(" ", "\u00a0")


@cache
def language(code: str) -> Language:
    """Return the language of a two-letter code.

    Raises
    ------
    InputError
        If there is no such language.
    """
    if code not in LANGUAGES:
        raise InputError([Problem("lang", package="map", value=code, allowed="one of " + ", ".join(LANGUAGES))])
    folder = resources.files("gwsolver.maps").joinpath("languages")
    places = (folder, *(folder.joinpath(part) for part in ("alternatives", "uncertainty", "lake")))
    tables = [tomllib.loads(place.joinpath(f"{code}.toml").read_text("utf-8")) for place in places]
    return Language(code, {key: value for table in tables for key, value in table.items()})
