"""Solute of lakes and reaches during an interval: what they hold, and what they exchange with cells."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_bodies
from gwsolver.transport.explicit.beside.network import Ints, Network
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.features.grid import FeatureGrid

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Tables = tuple[
    Ints, Ints, Floats, Ints, Floats, Ints, Floats, Floats, Floats, Floats, NDArray[np.uint8],
]
AN_INSTANT = 1e-12  # [T]: nothing changes meanwhile where there is volume
SPARE = 0.04  # part of a cell's mass that a step may take beside what limits its length
AHEAD = 2.0  # most that a concentration half a step ahead may be of that at the step's start
MASS, ENDS, INTEGRAL, ENTERED, MEAN = range(5)


class Exchange:
    """Features beside the cells of a march, which tells when and for how long they go on.

    Parameters
    ----------
    network : Network
    work : Work
        Of the joined grid.

    Attributes
    ----------
    network : Network
    cells : ndarray of int64, shape (cell,)
        Cells of the aquifer that exchange water with features.
    state : ndarray of float64, shape (5, feature)
        As in ``transport_bodies.advance``.
    passed : ndarray of float64, shape (entry,)
        Mass through the entries of the network's lists so far [M].
    shut : ndarray of uint8, shape (cell,)
        Cells that exchange nothing: they lie outside the window of the march.
    gain : ndarray of float64, shape (cell,)
        What a step brings to cells [M]; room for kernels.
    peak : float
        Largest concentration in features, or brought to them [M/L**3]; 0 if they exchange nothing.
    """

    def __init__(self, network: Network, work: Work) -> None:
        grid, b = work.model.grid, work.boundaries
        assert isinstance(grid, FeatureGrid)
        own = grid.water_bodies
        self.network, self.cells = network, network.cells
        self._at = network.features + own.start
        self.state = np.zeros((5, self._at.size))
        self.state[MASS], self.state[ENDS] = work.mass[self._at], work.concentration[self._at]
        self.passed = np.zeros(network.faces.size + 1)
        self.shut = np.zeros(max(self.cells.size, 1), np.uint8)
        self.gain = np.zeros(self.shut.size)
        k = work.capacity
        room = SPARE * np.maximum(np.minimum(k.start, k.end), k.least)[self.cells]
        leaving = network.leaving
        self._room = np.divide(room, leaving, out=np.full(self.cells.size, np.inf), where=leaving > 0.0)
        self._room[b.taken[self.cells] > 0.0] = 0.0
        self._marks = np.zeros(self._at.size, np.uint8)
        self.peak = max(
            float(self.state[ENDS].max(initial=0.0)), float(b.inflow_concentration[own].max(initial=0.0)),
            float(network.held[5].max(initial=0.0)),
        ) if self.cells.size else 0.0

    @property
    def tables(self) -> Tables:
        """What kernels need: lists, what features hold, state, sums, shut cells."""
        t = self.network
        return (t.first, t.come_cell, t.come_rate, t.above, t.above_rate, t.go_cell, t.go_rate, t.held, self.state,
                self.passed, self.shut)

    def concentration(self, part: float) -> Floats:
        """Return what features hold over their volume at a place in the flow step, shape (feature,)."""
        start, change, least, _, _, given = self.network.held
        volume = np.maximum(start + part * change, least)
        c = np.divide(self.state[MASS], volume, out=self.state[ENDS].copy(), where=volume > 0.0)
        found: Floats = np.where(given >= 0.0, given, c)
        return found

    def most(self, length: float | Floats) -> Floats:
        """Return how many times as high as now a cell's concentration may be foreseen for a step of this length [T].

        More would flow to features than leaves every cell positive.
        """
        found: Floats = np.minimum(AHEAD, 1.0 + self._room / length)
        return found

    def advance(self, cell: Floats, length: float, parts: tuple[float, float]) -> Floats:
        """Carry features over a step; return what each cell gets [M], shape (cell,).

        Parameters
        ----------
        cell : ndarray of float64, shape (cell,)
            Concentrations that the cells' water takes along [M/L**3].
        length : float
            Of the step [T].
        parts : tuple of float
            Where in the flow step it begins and ends.
        """
        self.gain[:] = 0.0
        if not cell.size:
            cell = self.gain
        transport_bodies.advance(*self.tables, cell, length, *parts, self.gain)
        return self.gain[:self.cells.size]

    def reached(self, inside: Bools, least: float) -> Bools:
        """Return the cells to which features may bring solute, shape (cell,).

        Parameters
        ----------
        inside : ndarray of bool, shape (cell,)
            Cells that may hold some.
        least : float
            Concentrations up to this count as none [M/L**3].
        """
        t, found = self.network, np.zeros(self.shut.size, np.uint8)
        if self.cells.size:
            transport_bodies.reached(
                t.first, t.come_cell, t.above, t.go_cell, t.held, self.state, inside.view(np.uint8), least,
                self._marks, found)
        return found[:self.cells.size].view(np.bool_)

    def settle(self, work: Work, until: float) -> None:
        """Give the joined work what features hold and what they passed on until this time.

        The aquifer's part of it stands where it is then.
        """
        grid, t, part = work.model.grid, self.network, work.part(until)
        assert isinstance(grid, FeatureGrid)
        self._balance(work.concentration[self.cells], part)
        work.mass[self._at] = self.state[MASS]
        work.concentration[self._at] = self.concentration(part)
        work.integral[self._at] += self.state[INTEGRAL]
        entered = np.zeros(work.mass.size)
        entered[self._at] = self.state[ENTERED]
        own = work.boundaries.fixed_cells >= grid.base.n_cells
        work.fixed_net[own] += entered[work.boundaries.fixed_cells[own]]
        through = np.bincount(t.faces, t.signs * self.passed[:t.faces.size], grid.body_faces.size)
        work.passed[grid.base.tracked_faces.size:] += through
        faces = work.watched - grid.base.n_faces
        work.watched_mass[faces >= 0] += through[faces[faces >= 0]]
        work.solved = np.zeros(work.mass.size, bool)
        work.solved[self._at] = True
        k = work.capacity
        work.passing = np.zeros(work.mass.size, bool)
        work.passing[self._at] = t.passes & (k.start[self._at] <= 0.0) & (k.end[self._at] <= 0.0)
        work.figures["implicit_cells"] = self._at.size / work.mass.size

    def _balance(self, cell: Floats, part: float) -> None:
        """Give features without volume the concentration that what flows has at the end, not in the last step."""
        state, start, change = self.state, *self.network.held[:2]
        none = start + part * change <= 0.0
        if not none.any():
            return
        kept, passed = state.copy(), self.passed.copy()
        state[MASS, none] = 0.0
        self.advance(cell, AN_INSTANT, (part, part))
        kept[ENDS, none] = state[ENDS, none]
        state[:], self.passed[:] = kept, passed
