"""An immobile domain (IST): storage, sorption and decay in water that stands, exchange with water that moves.

    dm_im/dt = zeta V s (C - C_im) - decay,  m_im = theta V C_im + rho_b V S(C_im)

Its contents do not follow the saturation s of the cell, the exchange does (MODFLOW 6, gwt-ist.f90).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.aquifer import ImmobileDomain
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import ImmobileStep
from gwsolver.kernels import transport_retention
from gwsolver.transport.processes.decay import Decay
from gwsolver.transport.processes.process import Cells
from gwsolver.transport.retention import Retention
from gwsolver.transport.sources import Boundaries

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Immobile:
    """One immobile domain of all cells.

    Parameters
    ----------
    model : TransportModel
    domain : ImmobileDomain

    Attributes
    ----------
    mass : ndarray of float64, shape (cell,)
        Dissolved and sorbed in the domain [M].
    """

    def __init__(self, model: TransportModel, domain: ImmobileDomain) -> None:
        volume = model.grid.volume
        self.domain = domain
        self.retention = Retention(domain)
        self._decay = Decay(domain, self.retention)
        self._water: Floats = domain.porosity * volume
        self._solid: Floats = domain.bulk_density * volume
        self._w, self._s = self.retention.contents(self._water, self._solid)
        self._transfer: Floats = domain.transfer_rate * volume
        self.mass: Floats = self.retention.mass(domain.initial_concentration, self._w, self._s)
        self._cells: Ints = np.arange(volume.size)
        self._net = np.zeros(volume.size)
        self._decayed = np.zeros((2, volume.size))
        self._before = self.mass.copy()
        self._fixed_cells: Ints = np.zeros(0, np.int64)

    def begin(self, boundaries: Boundaries) -> None:
        """Begin an interval."""
        self._net[:] = 0.0
        self._decayed[:] = 0.0
        self._before = self.mass.copy()
        self._fixed_cells = boundaries.fixed_cells

    def act(self, cells: Cells, length: float) -> None:
        """Let both domains exchange for some time, with half of the decay before and half after."""
        self._let_decay(0.5 * length)
        b, mobile = cells.boundaries, cells.retention
        given = np.zeros(self.mass.size)
        given[b.fixed_cells] = b.fixed_concentration
        transport_retention.exchange(
            mobile.code, cells.mass, cells.w, cells.s, mobile.k, mobile.p, self.mass, self._w, self._s,
            self.retention.k, self.retention.p, self._transfer * cells.saturation, b.fixed.astype(np.uint8), given,
            length, self._net, 1,
        )
        self._let_decay(0.5 * length)

    def _let_decay(self, length: float) -> None:
        if self._decay.any:
            gone = self._decay.act(self.mass, self._water, self._solid, length)
            self._decayed[0] += gone.dissolved
            self._decayed[1] += gone.sorbed

    def changed(self) -> tuple[Floats, ...]:
        """Return the domain's mass and its sums."""
        return self.mass, self._net, self._decayed

    def pace(self, cells: Cells, most: float) -> tuple[float, int, str]:
        """Return the fastest exchange, z (1/M + 1/M_im) with the least M = dm/dC at any concentration that may come."""
        z = self._transfer * cells.saturation
        mobile, own = cells.w, self._w
        if not self.retention.linear and most < np.inf:
            most = max(most, 2.0 * float(self.concentration().max(initial=0.0)))
            mobile, own = cells.retention.surely(mobile, cells.s, most), self.retention.surely(own, self._s, most)
        slow = (cells.w <= 0.0) | (self._w <= 0.0) | cells.boundaries.fixed
        pace = np.where(slow, 0.0, z / np.where(slow, 1.0, mobile) + z / np.where(slow, 1.0, own))
        cell = int(pace.argmax())
        return float(pace[cell]), cell, f"exchange with {self.domain.name}"

    def concentration(self) -> Floats:
        """Return the dissolved concentration [M/L**3], shape (cell,)."""
        c = np.zeros(self.mass.size)
        self.retention.concentration(self.mass, self._w, self._s, c)
        return c

    def book(self, ledger: Ledger, rates: dict[str, tuple[Ints, Floats]], fixed_net: Floats, span: float) -> None:
        """Book what the mobile domain got from this one; fixed cells pass theirs on."""
        ledger.add_each(self.domain.name, "ist", -self._net)
        rates[self.domain.name] = (self._cells, -self._net / span if span > 0.0 else np.zeros(self._net.size))
        fixed_net -= self._net[self._fixed_cells]

    def immobile(self, start: float, end: float) -> ImmobileStep | None:
        """Return the domain's state and its own books: MODFLOW's storage, decay and exchange with the mobile one."""
        c = self.concentration()
        before = np.zeros(self.mass.size)
        self.retention.concentration(self._before, self._w, self._s, before)
        dissolved = np.minimum(self._water * c, self.mass)
        ledger = Ledger()
        was = np.minimum(self._water * before, self._before)
        ledger.add_each("storage", "dissolved", was - dissolved)
        if self._solid.any() and self.retention.k.any():
            ledger.add_each("storage", "sorbed", (self._before - was) - (self.mass - dissolved))
        if self._decay.any:
            ledger.add_each("decay", "dissolved", -self._decayed[0])
            ledger.add_each("decay", "sorbed", -self._decayed[1])
        ledger.add_each("mobile domain", "exchange", self._net)
        return ImmobileStep(
            self.domain.name, c, float(dissolved.sum()), float((self.mass - dissolved).sum()), ledger,
            self.domain.saves_concentration,
        )

    def state(self) -> Mapping[str, Floats]:
        """Return the mass of the domain."""
        return {f"immobile/{self.domain.name}": self.mass}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take the mass of the domain back."""
        self.mass[:] = state[f"immobile/{self.domain.name}"]
