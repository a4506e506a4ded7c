"""WEL: a given rate, positive into the aquifer."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gwsolver.core.stress import StressValues
from gwsolver.packages.registry import BoundaryKind, Column, Floats, FlowContext


def flow(values: StressValues, context: FlowContext, options: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Return the rate q and its derivative.

    With AUTO_FLOW_REDUCE f (0.1 if it is not above zero, at most 1), a well that pumps from a
    water-table cell gives

        Q = q S(x),   S = 3 x**2 - 2 x**3,   x = (h - bottom) / (f thickness) held to [0, 1]

    (MODFLOW 6, description of input and output, WEL package).
    """
    rate = values.columns["rate"]
    if "auto_flow_reduce" not in options:
        return rate, np.zeros_like(rate)
    asked = float(options["auto_flow_reduce"])
    fraction = min(asked, 1.0) if asked > 0.0 else 0.1
    reduced = (rate < 0.0) & context.convertible & (context.top > context.bottom)
    span = np.where(reduced, fraction * (context.top - context.bottom), 1.0)
    x = np.clip((context.head - context.bottom) / span, 0.0, 1.0)
    factor = np.where(reduced, x * x * (3.0 - 2.0 * x), 1.0)
    slope = np.where(reduced, 6.0 * x * (1.0 - x) / span, 0.0)
    return rate * factor, rate * slope


def observed(values: StressValues, rates: Floats, options: Mapping[str, Any]) -> dict[str, Floats]:
    """Return the pumping that AUTO_FLOW_REDUCE took away, q - Q: below zero, as MODFLOW's WEL-REDUCTION."""
    return {"wel-reduction": values.columns["rate"] - rates} if "auto_flow_reduce" in options else {}


KIND = BoundaryKind(
    kind="wel",
    mf6_type="WEL6",
    model="gwf",
    title="Well",
    columns=(Column("rate", "q", "L**3/T"),),
    options=("auto_flow_reduce",),
    flow=flow,
    observed=observed,
)
