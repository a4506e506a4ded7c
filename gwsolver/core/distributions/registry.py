"""The registry of distributions: what stands at each quantile of an uncertain value."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NORMAL_OF_RANGE = 1.959963984540054
"""Standard deviations from the middle to an end of a range that holds 95 of 100 values."""


@dataclass(frozen=True)
class Spread:
    """The range of a value and where its middle lies.

    Attributes
    ----------
    low, high : float
    value : float
        The value of the case as it stands; the most likely one of a triangle.
    """

    low: float
    high: float
    value: float


@dataclass(frozen=True)
class Distribution:
    """One distribution.

    Attributes
    ----------
    name : str
        As case.toml says it.
    title : str
        What the range means, in one line.
    positive : bool
        Whether it needs a range above zero.
    quantile : callable
        (u, spread) -> the value that a part u of all values stay below, shape (n,); 0 < u < 1.
    """

    name: str
    title: str
    positive: bool
    quantile: Callable[[Floats, Spread], Floats]


@cache
def distributions() -> dict[str, Distribution]:
    """Return all distributions by name: each module of this folder that has a ``DISTRIBUTION``."""
    import gwsolver.core.distributions as room

    found: dict[str, Distribution] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(room.__path__)):
        known = getattr(importlib.import_module(f"gwsolver.core.distributions.{module}"), "DISTRIBUTION", None)
        if known is not None:
            found[known.name] = known
    return found
