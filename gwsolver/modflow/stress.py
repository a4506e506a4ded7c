"""Stress packages as lists: any kind of the registry, from its columns alone."""

from typing import Any

import numpy as np

from gwsolver.core.errors import INTERVALS, Problem
from gwsolver.core.grid import Grid
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.time import TimeAxis, TimeStep
from gwsolver.modflow.entries import Link, PeriodEntries, SteppedStress
from gwsolver.modflow.load import by_period
from gwsolver.modflow.packages import Floats, Package
from gwsolver.modflow.series import Series
from gwsolver.packages.registry import BoundaryKind, Column


def auxiliary_names(package: Package) -> tuple[str, ...]:
    """Return the lower-case names of a package's auxiliary variables."""
    given = package.give("auxiliary")
    if given is None:
        return ()
    words = [str(w).lower() for row in given for w in (row if not isinstance(row, str) else [row])]
    return tuple(words[1:] if words and words[0] == "auxiliary" else words)


def multiplied_column(kind: BoundaryKind) -> str:
    """Return the column AUXMULTNAME multiplies: the registry's word, or the only column there is."""
    return kind.multiplied or (kind.columns[0].name if len(kind.columns) == 1 else "")


def options_of(package: Package, kind: BoundaryKind) -> dict[str, Any]:
    """Return the options that change a package's equations, as the registry names them, and whether movers may."""
    found = {name: package.give(name) for name in (*kind.options, "mover")}
    return {name: value for name, value in found.items() if value is not None and value is not False}


def read_list(package: Package, kind: BoundaryKind, grid: Grid, time: TimeAxis, series: dict[str, Series]
              ) -> StressPackage:
    """Read a package whose stress periods are lists of entries."""
    auxiliary = auxiliary_names(package)
    multiplier = multiplier_of(package, auxiliary)
    reader = _ListReader(package, kind, grid, time, series, auxiliary)
    lists = {int(k): v for k, v in by_period(package.data.stress_period_data).items()}
    keys = sorted(lists)
    most = _maxbound(package)
    periods: dict[int, PeriodEntries] = {}
    last = time.n_periods
    for position, period in enumerate(keys):
        if period >= time.n_periods:
            continue
        until = min(keys[position + 1] if position + 1 < len(keys) else last, last)
        records = lists[period]
        count = 0 if records is None else len(records)
        if most is not None and count > most:
            package.bad(f"period {period + 1} has {count} entries, MAXBOUND = {most}", block="DIMENSIONS",
                        word="MAXBOUND")
        periods[period] = reader.entries(period, until, records)
    nothing = reader.entries(0, 0, None).values
    return StressPackage(
        package.name, kind.kind,
        SteppedStress(periods, nothing, multiplied_column(kind) if multiplier else "", multiplier),
        options_of(package, kind), auxiliary, package.file,
    )


def _maxbound(package: Package) -> int | None:
    """Return MAXBOUND as the file has it: flopy replaces it by the longest list."""
    text = package.text()
    for record in text.records("DIMENSIONS") if text else ():
        if record.key == "MAXBOUND" and len(record.words) > 1 and record.words[1].isdigit():
            return int(record.words[1])
    return None


def multiplier_of(package: Package, auxiliary: tuple[str, ...]) -> str:
    """Return the auxiliary variable of AUXMULTNAME, "" if there is none."""
    name = str(package.give("auxmultname") or "").lower()
    if name and name not in auxiliary:
        package.bad(f'AUXMULTNAME "{name}" is no auxiliary variable', block="OPTIONS", word="AUXMULTNAME",
                    allowed=f"one of {', '.join(auxiliary) or 'none'}")
        return ""
    return name


