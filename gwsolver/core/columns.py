"""Down a column of cells."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def highest_wet(cells: Ints, active: Bools, below: Ints) -> Ints:
    """Return the uppermost active cell at or below each cell; the lowest one if none is active.

    Parameters
    ----------
    cells : ndarray of int64, shape (entry,)
    active : ndarray of bool, shape (cell,)
        Cells that hold water.
    below : ndarray of int64, shape (cell,)
        Cell below each, -1 for none.
    """
    found = cells.copy()
    while True:
        falls = ~active[found] & (below[found] >= 0)
        if not falls.any():
            return found
        found[falls] = below[found[falls]]
