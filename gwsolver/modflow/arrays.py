"""Stress packages as arrays (READASARRAYS): one entry per cell in plan."""

from typing import Any

import numpy as np

from gwsolver.core.errors import INTERVALS, Problem
from gwsolver.core.grid import Grid
from gwsolver.core.stress import StressPackage, StressValues
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.entries import Link, PeriodEntries, SteppedStress
from gwsolver.modflow.load import by_period
from gwsolver.modflow.packages import Package
from gwsolver.modflow.series import Series
from gwsolver.modflow.stress import auxiliary_names, multiplied_column, multiplier_of, options_of, series_problem
from gwsolver.packages.registry import BoundaryKind, Column


def read_arrays(package: Package, kind: BoundaryKind, grid: Grid, time: TimeAxis, series: dict[str, Series]
                ) -> StressPackage:
    """Read a package whose stress periods are arrays over the plan cells.

    Each array holds until it is given again. Entries whose cell is outside the model act on none and
    are left out, as in MODFLOW 6, where they have no rate.
    """
    auxiliary = auxiliary_names(package)
    multiplier = multiplier_of(package, auxiliary)
    n_plan = int(np.prod(grid.shape[1:]))
    given = {c.name: _by_period(package, c.array_keyword) for c in kind.columns if c.array_keyword}
    layers = _by_period(package, _layer_array(package))
    extra = _auxiliary(package, auxiliary)
    changes = sorted({p for v in (*given.values(), layers, *extra.values()) for p in v if p < time.n_periods})
    columns = {c.name: c for c in kind.columns}
    held: dict[tuple[str, bool], Any] = {
        **{(name, False): 0.0 for name in given}, **{(name, True): 0.0 for name in auxiliary}}
    layer = np.zeros(n_plan, np.int64)
    periods: dict[int, PeriodEntries] = {}
    for position, period in enumerate(changes):
        until = changes[position + 1] if position + 1 < len(changes) else time.n_periods
        for name, values in given.items():
            held[name, False] = values.get(period, held[name, False])
        for name, values in extra.items():
            held[name, True] = values.get(period, held[name, True])
        if period in layers:
            layer = np.asarray(layers[period], np.int64).reshape(-1)
        cells, plan = _cells(package, grid, layer, n_plan)
        parts: dict[bool, dict[str, Any]] = {False: {}, True: {}}
        links: list[Link] = []
        for (name, is_auxiliary), value in held.items():
            column = Column(name, name, "-") if is_auxiliary else columns[name]
            parts[is_auxiliary][name] = _values(package, column, is_auxiliary, value, plan, n_plan, series, links,
                                                (period, until), time, grid, layer)
        periods[period] = PeriodEntries(StressValues(cells, parts[False], parts[True]), tuple(links))
    nothing = StressValues(np.zeros(0, np.int64), {n: np.zeros(0) for n in given},
                           {a: np.zeros(0) for a in auxiliary})
    return StressPackage(
        package.name, kind.kind,
        SteppedStress(periods, nothing, multiplied_column(kind) if multiplier else "", multiplier),
        {**options_of(package, kind), "readasarrays": True}, auxiliary, package.file)


def _layer_array(package: Package) -> str:
    """Return the name of the array of layers: IRCH, IEVT."""
    return "i" + package.type.rstrip("a")


def _by_period(package: Package, name: str) -> dict[int, Any]:
    # Arrays of integers (IRCH) are zero-based.
    return {int(k): v for k, v in by_period(getattr(package.data, name, None)).items() if v is not None}


def _auxiliary(package: Package, names: tuple[str, ...]) -> dict[str, dict[int, Any]]:
    found: dict[str, dict[int, Any]] = {n: {} for n in names}
    for period, stack in _by_period(package, "aux").items():
        for name, values in zip(names, stack, strict=False):
            if values is not None:
                found[name][period] = values
    return found


def _cells(package: Package, grid: Grid, layer: np.ndarray, n_plan: int) -> tuple[np.ndarray, np.ndarray]:
    if np.any(layer < 0) or np.any(layer >= grid.shape[0]):
        wrong = int(np.flatnonzero((layer < 0) | (layer >= grid.shape[0]))[0])
        package.bad(_layer_array(package), value=int(layer[wrong]) + 1, cell=f"plan cell {wrong + 1}",
                    allowed=f"1 to {grid.shape[0]}")
        layer = np.clip(layer, 0, grid.shape[0] - 1)
    cells = grid.cell_of_node[layer * n_plan + np.arange(n_plan)]
    plan = np.flatnonzero(cells >= 0)
    return cells[plan], plan


def _values(package: Package, column: Column, auxiliary: bool, given: Any, plan: np.ndarray, n_plan: int,
            series: dict[str, Series], links: list[Link], held: tuple[int, int], time: TimeAxis, grid: Grid,
            layer: np.ndarray) -> np.ndarray:
    if isinstance(given, str):
        name = given.split()[-1].lower().strip("'\"")
        if name not in series:
            package.bad(f'{column.keyword} names time-array series "{name}", which TAS6 does not give',
                        allowed=f"one of {', '.join(sorted(series)) or 'no series'}")
            return np.zeros(plan.size)
        chosen = series[name]
        if chosen.values.ndim == 1:
            chosen = Series(chosen.name, chosen.method, chosen.times,
                            np.repeat(chosen.values[:, None], n_plan, axis=1), chosen.file)
        short = next((s for p in range(*held) for s in time.steps_of(p) if not chosen.covers(s.start, s.end)), None)
        if short is not None:
            word = "ends" if chosen.times[-1] < short.end else "begins"
            problem = series_problem(chosen, word, float(chosen.times[-1 if word == "ends" else 0]), short, package)
            package.findings.bad.append(problem)
        links.append(Link(column.name, auxiliary, np.arange(plan.size), -1, chosen, plan))
        return np.zeros(plan.size)
    values = np.broadcast_to(np.asarray(given, float).reshape(-1), (n_plan,)) if np.size(given) in (1, n_plan) else None
    if values is None:
        package.bad(f"{column.keyword} in period {held[0] + 1} has {np.size(given)} values, {n_plan} are needed")
        return np.zeros(plan.size)
    chosen_values = values[plan].copy()
    wrong = np.flatnonzero(~INTERVALS[column.allowed](chosen_values))
    if wrong.size:
        node = int(layer[plan[wrong[0]]]) * n_plan + int(plan[wrong[0]])
        text = package.text()
        package.findings.bad.append(Problem(
            f"{column.keyword} in period {held[0] + 1}", file=package.file,
            line=text.period_line(held[0]) if text else None, package=package.name,
            value=f"{chosen_values[wrong[0]]:g}", cell=grid.describe_node(node),
            allowed=column.allowed + (f" ({wrong.size} cells are)" if wrong.size > 1 else "")))
    return chosen_values
