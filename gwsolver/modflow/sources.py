"""SSM and its SPC6 files: where the water of flow packages takes its concentration from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gwsolver.core.grid import Grid
from gwsolver.core.simulation import SourceConcentration
from gwsolver.core.stress import StressValues
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.entries import Link, PeriodEntries, SteppedStress
from gwsolver.modflow.load import rows, silence
from gwsolver.modflow.packages import Package
from gwsolver.modflow.series import Series
from gwsolver.modflow.stress import series_problem

MIXED = {"aux": False, "auxmixed": True}


@dataclass(frozen=True, eq=False)
class ConcentrationFile:
    """An SPC6 file of a model and its time series by lower-case name."""

    package: Package
    series: Mapping[str, Series]


def read_sources(
    package: Package | None, flow_packages: Mapping[str, tuple[str, ...]] | None, carriers: Mapping[str, str],
    files: Mapping[str, ConcentrationFile], grid: Grid, time: TimeAxis,
) -> tuple[SourceConcentration, ...]:
    """Return SSM's lines; packages without one bring water of concentration zero.

    Parameters
    ----------
    package : Package or None
    flow_packages : mapping of str to tuple of str, optional
        Auxiliary variables of the flow model's packages by name, to check the lines against.
    carriers : mapping of str to str
        Flow packages whose water carries solute of its own, and the package (LKT, SFT) that says so.
    files : mapping of str to ConcentrationFile
        SPC6 files by lower-case file name.
    """
    if package is None:
        return ()
    found: dict[str, SourceConcentration] = {}

    def known(name: str, line: int | None) -> bool:
        if flow_packages is not None and name not in flow_packages:
            package.bad(f'"{name}" is no package of the flow model', line=line,
                        allowed=f"one of {', '.join(sorted(flow_packages))}")
            return False
        if name in carriers:
            package.bad(f'"{name}" has its solute from {carriers[name]}', line=line,
                        hint="Take the package out of SSM: lakes and streams with LKT6 or SFT6 bring what they hold.")
            return False
        if name in found:
            package.bad(f'"{name}" has a source already', line=line, hint="Give every flow package one line of SSM.")
            return False
        return True

    for row in rows(package.data.sources):
        name, kind, auxiliary = (str(w).lower() for w in row[:3])
        line = package.line("SOURCES", name)
        if kind not in MIXED:
            package.bad(f"source of {name}", value=kind.upper(), line=line, allowed="one of AUX, AUXMIXED")
        elif not known(name, line):
            continue
        elif flow_packages is not None and auxiliary not in flow_packages[name]:
            package.bad(f'"{auxiliary}" is no auxiliary variable of {name}', line=line,
                        allowed=f"one of {', '.join(flow_packages[name]) or 'none'}")
        else:
            found[name] = SourceConcentration(name, auxiliary, MIXED[kind])
    # flopy (3.11) drops the word MIXED when it reads the file.
    text = package.text()
    said_mixed = {r.key.lower() for r in (text.records("FILEINPUT") if text else ())
                  if "MIXED" in (w.upper() for w in r.words[4:])}
    for row in rows(getattr(package.data, "fileinput", None)):
        name, file = str(row[0]).lower(), str(row[1]).strip("'\"").lower()
        line = package.line("FILEINPUT", name)
        if not known(name, line):
            continue
        if file not in files:
            package.bad(f'SPC6 file "{row[1]}" of {name} cannot be read', line=line)
            continue
        mixed = (len(row) > 2 and str(row[2]).lower() == "mixed") or name in said_mixed
        own = files[file]
        by_plan = own.package.type == "spca"
        values = _read_arrays(own, grid, time) if by_plan else _read_list(own, time)
        found[name] = SourceConcentration(name, "", mixed, values, by_plan)
    return tuple(found.values())


def _entries(values: np.ndarray, links: Mapping[Any, Link]) -> PeriodEntries:
    return PeriodEntries(StressValues(np.arange(values.size), {"concentration": values.copy()}), tuple(links.values()))


def _covered(file: ConcentrationFile, series: Series, period: int, time: TimeAxis) -> None:
    """Report that a series does not cover a step from `period` on."""
    for p in range(period, time.n_periods):
        for step in time.steps_of(p):
            if not series.covers(step.start, step.end):
                word = "ends" if series.times[-1] < step.end else "begins"
                at = float(series.times[-1 if word == "ends" else 0])
                file.package.findings.bad.append(series_problem(series, word, at, step, file.package))
                return


def _link(file: ConcentrationFile, name: str, entries: np.ndarray, plan: np.ndarray | None, period: int, time: TimeAxis
          ) -> Link | None:
    if name not in file.series:
        file.package.bad(f'concentration "{name}" is neither a number nor a time series of this file',
                         allowed=f"a number or one of {', '.join(sorted(file.series)) or 'no series'}")
        return None
    series = file.series[name]
    _covered(file, series, period, time)
    return Link("concentration", False, entries, -1, series, plan)


def _read_list(file: ConcentrationFile, time: TimeAxis) -> SteppedStress:
    """Return concentrations by entry; a setting holds until it is given again, zero before."""
    package = file.package
    count = int(package.give("maxbound", 0) or 0)
    if count < 1:
        package.bad("MAXBOUND", value=count, allowed="a whole number above 0", block="DIMENSIONS", word="MAXBOUND")
        count = 1
    values = np.zeros(count)
    links: dict[int, Link] = {}
    periods: dict[int, PeriodEntries] = {}
    data = package.data.perioddata
    with silence():
        lists = {int(k): data.get_data(k) for k in sorted(data._data_storage or {})}
    for period, records in lists.items():
        for record in records if records is not None else ():
            entry, word, value = int(record[0]), str(record[1]).lower(), str(record[2]).lower().strip("'\"")
            if not 0 <= entry < count:
                package.bad(f"entry in period {period + 1}", value=entry + 1, allowed=f"1 to {count} (MAXBOUND)")
                continue
            if word != "concentration":
                package.bad(f"setting of entry {entry + 1}", value=word.upper(), allowed="CONCENTRATION")
                continue
            links.pop(entry, None)
            try:
                values[entry] = float(value.replace("d", "e"))
            except ValueError:
                link = _link(file, value, np.array([entry]), None, period, time)
                if link is not None:
                    links[entry] = link
                continue
            if not np.isfinite(values[entry]) or values[entry] < 0.0:
                package.bad(f"concentration of entry {entry + 1} in period {period + 1}", value=value,
                            allowed="[0, inf)")
        periods[period] = _entries(values, links)
    return SteppedStress(periods, _entries(np.zeros(count), {}).values)


def _read_arrays(file: ConcentrationFile, grid: Grid, time: TimeAxis) -> SteppedStress:
    """Return concentrations over the plan cells."""
    package = file.package
    n_plan = int(np.prod(grid.shape[1:]))
    data = package.data.concentration
    with silence():
        arrays = {int(k): data.get_data(k) for k in sorted(data._data_storage or {})}
    periods: dict[int, PeriodEntries] = {}
    for period, given in arrays.items():
        values, links = np.zeros(n_plan), {}
        if isinstance(given, str):
            link = _link(file, given.split()[-1].lower().strip("'\""), np.arange(n_plan), None, period, time)
            if link is not None:
                links[0] = link
        elif np.size(given) in (1, n_plan):
            values = np.broadcast_to(np.asarray(given, float).reshape(-1), (n_plan,)).copy()
            if not np.all(np.isfinite(values)) or np.any(values < 0.0):
                wrong = int(np.flatnonzero(~(values >= 0.0) | ~np.isfinite(values))[0])
                package.bad(f"concentration in period {period + 1}", value=f"{values[wrong]:g}",
                            cell=f"plan cell {wrong + 1}", allowed="[0, inf)")
        else:
            package.bad(f"concentration in period {period + 1} has {np.size(given)} values, {n_plan} are needed")
        periods[period] = _entries(values, links)
    return SteppedStress(periods, _entries(np.zeros(n_plan), {}).values)
