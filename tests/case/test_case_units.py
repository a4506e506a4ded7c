"""Units: conversions against factors worked out by hand, and what is refused."""

import re
from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from gwsolver.case.quantity import Quantity, quantity
from gwsolver.core.units import convert, parse_unit, split_number


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (35.0, "m/d", "m/s", 35.0 / 86400.0),
        (50.0, "mm/y", "m/d", 0.05 / 365.25),
        (0.01, "mg/L", "g/m3", 0.01),
        (10.0, "µg/L", "mg/L", 0.01),
        (1750.0, "kg/m3", "g/m³", 1.75e6),
        (58.88, "L/kg", "m^3/g", 58.88e-6),
        (0.001, "1/d", "1/y", 0.36525),
        (30.0, "%", "-", 0.30),
        (1.0, "ft3/d", "m3/d", 0.3048**3),
        (2.0, "m2/d/m", "m/d", 2.0),
        (1.0, "mg/kg", "-", 1e-6),
        (3.0, "ha", "m2", 3e4),
        (1.0, "a", "d", 365.25),
    ],
)
def test_known_conversions(value, unit, to, expected):
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("unit", ["m/d", "mg/L", "L/kg", "1/y", "g*m/d2"])
def test_there_and_back_is_the_same_number(unit):
    si = {"m/d": "km/h", "mg/L": "kg/m3", "L/kg": "m3/t", "1/y": "1/s", "g*m/d2": "kg·cm/s2"}[unit]
    assert convert(convert(0.37, unit, si), si, unit) == pytest.approx(0.37, rel=1e-14)


def test_different_things_are_not_converted():
    with pytest.raises(ValueError, match="'m/d' cannot be turned into 'm2/d': they measure different things"):
        convert(1.0, "m/d", "m2/d")


@pytest.mark.parametrize("unit", ["furlong/d", "m/", "m//d", "MG/L", "", "m d"])
def test_unknown_units_are_named(unit):
    with pytest.raises(ValueError, match="is not known"):
        parse_unit(unit)


@pytest.mark.parametrize(("text", "number", "unit"), [
    ("35 m/d", 35.0, "m/d"), ("-1.5e-3 1/d", -1.5e-3, "1/d"), ("1e-5 1/m", 1e-5, "1/m"), (" 7 ", 7.0, ""),
    ("0.30 -", 0.3, "-"), ("10%", 10.0, "%"), ("505_000 m", 505000.0, "m"), ("3E2 m3/d", 300.0, "m3/d"),
])
def test_a_text_splits_into_number_and_unit(text, number, unit):
    assert split_number(text) == (number, unit)


def test_a_text_without_a_number_is_refused():
    with pytest.raises(ValueError, match="'about ten' is not a number with a unit"):
        split_number("about ten")


@pytest.mark.parametrize(("text", "words"), [
    ("10 mg N/L", '10 mg N/L counts nitrate as N; it counts as NO3 here: write "44.27 mg/L"'),
    ("10 mg NO3-N/L", 'write "44.27 mg/L"'), ("10 mg/L N", 'write "44.27 mg/L"'), ("2.26 mg/L as N", 'write "10 mg/L"'),
    ("5 g S/m3", '5 g S/m3 counts sulfate as S; it counts as SO4 here: write "14.98 g/m3"'),
])
def test_nitrate_as_nitrogen_is_refused_with_both_numbers(text, words):
    with pytest.raises(ValidationError, match=re.escape(words)):
        TypeAdapter(Annotated[Quantity, quantity("mg/L")]).validate_python(text)


@pytest.mark.parametrize("text", ["10 mg/L", "3 g/s", "1 kg/m3", "2 ng/L"])
def test_other_units_are_read(text):
    assert TypeAdapter(Annotated[Quantity, quantity()]).validate_python(text)


def test_a_decimal_comma_is_told():
    with pytest.raises(ValueError, match=r"'60,5 m3/d' has a comma in its number; write '60\.5 m3/d'"):
        split_number("60,5 m3/d")
