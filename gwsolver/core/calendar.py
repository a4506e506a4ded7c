"""Steps of the calendar: months and days, as networks of rivers and lakes count them."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class CalendarStep:
    """One month or one day.

    Attributes
    ----------
    number : int
        Zero-based, from the start of the run.
    start, end : date
        First day, and the day after the last one.
    """

    number: int
    start: date
    end: date

    @property
    def days(self) -> float:
        """Length [d]."""
        return float((self.end - self.start).days)

    @property
    def month(self) -> int:
        """Month of the year in which the step begins, 1 to 12."""
        return self.start.month

    @property
    def days_in_month(self) -> float:
        """Length of that month [d]."""
        return float(monthrange(self.start.year, self.start.month)[1])


def monthly(start: date, end: date) -> Iterator[CalendarStep]:
    """Yield calendar months from `start` to `end`; the first and the last may be parts of months."""
    number, at = 0, start
    while at < end:
        first = date(at.year + at.month // 12, at.month % 12 + 1, 1)
        yield CalendarStep(number, at, min(first, end))
        number, at = number + 1, first


def daily(start: date, end: date) -> Iterator[CalendarStep]:
    """Yield days from `start` to `end`."""
    for number in range((end - start).days):
        yield CalendarStep(number, start + timedelta(number), start + timedelta(number + 1))


STEPS = {"month": monthly, "day": daily}
