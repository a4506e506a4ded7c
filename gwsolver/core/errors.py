"""What is wrong with an input, worded once for the command line, the API and the tests."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Problem:
    """One thing that keeps an input from being run.

    Attributes
    ----------
    what : str
        What is wrong, in words; the value and the allowed range are added after it.
    file : str
        File as the user names it, "" if the input was in memory.
    line : int or None
        Line in that file, one-based.
    package : str
        Package or section, as ``"mst-1"`` or ``"[[receptor]]"``.
    cell : str
        Place in the user's own one-based numbering: ``"layer 4, row 13, column 41"``.
    value : object
        The offending value; None if there is none to show.
    allowed : str
        What would be accepted: ``"(0, 1]"``, ``"one of upstream, central, tvd"``.
    hint : str
        What to do about it, a full sentence.
    """

    what: str
    file: str = ""
    line: int | None = None
    package: str = ""
    cell: str = ""
    value: object = None
    allowed: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = self.file or self.package
        if self.file and self.package and self.package.lower() not in self.file.lower():
            place = f"{self.file} ({self.package})"
        if self.line is not None:
            place += f", line {self.line}"
        text = f"{place}: {self.what}" if place else self.what
        if self.value is not None:
            text += f" = {self.value}"
        if self.cell:
            text += f" at {self.cell}"
        if self.allowed:
            text += f" is outside {self.allowed}" if self.allowed[0] in "([" else f"; allowed: {self.allowed}"
        text += "" if text.endswith(".") else "."
        return f"{text}\n{self.hint}" if self.hint else text


class GwsolverError(Exception):
    """Base of the errors that gwsolver raises on purpose; carries the exit code."""

    exit_code = 1


class InputError(GwsolverError):
    """The input is bad or asks for what is not supported; nothing was run.

    Parameters
    ----------
    problems : iterable of Problem
        All problems found, not only the first.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.problems,)


class RunError(GwsolverError):
    """The run began but could not be finished: no convergence, a failed check, a full disk."""

    exit_code = 1


INTERVALS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.bool_]]] = {
    "(0, 1)": lambda a: (a > 0.0) & (a < 1.0),
    "(0, 1]": lambda a: (a > 0.0) & (a <= 1.0),
    "[0, 1]": lambda a: (a >= 0.0) & (a <= 1.0),
    "[0, inf)": lambda a: (a >= 0.0) & np.isfinite(a),
    "(0, inf)": lambda a: (a > 0.0) & np.isfinite(a),
    "(-inf, inf)": np.isfinite,
}


def outside(
    name: str,
    values: NDArray[np.float64],
    interval: str,
    describe: Callable[[int], str] = lambda cell: f"cell {cell + 1}",
    hint: str = "",
) -> list[Problem]:
    """Return one problem if any value is not inside `interval` (so NaN is caught too).

    Parameters
    ----------
    name : str
        Quantity as it is named in the input.
    values : ndarray of float64, shape (cell,)
    interval : str
        A key of ``INTERVALS``.
    describe : callable
        Turns an index of `values` into the user's cell numbering (``Grid.describe``).
    hint : str
        What to do about it.
    """
    bad = np.flatnonzero(~INTERVALS[interval](np.asarray(values, dtype=float)))
    if bad.size == 0:
        return []
    first = int(bad[0])
    count = f" ({bad.size:,} of {np.size(values):,} cells are)" if bad.size > 1 else ""
    return [
        Problem(
            what=name, value=f"{float(values[first]):g}", cell=describe(first),
            allowed=interval + count, hint=hint,
        )
    ]


def located(problems: Iterable[Problem], **place: object) -> list[Problem]:
    """Return the problems with file, line or package filled in where they are still empty."""
    return [
        replace(p, **{k: v for k, v in place.items() if not getattr(p, k)})  # type: ignore[arg-type]
        for p in problems
    ]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` was most likely meant to be, "" if none is near."""
    known = list(known)
    close = difflib.get_close_matches(word.lower(), [k.lower() for k in known], n=1, cutoff=0.5)
    return next((k for k in known if close and k.lower() == close[0]), "")
