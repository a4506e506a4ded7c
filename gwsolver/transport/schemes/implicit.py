"""Implicit steps of second order, L-stable: for slow, smooth plumes where explicit sub-steps are many."""

from gwsolver.transport.explicit.march import March
from gwsolver.transport.implicit.scheme import ImplicitScheme
from gwsolver.transport.schemes.limited import SCHEME as LIMITED


def _march() -> March:
    from gwsolver.transport.implicit.march import ImplicitMarch  # scipy's sparse matrices: 30 MB, 0.3 s

    return ImplicitMarch()


SCHEME = ImplicitScheme("implicit", "implicit steps of second order", LIMITED, _march)
