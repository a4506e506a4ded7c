"""Storage, sorption and decay in the mobile domain (MODFLOW 6's MST)."""

import numpy as np

from gwsolver.core.aquifer import Domain
from gwsolver.core.isotherms import isotherms
from gwsolver.transport.mf6.operator import Floats
from gwsolver.transport.mf6.terms import Term
from gwsolver.transport.mf6.water import Water


class LimitedDecay:
    """Zero-order decay that takes no more than there is, from iteration to iteration as MODFLOW 6 finds it.

    Production (a negative rate) is not limited. Decay begins with what the old concentration can give and is
    corrected by the latest iterate over the step's length where that is negative or has risen above the old one.
    """

    def __init__(self, rate: Floats) -> None:
        self._asked = rate
        self._last = np.zeros_like(rate)

    def begin(self, old: Floats, length: float) -> None:
        """Start a step from the old concentration."""
        self._last = self._within(old / length)

    def __call__(self, new: Floats, old: Floats, length: float, iteration: int) -> Floats:
        """Return the rates of an iteration (0 is the first) and keep them."""
        if iteration > 0:
            moved = (new < 0.0) | (new > old)
            self._last = self._within(self._last + np.where(moved, new / length, 0.0))
        return self._last

    def _within(self, rate: Floats) -> Floats:
        return np.where(self._asked < 0.0, self._asked, np.maximum(np.minimum(self._asked, rate), 0.0))


def sorbed(domain: Domain, c: Floats) -> Floats:
    """Return the sorbed mass per mass of solid, shape (cell,): Kd C also below zero if linear, else 0 there."""
    return domain.sorbed(c) if domain.nonlinear else domain.distribution_coefficient * c


def slope(domain: Domain, c: Floats) -> Floats:
    """Return dS/dC, 0 where C <= 0; shape (cell,)."""
    safe = np.where(c > 0.0, c, 1.0)
    found = isotherms()[domain.isotherm].slope(safe, domain.distribution_coefficient, domain.second)
    return np.where(c > 0.0, found, 0.0)


class MobileStorage:
    """The terms of the mobile domain.

    Parameters
    ----------
    domain : Domain
    """

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._sorbs = bool((domain.bulk_density * domain.distribution_coefficient).any())
        self._dissolved = LimitedDecay(domain.decay_rate)
        self._on_solid = LimitedDecay(domain.decay_rate_sorbed)

    @property
    def remembers(self) -> bool:
        """Whether the outcome depends on the way the iterations took: limited decay of order zero."""
        d = self._domain
        return d.decay_order == 0 and bool((d.decay_rate > 0.0).any() or (d.decay_rate_sorbed > 0.0).any())

    def begin(self, water: Water, old: Floats) -> None:
        """Start a step from the old concentration."""
        self._water, self._old = water, old
        self._dissolved.begin(old, water.length)
        self._on_solid.begin(sorbed(self._domain, old), water.length)

    def terms(self, new: Floats, iteration: int) -> list[Term]:
        """Return the terms linearised about the latest iterate."""
        w, d = self._water, self._domain
        found = [Term("storage", "dissolved", -w.new / w.length, -w.old / w.length * self._old)]
        if d.decay_rate.any():
            found.append(Term("decay", "dissolved", *self._decay(new, iteration)))
        if self._sorbs:
            found.append(Term("storage", "sorbed", *self._sorption(new)))
            if d.decay_rate_sorbed.any():
                found.append(Term("decay", "sorbed", *self._sorbed_decay(new, iteration)))
        return found

    def capacity(self) -> Floats:
        """Return the least content of each cell per unit concentration during the step [L**3].

        What sorbs counts where the isotherm is linear; of others no least slope is known.
        """
        w, d = self._water, self._domain
        water = np.minimum(w.old, w.new)
        if d.nonlinear:
            return water
        wet = np.minimum(w.saturation_old, w.saturation)
        return water + w.volume * wet * d.bulk_density * d.distribution_coefficient

    def masses(self, concentration: Floats) -> tuple[Floats, Floats]:
        """Return dissolved and sorbed mass of each cell at the end of the step [M]."""
        w, d = self._water, self._domain
        return w.new * concentration, w.volume * w.saturation * d.bulk_density * sorbed(d, concentration)

    def held(self, volume: Floats, saturation: Floats, concentration: Floats) -> tuple[Floats, Floats]:
        """Return dissolved and sorbed mass [M] of cells with this volume [L**3], saturation and concentration."""
        d, wet = self._domain, volume * saturation
        return wet * d.porosity * concentration, wet * d.bulk_density * sorbed(d, concentration)

    def _decay(self, new: Floats, iteration: int) -> tuple[Floats, Floats]:
        """Return h and r of the decay of dissolved mass; of first order nothing decays where C <= 0."""
        w, d = self._water, self._domain
        pores = w.volume * w.saturation * d.porosity
        zero = np.zeros_like(new)
        if d.decay_order == 0:
            return zero, self._dissolved(new, self._old, w.length, iteration) * pores
        return np.where(new > 0.0, -d.decay_rate * pores, 0.0), zero

    def _sorption(self, new: Floats) -> tuple[Floats, Floats]:
        """Return h and r of sorption; nonlinear isotherms by their slope at the mean of old and new C."""
        w, d = self._water, self._domain
        solid = d.bulk_density * w.volume / w.length
        if not d.nonlinear:
            term = solid * d.distribution_coefficient
            return -term * w.saturation, -term * w.saturation_old * self._old
        rise = w.saturation - w.saturation_old
        mean_slope = slope(d, 0.5 * (self._old + new)) * 0.5 * (w.saturation + w.saturation_old)
        mean_sorbed = 0.5 * (sorbed(d, self._old) + sorbed(d, new))
        return -solid * mean_slope, solid * (mean_sorbed * rise - mean_slope * self._old)

    def _sorbed_decay(self, new: Floats, iteration: int) -> tuple[Floats, Floats]:
        """Return h and r of the decay of sorbed mass."""
        w, d = self._water, self._domain
        solid = d.bulk_density * w.saturation * w.volume
        on_solid, zero = sorbed(d, new), np.zeros_like(new)
        if d.decay_order == 0:
            rate = self._on_solid(on_solid, sorbed(d, self._old), w.length, iteration)
            return zero, np.where(d.distribution_coefficient > 0.0, rate, 0.0) * solid
        if d.nonlinear:
            return zero, d.decay_rate_sorbed * solid * on_solid
        return np.where(new > 0.0, -d.decay_rate_sorbed * solid * d.distribution_coefficient, 0.0), zero
