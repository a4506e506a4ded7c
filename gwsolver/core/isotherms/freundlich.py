"""Freundlich isotherm: S = Kf C**a, k = Kf [L**(3a) M**-a], p = a [-]."""

import numpy as np

from gwsolver.core.isotherms.registry import Floats, Isotherm


def sorbed(c: Floats, k: Floats, p: Floats) -> Floats:
    """Return Kf C**a."""
    return k * np.maximum(c, 0.0) ** p


def slope(c: Floats, k: Floats, p: Floats) -> Floats:
    """Return a Kf C**(a - 1): infinite at C = 0 where a < 1."""
    with np.errstate(divide="ignore"):
        return np.where(k > 0.0, p * k, 0.0) * np.where(k > 0.0, np.maximum(c, 0.0) ** (p - 1.0), 0.0)


ISOTHERM = Isotherm("freundlich", "S = Kf C**a", False, "(0, inf)", sorbed, slope)
