"""Which dry cells become wet again, and with which head (MODFLOW's REWET and WETDRY)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import Problem, outside

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Wetting:
    """The rules of rewetting, cell by cell, so that models with rules of their own can be joined.

    Attributes
    ----------
    threshold : ndarray of float64, shape (cell,)
        |WETDRY|: a dry cell is wetted once the head beside it stands this far above its bottom [L]; zero: never.
    sideways : ndarray of bool, shape (cell,)
        WETDRY > 0: horizontal neighbours wet the cell too, else vertical ones alone.
    factor : ndarray of float64, shape (cell,)
        WETFCT: the head that a wetted cell starts with is its bottom plus this times a height [-].
    interval : ndarray of int64, shape (cell,)
        IWETIT: iterations from one attempt to the next.
    from_threshold : ndarray of bool, shape (cell,)
        IHDWET other than 0: that height is the threshold, else the height of the neighbour's head above the bottom.
    """

    threshold: Floats
    sideways: NDArray[np.bool_]
    factor: Floats
    interval: NDArray[np.int64]
    from_threshold: NDArray[np.bool_]

    @classmethod
    def uniform(
        cls, wetdry: Floats, factor: float = 1.0, interval: int = 1, from_threshold: bool = False
    ) -> "Wetting":
        """Return the rules of one model from its WETDRY [L], shape (cell,), and the options of REWET."""
        n = wetdry.size
        return cls(np.abs(wetdry), wetdry > 0.0, np.full(n, float(factor)), np.full(n, interval, np.int64),
                   np.full(n, from_threshold))

    @classmethod
    def never(cls, n_cells: int) -> "Wetting":
        """Return the rules of a model without REWET."""
        return cls.uniform(np.zeros(n_cells))

    def problems(self) -> list[Problem]:
        """Return everything that keeps these values from being solved."""
        return [
            *outside("wetdry", self.threshold, "[0, inf)"),
            *outside("wetfct", self.factor, "(0, inf)", hint="A cell that becomes wet needs a head above its bottom."),
            *outside("iwetit", self.interval.astype(np.float64), "(0, inf)"),
        ]
