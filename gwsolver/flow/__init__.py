"""Groundwater flow: from a flow model to one flow field after another."""

from gwsolver.flow.solver import FlowSolver

__all__ = ["FlowSolver"]
