"""A value of case.toml: number, unit, and where it comes from."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from gwsolver.case.words import STATUSES
from gwsolver.core.case import Provenance
from gwsolver.core.errors import nearest
from gwsolver.core.units import convert, parse_unit, split_number
from gwsolver.reactions.components.formula import atoms, molar_mass

KEYS = ("value", "unit", "range", "distribution", "source", "status", "note")


@dataclass(frozen=True)
class Quantity:
    """One value, or a list of them, with unit and origin.

    Attributes
    ----------
    numbers : tuple of float
        In `unit`; one number if the case gives one.
    is_list : bool
        Whether the case gives a list.
    unit : str
        As written; "" for a bare number, which is in the model's units.
    range : tuple of float
        Low and high in `unit`; empty if not given.
    distribution : str
        A name of `gwsolver.core.distributions` in an ensemble's parameter; elsewhere a note to the reader.
    provenance : Provenance
        Source and status.
    note : str
    """

    numbers: tuple[float, ...]
    is_list: bool = False
    unit: str = ""
    range: tuple[float, ...] = ()
    distribution: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    note: str = ""

    @property
    def value(self) -> float:
        """The number, if there is one only."""
        if self.is_list:
            raise ValueError("this value is a list: take .numbers")
        return self.numbers[0]

    def to(self, unit: str) -> float:
        """Return the number in `unit`; a bare number is taken to be in it."""
        return convert(self.value, self.unit, unit) if self.unit else self.value

    def all_to(self, unit: str) -> tuple[float, ...]:
        """Return the list of numbers in `unit`; bare numbers are taken to be in it."""
        return tuple(convert(n, self.unit, unit) if self.unit else n for n in self.numbers)


def quantity(like: str = "", *, minimum: float | None = None, maximum: float | None = None) -> BeforeValidator:
    """Return the pydantic validator of a quantity.

    Parameters
    ----------
    like : str
        A unit of the same dimension, "" if any will do.
    minimum, maximum : float, optional
        Bounds on the numbers (zero and fractions: true in any unit).
    """
    return BeforeValidator(_reader(like, minimum, maximum))


def _reader(like: str, minimum: float | None, maximum: float | None) -> Callable[[Any], Quantity]:
    def read(raw: Any) -> Quantity:
        found = _read(raw)
        if like and found.unit and parse_unit(found.unit).dimension != parse_unit(like).dimension:
            raise _wrong(f"unit {found.unit!r} does not fit; a unit like {like!r} is needed")
        low, high = minimum, maximum
        factor = parse_unit(found.unit).factor if found.unit and parse_unit(found.unit).dimension == (0, 0, 0) else 1.0
        for n in found.numbers:
            if (low is not None and n < low) or (high is not None and n * factor > high):
                raise _wrong(f"{n:g} is outside [{low:g}, {'inf)' if high is None else f'{high:g}]'}")
        return found

    return read


def _read(raw: Any) -> Quantity:
    if isinstance(raw, Quantity):
        return raw
    table = raw if isinstance(raw, dict) else {"value": raw}
    for key in table:
        if key not in KEYS:
            near = nearest(key, KEYS)
            advice = f"did you mean {near!r}?" if near else f"allowed: {', '.join(KEYS)}"
            raise _wrong(f"unknown key {key!r}; {advice}", key)
    if "value" not in table:
        raise _wrong("a table for a value needs the key 'value'")
    is_list = isinstance(table["value"], list)
    values = table["value"] if is_list else [table["value"]]
    unit = _text(table, "unit")
    numbers = []
    for item in values:
        number, own = _number(item)
        if own and unit and own != unit:
            raise _wrong(f"two units, {unit!r} and {own!r}; write all in one")
        unit = own or unit
        numbers.append(number)
    if unit:
        _counted_as_element(numbers, unit)
        _known(unit)
    status = _text(table, "status")
    if status and status not in STATUSES:
        raise _wrong(f"status = {status!r}; allowed: {', '.join(STATUSES)}", "status")
    return Quantity(
        tuple(numbers), is_list, unit, _range(table.get("range", []), unit), _text(table, "distribution"),
        Provenance(_text(table, "source"), status), _text(table, "note"),
    )


def _number(item: Any) -> tuple[float, str]:
    if isinstance(item, bool) or not isinstance(item, int | float | str):
        raise _wrong(f"{item!r} is not a number with a unit; write for example \"35 m/d\"")
    if not isinstance(item, str):
        number, unit = float(item), ""
    else:
        try:
            number, unit = split_number(item)
        except ValueError as error:
            raise _wrong(str(error)) from None
    if number != number or number in (float("inf"), float("-inf")):
        raise _wrong(f"{item!r} is not a finite number")
    return number, unit


# Concentrations that laboratories give as an element: what they are of the ion that this project transports.
_AS_ELEMENT = re.compile(
    r"^\s*(\S*g)\s*[-_ ]?(?:NO3-|SO4-|as )?\s*([NS])\s*(/.*)$|^\s*(\S*g/\S+)\s+(?:as\s+)?([NS])\s*$")
_IONS = {"N": ("nitrate", "NO3"), "S": ("sulfate", "SO4")}


def _counted_as_element(numbers: list[float], unit: str) -> None:
    """Refuse "10 mg N/L" with the number that is meant: nitrate counts as NO3, sulfate as SO4."""
    found = _AS_ELEMENT.match(unit)
    if found is None:
        return
    element = found.group(2) or found.group(5)
    plain = found.group(4) or f"{found.group(1)}{found.group(3)}"
    ion, formula = _IONS[element]
    factor = molar_mass(atoms(formula)) / molar_mass(atoms(element))
    number = numbers[0] if numbers else 0.0
    raise _wrong(f"{number:g} {unit} counts {ion} as {element}; it counts as {formula} here: write "
                 f"\"{number * factor:.4g} {plain}\"")


def _known(unit: str) -> None:
    try:
        parse_unit(unit)
    except ValueError as error:
        raise _wrong(str(error)) from None


def _range(raw: Any, unit: str) -> tuple[float, ...]:
    if not isinstance(raw, list) or len(raw) not in (0, 2):
        raise _wrong("range needs two numbers: [low, high]")
    ends = []
    for item in raw:
        number, own = _number(item)
        try:
            ends.append(convert(number, own, unit) if own and unit else number)
        except ValueError as error:
            raise _wrong(f"range: {error}") from None
    if ends and ends[0] > ends[1]:
        raise _wrong(f"range: {ends[0]:g} is above {ends[1]:g}; write [low, high]")
    return tuple(ends)


def _text(table: dict[str, Any], key: str) -> str:
    text = table.get(key, "")
    if not isinstance(text, str):
        raise _wrong(f"{key} needs a text in quotes")
    return text


def _wrong(words: str, key: str = "") -> PydanticCustomError:
    # Braces would be taken for placeholders of the message template.
    return PydanticCustomError("quantity", "{words}", {"words": words, "key": key})
