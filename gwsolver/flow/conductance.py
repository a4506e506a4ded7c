"""Means of conductivity between two cells, and the conductance of a saturated face."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.aquifer import AVERAGING, Conductivity
from gwsolver.core.grid import STAGGERED, VERTICAL, Grid

Floats = NDArray[np.float64]


def effective_conductivity(conductivity: Conductivity, cells: NDArray[np.int32], normal: Floats) -> Floats:
    """Return the conductivity of cells along a direction.

        1 / K = sum over i of (e_i . v)**2 / K_i

    with the axes e_i of the ellipsoid of conductivity and the unit vector v.

    Parameters
    ----------
    conductivity : Conductivity
    cells : ndarray of int, shape (face,)
    normal : ndarray of float64, shape (face, 3)
        Unit vectors.

    Notes
    -----
    Langevin and others (2017), USGS TM 6-A55, chapter 4, equations 4-22 to 4-29.
    """
    a1, a2, a3 = (a[cells] for a in (conductivity.angle1, conductivity.angle2, conductivity.angle3))
    s1, c1, s2, c2, s3, c3 = np.sin(a1), np.cos(a1), np.sin(a2), np.cos(a2), np.sin(a3), np.cos(a3)
    x, y, z = normal.T
    along = c1 * c2 * x + s1 * c2 * y + s2 * z
    across = (c1 * s2 * s3 - s1 * c3) * x + (s1 * s2 * s3 + c1 * c3) * y - c2 * s3 * z
    upward = -(c1 * s2 * c3 + s1 * s3) * x + (c1 * s3 - s1 * s2 * c3) * y + c2 * c3 * z
    k, k22, k33 = conductivity.k[cells], conductivity.k22[cells], conductivity.k33[cells]
    resistivity: Floats = along**2 / k + across**2 / k22 + upward**2 / k33
    return 1.0 / resistivity


def face_conductivity(grid: Grid, conductivity: Conductivity) -> Floats:
    """Return the conductivity of both cells of each face across it [L/T], shape (face, 2).

    As in MODFLOW, horizontal faces see the ellipsoid only in models where K22 differs from K somewhere,
    vertical ones only where it is tilted (ANGLE2).
    """
    result = np.empty((grid.n_faces, 2))
    vertical = grid.face_kind == VERTICAL
    turned, tilted = np.zeros(grid.n_cells, bool), np.zeros(grid.n_cells, bool)
    for part in grid.parts:
        turned[part.cells] = bool(np.any(conductivity.k22[part.cells] != conductivity.k[part.cells]))
        tilted[part.cells] = bool(np.any(conductivity.angle2[part.cells] != 0.0))
    for side in (0, 1):
        cells = grid.face_cells[:, side]
        plain = np.where(vertical, conductivity.k33[cells], conductivity.k[cells])
        if turned.any() or tilted.any():
            rotated = effective_conductivity(conductivity, cells, grid.face_normal)
            plain = np.where(np.where(vertical, tilted[cells], turned[cells]), rotated, plain)
        result[:, side] = plain
    return result


def logarithmic_mean(a: Floats, b: Floats) -> tuple[Floats, Floats, Floats]:
    """Return (b - a) / ln(b / a), its derivatives with respect to a and b; zero unless both are positive.

    Between ratios of 0.995 and 1.005 the arithmetic mean takes its place, as in MODFLOW.
    """
    positive = (a > 0.0) & (b > 0.0)
    p, q = np.where(positive, a, 1.0), np.where(positive, b, 1.0)
    ratio = q / p
    far = (ratio <= 0.995) | (ratio >= 1.005)
    log = np.log(np.where(far, ratio, np.e))
    mean = np.where(far, (q - p) / log, 0.5 * (p + q))
    by_a = np.where(far, ((q - p) / p - log) / log**2, 0.5)
    by_b = np.where(far, (log - (q - p) / q) / log**2, 0.5)
    return np.where(positive, mean, 0.0), np.where(positive, by_a, 0.0), np.where(positive, by_b, 0.0)


def horizontal_conductance(
    averaging: NDArray[np.int8], k: Floats, thickness: Floats, distance: Floats, width: Floats
) -> tuple[Floats, Floats, Floats]:
    """As `averaged_conductance`, each face with its own way of averaging (a place in `AVERAGING`)."""
    used = np.unique(averaging)
    if used.size == 1:
        return averaged_conductance(AVERAGING[used[0]], k, thickness, distance, width)
    result = np.zeros((3, width.size))
    for way in used:
        at = averaging == way
        result[:, at] = averaged_conductance(AVERAGING[way], k[at], thickness[at], distance[at], width[at])
    return result[0], result[1], result[2]


def averaged_conductance(
    averaging: str, k: Floats, thickness: Floats, distance: Floats, width: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the conductance of horizontal faces and its derivatives with respect to both thicknesses.

    Parameters
    ----------
    averaging : str
        "harmonic", "logarithmic", "amt-lmk" or "amt-hmk".
    k, thickness, distance : ndarray of float64, shape (face, 2)
        Conductivity [L/T], saturated thickness [L], distance from centre to face [L] on both sides.
    width : ndarray of float64, shape (face,)

    Returns
    -------
    conductance : ndarray of float64, shape (face,)
        [L**2/T].
    by_n, by_m : ndarray of float64, shape (face,)
        [L/T].

    Notes
    -----
    Langevin and others (2017), USGS TM 6-A55, chapter 4, equations 4-12 to 4-17.
    """
    b1, b2 = thickness.T
    k1, k2 = k.T
    d1, d2 = distance.T
    if averaging == "harmonic":
        t1, t2 = k1 * b1, k2 * b2
        wet = (t1 > 0.0) & (t2 > 0.0)
        below = np.where(wet, t1 * d2 + t2 * d1, 1.0)
        conductance = np.where(wet, width * t1 * t2 / below, 0.0)
        by_1 = np.where(wet, width * k1 * d1 * (t2 / below) ** 2, 0.0)
        by_2 = np.where(wet, width * k2 * d2 * (t1 / below) ** 2, 0.0)
        return conductance, by_1, by_2
    if averaging == "logarithmic":
        mean, by_1, by_2 = logarithmic_mean(k1 * b1, k2 * b2)
        scale = width / (d1 + d2)
        return mean * scale, by_1 * k1 * scale, by_2 * k2 * scale
    if averaging == "amt-lmk":
        scale = logarithmic_mean(k1, k2)[0] * width / (d1 + d2)
    else:
        scale = width * k1 * k2 / (k1 * d2 + k2 * d1)
    return scale * 0.5 * (b1 + b2), 0.5 * scale, 0.5 * scale


