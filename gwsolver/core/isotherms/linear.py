"""Linear isotherm: S = Kd C."""

import numpy as np

from gwsolver.core.isotherms.registry import Floats, Isotherm


def sorbed(c: Floats, k: Floats, p: Floats) -> Floats:
    """Return Kd C."""
    return k * np.maximum(c, 0.0)


def slope(c: Floats, k: Floats, p: Floats) -> Floats:
    """Return Kd."""
    return np.broadcast_to(k, np.shape(c)).copy()


ISOTHERM = Isotherm("linear", "S = Kd C", True, "(-inf, inf)", sorbed, slope)