class _ListReader:
    """Turns flopy's records of a period into entries, and reports what is wrong with them."""

    def __init__(self, package: Package, kind: BoundaryKind, grid: Grid, time: TimeAxis, series: dict[str, Series],
                 auxiliary: tuple[str, ...]) -> None:
        self.package, self.kind, self.grid, self.time = package, kind, grid, time
        self.series, self.auxiliary = series, auxiliary
        self.reported: set[str] = set()

    def entries(self, period: int, until: int, records: Any) -> PeriodEntries:
        """Return the entries of one period's records, which hold until period `until`."""
        if records is None or len(records) == 0:
            empty = {c.name: np.zeros(0) for c in self.kind.columns}
            return PeriodEntries(StressValues(np.zeros(0, np.int64), empty, {a: np.zeros(0) for a in self.auxiliary}))
        names = {n.lower(): n for n in records.dtype.names}
        cells = self._cells(period, records["cellid"])
        links: list[Link] = []
        columns: dict[str, Floats] = {}
        for column in self.kind.columns:
            fields = _fields(column.keyword.lower(), names)
            if not fields:
                continue
            parts = [self._numbers(period, until, records[names[f]], column, False, i if len(fields) > 1 or
                                   f != column.keyword.lower() else -1, links) for i, f in enumerate(fields)]
            flat = len(parts) == 1 and fields[0] == column.keyword.lower()
            columns[column.name] = parts[0] if flat else np.stack(parts, axis=1)
        extra = {
            a: self._numbers(period, until, records[names[a]], Column(a, a, "-"), True, -1, links)
            if a in names else np.zeros(len(records)) for a in self.auxiliary
        }
        bound: tuple[str, ...] = ()
        if "boundname" in names:
            bound = tuple("" if b is None or b != b else str(b).lower().strip("'\"")
                          for b in records[names["boundname"]])
        return PeriodEntries(StressValues(cells, columns, extra, bound), tuple(links))

    def _cells(self, period: int, given: Any) -> np.ndarray:
        shape = self.grid.shape
        if given.ndim == 2 and given.shape[1] == len(shape) and np.all((given >= 0) & (given < shape)):
            cells = self.grid.cell_of_node[np.ravel_multi_index(tuple(given.T), shape)]
            if np.all(cells >= 0):
                return cells
        found = np.full(len(given), -1, np.int64)
        for i, cell in enumerate(given.tolist() if given.ndim == 2 else given):
            index = tuple(int(c) for c in cell) if isinstance(cell, (tuple, list)) else (int(cell),)
            words = "(" + ", ".join(str(c + 1) for c in index) + ")"
            if len(index) != len(shape) or any(not 0 <= c < n for c, n in zip(index, shape, strict=True)):
                self._bad(period, i, f"cell {words} is outside the grid",
                          allowed=self.grid.describe_extent())
                continue
            node = int(np.ravel_multi_index(index, shape))
            found[i] = self.grid.cell_of_node[node]
            if found[i] < 0:
                self._bad(period, i, "an entry stands in an inactive cell", cell=self.grid.describe_node(node),
                          hint="Move it to a cell with IDOMAIN above 0, or take it out.")
        return found

    def _numbers(self, period: int, until: int, given: Any, column: Column, auxiliary: bool, position: int,
                 links: list[Link]) -> Floats:
        values = np.full(len(given), np.nan)
        linked: dict[str, list[int]] = {}
        if given.dtype.kind in "fiu":
            values[:] = given
        else:
            for i, word in enumerate(given):
                try:
                    values[i] = float(str(word).lower().replace("d", "e")) if word is not None else np.nan
                except ValueError:
                    linked.setdefault(str(word).lower().strip("'\""), []).append(i)
        fixed = np.ones(len(given), bool)
        for name, where in linked.items():
            fixed[where] = False
            if name not in self.series:
                self._bad(period, where[0], f'{column.keyword} "{name}" is neither a number nor a time series of this '
                          "package", allowed=f"a number or one of {', '.join(sorted(self.series)) or 'no series'}")
                continue
            series = self.series[name]
            self._covered(series, period, until)
            values[where] = 0.0
            links.append(Link(column.name, auxiliary, np.array(where, np.int64), position, series))
        wrong = np.flatnonzero(fixed & ~INTERVALS[column.allowed](values))
        if wrong.size:
            more = f" ({wrong.size} entries are)" if wrong.size > 1 else ""
            self._bad(period, int(wrong[0]), f"{column.keyword} in period {period + 1}",
                      value=f"{values[wrong[0]]:g}", allowed=column.allowed + more)
        return values

    def _covered(self, series: Series, period: int, until: int) -> None:
        for p in range(period, until):
            for step in self.time.steps_of(p):
                if not series.covers(step.start, step.end):
                    if series.name not in self.reported:
                        self.reported.add(series.name)
                        word = "ends" if series.times[-1] < step.end else "begins"
                        time = series.times[-1] if word == "ends" else series.times[0]
                        self.package.findings.bad.append(series_problem(series, word, float(time), step, self.package))
                    return

    def _bad(self, period: int, index: int, what: str, **more: Any) -> None:
        text = self.package.text()
        record = text.entry(period, index) if text else None
        self.package.bad(what, line=record.line if record else None, **more)


def series_problem(series: Series, word: str, time: float, step: TimeStep, package: Package) -> Problem:
    """Word that a series does not cover a step that needs it."""
    return Problem(
        f'series "{series.name}" {word} at time {time:g}, but is needed from {step.start:g} to {step.end:g} '
        f"(period {step.period + 1}, step {step.step + 1})", file=series.file, package=package.name,
        hint="Add records so that the series covers every step that uses it.")


def _fields(keyword: str, names: dict[str, str]) -> list[str]:
    """Return the fields of a column: its keyword, or the keyword with numbers (PXDP1, PXDP2)."""
    if keyword in names:
        return [keyword]
    numbered = [(int(n[len(keyword):]), n) for n in names if n.startswith(keyword) and n[len(keyword):].isdigit()]
    if keyword == "petm":
        numbered = [x for x in numbered if x[0] > 0]
    return [n for _, n in sorted(numbered)]
