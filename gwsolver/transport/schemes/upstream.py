"""Upstream weighting, first order: robust, and as smeared as MODFLOW's own."""

from gwsolver.transport.explicit.scheme import ExplicitScheme

SCHEME = ExplicitScheme("upstream", "upstream weighting", order=0.0)
