"""Upstream weighting, first order: robust, and as smeared as MODFLOW's own."""

from gwsolver.transport.schemes.scheme import Scheme

SCHEME = Scheme("upstream", "upstream weighting", order=0.0)
