"""Levels of a file, as they stand there."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Seen:
    """One level.

    Attributes
    ----------
    day : date
        UTC.
    level : float
        Above the file's own datum [m].
    sigma : float or None
        Standard error as the file tells it [m]; None if it does not.
    """

    day: date
    level: float
    sigma: float | None


@dataclass(frozen=True)
class Record:
    """The levels of one file.

    Attributes
    ----------
    format : str
        What the file is: "DAHITI, CSV".
    target : str
        Lake or station as the file names it, "" if it names none.
    datum : str
        Geoid or ellipsoid as the file names it, "" if it names none.
    levels : tuple of Seen
        In the file's order.
    left_out : int
        Rows that have no level: the file's own mark for "undefined".
    """

    format: str
    target: str
    datum: str
    levels: tuple[Seen, ...]
    left_out: int = 0
