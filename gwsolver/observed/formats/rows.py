"""Rows of a file of levels: turned into dates and metres, with everything that is wrong."""

import math
import re
from collections.abc import Mapping
from datetime import date

from gwsolver.core.errors import Problem
from gwsolver.observed.record import Seen

DAY = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ].*)?$")
UNDEFINED = (9999.999,)
MOST = 20  # problems that are told one by one


class Rows:
    """Collects the rows of a file.

    Parameters
    ----------
    file : str
        As the user names it.

    Attributes
    ----------
    levels : list of Seen
    left_out : int
        Rows that the file marks as undefined.
    undefined : tuple of float
        Levels that mean that there is none.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[Problem] = []
        self.levels: list[Seen] = []
        self.left_out = 0
        self.undefined: tuple[float, ...] = UNDEFINED

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong; after the first ones only how many more there are."""
        more = len(self._problems) - MOST
        last = [Problem(f"{more} more rows are wrong", self._file)] if more > 0 else []
        return self._problems[:MOST] + last

    def add(self, day: object, level: object, sigma: object = None, *, line: int | None = None, cell: str = "") -> None:
        """Take one row; its place is a line, or in words (`cell`)."""
        when, height, error = self._day(day, line, cell), self._number("level", level, line, cell), None
        if height is not None and any(math.isclose(height, mark, abs_tol=1e-6) for mark in self.undefined):
            self.left_out += 1
            return
        if sigma not in (None, ""):
            error = self._number("standard error", sigma, line, cell)
            if error is not None and error < 0.0:
                self.wrong("standard error [m]", sigma, "[0, inf)", line, cell)
        if when is not None and height is not None:
            self.levels.append(Seen(when, height, error))

    def wrong(self, what: str, value: object, allowed: str, line: int | None = None, cell: str = "") -> None:
        """Note what is wrong."""
        self._problems.append(Problem(what, self._file, line, cell=cell, value=value, allowed=allowed))

    def _day(self, text: object, line: int | None, cell: str) -> date | None:
        match = DAY.match(str(text).strip())
        try:
            if match is not None:
                return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:  # a 30th of February
            pass
        self.wrong("date", repr(str(text).strip()), "a day, as 2024-04-25", line, cell)
        return None

    def _number(self, what: str, text: object, line: int | None, cell: str) -> float | None:
        try:
            value = float(str(text).strip())
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
        self.wrong(f"{what} [m]", repr(str(text).strip()), "a number", line, cell)
        return None


def first(names: tuple[str, ...], among: Mapping[str, object]) -> str:
    """Return the first of the names that is there, "" if none is."""
    return next((name for name in names if name in among), "")
