"""Units of the quantities a case may carry: a small table of symbols, parsed and converted.

Dimensions are powers of (mass, length, time); nothing here needs temperature or charge.
"""

import re
from dataclasses import dataclass
from functools import cache

Dimension = tuple[int, int, int]

# Symbol: (factor to g, m, d; powers of mass, length, time). A year has 365.25 days.
_TABLE: dict[str, tuple[float, Dimension]] = {
    "ng": (1e-9, (1, 0, 0)), "ug": (1e-6, (1, 0, 0)), "µg": (1e-6, (1, 0, 0)), "mg": (1e-3, (1, 0, 0)),
    "g": (1.0, (1, 0, 0)), "kg": (1e3, (1, 0, 0)), "t": (1e6, (1, 0, 0)), "lb": (453.59237, (1, 0, 0)),
    "mm": (1e-3, (0, 1, 0)), "cm": (1e-2, (0, 1, 0)), "m": (1.0, (0, 1, 0)), "km": (1e3, (0, 1, 0)),
    "ft": (0.3048, (0, 1, 0)),
    "ha": (1e4, (0, 2, 0)), "mL": (1e-6, (0, 3, 0)), "L": (1e-3, (0, 3, 0)), "l": (1e-3, (0, 3, 0)),
    "s": (1.0 / 86400.0, (0, 0, 1)), "min": (1.0 / 1440.0, (0, 0, 1)), "h": (1.0 / 24.0, (0, 0, 1)),
    "d": (1.0, (0, 0, 1)), "y": (365.25, (0, 0, 1)), "yr": (365.25, (0, 0, 1)), "a": (365.25, (0, 0, 1)),
    "%": (1e-2, (0, 0, 0)), "-": (1.0, (0, 0, 0)), "1": (1.0, (0, 0, 0)),
}
LENGTHS = {"metres": "m", "meters": "m", "feet": "ft", "centimetres": "cm", "centimeters": "cm"}
"""Symbols of the length units of grids (LENGTH_UNITS of MODFLOW)."""
# Symbols as one offers them to a reader.
SYMBOLS = tuple(s for s in _TABLE if s not in ("ug", "l", "yr", "a", "1"))
_SUPERSCRIPTS = str.maketrans("²³", "23")
_FACTOR = re.compile(r"^(.*?)(?:(?:\^|\*\*)?(-?\d+))?$")
_COMMA = re.compile(r",\d")
_NUMBER = re.compile(r"^\s*([+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$")


@dataclass(frozen=True)
class Unit:
    """A parsed unit.

    Attributes
    ----------
    factor : float
        What one of it is in g, m, d.
    dimension : tuple of int
        Powers of mass, length and time.
    """

    factor: float
    dimension: Dimension


def length_word(unit: str) -> str:
    """Return what lengths of a grid are called in a sentence: "m", or "length units" where it does not say."""
    return LENGTHS.get(unit, "length units")


@cache
def parse_unit(text: str) -> Unit:
    """Return the unit that `text` names: ``"m/d"``, ``"mg/L"``, ``"m3/kg"``, ``"1/d"``, ``"-"``.

    Factors are joined by ``*`` or ``·``; each ``/`` divides by the factor after it; powers are written
    ``m3``, ``m^3`` or ``m³``.

    Raises
    ------
    ValueError
        If a symbol is not in the table.
    """
    factor, dimension = 1.0, (0, 0, 0)
    parts = re.split(r"([*·/])", text.strip().translate(_SUPERSCRIPTS).replace("**", "^"))
    sign = 1
    for part in (p.strip() for p in parts):
        if part in ("*", "·"):
            sign = 1
        elif part == "/":
            sign = -1
        else:
            match = _FACTOR.match(part)
            symbol, power = (match.group(1), int(match.group(2) or 1)) if match else (part, 1)
            if part in _TABLE:
                symbol, power = part, 1
            if symbol not in _TABLE:
                raise ValueError(f"unit {text!r} is not known: {symbol!r} is none of {', '.join(SYMBOLS)}")
            one, powers = _TABLE[symbol]
            factor *= one ** (sign * power)
            dimension = tuple(d + sign * power * p for d, p in zip(dimension, powers, strict=True))  # type: ignore[assignment]
    return Unit(factor, dimension)


def split_number(text: str) -> tuple[float, str]:
    """Split ``"35 m/d"`` into 35.0 and ``"m/d"``; the unit is ``""`` if there is none.

    Raises
    ------
    ValueError
        If `text` does not begin with a number.
    """
    match = _NUMBER.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a number with a unit; write for example \"35 m/d\"")
    number, unit = match.groups()
    if _COMMA.match(unit):
        with_point = text.strip().replace(",", ".", 1)
        raise ValueError(f"{text!r} has a comma in its number; write {with_point!r}: decimals take a point, thousands "
                         "nothing")
    return float(number), unit


def convert(value: float, unit: str, to: str) -> float:
    """Return `value`, given in `unit`, in the unit `to`.

    Raises
    ------
    ValueError
        If a unit is unknown or the two measure different things.
    """
    old, new = parse_unit(unit), parse_unit(to)
    if old.dimension != new.dimension:
        raise ValueError(f"{unit!r} cannot be turned into {to!r}: they measure different things")
    return value if old.factor == new.factor else value * old.factor / new.factor
