"""The end state of each stress period in one solve: what a plume comes to if nothing changes any more."""

from gwsolver.transport.schemes.limited import SCHEME as LIMITED
from gwsolver.transport.steady.scheme import SteadyScheme

SCHEME = SteadyScheme("steady", "the steady state of each stress period", LIMITED)
