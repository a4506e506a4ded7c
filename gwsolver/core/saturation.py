"""How much of a cell is filled with water, and how that changes with head."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SMOOTHING = 1e-6
"""Part of the thickness over which the Newton formulation rounds the corners of the saturation."""


def saturation(head: Floats, top: Floats, bottom: Floats, smoothing: float = 0.0) -> tuple[Floats, Floats]:
    """Return the saturation of cells and its derivative with respect to head.

    With x = (h - bottom) / (top - bottom) held to [0, 1], w the smoothing and a = 1 / (1 - w):

        S = a x**2 / (2 w)                x < w
        S = a x + (1 - a) / 2             w <= x < 1 - w
        S = 1 - a (1 - x)**2 / (2 w)      1 - w <= x

    Parameters
    ----------
    head, top, bottom : ndarray of float64, shape (cell,)
        Elevations [L].
    smoothing : float
        w; zero gives the plain linear saturation of the standard formulation.

    Returns
    -------
    saturation, derivative : ndarray of float64, shape (cell,)
        S [-] and dS/dh [1/L]; a cell without thickness is full where h >= bottom.

    Notes
    -----
    Langevin and others (2017), USGS TM 6-A55, chapter 4, "Newton-Raphson formulation".
    """
    thickness = top - bottom
    thick = thickness > 0.0
    span = np.where(thick, thickness, 1.0)
    x = np.where(thick, np.clip((head - bottom) / span, 0.0, 1.0), (head >= bottom).astype(np.float64))
    inside = thick & (head > bottom) & (head < top)
    if smoothing == 0.0:
        return x, np.where(inside, 1.0 / span, 0.0)
    a, w = 1.0 / (1.0 - smoothing), smoothing
    low, high = x < w, x >= 1.0 - w
    middle = a * x + 0.5 * (1.0 - a)
    value = np.where(low, 0.5 * a * x * x / w, np.where(high, 1.0 - 0.5 * a * (1.0 - x) ** 2 / w, middle))
    slope = np.where(low, a * x / w, np.where(high, a * (1.0 - x) / w, a))
    return value, np.where(inside, slope / span, 0.0)
