"""RIV: leakage through the bed of a river, bounded once the aquifer falls below the bed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gwsolver.core.stress import StressValues
from gwsolver.packages.limits import LowerLimit, above_bottom
from gwsolver.packages.registry import BoundaryKind, Column, Floats, FlowContext


def flow(values: StressValues, context: FlowContext, options: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Return the leakage and its derivative.

        Q = C (h_s - max(h, z_b)),   dQ/dh = -C where h > z_b, else 0

    with conductance C, stage h_s and the elevation of the river's bottom z_b
    (Langevin and others, 2017, USGS TM 6-A55, chapter 6).
    """
    conductance, bottom = values.columns["conductance"], values.columns["bottom"]
    rate = conductance * (values.columns["stage"] - np.maximum(context.head, bottom))
    return rate, np.where(context.head > bottom, -conductance, 0.0)


def limits(values: StressValues, floor: Floats, options: Mapping[str, Any]) -> list[LowerLimit]:
    """Return that the bed may not lie below its cell, and the stage not below either."""
    stage, bottom = values.columns["stage"], values.columns["bottom"]
    return [above_bottom("rbot", bottom, floor),
            LowerLimit("stage", stage, bottom, "its rbot", "A river without water has its stage at its bottom."),
            above_bottom("stage", stage, floor)]


KIND = BoundaryKind(
    kind="riv",
    mf6_type="RIV6",
    model="gwf",
    title="River",
    columns=(
        Column("stage", "stage", "L"),
        Column("conductance", "cond", "L**2/T", "[0, inf)"),
        Column("bottom", "rbot", "L"),
    ),
    flow=flow,
    limits=limits,
    multiplied="conductance",
)
