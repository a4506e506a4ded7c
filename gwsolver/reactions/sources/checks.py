"""Checks of the numbers of a source function."""

import math
from collections.abc import Iterable

from gwsolver.core.errors import Problem


def positive(source: object, *names: str, zero: Iterable[str] = ()) -> list[Problem]:
    """Return a problem for each named attribute that is not above zero; those of `zero` may be zero."""
    found = []
    for name, least in [*((n, False) for n in names), *((n, True) for n in zero)]:
        value = getattr(source, name)
        if not (0.0 < value < math.inf or (least and value == 0.0)):
            found.append(Problem(f"source {name}", value=value, allowed="[0, inf)" if least else "(0, inf)"))
    return found
