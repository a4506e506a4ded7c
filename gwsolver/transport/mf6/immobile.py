"""Exchange with water that stands (MODFLOW 6's IST): the immobile concentration is eliminated cell by cell."""

import numpy as np

from gwsolver.core.aquifer import ImmobileDomain
from gwsolver.transport.mf6.operator import Floats
from gwsolver.transport.mf6.storage import sorbed
from gwsolver.transport.mf6.terms import Term
from gwsolver.transport.mf6.water import Water


class ImmobileStorage:
    """One immobile domain and its concentration.

    The balance of the domain over a step, all terms as rates,
    (V n_im + V rho_b Kd) (C_im - C_im,old) / dt = x (C - C_im) - decay, with x = V s zeta, gives
    C_im = (x C + kept) / f, and the mobile cell loses x (C - C_im). Kd of nonlinear isotherms is S / C at the
    old C_im, and zero-order decay takes at most what was there, as in MODFLOW 6, where neither follows the iterations.

    Attributes
    ----------
    concentration : ndarray of float64, shape (cell,)
        Dissolved [M/L**3].
    """

    def __init__(self, domain: ImmobileDomain) -> None:
        self._domain = domain
        self.concentration: Floats = domain.initial_concentration.astype(float).copy()

    def begin(self, water: Water) -> None:
        """Start a step."""
        d, old = self._domain, self.concentration
        on_solid = sorbed(d, old)
        if d.nonlinear:
            kd = np.where(old > 0.0, on_solid / np.where(old > 0.0, old, 1.0), 0.0)
        else:
            kd = d.distribution_coefficient
        solid = d.bulk_density * water.volume
        pores = d.porosity * water.volume
        content = pores + solid * kd
        self._exchange = water.volume * water.saturation * d.transfer_rate
        self._whole = content / water.length + self._exchange
        self._kept = content / water.length * old
        if d.decay_order == 1:
            self._whole = self._whole + d.decay_rate * pores + d.decay_rate_sorbed * solid * kd
        else:
            self._kept = self._kept - pores * _limited(d.decay_rate, old / water.length)
            self._kept = self._kept - solid * _limited(d.decay_rate_sorbed, on_solid / water.length)

    def term(self) -> Term:
        """Return what the mobile cell receives."""
        whole = np.where(self._whole > 0.0, self._whole, 1.0)
        x = self._exchange
        return Term(self._domain.name, "ist", x**2 / whole - x, -self._kept * x / whole)

    def finish(self, mobile: Floats) -> None:
        """Take over the mobile concentration at the end of the step."""
        whole = np.where(self._whole > 0.0, self._whole, 1.0)
        self.concentration = (self._kept + self._exchange * mobile) / whole


def _limited(rate: Floats, available: Floats) -> Floats:
    """Return zero-order decay that takes no more than is available; production is not limited."""
    return np.where(rate < 0.0, rate, np.maximum(np.minimum(rate, available), 0.0))
