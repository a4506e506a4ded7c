"""The shape of the strip: where the lake can stand, how high its bed and the land lie, where the delta is.

x runs along the shore from west to east, y from the axis of the lake southward; row 0 lies on the axis. Units: m.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.case import Quantity, read_case
from gwsolver.surface.hypsometry import Hypsometry

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Values = dict[str, Quantity]
ALONG = 250.0  # step by which branches are followed


@dataclass(frozen=True, eq=False)
class Strip:
    """Cells of the strip, all arrays of shape (row, column).

    Attributes
    ----------
    widths, heights : ndarray, shape (column,), (row,)
    x, y : ndarray, shape (column,), (row,)
        Of the cell centres, from the western end and from the axis of the lake.
    area : ndarray
    bed : ndarray of bool
        Cells that the lake can cover.
    inland : ndarray
        Distance from the highest shore, zero on the bed.
    delta : ndarray of bool
    land : ndarray
        Elevation of the bed or of the land surface.
    start : ndarray
        About the water table: the plain less the depth to water, at most the bed.
    branch : ndarray
        Length of the delta's branches in each cell.
    plain : ndarray
        Elevation of the land without dunes.
    """

    widths: Floats
    heights: Floats
    x: Floats
    y: Floats
    area: Floats
    bed: Bools
    inland: Floats
    delta: Bools
    land: Floats
    start: Floats
    branch: Floats
    plain: Floats


def stage_table(case_folder: str) -> Hypsometry:
    """Return level and area of the western basin as the balance has them."""
    surface = read_case(case_folder).surface
    assert surface is not None
    table = next(s for s in surface.settings if s.name == "west").table
    assert isinstance(table, Hypsometry)
    return table


def _sway(x: Floats, length: float, values: Values) -> Floats:
    """Return the distance from axis to shore along it, over its mean: bays and headlands."""
    turn = x / length
    return 1.0 + values["shore_sway"].to("-") * np.cos(4.0 * np.pi * turn) * (1.0 - 0.3 * np.sin(6.0 * np.pi * turn))


def strip(values: Values, table: Hypsometry) -> Strip:
    """Return the strip.

    Elevations of the bed follow the stage table and nothing else: cells are put in order by their place between axis
    and shore, and each gets the level at which the strip's share of the table's area is what lies before its middle.
    """
    length, width = values["shore_length"].to("m"), values["column_width"].to("m")
    widths = np.full(round(length / width), width)
    heights = np.repeat(values["row_heights"].all_to("m"), [round(n) for n in values["row_counts"].numbers])
    x, y = np.cumsum(widths) - 0.5 * widths, np.cumsum(heights) - 0.5 * heights
    area = heights[:, None] * widths[None, :]
    share, slope = values["strip_share"].to("-"), values["plain_slope"].to("-")
    top = float(table.level[-1])
    most = share * float(table.area[-1])
    place = y[:, None] / _sway(x, length, values)[None, :]
    order = np.argsort(place, axis=None, kind="stable")
    before = np.cumsum(area.ravel()[order]) - 0.5 * area.ravel()[order]
    wet = before < most
    bed, land = np.zeros(area.size, np.bool_), np.full(area.size, top)
    bed[order] = wet
    # Where the strip's share of the area is what lies before the middle of the cell.
    land[order[wet]] = np.interp(before[wet] / share, *_finer(table))
    bed, land = bed.reshape(area.shape), land.reshape(area.shape)
    shore = most / length * _sway(x, length, values)
    inland = np.where(bed, 0.0, np.maximum(y[:, None] - shore[None, :], 0.0))
    plain = np.where(bed, land, top + slope * inland)
    delta = _delta(x, inland, bed, values)
    dunes = values["dune_height"].to("m") * (1.0 - np.exp(-inland / values["dune_start"].to("m")))
    surface = np.round(np.where(bed | delta, plain, plain + dunes), 3)
    deep = values["depth_to_water"].to("m")
    start = np.where(bed, np.minimum(land, top - deep), plain - deep)
    branch = np.where(bed, 0.0, _branches(x, y, widths, heights, shore, values))
    return Strip(widths, heights, x, y, area, bed, inland, delta, surface, np.round(start, 3), branch, plain)


def _finer(table: Hypsometry) -> tuple[Floats, Floats]:
    """Return areas and levels of a table; strictly increasing areas, as a level is looked up by area."""
    area, level = np.asarray(table.area, float), np.asarray(table.level, float)
    return area, level


def _delta(x: Floats, inland: Floats, bed: Bools, values: Values) -> Bools:
    """Return the cells of the delta: a triangle with its base on the shore."""
    long = values["delta_length"].to("m")
    half = values["delta_area"].to("m2") / long * (1.0 - inland / long)
    middle = 0.5 * values["shore_length"].to("m")
    inside: Bools = ~bed & (np.abs(x - middle)[None, :] <= half)
    return inside


def _branches(x: Floats, y: Floats, widths: Floats, heights: Floats, shore: Floats, values: Values) -> Floats:
    """Return the length of branches in each cell: straight lines from the apex to the shore, the Ili above the apex."""
    long, middle = values["delta_length"].to("m"), 0.5 * values["shore_length"].to("m")
    half = values["delta_area"].to("m2") / long
    found = np.zeros((y.size, x.size))
    right, south = np.cumsum(widths), np.cumsum(heights)
    count = round(values["branches"].value)
    apex = np.interp(middle, x, shore) + long
    lines = [(middle + half * (2.0 * (i + 0.5) / count - 1.0), 0.0, apex) for i in range(count)]
    for end, from_y, to_y in [*lines, (middle, apex, float(south[-1]))]:
        steps = int((to_y - from_y) / ALONG)
        part = (np.arange(steps) + 0.5) / steps
        along_y = to_y + (from_y - to_y) * part
        along_x = middle + (end - middle) * (apex - np.minimum(along_y, apex)) / long
        keep = (along_x >= 0.0) & (along_x < right[-1])
        row, column = np.searchsorted(south, along_y[keep]), np.searchsorted(right, along_x[keep])
        each = np.hypot((to_y - from_y) / steps, (end - middle) * (to_y - from_y) / steps / long)
        np.add.at(found, (row, column), each if from_y == 0.0 else (to_y - from_y) / steps)
    return np.round(found, 1)