def vertical_conductance(k: Floats, thickness: Floats, area: Floats) -> tuple[Floats, Floats, Floats]:
    """Return A / (b1 / 2 K1 + b2 / 2 K2) and its derivatives with respect to b1 and b2.

    Parameters
    ----------
    k, thickness : ndarray of float64, shape (face, 2)
        Vertical conductivity [L/T] and thickness that resists [L] above and below.
    area : ndarray of float64, shape (face,)
    """
    resistance = 0.5 * (thickness / k).sum(axis=1)
    open_ = resistance > 0.0
    conductance = np.where(open_, area / np.where(open_, resistance, 1.0), 0.0)
    slope = np.where(open_, -0.5 * conductance / np.where(open_, resistance, 1.0), 0.0)
    return conductance, slope / k[:, 0], slope / k[:, 1]


def staggered_thickness(grid: Grid, faces: NDArray[np.int64], fraction: Floats) -> tuple[Floats, Floats]:
    """Return the wet thickness inside the opening of staggered faces and its slope with saturation.

    The opening reaches from the higher bottom to the lower top of the two cells.

    Parameters
    ----------
    faces : ndarray of int64
        Staggered faces.
    fraction : ndarray of float64, shape (face, 2)
        Saturation of both cells.

    Returns
    -------
    thickness, slope : ndarray of float64, shape (face, 2)
        [L]; the derivative with respect to the saturation of the same side.
    """
    cells = grid.face_cells[faces]
    top, bottom = grid.top[cells], grid.bottom[cells]
    sill_top, sill_bottom = top.min(axis=1)[:, None], bottom.max(axis=1)[:, None]
    level = bottom + fraction * (top - bottom)
    thickness = np.maximum(np.minimum(level, sill_top) - sill_bottom, 0.0)
    return thickness, np.where((level < sill_top) & (level > sill_bottom), top - bottom, 0.0)


def wet_thickness(grid: Grid, fraction: Floats, faces: NDArray[np.int64] | None = None) -> tuple[Floats, Floats]:
    """Return the wet thickness at both sides of faces (all, if not said which) and its slope with saturation.

    Parameters
    ----------
    fraction : ndarray of float64, shape (face, 2)
        Saturation of both cells.
    faces : ndarray of int64, shape (face,), optional

    Returns
    -------
    thickness, slope : ndarray of float64, shape (face, 2)
        [L]; the derivative with respect to the saturation of the same side.
    """
    cells, kind = grid.face_cells, grid.face_kind
    if faces is not None:
        cells, kind = cells[faces], kind[faces]
    thickness = grid.thickness[cells]
    wet, slope = fraction * thickness, thickness
    staggered = np.flatnonzero(kind == STAGGERED)
    if staggered.size:
        own = staggered if faces is None else faces[staggered]
        wet[staggered], slope[staggered] = staggered_thickness(grid, own, fraction[staggered])
    return wet, slope


def saturated_conductance(grid: Grid, conductivity: Conductivity, k: Floats, fraction: Floats) -> Floats:
    """Return the conductance of each face when its cells are filled to `fraction` [L**2/T], shape (face,).

    Parameters
    ----------
    k : ndarray of float64, shape (face, 2)
        From `face_conductivity`.
    fraction : ndarray of float64, shape (cell,)
        One, but for cells whose thickness is that of the start head.
    """
    at_face = fraction[grid.face_cells]
    averaging = conductivity.rules(grid.n_faces).averaging
    flat = horizontal_conductance(
        averaging, k, wet_thickness(grid, at_face)[0], grid.face_distance, grid.face_width
    )[0]
    steep = vertical_conductance(k, at_face * grid.thickness[grid.face_cells], grid.face_width)[0]
    return np.where(grid.face_kind == VERTICAL, steep, flat)
