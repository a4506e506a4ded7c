"""Equilibrium sorption: one file of this folder per isotherm, found by itself."""

from gwsolver.core.isotherms.registry import Isotherm, isotherms

__all__ = ["Isotherm", "isotherms"]
