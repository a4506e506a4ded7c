"""Results in other programs' formats: netCDF, CSV tables, GeoPackage."""

import math
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.units import convert, split_number
from gwsolver.results.folder import writing
from gwsolver.results.reader import Results

CLASSES = (0.1, 1.0, 10.0, 100.0)


def export(
    results: Results, formats: list[str], out: str | Path | None = None, *, times: str = "last",
    limit: float | str | None = None,
) -> list[Path]:
    """Write results in other formats; return the files.

    Parameters
    ----------
    results : Results
    formats : list of str
        "nc", "csv", "gpkg".
    out : path, optional
        Folder; default ``export`` in the results folder.
    times : str
        "last", "all", or model times or ISO dates with commas between them; the nearest saved ones are taken.
    limit : float or str, optional
        In the run's unit, or with a unit ("0.01 mg/L"): concentration at which the classes of the isolines are set
        (0.1, 1, 10 and 100 times);
        default: the case's limit of each species, without one the decades below the largest value.
    """
    unknown = [f for f in formats if f not in FORMATS]
    if unknown or not formats:
        given = ", ".join(unknown) or "nothing"
        raise InputError([Problem("--to", value=given, allowed=f"one of {', '.join(FORMATS)}")])
    at = given_limit(results, limit)
    moments = pick_times(results, times)
    folder = Path(out) if out is not None else results.path / "export"
    files: list[Path] = []
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in dict.fromkeys(formats):
            files += FORMATS[name](results, folder, moments, at)
    return files


def given_limit(results: Results, limit: float | str | None) -> float | None:
    """Return a limit in the run's unit, None if none is given."""
    if limit is None:
        return None
    own = results.units["concentration"]
    try:
        value, unit = split_number(limit) if isinstance(limit, str) else (float(limit), "")
        if unit and own == "model units":
            raise ValueError("concentrations of the run are in model units: give a plain number")
        value = convert(value, unit, own) if unit else value
    except ValueError as error:
        raise InputError([Problem(f"--limit: {error}")]) from None
    if not (value > 0.0 and math.isfinite(value)):
        raise InputError([Problem("--limit", value=f"{value:g}", allowed="(0, inf)")])
    return value


def pick_times(results: Results, times: str) -> list[int]:
    """Return the indices of the saved times meant by "last", "all" or a list of times and dates."""
    saved = results.times
    if saved.size == 0:
        raise InputError([Problem("no concentrations or heads were saved", file=str(results.path))])
    if times == "last":
        return [saved.size - 1]
    if times == "all":
        return list(range(saved.size))
    return sorted({int(np.argmin(np.abs(saved - _model_time(results, t.strip())))) for t in times.split(",")})


def _model_time(results: Results, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    start = results.date(0.0)
    try:
        wanted = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise InputError([Problem("--times", value=text, allowed="last, all, a model time or an ISO date")]) from None
    dates = [results.date(float(t)) for t in results.times]
    if start is None or None in dates:
        raise InputError([Problem("--times: the date of the start is not known", value=text,
                                  hint="Give model times, or START_DATE_TIME in TDIS or [case] start.")])
    nearest = min(range(len(dates)), key=lambda i: abs(dates[i] - wanted))  # type: ignore[operator]
    return float(results.times[nearest])


def _values(results: Results, name: str, index: int) -> np.ndarray:
    """Values of a species (or of the head of a model) over user nodes at one saved time."""
    field = results.concentration(name) if name in results.species else results.head(name)
    return np.asarray(field.isel(time=index).values, float).ravel()


def _names(results: Results) -> list[tuple[str, str]]:
    """Species with their unit, or flow models if there is none."""
    if results.species:
        return [(s, results.units["concentration"]) for s in results.species]
    return [(m, results.units["length"]) for m in results.flow_models]


def _own_times(results: Results, name: str, moments: list[int]) -> list[tuple[int, float]]:
    """Return the saved times of a species nearest to those picked: each has its own output control."""
    field = results.concentration(name) if name in results.species else results.head(name)
    own = field["time"].values
    picked = {int(np.argmin(np.abs(own - results.times[i]))) for i in moments} if own.size else set()
    return [(i, float(own[i])) for i in sorted(picked)]


def _date(results: Results, time: float) -> str:
    date = results.date(time)
    return "" if date is None else date.isoformat(timespec="minutes").removesuffix("T00:00")


def _netcdf(results: Results, folder: Path, moments: list[int], limit: float | None) -> list[Path]:
    """Copy results.nc whole: it is the format itself."""
    path = folder / "results.nc"
    if path.resolve() != (results.path / "results.nc").resolve():
        shutil.copyfile(results.path / "results.nc", path)
    return [path]


def _csv(results: Results, folder: Path, moments: list[int], limit: float | None) -> list[Path]:
    """One table per species: a row per active cell, a column per time; UTF-8 with the mark Excel looks for."""
    import pandas as pd

    files = []
    for name, unit in _names(results):
        grid = results.grid_of(name)
        x, y = grid.to_map(grid.x, grid.y)
        index = np.unravel_index(grid.node, grid.shape)
        words = {"dis": ("layer", "row", "column"), "disv": ("layer", "cell2d"), "disu": ("node",)}[grid.kind]
        table = {word: i + 1 for word, i in zip(words, index, strict=True)}
        table |= {"x": x, "y": y, "top": grid.top, "bottom": grid.bottom}
        for i, time in _own_times(results, name, moments):
            moment = _date(results, time) or f"t={time:.10g} {results.units['time']}"
            table[f"{name} {moment} [{unit}]"] = _values(results, name, i)[grid.node]
        path = folder / f"{name}.csv"
        pd.DataFrame(table).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        files.append(path)
    return files


def _geopackage(results: Results, folder: Path, moments: list[int], limit: float | None) -> list[Path]:
    from gwsolver.results.geopackage import place_layers, plume_layers, write_geopackage

    layers = []
    for name, unit in _names(results):
        own = _own_times(results, name, moments)
        values = [(time, _date(results, time), _values(results, name, i)) for i, time in own]
        at = limit if limit is not None else _case_limit(results, name)
        levels = [c * at for c in CLASSES] if at else _decades([v for _, _, v in values])
        layers += plume_layers(results.grid_of(name), name, unit, levels, at, values)
    layers += place_layers(results.case.sources, results.case.receptors)
    path = folder / "plume.gpkg"
    write_geopackage(path, layers, results.crs)
    return [path]


def _case_limit(results: Results, species: str) -> float | None:
    """Limit of the case for a species in the unit of the run; None if there is none or units are unknown."""
    for law in results.case.limits:
        if law.species == species:
            own = results.units["concentration"]
            if law.unit in ("", own):
                return law.value
            return None if own == "model units" else convert(law.value, law.unit, own)
    return None


def _decades(values: list[np.ndarray]) -> list[float]:
    """Four powers of ten, the highest of which is not above the largest value."""
    largest = max((float(np.nanmax(v, initial=0.0)) for v in values), default=0.0)
    top = math.floor(math.log10(largest)) if largest > 0.0 else 0
    return [10.0 ** (top - i) for i in (3, 2, 1, 0)]


FORMATS: dict[str, Callable[[Results, Path, list[int], float | None], list[Path]]] = {
    "nc": _netcdf, "csv": _csv, "gpkg": _geopackage,
}
