"""Implicit steps of second order, L-stable: for slow, smooth plumes where explicit sub-steps are many."""

from gwsolver.transport.implicit.march import ImplicitMarch
from gwsolver.transport.implicit.scheme import ImplicitScheme
from gwsolver.transport.schemes.limited import SCHEME as LIMITED

SCHEME = ImplicitScheme("implicit", "implicit steps of second order", LIMITED, ImplicitMarch)
