"""Sinks whose water leaves at a given concentration, or at the cell's where that is lower (AUXMIXED).

Their rate is dm/dt = -q min(C_aux, C).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.ledger import Ledger
from gwsolver.core.steps import ImmobileStep
from gwsolver.transport.processes.process import Cells
from gwsolver.transport.sources import Boundaries, Mixed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class MixedSinks:
    """All mixed sinks of a species."""

    def __init__(self) -> None:
        self._boundaries: Boundaries | None = None
        self._turns: list[Ints] = []
        self._taken = np.zeros(0)

    def begin(self, boundaries: Boundaries) -> None:
        """Begin an interval."""
        if boundaries is not self._boundaries:
            self._boundaries = boundaries
            self._turns = _turns(boundaries.mixed.cells)
        self._taken = np.zeros(boundaries.mixed.cells.size)

    def act(self, cells: Cells, length: float) -> None:
        """Take solute for some time.

        At most q C_aux t, and at most what falls as exp(-q C t / m): the exact solutions on either side of C_aux.
        """
        sinks: Mixed = cells.boundaries.mixed
        for turn in self._turns:
            at = sinks.cells[turn]
            mass, water = cells.mass[at], sinks.rates[turn] * length
            c = cells.concentration()[at]
            part = np.where(mass > 0.0, water * c / np.where(mass > 0.0, mass, 1.0), 0.0)
            gone = np.minimum(water * sinks.limits[turn], -mass * np.expm1(-part))
            cells.mass[at] = mass - gone
            self._taken[turn] += gone

    def changed(self) -> tuple[Floats, ...]:
        """Return what sinks have taken."""
        return (self._taken,)

    def pace(self, cells: Cells, most: float) -> tuple[float, int, str]:
        """Return nothing: sinks are among what can leave a cell in a step of the march."""
        return 0.0, -1, ""

    def book(self, ledger: Ledger, rates: dict[str, tuple[Ints, Floats]], fixed_net: Floats, span: float) -> None:
        """Book each package's sinks beside what it brought."""
        assert self._boundaries is not None
        sinks = self._boundaries.mixed
        for name in dict.fromkeys(sinks.names):
            own = np.array([n == name for n in sinks.names])
            kind = next(e.kind for e in self._boundaries.entries if e.name == name)
            ledger.add_each(name, kind, -self._taken[own])
            cells, brought = rates[name]
            total = brought.copy()
            total[sinks.entries[own]] -= self._taken[own] / span if span > 0.0 else 0.0
            rates[name] = (cells, total)

    def immobile(self, start: float, end: float) -> ImmobileStep | None:
        """Return None: sinks hold nothing."""
        return None

    def state(self) -> Mapping[str, Floats]:
        """Return nothing: sinks hold nothing."""
        return {}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take nothing back."""


def _turns(cells: Ints) -> list[Ints]:
    """Return entries in turns, each with no cell twice: sinks of one cell act one after the other."""
    left = np.arange(cells.size)
    turns = []
    while left.size:
        first = np.unique(cells[left], return_index=True)[1]
        turns.append(left[np.sort(first)])
        left = np.delete(left, first)
    return turns
