"""Dates as model times."""

import pytest

from gwsolver.core.time import StressPeriod, TimeAxis


@pytest.mark.parametrize(("unit", "date", "time"), [
    ("days", "1976-01-01", 365.0), ("years", "1976-01-01", 365.0 / 365.25), ("seconds", "1975-01-01T00:01:00", 60.0),
    ("days", "1974-12-31", -1.0), ("days", "1975-01-02T05:00:00+05:00", 1.0),
])
def test_a_date_is_a_time_from_the_start(unit, date, time):
    assert TimeAxis((StressPeriod(1.0),), unit, "1975-01-01").time_of(date) == pytest.approx(time, rel=1e-15)


@pytest.mark.parametrize(("unit", "start", "date", "words"), [
    ("days", "", "1976-01-01", "date of the start is not known"), ("unknown", "1975-01-01", "1976-01-01", "TIME_UNITS"),
    ("days", "1975-01-01", "yesterday", "'yesterday' is not a date"),
])
def test_what_is_missing_is_told(unit, start, date, words):
    with pytest.raises(ValueError, match=words):
        TimeAxis((StressPeriod(1.0),), unit, start).time_of(date)
