"""Period data of packages whose features hold water or solute of their own (LAK, SFR, LKT, SFT).

Records say ``number KEYWORD value``: what is set holds until it is set again, and a stress period without a
record changes nothing. Values are numbers or time series.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import INTERVALS
from gwsolver.core.features import ACTIVE, CONSTANT, INACTIVE, FeatureValues
from gwsolver.core.time import TimeAxis, TimeStep
from gwsolver.modflow.locate import InputText
from gwsolver.modflow.packages import Package
from gwsolver.modflow.series import Series
from gwsolver.modflow.stress import series_problem
from gwsolver.packages.registry import Column

Ints = NDArray[np.int64]
Bad = Callable[..., None]
Place = tuple[str, int, str]
"""Column, place in it, value as a word."""
Special = Callable[[int, Sequence[str], Bad], Place | None]
"""(zero-based feature, words after the keyword, report) -> where a value goes; None after reporting."""

STATUSES = {"active": ACTIVE, "constant": CONSTANT, "inactive": INACTIVE}


@dataclass(frozen=True, eq=False)
class FeatureLink:
    """Places of a column that a time series fills."""

    column: str
    auxiliary: bool
    places: Ints
    series: Series


@dataclass(frozen=True, eq=False)
class SteppedFeatures:
    """The feature source of a MODFLOW package.

    Attributes
    ----------
    starts : tuple of int
        Zero-based periods from which something new holds, increasing from 0.
    values : tuple of FeatureValues
        What holds from then on; columns that did not change are the same arrays.
    links : tuple of tuple of FeatureLink
        The time series in force from then on.
    """

    starts: tuple[int, ...]
    values: tuple[FeatureValues, ...]
    links: tuple[tuple[FeatureLink, ...], ...]

    def __call__(self, step: TimeStep) -> FeatureValues:
        """Return the values in force during `step`, series averaged over it."""
        now = bisect_right(self.starts, step.period) - 1
        values = self.values[now]
        if not self.links[now]:
            return values
        columns, auxiliary = dict(values.columns), dict(values.auxiliary)
        copied: set[tuple[str, bool]] = set()
        for link in self.links[now]:
            held = auxiliary if link.auxiliary else columns
            if (link.column, link.auxiliary) not in copied:
                copied.add((link.column, link.auxiliary))
                held[link.column] = held[link.column].copy()
            held[link.column][link.places] = link.series.over(step.start, step.end)
        return replace(values, columns=columns, auxiliary=auxiliary)


@dataclass(eq=False)
class FeatureSettings:
    """Takes settings in, period after period, and reports what is wrong with them.

    Parameters
    ----------
    package : Package
    columns, part_columns : sequence of Column
        What acts on features, and on parts of the package (outlets of lakes).
    counts : (int, int)
        Number of features and of parts.
    names : (str, str)
        What they are called: "lake", "outlet".
    auxiliary : sequence of str
        Lower-case names of the auxiliary variables.
    series : mapping of str to Series
    time : TimeAxis
    statuses : mapping of str to int
        Lower-case words that STATUS may have.
    special : mapping of str to Special
        Keywords (lower case) whose records say more than a number.
    sizes : mapping of str to int
        Sizes of columns that `special` fills, where they are in no other list.
    """

    package: Package
    columns: Sequence[Column]
    part_columns: Sequence[Column]
    counts: tuple[int, int]
    names: tuple[str, str]
    auxiliary: Sequence[str]
    series: Mapping[str, Series]
    time: TimeAxis
    statuses: Mapping[str, int] = field(default_factory=lambda: STATUSES)
    special: Mapping[str, Special] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = {_plain(c.keyword): (c, n, size, name)
                       for n, (cs, size, name) in enumerate(zip((self.columns, self.part_columns), self.counts,
                                                                self.names, strict=True)) for c in cs}
        self._allowed = {c.name: c for c, *_ in self._known.values()}
        self._columns = {c.name: np.zeros(size) for c, _, size, _ in self._known.values()}
        self._columns |= {name: np.zeros(size) for name, size in self.sizes.items()}
        self._auxiliary = {a: np.zeros(self.counts[0]) for a in self.auxiliary}
        self._status = np.full(self.counts[0], ACTIVE, np.int8)
        self._linked: dict[tuple[str, bool, int], Series] = {}
        self._changed: set[tuple[str, bool]] = set()
        self._kept: list[tuple[int, FeatureValues, dict[tuple[str, bool, int], Series]]] = []

    def give(self, column: str, place: int, value: Any, bad: Bad, *, auxiliary: bool = False) -> None:
        """Give a column (or an auxiliary variable) a number or a time series from now on."""
        word = str(value).strip("'\"").lower()
        key = (column, auxiliary, place)
        label = column if auxiliary or column not in self._allowed else self._allowed[column].keyword
        series = None
        try:
            number = float(word.replace("d", "e")) if not isinstance(value, (float, int)) else float(value)
        except ValueError:
            number = 0.0
            series = self.series.get(word)
            if series is None:
                bad(f'{label} "{word}" is neither a number nor a time series of this package',
                    allowed=f"a number or one of {', '.join(sorted(self.series)) or 'no series'}")
                return
        allowed = "(-inf, inf)" if auxiliary or column not in self._allowed else self._allowed[column].allowed
        if series is None and not bool(INTERVALS[allowed](np.array([number]))[0]):
            bad(label, value=f"{number:g}", allowed=allowed)
            return
        held = self._auxiliary if auxiliary else self._columns
        if (column, auxiliary) not in self._changed:
            # What was kept for periods before keeps its own array.
            self._changed.add((column, auxiliary))
            held[column] = held[column].copy()
        held[column][place] = number
        if series is None:
            self._linked.pop(key, None)
        else:
            self._linked[key] = series

    def record(self, number: int, words: Sequence[str], bad: Bad) -> None:
        """Take in one record: zero-based number, keyword, values."""
        keyword, values = _plain(words[0]) if words else "", list(words[1:])
        known = None if keyword in self.special else self._known.get(keyword)
        name, size = (self.names[known[1]], known[2]) if known else (self.names[0], self.counts[0])
        if not 0 <= number < size:
            bad(f"{name} {number + 1}", allowed=f"1 to {size}" if size else f"no {name} is there")
            return
        where = prefixed(bad, f"{name} {number + 1}: ")
        if keyword in self.special:
            place = self.special[keyword](number, values, where)
            if place is not None:
                self.give(place[0], place[1], place[2], where)
        elif keyword == "status":
            self._set_status(number, values, where)
        elif keyword == "auxiliary":
            self._set_auxiliary(number, values, where)
        elif known is None:
            words_known = sorted([*self._known, *self.special, "status", *(["auxiliary"] if self.auxiliary else [])])
            where(f'"{words[0] if words else ""}" is not known', allowed=f"one of {', '.join(words_known)}")
        elif not values:
            where(f"{keyword} has no value")
        else:
            self.give(known[0].name, number, values[0], where)

    def _set_status(self, number: int, values: Sequence[str], bad: Bad) -> None:
        word = values[0].lower() if values else ""
        if word not in self.statuses:
            bad("status", value=f'"{word}"', allowed=f"one of {', '.join(self.statuses)}")
            return
        if ("", False) not in self._changed:
            self._changed.add(("", False))
            self._status = self._status.copy()
        self._status[number] = self.statuses[word]

    def _set_auxiliary(self, number: int, values: Sequence[str], bad: Bad) -> None:
        name = values[0].lower() if values else ""
        if name not in self._auxiliary:
            bad(f'auxiliary variable "{name}" is not known', allowed=f"one of {', '.join(self.auxiliary) or 'none'}")
        elif len(values) < 2:
            bad(f"auxiliary variable {name} has no value")
        else:
            self.give(name, number, values[1], bad, auxiliary=True)

    def keep(self, period: int) -> None:
        """Let what is set now hold from a zero-based period on."""
        values = FeatureValues(dict(self._columns), self._status, dict(self._auxiliary))
        if self._kept and self._kept[-1][0] == period:
            self._kept.pop()
        self._kept.append((period, values, dict(self._linked)))
        self._changed.clear()

    def read_periods(self, by_period: Mapping[Any, Any]) -> None:
        """Take in the records of all stress periods; what was set before holds from the first on."""
        self.keep(0)
        text = self.package.text()
        for period in sorted(int(p) for p in by_period):
            records = by_period[period]
            if records is None or period >= self.time.n_periods:
                continue
            for index, record in enumerate(records):
                number, *words = _flat(record)
                if not isinstance(number, (int, np.integer)):
                    number = -1
                self.record(int(number), [str(w) for w in words], _at(self.package, text, period, index))
            self.keep(period)

    def source(self) -> SteppedFeatures:
        """Return what acts during any step."""
        starts = [period for period, _, _ in self._kept]
        until = [*starts[1:], self.time.n_periods]
        reported: set[str] = set()
        for start, end, (_, _, linked) in zip(starts, until, self._kept, strict=True):
            self._cover({id(s): s for s in linked.values()}.values(), start, end, reported)
        return SteppedFeatures(tuple(starts), tuple(values for _, values, _ in self._kept),
                               tuple(_links(linked) for _, _, linked in self._kept))

    def _cover(self, series: Iterable[Series], start: int, end: int, reported: set[str]) -> None:
        """Report series that do not say what holds throughout the periods from `start` to before `end`."""
        if end <= start:
            return
        first, last = self.time.steps_of(start)[0], self.time.steps_of(end - 1)[-1]
        for s in series:
            for step in (first, last):
                if s.name not in reported and not s.covers(step.start, step.end):
                    reported.add(s.name)
                    ends = bool(s.times[-1] < step.end)
                    self.package.findings.bad.append(series_problem(
                        s, "ends" if ends else "begins", float(s.times[-1] if ends else s.times[0]), step,
                        self.package))


def _at(package: Package, text: InputText | None, period: int, index: int) -> Bad:
    def bad(what: str, **more: Any) -> None:
        record = text.entry(period, index) if text else None
        package.bad(f"period {period + 1}, {what}", line=record.line if record else None, **more)

    return bad


def prefixed(bad: Bad, prefix: str) -> Bad:
    """Return a report that begins with the words of `prefix`."""
    return lambda what, **more: bad(prefix + what, **more)


def _plain(word: str) -> str:
    """Return a keyword as it is compared: flopy writes some with an underscore that have a hyphen."""
    return word.lower().replace("_", "-")


def _flat(record: Any) -> list[Any]:
    """Return the words of one of flopy's records without the empty ones at its end."""
    found: list[Any] = []
    for part in record:
        found += list(part) if isinstance(part, (tuple, list)) else [part]
    return [p for p in found if p is not None]


def _links(linked: Mapping[tuple[str, bool, int], Series]) -> tuple[FeatureLink, ...]:
    places: dict[tuple[str, bool, int], list[int]] = {}
    series = {id(s): s for s in linked.values()}
    for (column, auxiliary, place), one in linked.items():
        places.setdefault((column, auxiliary, id(one)), []).append(place)
    return tuple(FeatureLink(column, auxiliary, np.array(where, np.int64), series[key])
                 for (column, auxiliary, key), where in places.items())
