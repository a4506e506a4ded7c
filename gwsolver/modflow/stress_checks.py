"""Stress packages held against their cells, each other and their own limits, in every period and time step.

MODFLOW 6 does so at run time (the ``*_ck`` routines of its packages) and ends there; here it is done on reading.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import INTERVALS
from gwsolver.core.grid import Grid
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.time import TimeAxis, TimeStep
from gwsolver.modflow.entries import PeriodEntries, SteppedStress
from gwsolver.modflow.packages import Floats, Package
from gwsolver.packages.registry import BoundaryKind

NEVER_BELOW = "[0, inf)"


@dataclass(frozen=True, eq=False)
class Finding:
    """Entries of one time step that break one rule."""

    what: str
    value: Floats
    wrong: NDArray[np.bool_]
    allowed: Floats | str
    meaning: str = ""
    hint: str = ""

    def words(self, entry: int, more: str) -> str:
        """Say what is allowed; `more` counts what breaks the rule."""
        if isinstance(self.allowed, str):
            return self.allowed + more.format(word="outside") if more else self.allowed
        return f"at least {self.allowed[entry]:g}, {self.meaning}" + more.format(word="below")


@dataclass(eq=False)
class Count:
    """The first step that breaks a rule, and how often the rule is broken after it."""

    finding: Finding
    moment: str
    period: int
    cells: NDArray[np.int64]
    changing: bool
    broken: set[int]
    times: int = 1

    def more(self) -> str:
        """Count cells and times in words, "" if there is but one of each."""
        n, one = len(self.broken), len(self.broken) == 1
        if one and self.times == 1:
            return ""
        unit = "step" if self.changing else "period"
        times = f" in {self.times} {unit}s" if self.times > 1 else ""
        return f" ({n} {'cell' if one else 'cells'}{times} {'is' if one else 'are'} {{word}})"


def check_stress(packages: Sequence[tuple[Package, BoundaryKind]], stress: Sequence[StressPackage], grid: Grid,
                 time: TimeAxis, convertible: NDArray[np.bool_] | None = None, *, checked: bool = True) -> None:
    """Report what of the stress packages of a model cannot be: once for each package and rule.

    Parameters
    ----------
    packages, stress
        As they stand in the files, and as they were read; in the same order.
    grid, time
    convertible : ndarray of bool, shape (cell,), optional
        ICELLTYPE != 0; only flow models have it.
    checked : bool
        False: the simulation says NOCHECK, and what MODFLOW then passes over is passed over here.
    """
    floor = np.full(grid.n_cells, -np.inf) if convertible is None else np.where(convertible, grid.bottom, -np.inf)
    for (package, kind), own in zip(packages, stress, strict=True):
        assert isinstance(own.source, SteppedStress)
        counts: dict[str, Count] = {}
        for step, held, changing in _moments(own.source, time):
            values = own.at(step)
            there = values.cells >= 0
            for finding in _findings(kind, own, values, held, floor, checked):
                wrong = finding.wrong & there
                if not wrong.any():
                    continue
                found = {int(i) for i in values.cells[wrong]}
                known = counts.get(finding.what + finding.meaning)
                if known is None:
                    moment = f"period {step.period + 1}" + (f", step {step.step + 1}" if changing else "")
                    counts[finding.what + finding.meaning] = Count(
                        finding, moment, _held_from(own.source, step), values.cells, changing, found)
                else:
                    known.broken |= found
                    known.times += 1
        for count in counts.values():
            _report(package, count, grid)
    _check_held(packages, stress, grid, time)


def _moments(source: SteppedStress, time: TimeAxis) -> Iterator[tuple[TimeStep, PeriodEntries, bool]]:
    """Yield the steps at which entries may have new values: the first of each list, all where series fill them."""
    for position, period in enumerate(source.starts):
        until = source.starts[position + 1] if position + 1 < len(source.starts) else time.n_periods
        held = source.periods[period]
        if not held.links:
            yield next(iter(time.steps_of(period))), held, False
            continue
        for p in range(period, min(until, time.n_periods)):
            for step in time.steps_of(p):
                yield step, held, True


def _held_from(source: SteppedStress, step: TimeStep) -> int:
    """Return the period whose list is in force."""
    return max(p for p in source.starts if p <= step.period)


def _findings(kind: BoundaryKind, stress: StressPackage, values: StressValues, held: PeriodEntries, floor: Floats,
              checked: bool) -> Iterator[Finding]:
    source = stress.source
    assert isinstance(source, SteppedStress)
    columns = {c.name: c for c in kind.columns}
    for link in held.links:
        # Numbers in the file itself were looked at when they were read.
        column = columns.get(link.column) if not link.auxiliary else None
        given = (values.auxiliary if link.auxiliary else values.columns)[link.column]
        interval = column.allowed if column else "(-inf, inf)"
        if column and link.column == source.multiplied:
            interval = "(-inf, inf)"
        given = given if given.ndim == 1 else given[:, link.position]
        wrong = np.zeros(given.size, bool)
        wrong[link.entries] = ~INTERVALS[interval](given[link.entries])
        yield Finding(column.keyword if column else link.column, given, wrong, interval)
    if source.multiplier and columns[source.multiplied].allowed == NEVER_BELOW:
        parts = values.auxiliary[source.multiplier]
        yield Finding(source.multiplier, parts, parts < 0.0, NEVER_BELOW)
        product = values.columns[source.multiplied]
        yield Finding(columns[source.multiplied].keyword, product, (product < 0.0) & (parts >= 0.0), NEVER_BELOW)
    if kind.limits is not None:
        beneath = np.where(values.cells >= 0, floor[values.cells], -np.inf)
        for limit in kind.limits(values, beneath, stress.options):
            if checked or limit.always:
                yield Finding(limit.what, limit.value, limit.value < limit.least, limit.least, limit.meaning,
                              limit.hint)


def _report(package: Package, count: Count, grid: Grid) -> None:
    finding, cells = count.finding, count.cells
    entry = int(np.flatnonzero(finding.wrong & (cells >= 0))[0])
    package.bad(f"{finding.what} in {count.moment}", value=f"{finding.value[entry]:g}",
                line=_line(package, count.period, entry), cell=grid.describe(int(cells[entry])),
                allowed=finding.words(entry, count.more()), hint=finding.hint)


def _line(package: Package, period: int, entry: int) -> int | None:
    """Return the line of an entry of a list, or that where the arrays of a period begin."""
    text = package.text()
    if text is None:
        return None
    if not hasattr(package.data, "stress_period_data"):
        return text.period_line(period)
    record = text.entry(period, entry)
    return record.line if record else None


def _check_held(packages: Sequence[tuple[Package, BoundaryKind]], stress: Sequence[StressPackage], grid: Grid,
                time: TimeAxis) -> None:
    """Report cells whose head or concentration is given twice in a period, once for each package."""
    told: set[str] = set()
    fixing = [(p, k, s) for (p, k), s in zip(packages, stress, strict=True) if k.fixes]
    changes = sorted({p for _, _, s in fixing if isinstance(s.source, SteppedStress) for p in s.source.starts})
    for period in changes:
        step = next(iter(time.steps_of(period)))
        lists = [own.at(step).cells for _, _, own in fixing]
        cells = np.concatenate(lists)
        owner = np.repeat(np.arange(len(lists)), [c.size for c in lists])
        entry = np.concatenate([np.arange(c.size) for c in lists])
        first = np.full(grid.n_cells + 1, -1)  # the last place is for entries without a cell, -1
        first[cells[::-1]] = np.arange(cells.size)[::-1]
        again = np.flatnonzero((cells >= 0) & (first[cells] != np.arange(cells.size)))
        for place in again:
            package, kind, own = fixing[owner[place]]
            if package.name in told:
                continue
            told.add(package.name)
            assert isinstance(own.source, SteppedStress)
            holder = fixing[owner[first[cells[place]]]][0].name
            package.bad(f"period {period + 1} gives the {kind.fixes} of a cell that {holder} holds already",
                        line=_line(package, _held_from(own.source, step), int(entry[place])),
                        cell=grid.describe(int(cells[place])), hint="Leave one entry for each cell.")
