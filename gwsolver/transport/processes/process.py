"""The door for processes that act on single cells, and which of them a model has.

A march carries solute from cell to cell. What stays within a cell and is not proportional to its
concentration acts between the march's steps: half before, half after each (Strang, 1968, SIAM Journal on
Numerical Analysis 5(3), 506-517: second order), in the order of the list before and in reverse after.
Every process moves mass exactly from one account to another, and never more than there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import ImmobileStep
from gwsolver.transport.retention import Retention
from gwsolver.transport.sources import Boundaries

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(eq=False)
class Cells:
    """The mobile domain of all cells at one time.

    Attributes
    ----------
    mass : ndarray of float64, shape (cell,)
        Dissolved and sorbed [M], changed.
    water : ndarray of float64, shape (cell,)
        W [L**3].
    solid : ndarray of float64, shape (cell,)
        Mass of solids in contact with it, V s rho_b [M].
    saturation : ndarray of float64, shape (cell,)
    boundaries : Boundaries
    retention : Retention
    oil : ndarray of float64, shape (cell,), or None
        What the oil keeps per unit concentration [L**3].
    """

    mass: Floats
    water: Floats
    solid: Floats
    saturation: Floats
    boundaries: Boundaries
    retention: Retention
    oil: Floats | None = None

    def __post_init__(self) -> None:
        """Find w and s of the domain."""
        self.w, self.s = self.retention.contents(self.water, self.solid)
        if self.oil is not None:
            self.w = self.w + self.oil

    def concentration(self) -> Floats:
        """Return the concentration of every cell [M/L**3], that of fixed cells as given."""
        c = np.zeros(self.mass.size)
        self.retention.concentration(self.mass, self.w, self.s, c)
        c[self.boundaries.fixed_cells] = self.boundaries.fixed_concentration
        return c


class Booked(Protocol):
    """What moves solute in or out of single cells, and books it."""

    def book(self, ledger: Ledger, rates: dict[str, tuple[Ints, Floats]], fixed_net: Floats, span: float) -> None:
        """Book the interval's sums [M], and add to what entered fixed cells, shape (fixed entry,)."""
        ...


class Process(Booked, Protocol):
    """Acts on single cells."""

    def begin(self, boundaries: Boundaries) -> None:
        """Begin an interval: its sums start at zero."""
        ...

    def act(self, cells: Cells, length: float) -> None:
        """Act for some time [T]."""
        ...

    def changed(self) -> tuple[Floats, ...]:
        """Return the arrays of its own that acting changes, so that a step can be taken back."""
        ...

    def pace(self, cells: Cells, most: float) -> tuple[float, int, str]:
        """Return the fastest rate [1/T] that the march should follow, its cell and its name; (0, -1, "") for none.

        Concentrations of moving water stay below `most` [M/L**3], which may be infinite.
        """
        ...

    def immobile(self, start: float, end: float) -> ImmobileStep | None:
        """Return the state of the immobile domain, if the process has one."""
        ...

    def state(self) -> Mapping[str, Floats]:
        """Return what the process itself holds, as named arrays."""
        ...

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take back such a state."""
        ...


def processes_of(model: TransportModel) -> tuple[Process, ...]:
    """Return the processes of a model, in the order in which they act before a step."""
    from gwsolver.transport.processes.decay import MobileDecay
    from gwsolver.transport.processes.immobile import Immobile
    from gwsolver.transport.processes.mixed import MixedSinks

    found: list[Process] = []
    if MobileDecay.needed(model):
        found.append(MobileDecay(model))
    found += [Immobile(model, domain) for domain in model.immobile]
    if any(s.mixed for s in model.sources):
        found.append(MixedSinks())
    return tuple(found)
