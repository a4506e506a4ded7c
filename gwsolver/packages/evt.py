"""EVT: evapotranspiration that fades with the depth of the water table."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gwsolver.core.stress import StressValues
from gwsolver.packages.limits import LowerLimit
from gwsolver.packages.registry import BoundaryKind, Column, Floats, FlowContext


def flow(values: StressValues, context: FlowContext, options: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Return the loss Q = -E A p(d) and its derivative; d = z_s - h is the depth below the ET surface.

    p is 1 (with SURF_RATE_SPECIFIED: `surface_fraction`) where d <= 0 and 0 where d >= the extinction
    depth x. Between, it runs linearly through the points (`depth_fraction` x, `rate_fraction`), of
    which an entry may have none (one segment): then p = 1 - d / x
    (MODFLOW 6, description of input and output, EVT package).
    """
    columns = values.columns
    largest = columns["rate"] * context.area
    depth = columns["surface"] - context.head
    extinction = columns["depth"]
    at_surface = columns["surface_fraction"] if "surface_fraction" in columns else np.ones_like(depth)
    n = depth.size
    inner_depth = np.reshape(columns.get("depth_fraction", np.zeros((n, 0))), (n, -1)) if n else np.zeros((0, 0))
    inner_rate = np.reshape(columns.get("rate_fraction", np.zeros((n, 0))), (n, -1)) if n else np.zeros((0, 0))
    several = inner_depth.shape[1] > 0
    end = np.ones((n, 1))
    lower = np.concatenate([inner_depth, end], axis=1)
    share = np.concatenate([inner_rate, 0.0 * end], axis=1)
    upper = np.concatenate([0.0 * end, inner_depth], axis=1)
    # One segment always falls from 1: MODFLOW then uses the fraction at the surface only above it.
    first = at_surface[:, None] if several else end
    above = np.concatenate([first, inner_rate], axis=1)

    fading = (depth > 0.0) & (depth < extinction)
    x = np.where(fading, depth / np.where(fading, extinction, 1.0), 0.0)
    segment = np.argmax(x[:, None] <= lower, axis=1) if n else np.zeros(0, np.int64)
    row = np.arange(n)
    span = lower[row, segment] - upper[row, segment]
    steepness = (share[row, segment] - above[row, segment]) / np.where(span > 0.0, span, 1.0)
    inside = above[row, segment] + steepness * (x - upper[row, segment])
    proportion = np.where(fading, inside, np.where(depth <= 0.0, at_surface, 0.0))
    slope = np.where(fading, steepness / np.where(fading, extinction, 1.0), 0.0)
    return -largest * proportion, largest * slope


def limits(values: StressValues, floor: Floats, options: Mapping[str, Any]) -> list[LowerLimit]:
    """Return that the depths of the segments may not decrease."""
    depths = values.columns.get("depth_fraction", np.zeros((values.cells.size, 0)))
    depths = depths.reshape(values.cells.size, -1) if depths.size else np.zeros((values.cells.size, 0))
    return [LowerLimit(f"pxdp{i + 1}", depths[:, i], depths[:, i - 1], f"its pxdp{i}",
                       "Depths of segments go from the ET surface down.", always=True)
            for i in range(1, depths.shape[1])]


KIND = BoundaryKind(
    kind="evt",
    mf6_type="EVT6",
    model="gwf",
    title="Evapotranspiration, as a list (several segments) or as arrays",
    columns=(
        Column("surface", "surface", "L", array_keyword="surface"),
        Column("rate", "rate", "L/T", array_keyword="rate"),
        Column("depth", "depth", "L", array_keyword="depth"),
        Column("depth_fraction", "pxdp", "-", "(0, 1)"),
        Column("rate_fraction", "petm", "-"),
        Column("surface_fraction", "petm0", "-"),
    ),
    options=("fixed_cell", "surf_rate_specified"),
    flow=flow,
    limits=limits,
    multiplied="rate",
    seeks_active=True,
    sheltered=True,
)
