"""A triangle over the range, highest at the value."""

import numpy as np

from gwsolver.core.distributions.registry import Distribution, Floats, Spread


def quantile(u: Floats, spread: Spread) -> Floats:
    """Return a + sqrt(u (b - a) (c - a)) up to u = (c - a) / (b - a), then b - sqrt((1 - u) (b - a) (b - c))."""
    a, b, c = spread.low, spread.high, spread.value
    rising = a + np.sqrt(u * (b - a) * (c - a))
    falling = b - np.sqrt((1.0 - u) * (b - a) * (b - c))
    return np.asarray(np.where(u * (b - a) <= c - a, rising, falling), np.float64)


DISTRIBUTION = Distribution("triangular", "a triangle over the range, highest at the value", False, quantile)
