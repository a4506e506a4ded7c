"""The models of degradation that a case may ask for: one table each, told apart by `model`."""

from typing import Annotated

from pydantic import Field

from gwsolver.case.chemistry.first_order import FirstOrderTable
from gwsolver.case.chemistry.instantaneous import InstantaneousTable
from gwsolver.case.chemistry.kinetic import KineticTable
from gwsolver.case.chemistry.monod import MonodTable

TABLES = (FirstOrderTable, MonodTable, InstantaneousTable, KineticTable)
DegradationTable = Annotated[
    FirstOrderTable | MonodTable | InstantaneousTable | KineticTable, Field(discriminator="model")]
