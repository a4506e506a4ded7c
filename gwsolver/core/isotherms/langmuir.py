"""Langmuir isotherm: S = Kl Smax C / (1 + Kl C), k = Kl [L**3/M], p = Smax [M/M]."""

import numpy as np

from gwsolver.core.isotherms.registry import Floats, Isotherm


def sorbed(c: Floats, k: Floats, p: Floats) -> Floats:
    """Return Kl Smax C / (1 + Kl C)."""
    x = k * np.maximum(c, 0.0)
    return p * x / (1.0 + x)


def slope(c: Floats, k: Floats, p: Floats) -> Floats:
    """Return Kl Smax / (1 + Kl C)**2."""
    return k * p / (1.0 + k * np.maximum(c, 0.0)) ** 2


ISOTHERM = Isotherm(
    "langmuir", "S = Kl Smax C / (1 + Kl C)", False, "[0, inf)", sorbed, slope, "sorption_parameter")
