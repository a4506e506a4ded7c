"""The antidiffusive flux of MODFLOW 6's TVD scheme: van Leer's limiter against the largest inflow of the donor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.transport.mf6.operator import Floats, Ints

SAME = 2.220446049250313e-16  # concentrations that differ by no more than this are the same (DPREC)


@dataclass(frozen=True, eq=False)
class TvdStencil:
    """Three cells of each face that has a second cell upstream.

    Attributes
    ----------
    faces : ndarray of int64, shape (entry,)
    down, up, second : ndarray of int64, shape (entry,)
        Receiver, donor, and the cell with the largest inflow into the donor, wherever it lies.
    ratio : ndarray of float64, shape (entry,)
        Distance of donor and receiver over that of donor and second cell [-].
    half_flow : ndarray of float64, shape (entry,)
        Half the flow from n to m [L**3/T], whatever the position of the face.
    n_faces : int
    """

    faces: Ints
    down: Ints
    up: Ints
    second: Ints
    ratio: Floats
    half_flow: Floats
    n_faces: int

    def flux(self, concentration: Floats) -> Floats:
        """Return the flux from n to m beyond upstream weighting [M/T], shape (face,).

        q/2 * 2r/(1+r) * (C_down - C_up) where r = (C_up - C_second) / (C_down - C_up) * ratio > 0, else 0.
        """
        rise = concentration[self.down] - concentration[self.up]
        changes = np.abs(rise) > SAME
        r = np.where(changes, (concentration[self.up] - concentration[self.second]) * self.ratio, 0.0)
        r = np.maximum(r / np.where(changes, rise, 1.0), 0.0)
        out = np.zeros(self.n_faces)
        out[self.faces] = self.half_flow * (2.0 * r / (1.0 + r)) * rise
        return out


def tvd_stencil(
    grid: Grid, face_flow: Floats, active: NDArray[np.bool_], limited: NDArray[np.bool_]
) -> TvdStencil:
    """Find donors and the cells behind them.

    Parameters
    ----------
    grid : Grid
    face_flow : ndarray of float64, shape (face,)
        Flow from n to m [L**3/T].
    active : ndarray of bool, shape (cell,)
        Cells that take part.
    limited : ndarray of bool, shape (face,)
        Faces that ask for TVD; others carry no antidiffusive flux.
    """
    n, m = grid.face_cells.astype(np.int64).T
    both = active[n] & active[m]
    distance = grid.face_distance.sum(axis=1)
    # The largest inflow of every cell; of equal ones the neighbour with the smallest number.
    into = np.where(face_flow > 0.0, m, n)
    source = np.where(face_flow > 0.0, n, m)
    carries = np.flatnonzero(both & (face_flow != 0.0))
    # Across an exchange that does not ask for TVD a model does not see: the cell behind is one of its own.
    seen = np.ones(grid.n_faces, bool)
    seen[grid.tracked_faces] = limited[grid.tracked_faces]
    known = carries[seen[carries]]
    order = known[np.lexsort((source[known], -np.abs(face_flow[known]), into[known]))]
    cell, first = np.unique(into[order], return_index=True)
    behind = np.full(grid.n_cells, -1, np.int64)
    behind[cell] = order[first]

    donor, receiver = source, into
    faces = carries[(behind[donor[carries]] >= 0) & limited[carries]]
    back = behind[donor[faces]]
    return TvdStencil(
        faces, receiver[faces], donor[faces], source[back], distance[faces] / distance[back], 0.5 * face_flow[faces],
        grid.n_faces,
    )
