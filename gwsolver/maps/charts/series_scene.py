"""What a chart of receptors shows: concentration against time at each, and when it is above the limit."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.case import in_language
from gwsolver.core.errors import InputError, Problem
from gwsolver.maps.charts.timescale import TimeScale, positions
from gwsolver.maps.from_results import cell_values, pick_species, subject, well_name
from gwsolver.maps.scene import Subject
from gwsolver.results.observations import receptor_value

Floats = NDArray[np.float64]
DEPTH = 100.0  # the axis begins this much below the limit
DECADES = 4.0  # or, without a limit, this many decades below the largest value


@dataclass(frozen=True, eq=False)
class Series:
    """One receptor.

    Attributes
    ----------
    name : str
        As printed.
    at : ndarray of float64, shape (time,)
        Positions on the time axis.
    values : ndarray of float64, shape (time,)
        Concentration; NaN where dry.
    distance : float
        From the only source [L]; NaN if there is none or several.
    """

    name: str
    at: Floats
    values: Floats
    distance: float = math.nan

    @property
    def peak(self) -> tuple[float, float]:
        """Position and value of the largest concentration; NaN if there is no value at all."""
        if not np.isfinite(self.values).any():
            return math.nan, math.nan
        i = int(np.nanargmax(self.values))
        return float(self.at[i]), float(self.values[i])

    def above(self, limit: float) -> list[tuple[float, float]]:
        """Return the intervals of the time axis above a limit; ends lie between values, by their logarithm."""
        high = np.nan_to_num(self.values, nan=-1.0) > limit
        edges = np.flatnonzero(np.diff(np.concatenate([[False], high, [False]]).astype(int)))
        found = []
        for first, last in zip(edges[::2], edges[1::2] - 1, strict=True):
            start = float(self.at[first]) if first == 0 else self._crossing(first - 1, limit)
            end = float(self.at[last]) if last == high.size - 1 else self._crossing(last, limit)
            found.append((start, end))
        return found

    def _crossing(self, i: int, limit: float) -> float:
        a, b = float(self.values[i]), float(self.values[i + 1])
        if not (math.isfinite(a) and math.isfinite(b)):
            return float(self.at[i] if math.isfinite(a) else self.at[i + 1])
        tiny = 1e-6 * limit
        a, b, c = (math.log(max(v, tiny)) for v in (a, b, limit))
        return float(self.at[i] + (c - a) / (b - a) * (self.at[i + 1] - self.at[i]))


@dataclass(frozen=True, eq=False, kw_only=True)
class SeriesScene(Subject):
    """Receptors of one species.

    Attributes
    ----------
    series : tuple of Series
    scale : TimeScale
    """

    series: tuple[Series, ...]
    scale: TimeScale

    @property
    def floor(self) -> float:
        """Smallest concentration of the axis."""
        if self.limit is not None:
            return self.limit / DEPTH
        return float(10.0 ** (math.floor(math.log10(self.maximum)) - DECADES)) if self.maximum > 0.0 else 1e-3

    @property
    def maximum(self) -> float:
        """Largest concentration of all, 0 if there is none."""
        peaks = [s.peak[1] for s in self.series]
        return max((p for p in peaks if math.isfinite(p)), default=0.0)

    @property
    def drawn(self) -> list[Series]:
        """Receptors that ever rise above the floor: those above the limit first, in order of arrival, then by peak."""
        def rank(s: Series) -> tuple[float, float]:
            spans = [] if self.limit is None else s.above(self.limit)
            return spans[0][0] if spans else math.inf, -s.peak[1]

        return sorted((s for s in self.series if s.peak[1] > self.floor), key=rank)

    @property
    def unseen(self) -> list[Series]:
        """Receptors that never do."""
        return [s for s in self.series if not s.peak[1] > self.floor]


def series_from_results(
    results: Any, species: str, receptors: list[str] | tuple[str, ...] | None, limit: float | str | None, lang: str,
) -> SeriesScene:
    """Return the scene of a species at the case's receptors (or those named); of the model's wells if it has none."""
    name = pick_species(results, species)
    found = _from_observations(results, name, lang) or _from_wells(results, name)
    if not found:
        raise InputError([Problem("there are no receptors", package="chart",
                                  hint="Give [[receptor]] in case.toml, or a well in the model.")])
    if receptors:
        known = {key.lower(): key for key in found}
        missing = [r for r in receptors if r.lower() not in known]
        if missing:
            raise InputError([Problem("receptors", package="chart", value=", ".join(missing),
                                      allowed="some of " + ", ".join(found))])
        found = {known[r.lower()]: found[known[r.lower()]] for r in receptors}
    times = np.unique(np.concatenate([t for _, t, _, _ in found.values()]))
    at, scale = positions(results, times)
    series = tuple(Series(label, np.interp(t, times, at), values, distance)
                   for label, t, values, distance in found.values())
    return SeriesScene(**subject(results, name, limit, lang), series=series, scale=scale)


def _from_observations(results: Any, species: str, lang: str) -> dict[str, tuple[str, Floats, Floats, float]]:
    """Return label, times, values and distance by the receptors' own names, in the order of the case."""
    table = results.observations()
    table = table[(table["model"] == species) & (table["package"] == "receptor") & (table["type"] == "concentration")]
    found = {}
    for place in results.case.receptors:
        rows = table[table["name"] == place.name]
        if len(rows):
            label = in_language(place.title, lang, place.name)
            found[place.name] = (label, rows["time"].to_numpy(float), rows["value"].to_numpy(float),
                                 _distance(results, place.x, place.y))
    return found


def _from_wells(results: Any, species: str) -> dict[str, tuple[str, Floats, Floats, float]]:
    grid = results.grid_of(species)
    field = results.concentration(species)
    times = np.asarray(field["time"].values, float)
    cells = [cell_values(field, i, grid) for i in range(times.size)]
    found = {}
    for well in results.features_of(species):
        if well.is_point:
            values = np.array([receptor_value(grid, well.cells, c) for c in cells])
            found[well.name] = (well_name(well), times, values, _distance(results, well.x, well.y))
    return found


def _distance(results: Any, x: float, y: float) -> float:
    sources = results.case.sources
    return math.hypot(x - sources[0].x, y - sources[0].y) if len(sources) == 1 else math.nan
