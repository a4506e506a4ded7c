"""The registry of isotherms: what a solid holds in equilibrium with a concentration."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Formula = Callable[[Floats, Floats, Floats], Floats]


@dataclass(frozen=True)
class Isotherm:
    """One isotherm; k and p are MODFLOW's DISTCOEF and SP2 of each cell.

    Attributes
    ----------
    name : str
        MODFLOW's word after SORPTION, lower case.
    title : str
        The equation in one line.
    linear : bool
        Whether the sorbed mass is proportional to the concentration (p is then not used).
    allowed : str
        Interval of p, as in `gwsolver.core.errors.INTERVALS`.
    sorbed : callable
        (c, k, p) -> sorbed mass per mass of solid [M/M]; 0 where c <= 0.
    slope : callable
        (c, k, p) -> its derivative with respect to c [L**3/M]; what it tends to from above where c <= 0.
    scales : str
        The parameter, as a `gwsolver.core.aquifer.Domain` calls it, that the sorbed mass is proportional to.
    """

    name: str
    title: str
    linear: bool
    allowed: str
    sorbed: Formula
    slope: Formula
    scales: str = "distribution_coefficient"


@cache
def isotherms() -> dict[str, Isotherm]:
    """Return all isotherms by name: each module of this folder that has an ``ISOTHERM``."""
    import gwsolver.core.isotherms as room

    found: dict[str, Isotherm] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(room.__path__)):
        isotherm = getattr(importlib.import_module(f"gwsolver.core.isotherms.{module}"), "ISOTHERM", None)
        if isotherm is not None:
            found[isotherm.name] = isotherm
    return found
