"""Dispersion with two half cells in series (MODFLOW 6's DSP with XT3D_OFF), and the tensor of both formulations."""

import numpy as np

from gwsolver.core.aquifer import Dispersion
from gwsolver.core.grid import STAGGERED, VERTICAL, Grid
from gwsolver.core.steps import FlowStep
from gwsolver.kernels import transport_coefficients
from gwsolver.transport.mf6.operator import Entries, Floats


def tensors(d: Dispersion, porosity: Floats, flow: FlowStep) -> Floats:
    """Return n D of each cell [L**2/T], shape (cell, 3, 3), zero in cells without water."""
    n_cells = porosity.size
    six = np.zeros((6, n_cells))
    transport_coefficients.dispersion_tensor(
        np.ascontiguousarray(flow.specific_discharge), d.alh, d.alv, d.ath1, d.ath2, d.atv,
        d.diffusion_coefficient * porosity, six,
    )
    xx, yy, zz, xy, xz, yz = np.where(flow.saturation_end > 0.0, six, 0.0)
    return np.moveaxis(np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]), 2, 0)


def level_areas(grid: Grid, saturation: Floats) -> Floats:
    """Return the wetted area on both sides of each face as if all were level [L**2], shape (face, 2).

    Width times saturated thickness; of staggered cells the part of it between the higher bottom and the
    lower top.
    """
    cells = grid.face_cells
    bottom, thickness = grid.bottom[cells], grid.thickness[cells]
    wet = saturation[cells] * thickness
    lowest = bottom.max(axis=1, keepdims=True)
    highest = grid.top[cells].min(axis=1, keepdims=True)
    overlap = np.maximum(np.minimum(bottom + wet, highest) - lowest, 0.0)
    shared = np.where((grid.face_kind == STAGGERED)[:, None], overlap, wet)
    return np.asarray(grid.face_width[:, None] * shared, np.float64)


def fluxes(grid: Grid, tensor: Floats, saturation: Floats) -> Entries:
    """Return the flux K (C_n - C_m), K = k_n k_m / (k_n + k_m), k = A D_nn / l, of each face.

    D_nn is the dispersion of each cell along the normal, l its way from the centre to the face (vertically half
    its saturated thickness), A its wetted area. Nothing passes where either cell is dry, nor down into a cell
    that is not full.
    """
    cells, vertical = grid.face_cells, grid.face_kind == VERTICAL
    s = saturation[cells]
    along = np.einsum("fi,fsij,fj->fs", grid.face_normal, tensor[cells], grid.face_normal)
    length = np.where(vertical[:, None], 0.5 * s * grid.thickness[cells], grid.face_distance)
    area = np.where(vertical[:, None], grid.face_width[:, None], level_areas(grid, saturation))
    closed = (s == 0.0).any(axis=1) | (vertical & (s[:, 1] < 1.0))
    area[closed] = 0.0
    part = np.where(length > 0.0, along * area / np.where(length > 0.0, length, 1.0), 0.0)
    both = part.sum(axis=1)
    conductance = np.where(both > 0.0, part.prod(axis=1) / np.where(both > 0.0, both, 1.0), 0.0)
    faces = np.flatnonzero(conductance)
    k, (n, m) = conductance[faces], cells[faces].T
    return np.tile(faces, 2), np.concatenate([n, m]), np.concatenate([k, -k])
