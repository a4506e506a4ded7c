"""What drives a network from outside: values in time, for all members or for each its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import InputError, Problem

Floats = NDArray[np.float64]
MONTHS = 12


class Forcing(Protocol):
    """A value in time."""

    def over(self, step: CalendarStep) -> Floats | float:
        """Return the mean over a step, one number or shape (member,)."""
        ...


@dataclass(frozen=True, eq=False)
class Constant:
    """One value for all times, a number or shape (member,)."""

    value: Floats | float

    def over(self, step: CalendarStep) -> Floats | float:
        """Return the value."""
        return self.value


@dataclass(frozen=True, eq=False)
class Months:
    """Twelve values that come back every year.

    Attributes
    ----------
    values : ndarray of float64, shape (12,) or (12, member)
    totals : bool
        Whether they are what a whole month brings: then the mean per day depends on its length.
    """

    values: Floats
    totals: bool = False

    def __post_init__(self) -> None:
        """Refuse anything but twelve values."""
        if len(self.values) != MONTHS:
            raise InputError([Problem("values of the months", value=len(self.values), allowed="12, January first")])

    def over(self, step: CalendarStep) -> Floats | float:
        """Return the value of the step's month, per day of it if values are totals."""
        value: Floats | float = self.values[step.month - 1]
        return value / step.days_in_month if self.totals else value


@dataclass(frozen=True, eq=False)
class Dated:
    """Values that hold from their date to the next one.

    Attributes
    ----------
    dates : sequence of date
        Rising; one more than values: the last says until when.
    values : ndarray of float64, shape (date - 1,) or (date - 1, member)
    """

    dates: Sequence[date]
    values: Floats
    _days: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Refuse dates that do not rise or do not fit the values."""
        days = np.array([d.toordinal() for d in self.dates], np.int64)
        object.__setattr__(self, "_days", days)
        if days.size != len(self.values) + 1:
            raise InputError([Problem("dates of a series", value=days.size,
                                      allowed=f"one more than its {len(self.values)} values: the last date ends it")])
        for i in np.flatnonzero(np.diff(days) <= 0).tolist():
            raise InputError([Problem(f"dates of a series must rise: after {self.dates[i]} comes {self.dates[i + 1]}")])

    def over(self, step: CalendarStep) -> Floats | float:
        """Return the mean over the step.

        Raises
        ------
        InputError
            If the step lies outside the series.
        """
        start, end = step.start.toordinal(), step.end.toordinal()
        if start < self._days[0] or end > self._days[-1]:
            raise InputError([Problem(
                f"a series covers {self.dates[0]} to {self.dates[-1]}, the run needs {step.start} to {step.end}",
                hint="Make the series longer or the run shorter.",
            )])
        first = int(np.searchsorted(self._days, start, side="right")) - 1
        last = int(np.searchsorted(self._days, end, side="left"))
        if last == first + 1:
            value: Floats | float = self.values[first]
            return value
        edges = np.clip(self._days[first:last + 1], start, end)
        mean: Floats | float = np.tensordot(np.diff(edges) / (end - start), self.values[first:last], axes=1)
        return mean


@dataclass(frozen=True, eq=False)
class Scaled:
    """Another forcing times a factor, plus a constant: a number each or shape (member,)."""

    base: Forcing
    factor: Floats | float = 1.0
    plus: Floats | float = 0.0

    def over(self, step: CalendarStep) -> Floats | float:
        """Return the mean over a step."""
        return self.factor * self.base.over(step) + self.plus


@dataclass(frozen=True, eq=False)
class Product:
    """One forcing times another: yearly amounts with the shape of the months."""

    one: Forcing
    two: Forcing

    def over(self, step: CalendarStep) -> Floats | float:
        """Return the product of both means over a step."""
        return self.one.over(step) * self.two.over(step)


@dataclass(frozen=True, eq=False)
class Ramp:
    """Values at dates, on straight lines between them, constant before the first and after the last.

    Attributes
    ----------
    dates : sequence of date
        Rising.
    values : ndarray of float64, shape (date,)
    """

    dates: Sequence[date]
    values: Floats

    def over(self, step: CalendarStep) -> Floats | float:
        """Return the value in the middle of a step."""
        days = [d.toordinal() for d in self.dates]
        return float(np.interp(0.5 * (step.start.toordinal() + step.end.toordinal()), days, self.values))


@dataclass(frozen=True, eq=False)
class Changed:
    """Another forcing times a factor plus something, both in time."""

    base: Forcing
    factor: Forcing
    plus: Forcing

    def over(self, step: CalendarStep) -> Floats | float:
        """Return the mean over a step."""
        return self.factor.over(step) * self.base.over(step) + self.plus.over(step)


NOTHING = Constant(0.0)
