"""Transport of one species through a given flow, never negative, every gram accounted for."""

from gwsolver.transport.progress import Progress
from gwsolver.transport.solver import TransportSolver

__all__ = ["Progress", "TransportSolver"]
