"""RCH: water that reaches the water table from above."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gwsolver.core.stress import StressValues
from gwsolver.packages.registry import BoundaryKind, Column, Floats, FlowContext


def flow(values: StressValues, context: FlowContext, options: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Return Q = R A and dQ/dh = 0, A the plan area of the cell (USGS TM 6-A55, chapter 6)."""
    rate = values.columns["recharge"] * context.area
    return rate, np.zeros_like(rate)


KIND = BoundaryKind(
    kind="rch",
    mf6_type="RCH6",
    model="gwf",
    title="Recharge, as a list or as arrays",
    columns=(Column("recharge", "recharge", "L/T", array_keyword="recharge"),),
    options=("fixed_cell",),
    flow=flow,
    seeks_active=True,
    sheltered=True,
)
