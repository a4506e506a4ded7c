"""What a plume does to receptors: arrival at a limit, time above it, peak, what wells take out.

A series is what was observed at the end of every time step; between two of them it is taken to run straight, in
concentration ("linear") or in its logarithm ("log", exact for exponential rise and decay; where one end is zero it is
linear there too). Nothing is said about the time before the first value and across values that are missing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.grid import Floats

if TYPE_CHECKING:
    import pandas as pd

    from gwsolver.results.reader import Results

SCALES = ("log", "linear")
WELL = {"well-concentration": "well_concentration", "well-mass-rate": "well_mass_rate"}


@dataclass(frozen=True)
class Exposure:
    """What a receptor sees of a species.

    Attributes
    ----------
    peak : float
        Largest concentration [M/L**3]; NaN if there is no value at all.
    peak_time : float
        When it is first reached [T].
    arrival : float
        When the limit is first reached [T]; NaN: not reached. The first time of the series if it begins above.
    time_above : float
        How long the concentration is above the limit [T].
    """

    peak: float
    peak_time: float
    arrival: float
    time_above: float

    @property
    def reached(self) -> bool:
        """Whether the limit is reached."""
        return bool(np.isfinite(self.arrival))


def exposure(time: Floats, concentration: Floats, limit: float, *, scale: str = "log") -> Exposure:
    """Return peak, arrival and time above a limit.

    Parameters
    ----------
    time : ndarray of float64, shape (n,)
        Rising [T].
    concentration : ndarray of float64, shape (n,)
        [M/L**3], >= 0; NaN where there is none.
    limit : float
        > 0 [M/L**3].
    scale : str
        "log" or "linear".

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    if scale not in SCALES:
        raise ValueError(f"scale = {scale!r}; allowed: {', '.join(SCALES)}")
    time, concentration = np.asarray(time, float), np.asarray(concentration, float)
    if not np.isfinite(concentration).any():
        return Exposure(np.nan, np.nan, np.nan, 0.0)
    top = int(np.nanargmax(concentration))
    c0, c1, t0, t1 = concentration[:-1], concentration[1:], time[:-1], time[1:]
    whole = np.isfinite(c0) & np.isfinite(c1)
    crossing = t0 + crossing_part(c0, c1, limit, scale) * (t1 - t0)
    above = np.where((c0 > limit) & (c1 > limit), t1 - t0, 0.0)
    above = np.where((c0 <= limit) & (c1 > limit), t1 - crossing, above)
    above = np.where((c0 > limit) & (c1 <= limit), crossing - t0, above)
    first = np.flatnonzero(concentration >= limit)
    arrival = np.nan
    if first.size:
        i = int(first[0])
        joined = i > 0 and whole[i - 1]
        arrival = float(crossing[i - 1] if joined else time[i])
    return Exposure(float(concentration[top]), float(time[top]), arrival, float(above[whole].sum()))


def crossing_part(before: Floats, after: Floats, limit: float, scale: str) -> Floats:
    """Return the part of the way from one value to the next at which the limit is met, shape (n,); any where it is not.

    linear: (L - c0) / (c1 - c0),   log: ln(L / c0) / ln(c1 / c0)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        straight = (limit - before) / (after - before)
        if scale == "linear":
            return np.asarray(straight)
        bent = np.log(limit / before) / np.log(after / before)
    return np.where((before > 0.0) & (after > 0.0), bent, straight)


def receptor_series(results: "Results", species: str) -> "pd.DataFrame":
    """Return what receptors see of a species, one column each, by model time; NaN where there is no value."""
    return _series(results, species, "concentration")


def well_series(results: "Results", species: str, kind: str = "well-concentration") -> "pd.DataFrame":
    """Return what the wells at receptors pump, one column each, by model time; NaN while they do not.

    Parameters
    ----------
    kind : str
        "well-concentration": mass rate over flow through all screens of the well [M/L**3];
        "well-mass-rate": what it takes out [M/T].
    """
    return _series(results, species, kind)


def receptor_table(results: "Results", species: str, limit: float, *, scale: str = "log") -> "pd.DataFrame":
    """Return one row per receptor: peak, peak_time, arrival, time_above, and of wells what they pump at most.

    Times are model times. Where a well pumps, ``well_concentration`` and ``well_mass_rate`` are the largest of the
    blended water of all its screens, ``well_arrival`` and ``well_time_above`` those of the blend.

    Parameters
    ----------
    limit : float
        In the run's unit of concentration.

    Raises
    ------
    InputError
        If the results have no such species.
    """
    import pandas as pd

    if species not in results.species:
        raise InputError([Problem(f"there is no species {species}", file=str(results.path),
                                  allowed=f"one of {', '.join(results.species) or 'none'}")])
    seen = receptor_series(results, species)
    pumped = {kind: well_series(results, species, kind) for kind in WELL}
    rows: list[dict[str, Any]] = []
    for name in seen.columns:
        own = exposure(seen.index.to_numpy(float), seen[name].to_numpy(float), limit, scale=scale)
        row: dict[str, Any] = {"receptor": name, "peak": own.peak, "peak_time": own.peak_time,
                               "arrival": own.arrival, "time_above": own.time_above}
        for kind, table in pumped.items():
            row[WELL[kind]] = float(table[name].max()) if name in table else np.nan
        blend = pumped["well-concentration"]
        if name in blend:
            mixed = exposure(blend.index.to_numpy(float), blend[name].to_numpy(float), limit, scale=scale)
            row |= {"well_arrival": mixed.arrival, "well_time_above": mixed.time_above}
        else:
            row |= {"well_arrival": np.nan, "well_time_above": np.nan}
        rows.append(row)
    columns = ["receptor", "peak", "peak_time", "arrival", "time_above", *WELL.values(), "well_arrival",
               "well_time_above"]
    return pd.DataFrame(rows, columns=columns)


def _series(results: "Results", species: str, kind: str) -> "pd.DataFrame":
    table = results.observations()
    mine = table[(table["model"] == species) & (table["package"] == "receptor") & (table["type"] == kind)]
    wide = mine.pivot(index="time", columns="name", values="value")
    return wide[list(dict.fromkeys(mine["name"]))]
