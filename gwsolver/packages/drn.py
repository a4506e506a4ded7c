"""DRN: outflow through a conductance while the head stands above the drain."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gwsolver.core.stress import StressValues
from gwsolver.packages.limits import LowerLimit, above_bottom
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
    depth = _depth(values, options)
    bottom, range_ = np.minimum(elevation, elevation + depth), np.abs(depth)
    above = context.head - bottom
    scaled = (range_ > 0.0) & (above < range_)
    open_ = above > 0.0
    x = np.where(scaled, above / np.where(scaled, range_, 1.0), 1.0) * open_
    fraction, steepness = (x * x * (2.0 - x), x * x * (4.0 - 3.0 * x)) if context.newton else (x, x)
    slope = np.where(scaled & open_, steepness, 0.0)
    return -conductance * fraction * above, -conductance * (fraction + slope)


def _depth(values: StressValues, options: Mapping[str, Any]) -> Floats:
    """Return the depth over which the conductance grows, zero without AUXDEPTHNAME."""
    name = str(options.get("auxdepthname", "")).lower()
    return values.auxiliary[name] if name else np.zeros_like(values.columns["elevation"])


def limits(values: StressValues, floor: Floats, options: Mapping[str, Any]) -> list[LowerLimit]:
    """Return that a drain may not begin to open below its cell."""
    elevation, depth = values.columns["elevation"], _depth(values, options)
    what = "elev with its drainage depth" if options.get("auxdepthname") else "elev"
    return [above_bottom(what, np.minimum(elevation, elevation + depth), floor)]


KIND = BoundaryKind(
    kind="drn",
    mf6_type="DRN6",
    model="gwf",
    title="Drain",
    columns=(Column("elevation", "elev", "L"), Column("conductance", "cond", "L**2/T", "[0, inf)")),
    options=("auxdepthname",),
    flow=flow,
    limits=limits,
    multiplied="conductance",
)
