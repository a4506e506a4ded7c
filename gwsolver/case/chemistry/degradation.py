"""The models of degradation that a case may ask for: one table each, told apart by `model`."""

from typing import Annotated

from pydantic import Field

from gwsolver.case.chemistry.instantaneous import InstantaneousTable
from gwsolver.case.chemistry.kinetic import KineticTable

TABLES = (InstantaneousTable, KineticTable)
DegradationTable = Annotated[InstantaneousTable | KineticTable, Field(discriminator="model")]
