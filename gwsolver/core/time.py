"""Stress periods and time steps, as MODFLOW 6's TDIS defines them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

# Seconds of the units of TDIS; a year has 365.25 days.
SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0, "years": 31557600.0}
NO_UNIT = "the time unit is not known: give TIME_UNITS in TDIS"


@dataclass(frozen=True)
class StressPeriod:
    """Length [T], number of time steps and multiplier of one stress period."""

    length: float
    n_steps: int = 1
    multiplier: float = 1.0


@dataclass(frozen=True)
class TimeStep:
    """One time step; period and step are zero-based, times in model units from the start."""

    period: int
    step: int
    start: float
    end: float

    @property
    def length(self) -> float:
        """Length of the step [T]."""
        return self.end - self.start


@dataclass(frozen=True)
class TimeAxis:
    """All stress periods of a model.

    Attributes
    ----------
    periods : tuple of StressPeriod
    unit : str
        "seconds", "minutes", "hours", "days", "years", or "unknown".
    start_date : str
        ISO date of time zero, "" if the model gives none.
    """

    periods: tuple[StressPeriod, ...]
    unit: str = "unknown"
    start_date: str = ""

    @property
    def n_periods(self) -> int:
        """Number of stress periods."""
        return len(self.periods)

    @property
    def end(self) -> float:
        """Time at the end of the last period [T]."""
        return sum(p.length for p in self.periods)

    def time_of(self, date: str) -> float:
        """Return the time of an ISO date [T]; it may lie outside the run.

        Raises
        ------
        ValueError
            If it is no date, or if start date or time unit are not known; the text says what to do.
        """
        if not self.start_date:
            raise ValueError("the date of the start is not known: give START_DATE_TIME (2010-01-31) in TDIS or "
                             "[case] start")
        if self.unit not in SECONDS:
            raise ValueError(NO_UNIT)
        try:
            day, start = (_naive(datetime.fromisoformat(text.strip())) for text in (date, self.start_date))
        except ValueError:
            raise ValueError(f"{date!r} is not a date; write for example 1975-01-01") from None
        return (day - start).total_seconds() / SECONDS[self.unit]

    @property
    def first_steps(self) -> list[TimeStep]:
        """The first time step of each period."""
        return [self.steps_of(period)[0] for period in range(self.n_periods)]

    def period_start(self, period: int) -> float:
        """Time at which a period starts [T]."""
        return sum(p.length for p in self.periods[:period])

    def steps_of(self, period: int) -> list[TimeStep]:
        """Return the steps of one period; the last one ends exactly where the period does.

        The first step is ``length (1 - multiplier) / (1 - multiplier**n_steps)``
        (MODFLOW 6, description of input and output, TDIS package).
        """
        p = self.periods[period]
        start = self.period_start(period)
        stop = self.period_start(period + 1)
        if p.multiplier == 1.0:
            edges = [start + p.length * i / p.n_steps for i in range(p.n_steps)]
        else:
            whole = 1.0 - p.multiplier**p.n_steps
            edges = [start + p.length * (1.0 - p.multiplier**i) / whole for i in range(p.n_steps)]
        edges.append(stop)
        return [TimeStep(period, i, edges[i], edges[i + 1]) for i in range(p.n_steps)]

    def steps(self) -> Iterator[TimeStep]:
        """Yield every time step in order."""
        for period in range(self.n_periods):
            yield from self.steps_of(period)


def _naive(date: datetime) -> datetime:
    return date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date
