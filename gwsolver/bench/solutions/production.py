"""Solute that is produced everywhere at one rate (decay of order zero with a negative rate)."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
PANELS, ORDER = 16, 8


def produced(x: ArrayLike, time: float, *, rate: float, breakthrough: Callable[[Floats, float], Floats]) -> Floats:
    """Return C of water that gains `rate` everywhere and flows in free of solute; nothing was there at the start.

        C(x, t) = rate * integral from 0 to t of [1 - A(x, s)] ds

    Parameters
    ----------
    x : array_like
        Distance from the inlet [L].
    time : float
        Since production began [T].
    rate : float
        Gain of concentration [M/L**3/T], over the retardation factor where the solute sorbs.
    breakthrough : callable
        A(x, s) = C/C0 at the time s after water of C0 began to flow into the same column free of solute.

    Notes
    -----
    rate * t - C obeys the equation without production, and flows in with the concentration rate * t, which
    Duhamel's theorem turns into the integral. For a semi-infinite column this is the part of the rate in Van
    Genuchten and Alves (1982), USDA Technical Bulletin 1661, solution B2. The integral is taken in panels that
    grow with the square of their number, as A is steepest at the start.
    """
    x = np.asarray(x, float)
    nodes, weights = np.polynomial.legendre.leggauss(ORDER)
    edges = time * (np.arange(PANELS + 1) / PANELS) ** 2
    total = np.zeros_like(x)
    for start, end in pairwise(edges):
        half = 0.5 * (end - start)
        for node, weight in zip(nodes, weights, strict=True):
            total += half * weight * (1.0 - breakthrough(x, start + half * (1.0 + node)))
    return rate * total
