"""Which march suits an interval: local time steps where a few cells are much faster than the rest."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import Grid
from gwsolver.transport.explicit.coefficients import Coefficients
from gwsolver.transport.explicit.limits import emptying_rate, refuse_endless
from gwsolver.transport.explicit.local.layout import fits
from gwsolver.transport.explicit.local.levels import TooManyLevels
from gwsolver.transport.explicit.local.march import LocalMarch
from gwsolver.transport.explicit.march import GlobalMarch
from gwsolver.transport.explicit.turnover import cells_to_solve
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.progress import Reporter
from gwsolver.transport.sources import Boundaries
from gwsolver.transport.water import Capacity

Floats = NDArray[np.float64]
UNEVEN = 0.15
FEW_STEPS = 1.0


class ChosenMarch:
    """Local steps if the mean pace of cells is below 15 % of the fastest one's, else the same step for all.

    What is not plain (nonlinear sorption, immobile domains, ...) takes the same step for all, too, and so do
    grids with cells that are solved for (`implicit_cells`).

    Parameters
    ----------
    grid : Grid

    Attributes
    ----------
    local : LocalMarch
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self.local = LocalMarch()
        self._global = GlobalMarch(grid.n_cells)
        self._judged: tuple[Coefficients, Capacity, Boundaries, tuple[float, float]] | None = None

    @cached_property
    def _fits(self) -> bool:
        """Whether local steps can run on the grid."""
        return fits(self._grid)

    @property
    def memory(self) -> float:
        """What local steps have not told yet; see `March`."""
        return self.local.untold

    @memory.setter
    def memory(self, untold: float) -> None:
        self.local.untold = untold

    def __call__(self, work: Work, start: float, until: float, report: Reporter) -> None:
        """Carry `work` from `start` to `until`."""
        if self.goes_local(work, start, until):
            try:
                self.local(work, start, until, report)
            except TooManyLevels as error:
                self._global(work, error.reached, until, report)
        else:
            self._global(work, start, until, report)

    def goes_local(self, work: Work, start: float, until: float) -> bool:
        """Return whether local steps carry the work; cells that have to be solved for are then known.

        Raises
        ------
        InputError
            If an interval would take more than a million sub-steps.
        """
        work.solved = cells_to_solve(work, until - start)
        refuse_endless(work, until - start)
        koren = work.scheme.order > 0.0 and work.scheme.limiter == "koren"
        fits = self._fits and koren and work.plain and not work.solved.any()
        return fits and self._uneven(work, until - start)

    def _uneven(self, work: Work, span: float) -> bool:
        """Return whether cells that can hold mass differ enough in pace, and there are steps to save."""
        if self._judged is not None:
            coefficients, capacity, b, paces = self._judged
            if (
                work.coefficients is coefficients and work.capacity is capacity
                and np.array_equal(work.boundaries.loss, b.loss) and np.array_equal(work.boundaries.fixed, b.fixed)
            ):
                return differs(*paces, span)
        paces = _paces(work)
        self._judged = work.coefficients, work.capacity, work.boundaries, paces
        return differs(*paces, span)


def _paces(work: Work) -> tuple[float, float]:
    """Return the mean and the largest part of its mass that can leave a cell per time [1/T]."""
    k = work.capacity
    content = np.maximum(np.minimum(k.start, k.end), k.least)
    free = (content > 0.0) & ~work.boundaries.fixed
    if not free.any():
        return 0.0, 0.0
    pace = emptying_rate(work.coefficients, work.boundaries)[free] / content[free]
    return float(pace.mean()), float(pace.max())


def differs(mean: float, fastest: float, span: float) -> bool:
    """Return whether the paces [1/T] of cells differ so much that local steps pay over this span [T]."""
    return fastest * span > FEW_STEPS and mean < UNEVEN * fastest
