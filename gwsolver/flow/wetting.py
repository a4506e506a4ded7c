"""Dry cells become wet again (MODFLOW's REWET): the rule of one attempt, and what ends circles of them."""

from collections import deque
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import VERTICAL, Grid
from gwsolver.core.simulation import Closure, FlowModel
from gwsolver.core.wetting import Wetting

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

REMEMBERED = 8
"""Latest attempts whose outcome is kept, to see whether iterations come back to it."""


class Rewetting:
    """The cells of a model that can become wet again, and the neighbours that wet them.

    Parameters
    ----------
    model : FlowModel

    Attributes
    ----------
    possible : bool
        Whether there is such a cell.
    """

    def __init__(self, model: FlowModel) -> None:
        self.grid: Grid = model.grid
        self.rules = model.conductivity.wetting or Wetting.never(self.grid.n_cells)
        self._wettable = (self.rules.threshold > 0.0) & (model.conductivity.cell_type > 0)
        self.possible = bool(self._wettable.any())
        if self.possible:
            self._turn_on: Floats = self.grid.bottom + self.rules.threshold
            self._dry, self._beside = self._neighbours()
            self._first: Ints = np.searchsorted(self._dry, np.arange(self.grid.n_cells + 1))
            self._by_beside: Ints = np.argsort(self._beside, kind="stable")
            self._first_beside: Ints = np.searchsorted(self._beside[self._by_beside], np.arange(self.grid.n_cells + 1))

    def start(self, head: Floats) -> Floats:
        """Return initial heads; cells that can become wet start from their bottom where the head lies below."""
        return np.where(self._wettable, np.maximum(head, self.grid.bottom), head)

    def attempt(self, head: Floats, active: Bools, tried: Bools, fixed: Bools) -> tuple[Floats, Bools]:
        """Return head and active cells after one attempt to wet the dry cells.

        A dry cell becomes wet if the head of a neighbour that is wet reaches the cell's bottom plus its threshold.
        Neighbours are those above and below, and beside the cell too where WETDRY > 0; cells with a fixed head
        wet nothing. The cell starts from

            h = bottom + WETFCT (h_neighbour - bottom)     (IHDWET 0)
            h = bottom + WETFCT threshold                  (else)

        Cells come by number, and one that became wet may wet the next: as in MODFLOW, whose answer depends on it.

        Parameters
        ----------
        head : ndarray of float64, shape (cell,)
        active : ndarray of bool, shape (cell,)
            Cells that are not dry.
        tried : ndarray of bool, shape (cell,)
            Cells to try.
        fixed : ndarray of bool, shape (cell,)
            Cells whose head is given.

        Notes
        -----
        Langevin and others (2017), USGS TM 6-A55, chapter 4, "Cell wetting"; order and neighbours after
        MODFLOW 6's source (gwf-npf.f90, sgwf_npf_wetdry).
        """
        if not self.possible or active.all():
            return head, active
        dry = ~active & tried & self._wettable
        wets = active & ~fixed
        n, m = self._dry, self._beside
        queue = [int(c) for c in np.unique(n[dry[n] & wets[m] & (head[m] >= self._turn_on[n])])]
        if not queue:
            return head, active
        head, active = head.copy(), active.copy()
        heapify(queue)
        while queue:
            cell = heappop(queue)
            if not dry[cell]:
                continue
            beside = m[self._first[cell]:self._first[cell + 1]]
            source = beside[wets[beside] & (head[beside] >= self._turn_on[cell])][0]
            height = self.rules.threshold[cell] if self.rules.from_threshold[cell] else (
                head[source] - self.grid.bottom[cell])
            head[cell] = self.grid.bottom[cell] + self.rules.factor[cell] * height
            active[cell], wets[cell], dry[cell] = True, True, False
            follow = n[self._by_beside[self._first_beside[cell]:self._first_beside[cell + 1]]]
            for other in follow[(follow > cell) & dry[follow] & (head[cell] >= self._turn_on[follow])]:
                heappush(queue, int(other))
        return head, active

    def _neighbours(self) -> tuple[Ints, Ints]:
        """Return pairs of a cell that can become wet and a neighbour that wets it, sorted by both."""
        cells = self.grid.face_cells.astype(np.int64)
        dry, beside = np.concatenate([cells[:, 0], cells[:, 1]]), np.concatenate([cells[:, 1], cells[:, 0]])
        vertical = np.tile(self.grid.face_kind == VERTICAL, 2)
        counts = self._wettable[dry] & (vertical | self.rules.sideways[dry])
        dry, beside = dry[counts], beside[counts]
        order = np.lexsort((beside, dry))
        return dry[order], beside[order]


