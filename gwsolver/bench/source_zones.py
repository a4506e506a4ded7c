"""Plumes behind a source zone at the water table on a grid, posed from the page of inputs that screening takes.

The plume is the same on both sides of its axis: only one side is solved, y = 0 and z = 0 are walls.
"""

import numpy as np
from numpy.typing import NDArray

from gwsolver.bench.cases import POROSITY, THIN, Posed
from gwsolver.bench.solutions import SourceZone
from gwsolver.bench.uniform import transport_model, uniform_flow
from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import TransportModel

Floats = NDArray[np.float64]
GROWTH = 1.2  # from one cell to the next, away from the source


def growing(spacing: float, fine: float, end: float) -> Floats:
    """Return spacings that are equal out to `fine` and then grow until they reach `end` [L]."""
    found = [spacing] * round(fine / spacing)
    while sum(found) < end * (1.0 - 1e-9):
        found.append(GROWTH * found[-1])
    return np.array(found)


def half_grid(along: float, length: float, across: Floats, down: Floats) -> Grid:
    """Return a grid over one side of a plume behind a thin first column of cells, which is the source.

    Parameters
    ----------
    along, length : float
        Spacing and length along the flow [L].
    across, down : ndarray of float64
        Spacings away from the axis and from the water table (z = 0) [L].
    """
    columns = [THIN * along, *([along] * round(length / along))]
    return structured_grid(columns, across[::-1], 0.0, -np.cumsum(down))


def from_source(grid: Grid) -> Floats:
    """Return the distance of each cell behind the source [L]; below zero in the source."""
    return grid.x - 2.0 * grid.x.min()


def pose_source_zone(
    site: SourceZone, *, time: float, spacing: tuple[float, float, float], extent: tuple[float, float, float],
    decays: bool = False,
) -> Posed:
    """Pose a source zone without reaction or with decay of first order.

    Parameters
    ----------
    site : SourceZone
        Widths and depth whole numbers of cells.
    time : float
        [T].
    spacing : (float, float, float)
        Along the flow; across it and down, near the source [L].
    extent : (float, float, float)
        Length, width of one side and depth of the grid [L].
    decays : bool
    """
    grid = site_grid(site, spacing, extent)
    x = from_source(grid)
    inside = np.flatnonzero(x > 0.0)
    reaction = "first order" if decays else "none"
    exact = site.concentration(x[inside], grid.y[inside], -grid.z[inside], time=time, reaction=reaction)
    return Posed(
        _model(site, grid, decays), uniform_flow(grid, (POROSITY * site.seepage_velocity, 0.0, 0.0), end=time), exact,
        inside, spacing[0],
    )


def site_grid(
    site: SourceZone, spacing: tuple[float, float, float], extent: tuple[float, float, float]
) -> Grid:
    """Return the grid of a site: parameters as in `pose_source_zone`."""
    along, across, down = spacing
    return half_grid(
        along, extent[0], growing(across, 1.5 * site.zones[-1][0], extent[1]),
        growing(down, min(1.5 * site.depth, extent[2]), extent[2]),
    )


def held_in_source(site: SourceZone, grid: Grid) -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]:
    """Return the cells of the source plane, the donor's concentration in them, and which lie in a zone."""
    edge = np.flatnonzero(from_source(grid) < 0.0)
    held, inner = np.zeros(edge.size), 0.0
    for outer, concentration in site.zones:
        held[(grid.y[edge] > inner) & (grid.y[edge] < outer) & (-grid.z[edge] < site.depth)] = concentration
        inner = outer
    return edge, held, (grid.y[edge] < inner) & (-grid.z[edge] < site.depth)


def length_on_axis(grid: Grid, concentration: Floats, limit: float) -> float:
    """Return where the concentration on the axis, at the water table, falls to a limit for the first time [L].

    Interpolated between the logarithms, as concentrations fall exponentially there.
    """
    x = from_source(grid)
    axis = np.flatnonzero((x > 0.0) & (grid.y == grid.y.min()) & (grid.z == grid.z.max()))
    x, c = x[axis], concentration[axis]
    after = int(np.flatnonzero(c < limit)[0])
    ends = [after, after - 1]
    return float(np.interp(np.log(limit), np.log(c[ends]), x[ends]))


def _model(site: SourceZone, grid: Grid, decays: bool) -> TransportModel:
    """Return the transport model, with the zones as fixed concentrations."""
    edge, held, _ = held_in_source(site, grid)
    longitudinal, transverse, vertical = site.dispersivity
    return transport_model(
        grid, porosity=POROSITY, longitudinal=longitudinal, transverse=transverse, vertical_transverse=vertical,
        retardation=site.retardation, decay_rate=site.decay_rate if decays else 0.0, fixed=(edge, held),
    )
