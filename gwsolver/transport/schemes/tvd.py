"""Van Leer's limiter along the grid line: second order, no new extremes, as MODFLOW's TVD is meant to be."""

from gwsolver.transport.explicit.scheme import ExplicitScheme

SCHEME = ExplicitScheme("tvd", "TVD with van Leer's limiter on the grid line", order=1.0, limiter="van leer")
