"""case.toml: typed and validated; what it tells maps and what it changes in a simulation."""

from gwsolver.case.quantity import Quantity
from gwsolver.case.read import read_case, simulation_named
from gwsolver.case.settings import Case

__all__ = ["Case", "Quantity", "read_case", "simulation_named"]
