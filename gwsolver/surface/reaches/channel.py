"""Channels: cross-sections of reaches and Manning's formula, for many reaches at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.reach import RECTANGLE, CrossSection
from gwsolver.kernels import surface_channel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sections:
    """Cross-sections at a depth each, all of shape (reach,).

    Attributes
    ----------
    area : ndarray of float64
        Of the flowing water [L**2]; its derivative is the width.
    width, width_by_depth : ndarray of float64
        Of the water's surface [L, -].
    perimeter, perimeter_by_depth : ndarray of float64
        Wetted [L, -].
    flow, flow_by_depth : ndarray of float64
        By Manning's formula [L**3/T, L**2/T].
    """

    area: Floats
    width: Floats
    width_by_depth: Floats
    perimeter: Floats
    perimeter_by_depth: Floats
    flow: Floats
    flow_by_depth: Floats


class Channels:
    """The channels of a package's reaches.

        Q = c A (A / P)**(2/3) sqrt(S) / n

    in each segment of a section by points, with the segment's own roughness; a rectangle is wide: its perimeter
    is the width at any depth. Over the shallowest 1e-5 the flow fades in, 2 x - x**2 (Hughes and others, 2012,
    USGS TM 6-A40; MODFLOW 6's Streamflow Routing package).

    Parameters
    ----------
    width, slope, manning : ndarray of float64, shape (reach,)
        [L], [-], [T/L**(1/3)].
    conversion : float
        c, one in m and s.
    numbers : ndarray of int64, shape (reach,)
        Section of each reach, `RECTANGLE` or a place in `sections`.
    sections : sequence of CrossSection

    Attributes
    ----------
    station, height, roughness : ndarray of float64, shape (point,)
        Points of all reaches; one with the width for a rectangle.
    first : ndarray of int64, shape (reach + 1,)
        Where the points of each reach begin.
    factor : ndarray of float64, shape (reach,)
        c sqrt(S) / n.
    full_width : ndarray of float64, shape (reach,)
        From bank to bank [L]: where rain falls.
    """

    def __init__(
        self, width: Floats, slope: Floats, manning: Floats, conversion: float, numbers: Ints,
        sections: tuple[CrossSection, ...],
    ) -> None:
        by_points = np.flatnonzero(numbers != RECTANGLE)
        counts = np.ones(width.size, np.int64)
        counts[by_points] = [sections[numbers[i]].height.size for i in by_points]
        self.first: Ints = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.station: Floats = np.repeat(width, counts).astype(np.float64)
        self.height: Floats = np.zeros(self.station.size)
        self.roughness: Floats = np.ones(self.station.size)
        for i in by_points:
            here, section = slice(self.first[i], self.first[i + 1]), sections[numbers[i]]
            self.station[here] = section.fraction * width[i]
            self.height[here], self.roughness[here] = section.height, section.roughness_fraction
        self.factor: Floats = conversion * np.sqrt(slope) / manning
        last, begin = self.station[self.first[1:] - 1], self.station[self.first[:-1]]
        self.full_width: Floats = np.where(counts > 1, last - begin, last)

    def at(self, depth: Floats) -> Sections:
        """Return the sections at a depth for each reach [L]."""
        found = np.empty((self.factor.size, 7))
        surface_channel.sections(self.station, self.height, self.roughness, self.first, self.factor,
                                 np.ascontiguousarray(depth, np.float64), found)
        return Sections(*np.ascontiguousarray(found.T))

    def normal_depth(self, flow: Floats) -> Floats:
        """Return the depth at which each reach carries its flow [L]; zero where nothing flows."""
        found = np.empty(self.factor.size)
        surface_channel.normal_depths(self.station, self.height, self.roughness, self.first, self.factor,
                                      np.ascontiguousarray(flow, np.float64), found)
        return found
