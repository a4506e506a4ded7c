"""DRN: outflow through a conductance while the head stands above the drain."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gwsolver.core.stress import StressValues
from gwsolver.packages.registry import BoundaryKind, Column, Floats, FlowContext


def flow(values: StressValues, context: FlowContext, options: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Return the drainage and its derivative.

        Q = -C f (h - z),   f = 1 where h > z, else 0

    With AUXDEPTHNAME the conductance grows over the depth d of the auxiliary variable: z = min(e, e + d)
    for a drain at elevation e, x = (h - z) / |d| held to [0, 1], and

        f = x                  standard formulation
        f = 2 x**2 - x**3      Newton formulation

    (MODFLOW 6, description of input and output, DRN package).
    """
    conductance, elevation = values.columns["conductance"], values.columns["elevation"]
    name = str(options.get("auxdepthname", "")).lower()
    depth = values.auxiliary[name] if name else np.zeros_like(elevation)
    bottom, range_ = np.minimum(elevation, elevation + depth), np.abs(depth)
    above = context.head - bottom
    scaled = (range_ > 0.0) & (above < range_)
    open_ = above > 0.0
    x = np.where(scaled, above / np.where(scaled, range_, 1.0), 1.0) * open_
    fraction, steepness = (x * x * (2.0 - x), x * x * (4.0 - 3.0 * x)) if context.newton else (x, x)
    slope = np.where(scaled & open_, steepness, 0.0)
    return -conductance * fraction * above, -conductance * (fraction + slope)


KIND = BoundaryKind(
    kind="drn",
    mf6_type="DRN6",
    model="gwf",
    title="Drain",
    columns=(Column("elevation", "elev", "L"), Column("conductance", "cond", "L**2/T", "[0, inf)")),
    options=("auxdepthname",),
    flow=flow,
    multiplied="conductance",
)
