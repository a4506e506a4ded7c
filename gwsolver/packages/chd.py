"""CHD: the head of a cell is given; what flows through it follows from the balance of the cell."""

from collections.abc import Mapping
from typing import Any

from gwsolver.core.stress import StressValues
from gwsolver.packages.limits import LowerLimit, above_bottom
from gwsolver.packages.registry import BoundaryKind, Column, Floats


def limits(values: StressValues, floor: Floats, options: Mapping[str, Any]) -> list[LowerLimit]:
    """Return that the head may not lie below its cell."""
    return [above_bottom("head", values.columns["head"], floor)]


KIND = BoundaryKind(
    kind="chd",
    mf6_type="CHD6",
    model="gwf",
    title="Constant head",
    columns=(Column("head", "head", "L"),),
    fixes="head",
    limits=limits,
)
