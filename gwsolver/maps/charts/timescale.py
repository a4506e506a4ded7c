"""Time on an axis: dates as decimal years where the run has them, else model times."""

import calendar
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.maps.words import Language

Floats = NDArray[np.float64]
MANY_YEARS = 4.0
DAYS_PER_YEAR = 365.25
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)
MONTHS = (1, 2, 3, 6, 12)


@dataclass(frozen=True)
class TimeScale:
    """How positions on a time axis are read.

    Attributes
    ----------
    dated : bool
        Positions are decimal years of the calendar.
    unit : str
        Of positions that are not: "d", "y", "" if unknown.
    low, high : float
        First and last position of the axis.
    """

    dated: bool
    unit: str
    low: float
    high: float

    @property
    def many_years(self) -> bool:
        """Years are enough to name a moment."""
        return self.dated and self.high - self.low >= MANY_YEARS

    def words(self, position: float, words: Language) -> str:
        """Return a moment as it is printed in a chart: year, month or day, or model time with its unit."""
        if self.many_years:
            return str(math.floor(position))
        if self.dated:
            day = date_of(position)
            return f"{day:%Y-%m}" if self.high - self.low > 0.4 else f"{day:%Y-%m-%d}"
        unit = words.unit(self.unit) if self.unit else ""
        return f"{words.number(position, 3)}\u00a0{unit}".strip("\u00a0")

    def ticks(self, count: int, words: Language) -> list[tuple[float, str]]:
        """Return about `count` positions with their texts."""
        span = max(self.high - self.low, 1e-9)
        if self.dated and not self.many_years:
            return self._months(count)
        raw = span / max(count, 1)
        if self.dated:
            step: float = next((s for s in STEPS if s >= raw), STEPS[-1])
        else:
            power = 10.0 ** math.floor(math.log10(raw))
            step = next(f for f in (1.0, 2.0, 5.0, 10.0) if f * power >= raw * (1.0 - 1e-9)) * power
        first, last = math.ceil(self.low / step - 1e-6), math.floor(self.high / step + 1e-6)
        at = [i * step for i in range(first, last + 1)]
        return [(t, str(round(t)) if self.dated else words.number(t)) for t in at]

    def _months(self, count: int) -> list[tuple[float, str]]:
        first, last = date_of(self.low), date_of(self.high)
        months = (last.year - first.year) * 12 + last.month - first.month
        if months <= 2:
            days = (last - first).days
            step = max(math.ceil(days / max(count - 1, 1)), 1)
            all_days = [first + timedelta(days=i) for i in range(0, days + 1, step)]
            return [(decimal_year(d), f"{d:%Y-%m-%d}") for d in all_days]
        step = next((m for m in MONTHS if months / m <= count), 12)
        found = []
        for i in range(months + 2):
            month = first.month - 1 + i
            day = datetime(first.year + month // 12, month % 12 + 1, 1)
            at = decimal_year(day)
            if month % step == 0 and self.low - 1e-9 <= at <= self.high + 1e-9:
                found.append((at, f"{day:%Y-%m}"))
        return found


def decimal_year(day: datetime) -> float:
    """Return the year with the part of it that has passed."""
    start = datetime(day.year, 1, 1)
    days = 366 if calendar.isleap(day.year) else 365
    return day.year + (day.replace(tzinfo=None) - start).total_seconds() / (86400.0 * days)


def date_of(position: float) -> datetime:
    """Return the moment of a decimal year, to the second."""
    year = math.floor(position)
    days = 366 if calendar.isleap(year) else 365
    return datetime(year, 1, 1) + timedelta(seconds=round((position - year) * days * 86400.0))


def positions(results: Any, times: Floats) -> tuple[Floats, TimeScale]:
    """Return positions of model times on the axis, and its scale, which begins with the run.

    Without dates long runs in days are told in years.
    """
    times = np.asarray(times, float)
    unit = results.case.time_unit
    if results.date(0.0) is not None:
        at = np.array([decimal_year(results.date(float(t))) for t in times])
        return at, TimeScale(True, "", decimal_year(results.date(0.0)), float(at.max()))
    factor = 1.0
    if unit == "d" and times.max() > 2.0 * DAYS_PER_YEAR:
        factor, unit = 1.0 / DAYS_PER_YEAR, "y"
    at = times * factor
    return at, TimeScale(False, unit, 0.0, float(at.max()))
