"""Sparse matrices by rows, without scipy: large symmetric systems need none of it, and its import takes 30 MB."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import scipy.sparse as sp


@dataclass(frozen=True, eq=False)
class SparseRows:
    """A square matrix by rows, put down as scipy's csr_matrix.

    Attributes
    ----------
    data : ndarray of float64, shape (entry,)
    indices : ndarray of int32, shape (entry,)
        Column of each entry.
    indptr : ndarray of int32, shape (row + 1,)
        First entry of each row.
    """

    data: NDArray[np.float64]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int32]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.indptr.size - 1, self.indptr.size - 1

    @property
    def nnz(self) -> int:
        """Number of entries."""
        return self.data.size

    def csr(self) -> "sp.csr_matrix":
        """Return scipy's matrix of the same arrays."""
        import scipy.sparse as sp

        return sp.csr_matrix((self.data, self.indices, self.indptr), shape=self.shape)
