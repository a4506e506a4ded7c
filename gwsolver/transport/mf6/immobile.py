"""Exchange with water that stands (MODFLOW 6's IST): the immobile concentration is eliminated cell by cell."""

import numpy as np

from gwsolver.core.aquifer import ImmobileDomain
from gwsolver.core.ledger import Ledger
from gwsolver.core.steps import ImmobileStep
from gwsolver.transport.mf6.operator import Bools, Floats
from gwsolver.transport.mf6.storage import sorbed
from gwsolver.transport.mf6.terms import IMMOBILE, Term
from gwsolver.transport.mf6.water import Water


class ImmobileStorage:
    """One immobile domain and its concentration.

    The balance of the domain over a step, all terms as rates,
    (V n_im + V rho_b Kd) (C_im - C_im,old) / dt = x (C - C_im) - decay, with x = V s zeta, gives
    C_im = (x C + kept) / f, and the mobile cell loses x (C - C_im). Kd of nonlinear isotherms is S / C at the
    old C_im, and zero-order decay takes at most what was there: as in MODFLOW 6 neither follows the iterations.

    Attributes
    ----------
    name : str
        Package name.
    concentration : ndarray of float64, shape (cell,)
        Dissolved [M/L**3].
    """

    def __init__(self, domain: ImmobileDomain) -> None:
        self.name = domain.name
        self._domain = domain
        self.concentration: Floats = domain.initial_concentration.astype(float).copy()

    def begin(self, water: Water) -> None:
        """Start a step."""
        d, old, length = self._domain, self.concentration, water.length
        on_solid = sorbed(d, old)
        kd = np.where(old > 0.0, on_solid / np.where(old > 0.0, old, 1.0), 0.0) if d.nonlinear \
            else d.distribution_coefficient
        pores, solid = d.porosity * water.volume, d.bulk_density * water.volume
        zero = np.zeros_like(old)
        self._pores, self._solid, self._length = pores, solid, length
        self._stored = pores / length, solid * kd / length
        self._exchange = water.volume * water.saturation * d.transfer_rate
        if d.decay_order == 1:
            self._first_order = d.decay_rate * pores, d.decay_rate_sorbed * solid * kd
            self._zero_order = zero, zero
        else:
            self._first_order = zero, zero
            self._zero_order = (pores * _limited(d.decay_rate, old / length),
                                solid * _limited(d.decay_rate_sorbed, on_solid / length))
        whole = self._stored[0] + self._stored[1] + self._exchange + self._first_order[0] + self._first_order[1]
        self._whole = np.where(whole > 0.0, whole, 1.0)
        self._kept = (self._stored[0] + self._stored[1]) * old - self._zero_order[0] - self._zero_order[1]

    def term(self) -> Term:
        """Return what the mobile cell receives."""
        x = self._exchange
        return Term(self.name, IMMOBILE, x**2 / self._whole - x, -self._kept * x / self._whole)

    def finish(self, mobile: Floats, free: Bools) -> ImmobileStep:
        """Take the step with the mobile concentration at its end.

        Parameters
        ----------
        mobile : ndarray of float64, shape (cell,)
        free : ndarray of bool, shape (cell,)
            Elsewhere (dry cells, given concentrations) the domain is empty, as in MODFLOW 6.
        """
        old, length = self.concentration, self._length
        new = np.where(free, (self._kept + self._exchange * mobile) / self._whole, 0.0)
        ledger = Ledger()
        fallen = np.where(free, old - new, 0.0)
        for k, phase in enumerate(("dissolved", "sorbed")):
            ledger.add_each("storage", phase, length * self._stored[k] * fallen)
            decayed = np.where(free, self._first_order[k] * new + self._zero_order[k], 0.0)
            ledger.add_each("decay", phase, -length * decayed)
        ledger.add_each("mobile domain", "exchange", length * np.where(free, self._exchange * (mobile - new), 0.0))
        self.concentration = new
        return ImmobileStep(
            self.name, new.copy(), float((self._pores * new).sum()),
            float((self._solid * sorbed(self._domain, new)).sum()), ledger, self._domain.saves_concentration,
        )


def _limited(rate: Floats, available: Floats) -> Floats:
    """Return zero-order decay that takes no more than is available; production is not limited."""
    return np.where(rate < 0.0, rate, np.maximum(np.minimum(rate, available), 0.0))
