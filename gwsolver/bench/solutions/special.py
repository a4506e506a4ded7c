"""Products of exponentials and error functions that would overflow one by one."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfc, erfcx

Floats = NDArray[np.float64]


def exp_erfc(a: ArrayLike, b: ArrayLike) -> Floats:
    """Return exp(a) erfc(b); for b > 0 as exp(a - b**2) erfcx(b), so that a large `a` does not overflow."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    far = b > 0.0
    scaled = np.exp(np.where(far, a - b * b, a))
    return scaled * np.where(far, erfcx(np.where(far, b, 0.0)), erfc(np.where(far, 0.0, b)))
