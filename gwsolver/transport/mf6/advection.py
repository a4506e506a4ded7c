"""Advection through faces: upstream and central weighting (MODFLOW 6's ADV)."""

import numpy as np

from gwsolver.core.grid import VERTICAL, Grid
from gwsolver.transport.mf6.operator import Entries, Floats


def upstream(grid: Grid, face_flow: Floats) -> Entries:
    """Return the flux through each face, q C of the cell it comes from.

    Parameters
    ----------
    grid : Grid
    face_flow : ndarray of float64, shape (face,)
        Flow from n to m [L**3/T]; zero where no advection passes.
    """
    faces = np.flatnonzero(face_flow)
    q = face_flow[faces]
    donor = np.where(q > 0.0, grid.face_cells[faces, 0], grid.face_cells[faces, 1])
    return faces, donor, q


def central(grid: Grid, face_flow: Floats) -> Entries:
    """Return the flux q (w C_n + (1 - w) C_m), w = l_m / (l_n + l_m), of each face.

    The lengths l run from the centres to the face; vertically they are half the full thicknesses.
    """
    faces = np.flatnonzero(face_flow)
    q, (n, m) = face_flow[faces], grid.face_cells[faces].T
    w = _weight_of_first(grid)[faces]
    return np.tile(faces, 2), np.concatenate([n, m]), np.concatenate([q * w, q * (1.0 - w)])


def central_defect(grid: Grid, face_flow: Floats) -> Entries:
    """Return what arrives in cell m beyond what leaves cell n under MODFLOW 6's central weighting.

    MODFLOW 6 gives the row of either cell of a level face the same weight, l_m / (l_n + l_m), for its own
    concentration. Where the two lengths differ the row of m takes q (w C_m + (1 - w) C_n) while the row of n
    gives q (w C_n + (1 - w) C_m): q (2 w - 1) (C_m - C_n) appears or is lost at the face.
    """
    w = _weight_of_first(grid)
    faces = np.flatnonzero((grid.face_kind != VERTICAL) & (face_flow != 0.0) & (w != 0.5))
    made = face_flow[faces] * (2.0 * w[faces] - 1.0)
    n, m = grid.face_cells[faces].T
    return np.tile(faces, 2), np.concatenate([m, n]), np.concatenate([made, -made])


def _weight_of_first(grid: Grid) -> Floats:
    """Return w of cell n of each face, shape (face,)."""
    half = 0.5 * grid.thickness[grid.face_cells]
    length = np.where((grid.face_kind == VERTICAL)[:, None], half, grid.face_distance)
    return np.asarray(length[:, 1] / length.sum(axis=1), np.float64)
