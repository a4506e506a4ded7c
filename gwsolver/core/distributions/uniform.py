"""Any value of a range is as likely as any other."""

from gwsolver.core.distributions.registry import Distribution, Floats, Spread


def quantile(u: Floats, spread: Spread) -> Floats:
    """Return low + u (high - low)."""
    return spread.low + u * (spread.high - spread.low)


DISTRIBUTION = Distribution("uniform", "any value of the range alike", False, quantile)
