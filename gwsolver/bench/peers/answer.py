"""What a peer gives back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PeerAnswer:
    """A peer's solution.

    Attributes
    ----------
    concentration : ndarray of float64, shape (cell,)
        At the end [M/L**3].
    solve_seconds : float
        Time of formulating and solving, as the program itself reports it [s].
    process_seconds : float
        CPU time of its whole process [s].
    """

    concentration: NDArray[np.float64]
    solve_seconds: float
    process_seconds: float
