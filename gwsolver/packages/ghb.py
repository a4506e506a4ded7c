"""GHB: flow through a conductance from a head that nothing changes."""

from collections.abc import Mapping
from typing import Any

from gwsolver.core.stress import StressValues
from gwsolver.packages.limits import LowerLimit, above_bottom
from gwsolver.packages.registry import BoundaryKind, Column, Floats, FlowContext


def flow(values: StressValues, context: FlowContext, options: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Return Q = C (h_b - h) and dQ/dh = -C (Langevin and others, 2017, USGS TM 6-A55, chapter 6)."""
    conductance = values.columns["conductance"]
    return conductance * (values.columns["head"] - context.head), -conductance


def limits(values: StressValues, floor: Floats, options: Mapping[str, Any]) -> list[LowerLimit]:
    """Return that the head may not lie below its cell."""
    return [above_bottom("bhead", values.columns["head"], floor)]


KIND = BoundaryKind(
    kind="ghb",
    mf6_type="GHB6",
    model="gwf",
    title="General-head boundary",
    columns=(Column("head", "bhead", "L"), Column("conductance", "cond", "L**2/T", "[0, inf)")),
    flow=flow,
    limits=limits,
    multiplied="conductance",
)
