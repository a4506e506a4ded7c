"""What takes solute out of single cells, as a coefficient on their concentration: L(C) = l(C) C - p.

`Boundaries.loss` holds what is proportional to C already. The rest is written with its secant l(C) >= 0: put
into the matrix at the concentrations of the iteration before, no cell can fall below zero, and what a package
or a domain is booked with is what the matrix took. p >= 0 is what is made whatever the concentration.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.aquifer import Domain, ImmobileDomain
from gwsolver.core.ledger import Ledger
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import ImmobileStep
from gwsolver.transport.processes.decay import MobileDecay
from gwsolver.transport.sources import Boundaries
from gwsolver.transport.water import Capacity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST = 1e-30  # concentrations below this count as this in secants
HALVINGS = 60


class Loss(Protocol):
    """One kind of loss in all cells, in one steady state.

    Attributes
    ----------
    linear : bool
        Whether the coefficient is the same at any concentration.
    made : ndarray of float64, shape (cell,)
        p [M/T].
    """

    linear: bool
    made: Floats

    def coefficient(self, c: Floats) -> Floats:
        """Return l at concentrations >= 0, shape (cell,) [L**3/T]."""
        ...

    def settle(self, before: Floats, c: Floats) -> None:
        """Take l at the concentrations of the last iteration but one as what acted on the last one's."""
        ...

    def book(self, ledger: Ledger, rates: dict[str, tuple[Ints, Floats]], fixed_net: Floats, span: float) -> None:
        """Book what was taken in a time [T]; see `Process.book`."""
        ...

    def immobile(self, span: float) -> ImmobileStep | None:
        """Return the state of the immobile domain, if the loss is one."""
        ...


def losses_of(model: TransportModel, capacity: Capacity, b: Boundaries) -> tuple[Loss, ...]:
    """Return all losses that `Boundaries.loss` does not hold."""
    found: list[Loss] = []
    if MobileDecay.needed(model):
        found.append(MobileLoss(model, capacity, b))
    found += [ImmobileLoss(model, domain, capacity, b) for domain in model.immobile]
    if b.mixed.cells.size:
        found.append(MixedLoss(b))
    if b.taken.any():
        found.append(TakenLoss(b))
    return tuple(found)


def decay_secants(domain: Domain, water: Floats, solid: Floats, c: Floats) -> tuple[Floats, Floats]:
    """Return l of dissolved and of sorbed decay, and what decay of order zero makes, shape (2, cell) each.

    Order one: lambda W and lambda_s G S(C) / C; order zero: gamma W / C and gamma_s G / C (see ``processes/decay.py``).
    """
    on_solid = np.where(domain.distribution_coefficient > 0.0, domain.decay_rate_sorbed, 0.0)
    asked = np.stack([domain.decay_rate * water, on_solid * solid])
    safe = np.maximum(c, LEAST)
    if domain.decay_order == 1:
        return np.stack([asked[0], asked[1] * domain.sorbed(safe) / safe]), np.zeros_like(asked)
    return np.maximum(asked, 0.0) / safe, np.maximum(-asked, 0.0)


class MobileLoss:
    """Decay in the mobile domain where it is not proportional to the concentration."""

    def __init__(self, model: TransportModel, capacity: Capacity, b: Boundaries) -> None:
        self._domain, self._parts = model.mobile, model.grid.parts
        self._water = np.where(b.fixed, 0.0, capacity.water_end)
        self._solid = np.where(b.fixed, 0.0, capacity.solid)
        self.linear = False
        made = decay_secants(self._domain, self._water, self._solid, np.ones(b.fixed.size))[1]
        self._made = made
        self.made: Floats = made.sum(axis=0)
        self._taken = np.zeros_like(made)

    def coefficient(self, c: Floats) -> Floats:
        """Return l."""
        total: Floats = decay_secants(self._domain, self._water, self._solid, c)[0].sum(axis=0)
        return total

    def settle(self, before: Floats, c: Floats) -> None:
        """Note what decays."""
        self._taken = decay_secants(self._domain, self._water, self._solid, before)[0] * c - self._made

    def book(self, ledger: Ledger, rates: dict[str, tuple[Ints, Floats]], fixed_net: Floats, span: float) -> None:
        """Book it."""
        for term, taken in zip(("dissolved", "sorbed"), self._taken, strict=True):
            if taken.any():
                ledger.add_by_part(self._parts, "decay", term, -span * taken)

    def immobile(self, span: float) -> ImmobileStep | None:
        """Return None: this is the mobile domain."""
        return None