class Attempts:
    """The attempts of one time step: when cells are tried, and when they are left dry.

    While iterations go on, cells are tried every IWETIT iterations. Before an answer is accepted all are tried
    once more, so that none is left dry only because no attempt was due. The way from dry to wet and back may
    have no end: a cell falls dry because it is wet. Two rules end it, each leaves cells dry until the next step:

    - An attempt leads to wet cells and heads (within OUTER_DVCLOSE) that an earlier one led to: iterations go
      round in a circle. Of the cells that fell dry on the way round, the one that fell furthest below its bottom
      is left dry, and those that fell at least half as far.
    - After as many iterations as MODFLOW would make (OUTER_MAXIMUM) every cell that was wetted in the step is
      left dry when it falls dry again.

    Parameters
    ----------
    rewetting : Rewetting
    fixed : ndarray of bool, shape (cell,)
        Cells whose head is given.
    closure : Closure
    """

    def __init__(self, rewetting: Rewetting, fixed: Bools, closure: Closure) -> None:
        self.rewetting, self.fixed, self.closure = rewetting, fixed, closure
        self._left: Bools = np.zeros(fixed.size, np.bool_)
        self._wetted: Bools = np.zeros(fixed.size, np.bool_)
        self._falls: list[tuple[Ints, Floats]] = []
        self._past: deque[tuple[Floats, Bools, list[tuple[Ints, Floats]]]] = deque(maxlen=REMEMBERED)

    def due(self, head: Floats, active: Bools, iteration: int) -> tuple[Floats, Bools]:
        """Return head and active cells after the attempt of an iteration (the first is 1)."""
        if not self.rewetting.possible:
            return head, active
        tried = (iteration % self.rewetting.rules.interval == 0) & ~self._left
        return self.rewetting.attempt(head, active, tried, self.fixed)

    def last(self, head: Floats, active: Bools) -> tuple[Floats, Bools]:
        """Return head and active cells after an attempt at what would be the answer; unchanged, it is the answer."""
        return self.rewetting.attempt(head, active, ~self._left, self.fixed)

    def accept(self, before: Bools, reached: Floats, head: Floats, active: Bools, iteration: int) -> bool:
        """Take note of where an iteration really went; return whether cells changed where some can become wet.

        Parameters
        ----------
        before : ndarray of bool, shape (cell,)
            Cells that were wet.
        reached : ndarray of float64, shape (cell,)
            Heads before cells were made wet and dry [L].
        head, active : ndarray, shape (cell,)
            Heads [L] and wet cells after that.
        iteration : int
        """
        if not self.rewetting.possible:
            return False
        fell, wetted = np.flatnonzero(before & ~active), active & ~before
        if fell.size:
            self._falls.append((fell, self.rewetting.grid.bottom[fell] - reached[fell]))
        if wetted.any():
            self._wetted |= wetted
            self._leave_circle(head, active)
        if iteration >= self.closure.outer_maximum:
            self._left |= self._wetted
        return bool(fell.size or wetted.any())

    def _leave_circle(self, head: Floats, active: Bools) -> None:
        """Leave the cells dry that fell furthest since the iteration was here before, if it was."""
        falls, self._falls = self._falls, []
        round_trip = list(falls)
        for level, wet, earlier in reversed(self._past):
            if np.array_equal(active, wet) and np.abs(head - level).max() <= self.closure.head_change:
                depth = np.full(active.size, -1.0)
                for cells, below in round_trip:
                    depth[cells] = np.maximum(depth[cells], below)
                self._left |= (depth >= 0.0) & (depth >= 0.5 * depth.max())
                self._past.clear()
                return
            round_trip += earlier
        self._past.append((head, active, falls))
