"""How uncertain values are spread, one file per distribution; they are found by themselves."""

from gwsolver.core.distributions.registry import Distribution, Spread, distributions

__all__ = ["Distribution", "Spread", "distributions"]
