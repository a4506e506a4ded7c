"""Lognormal: the range holds 95 of 100 values, its geometric middle is the median."""

import numpy as np

from gwsolver.core.distributions import normal
from gwsolver.core.distributions.registry import Distribution, Floats, Spread


def quantile(u: Floats, spread: Spread) -> Floats:
    """Return exp of the normal quantile of the logarithms."""
    logs = Spread(*(float(np.log(v)) for v in (spread.low, spread.high, spread.value)))
    return np.asarray(np.exp(normal.quantile(u, logs)), np.float64)


DISTRIBUTION = Distribution("lognormal", "the range holds 95 of 100 values, by its logarithm", True, quantile)
