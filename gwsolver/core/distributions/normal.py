"""Normal: the range holds 95 of 100 values, its middle is the mean."""

import numpy as np
from scipy.special import ndtri

from gwsolver.core.distributions.registry import NORMAL_OF_RANGE, Distribution, Floats, Spread


def quantile(u: Floats, spread: Spread) -> Floats:
    """Return m + s z(u), m the middle of the range, s its half over 1.96, z the standard normal quantile."""
    middle, deviation = 0.5 * (spread.low + spread.high), 0.5 * (spread.high - spread.low) / NORMAL_OF_RANGE
    return np.asarray(middle + deviation * ndtri(u), np.float64)


DISTRIBUTION = Distribution("normal", "the range holds 95 of 100 values", False, quantile)