class ImmobileLoss:
    """An immobile domain: what it takes from the mobile one is what decays in it.

        z (C - C_im) = D(C_im),  z = zeta V s

    D rises with C_im, so that there is one C_im between 0 and C (above C where decay of order zero makes
    solute). A domain in which nothing decays has C_im = C and takes nothing. Without exchange it is empty if
    solute decays in it, else it keeps what it began with.
    """

    def __init__(self, model: TransportModel, domain: ImmobileDomain, capacity: Capacity, b: Boundaries) -> None:
        volume, d = model.grid.volume, domain
        self._domain, self._fixed = domain, b.fixed_cells
        self._water: Floats = d.porosity * volume
        self._solid: Floats = d.bulk_density * volume
        self._exchange: Floats = d.transfer_rate * volume * capacity.saturation
        secants, made = decay_secants(d, self._water, self._solid, np.ones(volume.size))
        self._asked = secants - made  # of order zero: mass per time
        self._total: Floats = self._asked.sum(axis=0)
        self._curved = d.decay_order == 1 and d.nonlinear and bool(secants[1].any())
        self.linear = d.decay_order == 1 and not self._curved
        self.made: Floats = np.maximum(-self._total, 0.0) if d.decay_order == 0 else np.zeros(volume.size)
        self._taken = np.zeros(volume.size)
        self.concentration = d.initial_concentration.astype(float).copy()

    def coefficient(self, c: Floats) -> Floats:
        """Return l."""
        safe, z = np.maximum(c, LEAST), self._exchange
        if self._domain.decay_order == 0:
            return np.minimum(np.maximum(self._total, 0.0) / safe, z)
        if self._curved:
            return z * (safe - self._standing(safe)) / safe
        both = z + self._total
        return z * self._total / np.where(both > 0.0, both, 1.0)

    def _standing(self, c: Floats) -> Floats:
        """Return C_im, shape (cell,)."""
        z, d = self._exchange, self._domain
        passes = z > 0.0
        share = np.where(passes, z, 1.0)
        if d.decay_order == 0:
            shut = np.where(self._total > 0.0, 0.0, d.initial_concentration)
            return np.where(passes, np.maximum(c - self._total / share, 0.0), shut)
        if not self._curved:
            shut = np.where(self._total > 0.0, 0.0, d.initial_concentration)
            return np.where(passes, c * z / (share + self._total), shut)
        low, high = np.zeros(c.size), c.copy()
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            decays = decay_secants(d, self._water, self._solid, middle)[0].sum(axis=0)
            above = z * (c - middle) < decays * middle
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return high

    def settle(self, before: Floats, c: Floats) -> None:
        """Note what passes and where the domain stands."""
        self._taken = self.coefficient(before) * c - self.made
        self.concentration = self._standing(c)

    def book(self, ledger: Ledger, rates: dict[str, tuple[Ints, Floats]], fixed_net: Floats, span: float) -> None:
        """Book what the mobile domain gave; fixed cells pass theirs on."""
        ledger.add_each(self._domain.name, "ist", -span * self._taken)
        rates[self._domain.name] = (np.arange(self._taken.size), -self._taken)
        fixed_net -= span * self._taken[self._fixed]

    def immobile(self, span: float) -> ImmobileStep | None:
        """Return the domain's state and its own books, in which exchange is what decays."""
        d, c = self._domain, self.concentration
        parts = self._asked
        if d.decay_order == 1:
            parts = decay_secants(d, self._water, self._solid, c)[0] * c
        total = parts.sum(axis=0)
        share = np.where(total != 0.0, self._taken / np.where(total != 0.0, total, 1.0), 0.0)
        ledger = Ledger()
        for term, part in zip(("dissolved", "sorbed"), parts, strict=True):
            if part.any():
                ledger.add_each("decay", term, -span * share * part)
        ledger.add_each("mobile domain", "exchange", span * self._taken)
        return ImmobileStep(
            d.name, c, float((self._water * c).sum()), float((self._solid * d.sorbed(c)).sum()), ledger,
            d.saves_concentration,
        )


class MixedLoss:
    """Sinks that take water at C, or at a given concentration where that is lower (AUXMIXED)."""

    linear = False

    def __init__(self, b: Boundaries) -> None:
        self._sinks, self._b = b.mixed, b
        self.made: Floats = np.zeros(b.fixed.size)
        self._taken = np.zeros(b.mixed.cells.size)

    def _each(self, c: Floats) -> Floats:
        s = self._sinks
        return s.rates * np.minimum(s.limits / np.maximum(c[s.cells], LEAST), 1.0)

    def coefficient(self, c: Floats) -> Floats:
        """Return l."""
        return np.bincount(self._sinks.cells, self._each(c), c.size).astype(np.float64)

    def settle(self, before: Floats, c: Floats) -> None:
        """Note what each sink takes."""
        self._taken = self._each(before) * c[self._sinks.cells]

    def book(self, ledger: Ledger, rates: dict[str, tuple[Ints, Floats]], fixed_net: Floats, span: float) -> None:
        """Book each package's sinks beside what it brought."""
        s = self._sinks
        for name in dict.fromkeys(s.names):
            own = np.array([n == name for n in s.names])
            kind = next(e.kind for e in self._b.entries if e.name == name)
            ledger.add_each(name, kind, -span * self._taken[own])
            cells, brought = rates[name]
            total = brought.copy()
            total[s.entries[own]] -= self._taken[own]
            rates[name] = (cells, total)

    def immobile(self, span: float) -> ImmobileStep | None:
        """Return None: sinks hold nothing."""
        return None


class TakenLoss:
    """What SRC takes out, as far as there is any; `Books` finds it in what the species tells it.

    Attributes
    ----------
    taken : ndarray of float64, shape (cell,)
        [M/T].
    """

    linear = False

    def __init__(self, b: Boundaries) -> None:
        self._asked = np.where(b.fixed, 0.0, b.taken)
        self.made: Floats = np.zeros(b.fixed.size)
        self.taken: Floats = np.zeros(b.fixed.size)

    def coefficient(self, c: Floats) -> Floats:
        """Return l."""
        return self._asked / np.maximum(c, LEAST)

    def settle(self, before: Floats, c: Floats) -> None:
        """Note what is taken."""
        self.taken = self.coefficient(before) * c

    def book(self, ledger: Ledger, rates: dict[str, tuple[Ints, Floats]], fixed_net: Floats, span: float) -> None:
        """Book nothing: the packages' entries do."""

    def immobile(self, span: float) -> ImmobileStep | None:
        """Return None: sources hold nothing."""
        return None
