"""The default: Koren-limited third-order advection, fourth-order cross flux, never negative."""

from gwsolver.transport.schemes.scheme import Scheme

SCHEME = Scheme("limited", "limited third-order advection", order=1.0)
