"""Values of layers along a line, with the surfaces that plume maps draw from, and the field between layers."""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator, RegularGridInterpolator

from gwsolver.core.grid import Grid, Ints
from gwsolver.maps.from_results import stacks
from gwsolver.maps.sections.line import SectionLine
from gwsolver.maps.surface import Surface, n_plan, surface

Floats = NDArray[np.float64]
PER_LAYER = 8


def layer_of(grid: Grid) -> Ints:
    """Return the zero-based layer of each cell; for DISU its place in its stack, counted from above."""
    if grid.kind != "disu":
        return grid.layer
    stack = stacks(grid)
    order = np.lexsort((-grid.top, stack))
    first = np.concatenate([[0], np.flatnonzero(np.diff(stack[order])) + 1])
    start = np.repeat(first, np.diff(np.concatenate([first, [order.size]])))
    layer = np.zeros(grid.n_cells, np.int64)
    layer[order] = np.arange(order.size) - start
    return layer


def along(grid: Grid, values: Floats, line: SectionLine, layers: Ints | None = None) -> Floats:
    """Return cell values along a line by layer, shape (layer, sample); NaN where a layer has no cell.

    Parameters
    ----------
    grid : Grid
    values : ndarray of float64, shape (cell,)
        NaN where there is none.
    line : SectionLine
    layers : ndarray of int64, shape (cell,), optional
        Default: `layer_of`.
    """
    layers = layer_of(grid) if layers is None else layers
    found = [plan_along(grid, _layer_in_plan(grid, values, layers == k), line) for k in range(int(layers.max()) + 1)]
    return np.array(found)


def plan_along(grid: Grid, plan: Floats, line: SectionLine) -> Floats:
    """Return values of plan cells along a line, shape (sample,); NaN where there are none."""
    step = line.length / (line.s.size - 1)
    pad = 2.0 * np.sqrt(float(np.median(grid.area)))
    window = (float(line.x.min()) - pad, float(line.y.min()) - pad,
              float(line.x.max()) + pad, float(line.y.max()) + pad)
    return _sample(grid, surface(grid, plan, window, max(step, 0.02 * pad)), line)


def _layer_in_plan(grid: Grid, values: Floats, use: NDArray[np.bool_]) -> Floats:
    plan = np.full(n_plan(grid), np.nan)
    if grid.kind == "disu":
        stack = stacks(grid)
        by_stack = np.full(int(stack.max()) + 1, np.nan)
        by_stack[stack[use]] = values[use]
        plan[grid.column] = by_stack[stack]
    else:
        plan[grid.column[use]] = values[use]
    return plan


def _sample(grid: Grid, field: Surface, line: SectionLine) -> Floats:
    """Read a surface at the points of a line; its raster is upright in model or map coordinates."""
    x, y = line.x, line.y
    rx, ry = field.x, field.y
    if grid.kind == "dis":
        x, y = grid.from_map(x, y)
        rx, ry = grid.from_map(rx, ry)
    axes = ry[:, 0], rx[0]
    points = np.column_stack([y, x])
    value = RegularGridInterpolator(axes, field.z, bounds_error=False, fill_value=np.nan)(points)
    inside = RegularGridInterpolator(axes, field.inside.astype(float), method="nearest", bounds_error=False,
                                     fill_value=0.0)(points)
    return np.where(inside > 0.5, value, np.nan)


def section_field(s: Floats, top: Floats, bottom: Floats, values: Floats, water: Floats, low: float) -> Surface:
    """Return values between the layers as a surface over distance and elevation.

    Parameters
    ----------
    s : ndarray of float64, shape (sample,)
    top, bottom, values : ndarray of float64, shape (layer, sample)
        NaN where there is no cell, or no value.
    water : ndarray of float64, shape (sample,)
        Elevation of the water table; nothing is drawn above it.
    low : float
        Stands for "nothing".

    Notes
    -----
    Monotone cubic (PCHIP) between the centres of a column's wet cells; above the uppermost and below the lowest
    centre the value stays what it is.
    """
    n_layer, n = top.shape
    share = np.linspace(0.0, 1.0, PER_LAYER)
    upper = np.fmin(top, water)
    x = np.tile(s, (n_layer * PER_LAYER, 1))
    y = np.full((n_layer * PER_LAYER, n), np.nan)
    z = np.full((n_layer * PER_LAYER, n), low)
    inside = np.zeros(z.shape, bool)
    for i in range(n):
        wet = np.isfinite(top[:, i]) & (upper[:, i] > bottom[:, i]) & np.isfinite(values[:, i])
        if not wet.any():
            continue
        points = upper[wet, i][:, None] + share * (bottom[wet, i] - upper[wet, i])[:, None]
        centre = 0.5 * (top[wet, i] + bottom[wet, i])
        rows = (np.flatnonzero(wet)[:, None] * PER_LAYER + np.arange(PER_LAYER)).ravel()
        y[rows, i] = points.ravel()
        if centre.size > 1:
            curve = PchipInterpolator(centre[::-1], values[wet, i][::-1])
            z[rows, i] = curve(np.clip(points.ravel(), centre[-1], centre[0]))
        else:
            z[rows, i] = values[wet, i][0]
        inside[rows, i] = True
    for k in range(z.shape[0]):
        # Points without a cell take the elevation of a neighbour, so that no corner of the mesh is undefined.
        gap = np.isnan(y[k])
        y[k, gap] = np.nanmin(bottom) if gap.all() else np.interp(s[gap], s[~gap], y[k, ~gap])
    return Surface(x, y, np.where(inside, z, low), inside)
