"""The transport operator of one flow field: fluxes through faces as a matrix, and what they bring each cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gwsolver.core.grid import Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Entries = tuple[NDArray[np.integer], NDArray[np.integer], Floats]
"""Face, cell and coefficient of each entry: flux from n to m per unit of concentration of the cell [L**3/T]."""


@dataclass(frozen=True, eq=False)
class TransportOperator:
    """Advection and dispersion of one flow field.

    Attributes
    ----------
    flux : sparse array, shape (face, cell)
        Times the concentration: flux from n to m as cell n sees it [M/T].
    defect : sparse array, shape (face, cell)
        What cell m receives beyond that (unequal spacing under central weighting, else empty).
    net : sparse array, shape (cell, cell)
        Times the concentration: what all faces bring each cell [M/T].
    """

    flux: sparse.csr_array
    defect: sparse.csr_array
    net: sparse.csr_array


def gathered(place: Ints, amounts: Floats, n: int) -> Floats:
    """Return the sums of amounts by place, shape (n,)."""
    return np.asarray(np.bincount(place, weights=amounts, minlength=n), np.float64)


def face_matrix(grid: Grid, parts: list[Entries]) -> sparse.csr_array:
    """Return entries as a matrix of shape (face, cell); entries at one place are added."""
    rows = np.concatenate([p[0] for p in parts]) if parts else np.zeros(0, np.int64)
    columns = np.concatenate([p[1] for p in parts]) if parts else np.zeros(0, np.int64)
    values = np.concatenate([p[2] for p in parts]) if parts else np.zeros(0)
    return sparse.coo_array((values, (rows, columns)), shape=(grid.n_faces, grid.n_cells)).tocsr()


def assemble(grid: Grid, flux: sparse.csr_array, defect: sparse.csr_array) -> TransportOperator:
    """Return the operator of face fluxes; the net matrix holds every diagonal entry, columns growing."""
    n, m = grid.face_cells.T
    face, one = np.arange(grid.n_faces, dtype=np.int32), np.ones(grid.n_faces)
    shape = (grid.n_cells, grid.n_faces)
    gains = sparse.coo_array(
        (np.concatenate([-one, one]), (np.concatenate([n, m]), np.concatenate([face, face]))), shape=shape
    ).tocsr()
    net = sparse.csr_array(gains @ flux)
    if defect.nnz:
        net = sparse.csr_array(net + sparse.coo_array((one, (m, face)), shape=shape).tocsr() @ defect)
    if (net.diagonal() == 0.0).any():  # a sum of matrices drops zeros: entries are put side by side instead
        cell, rows = np.arange(grid.n_cells, dtype=np.int32), sparse.coo_array(net)
        net = sparse.coo_array(
            (np.concatenate([rows.data, np.zeros(grid.n_cells)]),
             (np.concatenate([rows.row, cell]), np.concatenate([rows.col, cell]))), shape=net.shape,
        ).tocsr()
    net.sum_duplicates()
    return TransportOperator(flux, defect, net)
