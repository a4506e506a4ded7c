"""The default: Koren-limited third-order advection, fourth-order cross flux, never negative."""

from gwsolver.transport.explicit.scheme import ExplicitScheme

SCHEME = ExplicitScheme("limited", "limited third-order advection", order=1.0)
