"""Decay within a domain: of order one or zero, dissolved and sorbed solute each at its own rate.

Order one:   dm/dt = -(lambda W C + lambda_s G S(C)),  m = W C + G S(C), G the mass of solids
Order zero:  dm/dt = -(gamma W + gamma_s G)  as long as there is solute; negative rates produce it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.aquifer import Domain
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import ImmobileStep
from gwsolver.transport.processes.process import Cells
from gwsolver.transport.retention import Retention
from gwsolver.transport.sources import Boundaries

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Decayed:
    """What decay took out of each cell, shape (cell,) each [M]; negative where it produced."""

    dissolved: Floats
    sorbed: Floats


class Decay:
    """Decay in one domain.

    Parameters
    ----------
    domain : Domain
    retention : Retention
    """

    def __init__(self, domain: Domain, retention: Retention) -> None:
        self._domain = domain
        self._retention = retention
        self._sorbed_rate = np.where(domain.distribution_coefficient > 0.0, domain.decay_rate_sorbed, 0.0)
        self.any = bool(domain.decay_rate.any() or self._sorbed_rate.any())
        self._order = (self._order_zero, self._order_one)[domain.decay_order]

    def act(
        self, mass: Floats, water: Floats, solid: Floats, length: float, stays: NDArray[np.bool_] | None = None,
        oil: Floats | None = None,
    ) -> Decayed:
        """Let solute decay for some time; `mass`, shape (cell,), is changed but for cells that are to stay.

        What is in the oil (`oil`: what it keeps per unit concentration [L**3]) does not decay.
        """
        dissolved, sorbed = self._order(mass, water, solid, length, oil)
        if stays is not None:
            dissolved, sorbed = np.where(stays, 0.0, dissolved), np.where(stays, 0.0, sorbed)
        mass -= dissolved + sorbed
        np.maximum(mass, 0.0, out=mass)  # the sum of both parts may round up
        return Decayed(dissolved, sorbed)

    def _order_zero(
        self, mass: Floats, water: Floats, solid: Floats, length: float, oil: Floats | None
    ) -> tuple[Floats, Floats]:
        dissolved = length * self._domain.decay_rate * water
        sorbed = length * self._sorbed_rate * solid
        asked = dissolved + sorbed
        share = np.where(asked > mass, mass / np.where(asked > 0.0, asked, 1.0), 1.0)
        return share * dissolved, share * sorbed

    def _order_one(
        self, mass: Floats, water: Floats, solid: Floats, length: float, oil: Floats | None
    ) -> tuple[Floats, Floats]:
        """Exact with linear sorption; else the mean rate in the middle of the step rules (second order)."""
        rate = self._mean_rate(mass, water, solid, oil)[0]
        if not self._retention.linear:
            rate, part = self._mean_rate(mass * np.exp(-0.5 * rate * length), water, solid, oil)
        else:
            part = self._mean_rate(mass, water, solid, oil)[1]
        gone = -mass * np.expm1(-rate * length)
        return part * gone, (1.0 - part) * gone

    def _mean_rate(
        self, mass: Floats, water: Floats, solid: Floats, oil: Floats | None
    ) -> tuple[Floats, Floats]:
        """Return the rate of decay of all solute [1/T], and the part of it that is of the dissolved."""
        w, s = self._retention.contents(water, solid)
        if oil is not None:
            w = w + oil
        c = np.zeros(mass.size)
        self._retention.concentration(mass, w, s, c)
        holds = mass > 0.0
        whole = np.where(holds, mass, 1.0)
        dissolved = np.where(holds, np.minimum(water * c / whole, 1.0), 1.0)
        kept = 0.0 if oil is None else np.where(holds, np.minimum(oil * c / whole, 1.0 - dissolved), 0.0)
        one, two = self._domain.decay_rate * dissolved, self._sorbed_rate * (1.0 - dissolved - kept)
        total = one + two
        return total, np.where(total != 0.0, one / np.where(total != 0.0, total, 1.0), 1.0)


class MobileDecay:
    """Decay in the mobile domain, where it is not simply proportional to the concentration."""

    def __init__(self, model: TransportModel) -> None:
        self._decay = Decay(model.mobile, Retention(model.mobile))
        self._mobile = model.mobile
        self._parts = model.grid.parts
        self._dissolved = np.zeros(model.grid.n_cells)
        self._sorbed = np.zeros(model.grid.n_cells)

    @staticmethod
    def needed(model: TransportModel) -> bool:
        """Whether decay is not already a part of the cells' first-order losses (`Boundaries.loss`)."""
        m = model.mobile
        return bool((m.nonlinear or m.decay_order == 0) and (m.decay_rate.any() or m.decay_rate_sorbed.any()))

    def begin(self, boundaries: Boundaries) -> None:
        """Begin an interval."""
        self._dissolved[:] = 0.0
        self._sorbed[:] = 0.0

    def act(self, cells: Cells, length: float) -> None:
        """Act for some time; nothing decays in fixed cells, as in MODFLOW 6."""
        gone = self._decay.act(cells.mass, cells.water, cells.solid, length, cells.boundaries.fixed, cells.oil)
        self._dissolved += gone.dissolved
        self._sorbed += gone.sorbed

    def changed(self) -> tuple[Floats, ...]:
        """Return what has decayed."""
        return self._dissolved, self._sorbed

    def pace(self, cells: Cells, most: float) -> tuple[float, int, str]:
        """Return the fastest decay of order one."""
        if self._mobile.decay_order == 0:
            return 0.0, -1, ""
        fastest = np.maximum(np.abs(self._mobile.decay_rate), np.abs(self._mobile.decay_rate_sorbed))
        fastest = np.where(cells.boundaries.fixed, 0.0, fastest)
        cell = int(fastest.argmax())
        return float(fastest[cell]), cell, "decay"

    def book(self, ledger: Ledger, rates: dict[str, tuple[Ints, Floats]], fixed_net: Floats, span: float) -> None:
        """Book the interval's decay."""
        ledger.add_by_part(self._parts, "decay", "dissolved", -self._dissolved)
        if self._sorbed.any():
            ledger.add_by_part(self._parts, "decay", "sorbed", -self._sorbed)

    def immobile(self, start: float, end: float) -> ImmobileStep | None:
        """Return None: this is the mobile domain."""
        return None

    def state(self) -> Mapping[str, Floats]:
        """Return nothing: the mobile mass belongs to the engine."""
        return {}

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take nothing back."""
