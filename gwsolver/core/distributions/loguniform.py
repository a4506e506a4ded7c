"""Any order of magnitude of a range is as likely as any other."""

import numpy as np

from gwsolver.core.distributions.registry import Distribution, Floats, Spread


def quantile(u: Floats, spread: Spread) -> Floats:
    """Return low (high / low)^u."""
    return np.asarray(spread.low * np.exp(u * np.log(spread.high / spread.low)), np.float64)


DISTRIBUTION = Distribution("loguniform", "any value of the range alike, by its logarithm", True, quantile)
