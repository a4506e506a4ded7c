"""Dispersion with the full tensor: MODFLOW 6's XT3D (Provost, Langevin and Hughes 2017, USGS Techniques 6-A56).

Each of the two cells of a face writes the normal flux as a (C_face - C_0) + sum b_i (C_i - C_0): the gradient in
the direction of the connection from the unknown value at the face, the gradients in two perpendicular directions
from the cell's other neighbours. That both fluxes be equal eliminates the value at the face.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gwsolver.core.grid import VERTICAL, Grid
from gwsolver.transport.mf6.dispersion import level_areas
from gwsolver.transport.mf6.operator import Bools, Entries, Floats, Ints

PARALLEL = 1e-10  # components of unit vectors below this are nothing
NO_CONDUCTANCE = 2.220446049250313e-16
CHUNK = 20_000  # faces treated at once, for the sake of memory


@dataclass(frozen=True, eq=False)
class Sides:
    """Both sides of every face, those of each cell together in the order of its neighbours: a "side" looks outwards.

    Attributes
    ----------
    own, other, face : ndarray of int64, shape (side,)
        The cell, its neighbour, the face between.
    direction : ndarray of float64, shape (side, 3)
        Unit vector from centre to centre of the wetted parts.
    normal : ndarray of float64, shape (side, 3)
        Unit normal out of the cell.
    near, far : ndarray of float64, shape (side,)
        Parts of the distance between the centres on the own and on the other side of the face [L].
    of_cell : ndarray of int64, shape (cell, slot)
        Sides of each cell, -1 where it has no more.
    of_face : ndarray of int64, shape (face, 2)
        Sides of cells n and m of each face, -1 where a cell is dry.
    level : ndarray of bool, shape (cell,)
        No side of the cell looks up or down.
    """

    own: Ints
    other: Ints
    face: Ints
    direction: Floats
    normal: Floats
    near: Floats
    far: Floats
    of_cell: Ints
    of_face: Ints
    level: Bools


def fluxes(grid: Grid, tensor: Floats, saturation: Floats) -> sparse.csr_array:
    """Return the dispersive flux from n to m of each face, a matrix of shape (face, cell).

    Parameters
    ----------
    grid : Grid
    tensor : ndarray of float64, shape (cell, 3, 3)
        n D [L**2/T].
    saturation : ndarray of float64, shape (cell,)
    """
    sides = wet_sides(grid, saturation)
    area = np.where((grid.face_kind == VERTICAL)[:, None], grid.face_width[:, None], level_areas(grid, saturation))
    conducts = (sides.of_face >= 0).all(axis=1) & (area[:, 0] != 0.0)
    found = [
        _some_fluxes(grid, sides, tensor, area, slice(k, min(k + CHUNK, grid.n_faces)), conducts)
        for k in range(0, grid.n_faces, CHUNK)
    ]
    return sparse.csr_array(sparse.vstack(found)) if found else sparse.csr_array((0, grid.n_cells))


def _some_fluxes(
    grid: Grid, sides: Sides, tensor: Floats, area: Floats, some: slice, conducting: Bools
) -> sparse.csr_array:
    """Return the flux of some faces that follow each other, shape (some, cell)."""
    faces = some.start + np.flatnonzero(conducting[some])
    first, second = sides.of_face[faces].T
    (a0, b0), (a1, b1) = (side_coefficients(sides, which, tensor) for which in (first, second))
    a0, a1 = a0 * area[faces, 0], a1 * area[faces, 1]
    b0, b1 = b0 * area[faces, :1], b1 * area[faces, 1:]
    whole = a0 + a1
    conducts = np.abs(whole) > NO_CONDUCTANCE
    w1 = np.where(conducts, a0 / np.where(conducts, whole, 1.0), 1.0)
    w0 = 1.0 - w1
    n, m = grid.face_cells[faces].astype(np.int64).T
    main, place = w1 * a1, faces - some.start
    parts = [
        (place, n, main), (place, m, -main),
        *_spread(sides, place, n, -w0[:, None] * b0), *_spread(sides, place, m, w1[:, None] * b1),
    ]
    row, cell, value = (np.concatenate(p) for p in zip(*parts, strict=True))
    return sparse.coo_array((value, (row, cell)), shape=(some.stop - some.start, grid.n_cells)).tocsr()


def _spread(sides: Sides, place: Ints, cell: Ints, coefficient: Floats) -> list[Entries]:
    """Return the entries of sum_i coefficient_i (C_i - C_cell), i the neighbours of the cell."""
    at, slot = np.nonzero(coefficient)
    value = coefficient[at, slot]
    neighbour = sides.other[sides.of_cell[cell[at], slot]]
    return [(place[at], neighbour, value), (place[at], cell[at], -value)]


def wet_sides(grid: Grid, saturation: Floats) -> Sides:
    """List the sides of all faces between cells with water."""
    wet = np.flatnonzero((saturation[grid.face_cells] > 0.0).all(axis=1))
    n, m = grid.face_cells[wet].astype(np.int64).T
    own, other = np.concatenate([n, m]), np.concatenate([m, n])
    order = np.lexsort((other, own))
    face, sign = np.tile(wet, 2)[order], np.repeat([1.0, -1.0], wet.size)[order]
    own, other = own[order], other[order]
    vertical = grid.face_kind[face] == VERTICAL
    own_z, other_z = (
        grid.bottom[cell] + 0.5 * grid.thickness[cell] * np.where(vertical, 1.0, saturation[cell])
        for cell in (own, other)
    )
    plan = np.column_stack([grid.x[other] - grid.x[own], grid.y[other] - grid.y[own]])
    if grid.tracked_faces.size:  # joined models need not be placed on one map
        plan = np.where(vertical[:, None], plan, sign[:, None] * grid.centre_vector[face, :2])
    way = np.column_stack([plan, other_z - own_z])
    length = np.sqrt((way**2).sum(axis=1))
    near_far = grid.face_distance[face]
    near_far = np.where((sign > 0.0)[:, None], near_far, near_far[:, ::-1])
    near_far = near_far * (length / near_far.sum(axis=1))[:, None]

    count = np.bincount(own, minlength=grid.n_cells)
    start = np.cumsum(count) - count
    slot = np.arange(own.size) - start[own]
    of_cell = np.full((grid.n_cells, max(int(count.max(initial=0)), 1)), -1, np.int64)
    of_cell[own, slot] = np.arange(own.size)
    of_face = np.full((grid.n_faces, 2), -1, np.int64)
    of_face[face, np.where(sign > 0.0, 0, 1)] = np.arange(own.size)
    return Sides(
        own, other, face, way / length[:, None], sign[:, None] * grid.face_normal[face], near_far[:, 0].copy(),
        near_far[:, 1].copy(), of_cell, of_face, np.bincount(own[vertical], minlength=grid.n_cells) == 0,
    )


def side_coefficients(sides: Sides, which: Ints, tensor: Floats) -> tuple[Floats, Floats]:
    """Return a and b per unit area of the normal flux a (C_face - C_0) + sum b_i (C_i - C_0) of some sides.

    Parameters
    ----------
    sides : Sides
    which : ndarray of int64, shape (k,)
        The sides wanted.
    tensor : ndarray of float64, shape (cell, 3, 3)

    Returns
    -------
    a : ndarray of float64, shape (k,)
    b : ndarray of float64, shape (k, slot)
    """
    cell = sides.own[which]
    around = sides.of_cell[cell]
    others = (around >= 0) & (around != which[:, None])
    vectors = np.where(others[:, :, None], sides.direction[around], 0.0)
    main, axes, skewed = _axes(sides.direction[which], vectors, others)
    local = np.einsum("ksi,kia->ksa", vectors, axes)
    half = 0.5 * (sides.near[around] + sides.far[around])
    own = sides.near[which][:, None]
    reach = np.sqrt(np.maximum(half**2 + own**2 - 2.0 * half * own * local[:, :, 0], 0.0))

    c_d, e_d, b_d = _weights(local, reach, others, 1, skewed)
    third = skewed & ~sides.level[cell] & (np.abs(local[:, :, 2]) > PARALLEL).any(axis=1)
    c_e, d_e, b_e = _weights(local, reach, others, 2, third)
    inverse = 1.0 / (1.0 - d_e * e_d)
    alpha_d, alpha_e = (c_d - c_e * e_d) * inverse, (c_e - c_d * d_e) * inverse
    beta_d = (b_d - b_e * e_d[:, None]) * inverse[:, None]
    beta_e = (b_e - b_d * d_e[:, None]) * inverse[:, None]

    normal_flux = np.einsum("ki,kij->kj", sides.normal[which], tensor[cell])
    s_c = np.einsum("ki,ki->k", normal_flux, main)
    s_d, s_e = np.einsum("ki,kia->ak", normal_flux, axes)[1:]
    a = (s_c - s_d * alpha_d - s_e * alpha_e) / sides.near[which]
    b = (s_d[:, None] * beta_d + s_e[:, None] * beta_e) / (sides.near[around] + sides.far[around])
    return a, np.where(others, b, 0.0)


def _axes(main: Floats, vectors: Floats, others: Bools) -> tuple[Floats, Floats, Bools]:
    """Return the connection's direction, three axes as columns (k, 3, 3), and where there are more than one.

    The first perpendicular axis lies in the plane of the connection and of that neighbour which is most nearly
    perpendicular to it (the first of equals).
    """
    cosine = np.einsum("ksi,ki->ks", vectors, main)
    size = np.where(others, np.abs(cosine), np.inf)
    nearest = np.argmin(size, axis=1)
    row = np.arange(main.shape[0])
    skewed = size[row, nearest] < 1.0 - PARALLEL
    cosine_nearest = np.where(skewed, cosine[row, nearest], 0.0)[:, None]
    second = (vectors[row, nearest] - cosine_nearest * main) / np.sqrt(1.0 - cosine_nearest**2)
    second = np.where(skewed[:, None], second, 0.0)
    return main, np.stack([main, second, np.cross(main, second)], axis=2), skewed


def _weights(local: Floats, reach: Floats, others: Bools, axis: int, wanted: Bools) -> tuple[Floats, Floats, Floats]:
    """Return the weights of the gradient along a perpendicular axis; zeros where it is not wanted.

    Parameters
    ----------
    local : ndarray of float64, shape (k, slot, 3)
        Directions of the neighbours on the axes of the connection.
    reach : ndarray of float64, shape (k, slot)
        From the middle of the neighbour's connection to the face [L].
    others : ndarray of bool, shape (k, slot)
    axis : int
        1 or 2.
    wanted : ndarray of bool, shape (k,)

    Returns
    -------
    main, across : ndarray of float64, shape (k,)
        Share of the gradient along the connection, and along the other perpendicular axis.
    b : ndarray of float64, shape (k, slot)
        Weight of each neighbour's own gradient.
    """
    component = np.where(others, local[:, :, axis], 0.0)
    size = np.abs(component)
    remote = size * reach
    # A trifle more than the sum, so that a single neighbour gets the whole weight instead of 0/0.
    omega = ((1.0 + 1e-10) * remote.sum(axis=1, keepdims=True) - remote) * size
    total = (omega * size).sum(axis=1)
    scale = np.where(wanted, np.minimum(size.max(axis=1, initial=0.0) / PARALLEL, 1.0), 0.0)
    b = omega * np.sign(component) * (scale / np.where(wanted & (total != 0.0), total, 1.0))[:, None]
    return (b * local[:, :, 0]).sum(axis=1), (b * local[:, :, 3 - axis]).sum(axis=1), b
