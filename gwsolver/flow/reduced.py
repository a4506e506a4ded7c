"""Linear systems of heads and features with the features taken out: a system in the heads alone."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import scipy.sparse as sp

Floats = NDArray[np.float64]


class ReducedSystem:
    """The Schur complement of the features' block, applied without being formed.

        [A B] [h]   [r]
        [C D] [f] = [g]  :   (A - B D^-1 C) h = r - B D^-1 g,   D f = g - C h

    D joins features to each other only: lakes each to itself, reaches to those upstream, so that its factors are
    as sparse as it is. A is the cells' own matrix, with which multigrid works well.

    Parameters
    ----------
    matrix : csr_matrix, shape (n, n)
    n_cells : int
        Unknowns before those of the features.

    Attributes
    ----------
    cells : csr_matrix, shape (cell, cell)
        A.
    """

    def __init__(self, matrix: "sp.csr_matrix", n_cells: int) -> None:
        import scipy.sparse.linalg as spla

        upper, lower = matrix[:n_cells], matrix[n_cells:]
        self.cells: sp.csr_matrix = upper[:, :n_cells]
        self._to_cells, self._to_features = upper[:, n_cells:], lower[:, :n_cells]
        self._features = spla.splu(lower[:, n_cells:].tocsc())
        self._n = n_cells

    def __matmul__(self, head: Floats) -> Floats:
        """Return (A - B D^-1 C) h."""
        product: Floats = self.cells @ head - self._to_cells @ self._features.solve(self._to_features @ head)
        return product

    def right(self, right: Floats) -> Floats:
        """Return the right-hand side for the heads."""
        reduced: Floats = right[:self._n] - self._to_cells @ self._features.solve(right[self._n:])
        return reduced

    def whole(self, head: Floats, right: Floats) -> Floats:
        """Return all unknowns once the heads are known."""
        return np.concatenate([head, self._features.solve(right[self._n:] - self._to_features @ head)])
