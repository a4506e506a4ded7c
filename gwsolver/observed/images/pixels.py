"""How large pixels are on the ellipsoid, whatever the projection does to them."""

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gwsolver.core.errors import InputError, Problem

Floats = NDArray[np.float64]
Affine = tuple[float, float, float, float, float, float]  # x = a column + b row + c, y = d column + e row + f
NODES = 33  # along each side of the image, where areas are found; between them they are interpolated


def pixel_areas(crs: str, affine: Affine, shape: tuple[int, int]) -> Floats:
    """Return the area of each pixel on the ellipsoid [m2], shape (row, column).

        A = M N cos(phi) |d(lambda, phi) / d(column, row)|
        M = a (1 - e**2) / (1 - e**2 sin(phi)**2)**1.5,  N = a / (1 - e**2 sin(phi)**2)**0.5

    with longitude lambda and latitude phi as differences over one pixel, so for degrees, any projection and rotated
    images alike: a pixel of 30 m in UTM covers 899 to 901 m2, in Web Mercator at 46 degrees 434. Radii of curvature:
    Snyder (1987), USGS Professional Paper 1395, equations 4-18 and 4-20.

    Raises
    ------
    InputError
        If the coordinate reference system is none that lies on the Earth, or the image reaches beyond it.
    """
    try:
        system = CRS.from_user_input(crs) if crs else None
    except CRSError as error:
        raise InputError([Problem(f"the image's coordinate reference system: {error}")]) from None
    if system is None or not (system.is_projected or system.is_geographic):
        raise InputError([Problem(
            "the image's coordinate reference system", value=system.name if system else "none",
            allowed="a projected or a geographic one",
            hint="Without it no pixel has a size; for example: gdal_edit.py -a_srs EPSG:32643 IMAGE.tif.")])
    rows, columns = (np.linspace(0.0, n, NODES) for n in shape)
    column, row = np.meshgrid(columns, rows)
    across, down = (_step(system, affine, column, row, *half) for half in ((0.5, 0.0), (0.0, 0.5)))
    _, latitude = _on_earth(system, affine, column, row)
    ellipsoid = system.ellipsoid
    assert ellipsoid is not None
    e2 = 1.0 - (ellipsoid.semi_minor_metre / ellipsoid.semi_major_metre) ** 2
    radii = ellipsoid.semi_major_metre**2 * (1.0 - e2) / (1.0 - e2 * np.sin(latitude) ** 2) ** 2
    areas = radii * np.cos(latitude) * np.abs(across[0] * down[1] - across[1] * down[0])
    if not (np.isfinite(areas).all() and (areas > 0.0).all()):
        raise InputError([Problem("the image reaches beyond its coordinate reference system", value=system.name)])
    return _bilinear(rows, columns, areas, shape)


def _on_earth(system: CRS, affine: Affine, column: Floats, row: Floats) -> tuple[Floats, Floats]:
    """Return longitude and latitude of places in the image [rad]."""
    a, b, c, d, e, f = affine
    turn = Transformer.from_crs(system, system.geodetic_crs or "EPSG:4326", always_xy=True)
    longitude, latitude = turn.transform(a * column + b * row + c, d * column + e * row + f)
    return np.radians(longitude), np.radians(latitude)


def _step(
    system: CRS, affine: Affine, column: Floats, row: Floats, half_column: float, half_row: float
) -> tuple[Floats, Floats]:
    """Return how far longitude and latitude change over one pixel [rad]."""
    east, north = _on_earth(system, affine, column + half_column, row + half_row)
    west, south = _on_earth(system, affine, column - half_column, row - half_row)
    return (east - west + np.pi) % (2.0 * np.pi) - np.pi, north - south


def _bilinear(rows: Floats, columns: Floats, values: Floats, shape: tuple[int, int]) -> Floats:
    """Return values at the centres of pixels from those at nodes."""
    across = np.array([np.interp(np.arange(shape[1]) + 0.5, columns, line) for line in values])
    place = np.interp(np.arange(shape[0]) + 0.5, rows, np.arange(rows.size))
    low = np.minimum(place.astype(int), rows.size - 2)
    part = (place - low)[:, None]
    found: Floats = (1.0 - part) * across[low] + part * across[low + 1]
    return found
