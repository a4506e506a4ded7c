"""The models of degradation that a case may ask for: one table each, told apart by `model`."""

from typing import Annotated

from pydantic import Field

from gwsolver.case.chemistry.instantaneous import InstantaneousTable

TABLES = (InstantaneousTable,)
DegradationTable = Annotated[InstantaneousTable, Field()]
