"""OC and OBS packages: what is saved when, and what is observed."""

from typing import Any

import numpy as np

from gwsolver.core.grid import Grid
from gwsolver.core.output import Observation, OutputControl, SaveRule
from gwsolver.core.time import TimeAxis
from gwsolver.modflow.load import scalar, silence
from gwsolver.modflow.packages import Package

RECORDS = ("head", "concentration", "budget")


def read_output_control(package: Package | None, time: TimeAxis) -> OutputControl:
    """Return OC's SAVE rules.

    From disk they are taken from the file itself: flopy keeps one number of STEPS only. A record that
    names no file is not saved by MODFLOW; here its rules are kept.
    """
    if package is None:
        return OutputControl()
    text = package.text()
    by_period: dict[int, list[tuple[str, list[str], int | None]]] = {}
    if text is not None:
        for block in text.named("PERIOD"):
            found = by_period.setdefault(block.number - 1, [])
            found += [(r.words[1].lower(), [w.lower() for w in r.words[2:]], r.line)
                      for r in block.records() if r.key == "SAVE" and len(r.words) > 2]
    else:
        with silence():
            given = package.data.saverecord.get_data() or {}
        for period, records in given.items():
            by_period[int(period)] = [
                (str(r[0]).lower(), [str(w).lower() for w in list(r)[1:] if w is not None], None) for r in records
            ] if records is not None else []
    rules: dict[str, dict[int, tuple[SaveRule, ...]]] = {}
    for period, lines in sorted(by_period.items()):
        for record, words, line in lines:
            if record not in RECORDS:
                package.bad(f"SAVE {record.upper()} is not known", line=line,
                            allowed="one of HEAD, CONCENTRATION, BUDGET")
                continue
            rule = _rule(package, words, line)
            if rule is not None:
                kept = rules.setdefault(record, {})
                kept[period] = (*kept.get(period, ()), rule)
        for record in RECORDS:
            # A period block replaces all that was asked for before, of every record.
            if record in rules and period not in rules[record]:
                rules[record][period] = ()
    return OutputControl(rules)


def _rule(package: Package, words: list[str], line: int | None) -> SaveRule | None:
    key, numbers = words[0], words[1:]
    simple = {"all": SaveRule(all_steps=True), "first": SaveRule(first=True), "last": SaveRule(last=True)}
    if key in simple:
        return simple[key]
    try:
        counts = [int(n) for n in numbers]
    except ValueError:
        counts = []
    if key == "frequency" and len(counts) == 1 and counts[0] > 0:
        return SaveRule(frequency=counts[0])
    if key == "steps" and counts and min(counts) > 0:
        return SaveRule(steps=tuple(c - 1 for c in counts))
    package.bad(f'"{" ".join(words).upper()}" does not say when to save', line=line,
                allowed="ALL, FIRST, LAST, FREQUENCY n, STEPS n n ...")
    return None


def read_observations(package: Package, parent: str, grid: Grid) -> list[Observation]:
    """Return the observations of one OBS package; `parent` is the stress package's name or ""."""
    given = scalar(package.data.continuous, {})
    found = []
    for records in given.values():
        for record in records if records is not None else ():
            name, quantity, *places = list(record)
            cells: list[int] = []
            boundname = ""
            for place in places:
                if place is None or (isinstance(place, float) and np.isnan(place)):
                    continue
                node = _node(place, grid)
                if node is None and isinstance(place, str):
                    boundname = place.lower().strip("'\"")
                elif node is None or grid.cell_of_node[node] < 0:
                    text = package.text()
                    line = text.line_of("CONTINUOUS", str(name)) if text else None
                    where = grid.describe_node(node) if node is not None else str(place)
                    package.bad(f'observation "{name}" looks at no active cell', line=line, cell=where)
                    cells = [-1]
                else:
                    cells.append(int(grid.cell_of_node[node]))
            if -1 not in cells:
                found.append(Observation(str(name).lower(), str(quantity).lower(), parent, tuple(cells), boundname))
    return found


def _node(place: Any, grid: Grid) -> int | None:
    if isinstance(place, str):
        parts = place.split()
        if len(parts) != len(grid.shape) or not all(p.isdigit() for p in parts):
            return None
        index = tuple(int(p) - 1 for p in parts)
    else:
        index = tuple(int(c) for c in place) if isinstance(place, (tuple, list)) else (int(place),)
    if len(index) != len(grid.shape) or any(not 0 <= i < n for i, n in zip(index, grid.shape, strict=True)):
        return None
    return int(np.ravel_multi_index(index, grid.shape))
