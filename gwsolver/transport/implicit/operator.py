"""Upstream flow and dispersion between cells as a matrix that keeps concentrations positive.

The flux from n to m is J = a_n c_n - a_m c_m with a_n = max(q, 0) + K', a_m = max(-q, 0) + K'. What the
cells give and take makes a matrix A whose off-diagonals are <= 0 and whose columns sum to what leaves
the grid, so that M/h + A is an M-matrix: its inverse has no negative entry, and a right-hand side >= 0
gives concentrations >= 0 whatever the step h.

K' = max(K - H, 0) with the kernel's H: where the grid Peclet number is at most two this is central
weighting, above it upstream weighting with as little dispersion left as positivity allows.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from gwsolver.transport.explicit.coefficients import Coefficients

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Operator:
    """Fluxes and balances of the positive part of transport.

    Attributes
    ----------
    n, m : ndarray of int64, shape (face,)
        Cells of each face.
    forth, back : ndarray of float64, shape (face,)
        a_n and a_m [L**3/T], >= 0.
    n_cells : int
    """

    n: Ints
    m: Ints
    forth: Floats
    back: Floats
    n_cells: int

    def fluxes(self, c: Floats) -> Floats:
        """Return J from n to m, shape (face,) [M/T]."""
        return self.forth * c[self.n] - self.back * c[self.m]

    def net(self, flux: Floats) -> Floats:
        """Return what fluxes bring to each cell, shape (cell,), summed in the order of the faces."""
        return self._sum(self.m, flux) - self._sum(self.n, flux)

    def through(self, c: Floats, flux: Floats) -> "Operator":
        """Return the operator whose coefficients, >= 0 too, give these fluxes at these concentrations.

        What a face carries beyond this operator's flux is taken off the coefficient of the other direction where
        that cell is the richer one and has it, else put on the giver's: coefficients change as little as they
        can. A giver at zero gives nothing.

        Parameters
        ----------
        c : ndarray of float64, shape (cell,)
            >= 0.
        flux : ndarray of float64, shape (face,)
            From n to m [M/T].
        """
        more = flux - self.fluxes(c)
        size, forward = np.abs(more), more > 0.0
        from_n, from_m = c[self.n], c[self.m]
        giver, other = np.where(forward, from_n, from_m), np.where(forward, from_m, from_n)
        less = (other > giver) & (size <= np.where(forward, self.back, self.forth) * other)
        adds = ~less & (giver > 0.0)
        taken = np.where(less, size / np.where(less, other, 1.0), 0.0)
        added = np.where(adds, size / np.where(adds, giver, 1.0), 0.0)
        forth = self.forth + np.where(forward, added, -taken)
        back = self.back + np.where(forward, -taken, added)
        return Operator(self.n, self.m, np.maximum(forth, 0.0), np.maximum(back, 0.0), self.n_cells)

    def leaving(self) -> Floats:
        """Return the diagonal of A: what leaves each cell per unit concentration, shape (cell,) [L**3/T]."""
        return self._sum(self.n, self.forth) + self._sum(self.m, self.back)

    def _sum(self, cells: Ints, values: Floats) -> Floats:
        return np.asarray(np.bincount(cells, values, self.n_cells), dtype=np.float64)

    def matrix(self, diagonal: Floats, held: NDArray[np.bool_], step: float = 1.0) -> sp.csc_matrix:
        """Return h A with another diagonal, shape (cell, cell) [L**3].

        Parameters
        ----------
        diagonal : ndarray of float64, shape (cell,)
            Made by the caller from `leaving` and whatever else leaves or stays.
        held : ndarray of bool, shape (cell,)
            Cells whose concentration is known: their rows keep the diagonal alone.
        step : float
            h [T].
        """
        cell = np.arange(self.n_cells)
        rows = np.concatenate([cell, self.m, self.n])
        columns = np.concatenate([cell, self.n, self.m])
        forth = np.where(held[self.m], 0.0, -step * self.forth)
        back = np.where(held[self.n], 0.0, -step * self.back)
        values = np.concatenate([diagonal, forth, back])
        return sp.csc_matrix((values, (rows, columns)), shape=(self.n_cells, self.n_cells))


def operator(cells: NDArray[np.int32], k: Coefficients, n_cells: int) -> Operator:
    """Return the positive part of the kernel's coefficients.

    Parameters
    ----------
    cells : ndarray of int32, shape (face, 2)
        In kernel order.
    """
    q, high, conductance = k.faces[0], k.faces[1], k.faces[3]
    kept = np.maximum(conductance - high, 0.0)
    n, m = cells.astype(np.int64).T
    return Operator(n, m, np.maximum(q, 0.0) + kept, np.maximum(-q, 0.0) + kept, n_cells)
