"""TS6 and TAS6 packages to series."""

import numpy as np

from gwsolver.modflow.load import by_period, rows, words
from gwsolver.modflow.packages import Package
from gwsolver.modflow.series import METHODS, Series

NO_DATA = 3e30


def read_series(package: Package) -> dict[str, Series]:
    """Return the series of one TS6 or TAS6 file by lower-case name."""
    return _arrays(package) if package.type == "tas" else _numbers(package)


def _after_keyword(found: list[str], *keywords: str) -> list[str]:
    return [w for w in found if w.lower() not in keywords]


def _methods(package: Package, names: list[str]) -> list[str]:
    several = _after_keyword(words(getattr(package.data, "interpolation_methodrecord", None)), "methods", "method")
    single = _after_keyword(words(getattr(package.data, "interpolation_methodrecord_single", None)), "method")
    methods = [m.lower() for m in (several or single)]
    if len(methods) == 1:
        methods = methods * len(names)
    if len(methods) != len(names) or any(m not in METHODS for m in methods):
        package.bad("METHODS", value=" ".join(methods) or "nothing", block="ATTRIBUTES", word="METHODS",
                    allowed=f"one of {', '.join(METHODS)} for each of the {len(names)} names")
        methods = ["linear"] * len(names)
    return methods


def _factors(package: Package, count: int) -> list[float]:
    for name in ("sfacrecord", "sfacrecord_single"):
        given = _after_keyword(words(getattr(package.data, name, None)), "sfacs", "sfac")
        if given:
            numbers = [float(w) for w in given]
            return numbers * count if len(numbers) == 1 else numbers
    return [1.0] * count


def _numbers(package: Package) -> dict[str, Series]:
    names = [n.lower() for n in _after_keyword(words(package.data.time_series_namerecord), "names", "name")]
    records = rows(package.data.timeseries)
    if not names or not records:
        package.bad("the file names no series or has no records")
        return {}
    methods, factors = _methods(package, names), _factors(package, len(names))
    try:
        table = np.array([[float(v) for v in record] for record in records])
    except (TypeError, ValueError):
        package.bad("a record has no number for each of the names", block="TIMESERIES")
        return {}
    if table.shape[1] != len(names) + 1 or len(factors) != len(names):
        package.bad(f"records have {table.shape[1] - 1} values, there are {len(names)} names")
        return {}
    found = {}
    for i, (name, method, factor) in enumerate(zip(names, methods, factors, strict=True)):
        there = table[:, i + 1] != NO_DATA
        times, values = table[there, 0], table[there, i + 1] * factor
        if times.size == 0 or np.any(np.diff(times) < 0.0) or not np.all(np.isfinite(values)):
            at = int(np.argmax(np.diff(times) < 0.0)) + 1 if times.size > 1 else 0
            text = package.text()
            entries = list(text.records("TIMESERIES")) if text else []
            line = entries[at].line if at < len(entries) else None
            what = "times decrease" if times.size and np.all(np.isfinite(values)) else "has values that are none"
            package.bad(f'series "{name}": {what}', line=line)
            continue
        found[name] = Series(name, method, times, values, package.file)
    return found


def _arrays(package: Package) -> dict[str, Series]:
    names = [n.lower() for n in _after_keyword(words(package.data.time_series_namerecord), "names", "name")]
    if not names:
        package.bad("the file names no series")
        return {}
    factor = _factors(package, 1)[0]
    given = {float(k): v for k, v in by_period(package.data.tas_array).items()}
    times = sorted(given)
    values = [np.asarray(given[t], float).reshape(-1) * factor for t in times]
    size = max((v.size for v in values), default=0)
    if not values or any(v.size not in (1, size) for v in values):
        package.bad("the file has no arrays, or arrays of different size")
        return {}
    table = np.stack([np.broadcast_to(v, (size,)) for v in values])
    method = _methods(package, names[:1])[0]
    return {names[0]: Series(names[0], method, np.array(times), table[:, 0] if size == 1 else table, package.file)}
