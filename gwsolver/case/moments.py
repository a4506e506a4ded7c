"""Moments of case.toml: a date, a model time, or a time with a unit."""

import datetime
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from gwsolver.case.model_units import TIMES
from gwsolver.core.time import TimeAxis
from gwsolver.core.units import convert, parse_unit, split_number

SAME = 1e-9


@dataclass(frozen=True)
class Moment:
    """One moment as the case gives it.

    Attributes
    ----------
    text : str
        As written.
    date : datetime or None
    whole_day : bool
        The date has no time of day.
    value : float
        Model time, or time from the start in `unit`, if there is no date.
    unit : str
    """

    text: str
    date: datetime.datetime | None = None
    whole_day: bool = False
    value: float = 0.0
    unit: str = ""

    def problem(self, axis: TimeAxis) -> str:
        """Return in words why the moment cannot be placed on a time axis; "" if it can be."""
        if (self.date is not None or self.unit) and axis.unit not in TIMES:
            return f"{self.text} cannot be placed: the model's unit of time is unknown"
        if self.date is not None and not axis.start_date:
            return f"{self.text} cannot be placed: the date of time zero is unknown (write start in [case])"
        time = self.on(axis)
        if not -SAME * axis.end <= time <= axis.end * (1.0 + SAME):
            return f"{self.text} (time {time:g}) is outside the simulation, which ends at {axis.end:g}"
        return ""

    def on(self, axis: TimeAxis) -> float:
        """Return the model time [T]; of a date without time of day a step's end less than a day away."""
        if self.date is None:
            return convert(self.value, self.unit, TIMES[axis.unit]) if self.unit else self.value
        start = datetime.datetime.fromisoformat(axis.start_date)
        start = start.replace(tzinfo=None)
        time = convert((self.date - start) / datetime.timedelta(days=1), "d", TIMES[axis.unit])
        if self.whole_day:
            # Years of 365.25 days end in the middle of days, and a day off where leap days have not come yet.
            edges = [0.0, *(step.end for step in axis.steps())]
            nearest = min(edges, key=lambda edge: abs(edge - time))
            return nearest if abs(nearest - time) < convert(1.0, "d", TIMES[axis.unit]) else time
        return time


def _moment(raw: Any) -> Any:
    if isinstance(raw, Moment):
        return raw
    if isinstance(raw, datetime.datetime):
        return Moment(raw.isoformat(), raw.replace(tzinfo=None))
    if isinstance(raw, datetime.date):
        return Moment(raw.isoformat(), datetime.datetime(raw.year, raw.month, raw.day), True)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return Moment(f"{raw:g}", value=float(raw))
    words = f"{raw!r} is no moment; write a date (2005-01-01), a model time or a time with a unit (\"30 y\")"
    if not isinstance(raw, str):
        raise ValueError(words)
    try:
        date = datetime.datetime.fromisoformat(raw)
        return Moment(raw, date.replace(tzinfo=None), len(raw) <= 10)
    except ValueError:
        pass
    try:
        value, unit = split_number(raw)
        fits = not unit or parse_unit(unit).dimension == (0, 0, 1)
    except ValueError:
        raise ValueError(words) from None
    if not fits:
        raise ValueError(words)
    return Moment(raw, value=value, unit=unit)


When = Annotated[Moment | None, BeforeValidator(_moment)]
