"""Moments of case.toml: a date, a model time, or a time with a unit."""

import datetime
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from gwsolver.case.model_units import TIMES
from gwsolver.core.time import NO_UNIT, TimeAxis
from gwsolver.core.units import convert, parse_unit, split_number

SAME = 1e-9


@dataclass(frozen=True)
class Moment:
    """One moment as the case gives it.

    Attributes
    ----------
    text : str
        As written.
    date : str
        ISO date, "" if it is none.
    whole_day : bool
        The date has no time of day.
    value : float
        Model time, or time from the start in `unit`, if there is no date.
    unit : str
    """

    text: str
    date: str = ""
    whole_day: bool = False
    value: float = 0.0
    unit: str = ""

    def problem(self, axis: TimeAxis) -> str:
        """Return in words why the moment cannot be placed on a time axis; "" if it can be."""
        try:
            time = self.on(axis)
        except ValueError as error:
            return f"{self.text} cannot be placed: {error}"
        if not -SAME * axis.end <= time <= axis.end * (1.0 + SAME):
            return f"{self.text} (time {time:g}) is outside the simulation, which ends at {axis.end:g}"
        return ""

    def time(self, axis: TimeAxis) -> float:
        """Return the model time [T]; `ValueError` if start date or unit of time are not known."""
        if self.date:
            return axis.time_of(self.date)
        if self.unit and axis.unit not in TIMES:
            raise ValueError(NO_UNIT)
        return convert(self.value, self.unit, TIMES[axis.unit]) if self.unit else self.value

    def on(self, axis: TimeAxis) -> float:
        """Return the model time [T], of a date without time of day that of a step's end less than a day away."""
        time = self.time(axis)
        if self.date and self.whole_day:
            # Years of 365.25 days end in the middle of days, and a day off where leap days have not come yet.
            edges = [0.0, *(step.end for step in axis.steps())]
            nearest = min(edges, key=lambda edge: abs(edge - time))
            return nearest if abs(nearest - time) < convert(1.0, "d", TIMES[axis.unit]) else time
        return time


def _moment(raw: Any) -> Any:
    if isinstance(raw, Moment):
        return raw
    if isinstance(raw, datetime.datetime):
        return Moment(raw.isoformat(), raw.isoformat())
    if isinstance(raw, datetime.date):
        return Moment(raw.isoformat(), raw.isoformat(), True)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return Moment(f"{raw:g}", value=float(raw))
    words = f"{raw!r} is no moment; write a date (2005-01-01), a model time or a time with a unit (\"30 y\")"
    if not isinstance(raw, str):
        raise ValueError(words)
    try:
        datetime.datetime.fromisoformat(raw)
        return Moment(raw, raw, len(raw) <= 10)
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


Given = Annotated[Moment, BeforeValidator(_moment)]
When = Annotated[Moment | None, BeforeValidator(_moment)]
