"""Oil of many components that dissolves into water in equilibrium with it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FlushedOil:
    """Oil through which water flows at one rate, which leaves with what it dissolves (water held is neglected).

    By Raoult's law dn_j/dt = -Q s_j n_j / N, N = sum of n_j. In a time tau that runs as d tau = dt / N each component
    decays on its own, so that the solution is exact for any number of components:

        n_j = n_j0 exp(-Q s_j tau),   t = sum of n_j0 (1 - exp(-Q s_j tau)) / (Q s_j) + n_inert tau

    Attributes
    ----------
    moles : ndarray of float64, shape (component,)
        n_j0, at the start [mol].
    solubility : ndarray of float64, shape (component,)
        s_j of the pure liquid [mol/L**3].
    flow_rate : float
        Q [L**3/T].
    inert : float
        Moles that do not dissolve.
    """

    moles: Floats
    solubility: Floats
    flow_rate: float
    inert: float = 0.0

    @property
    def gone(self) -> float:
        """When nothing is left: sum of n_j0 / (Q s_j) [T]; infinite where a part is inert."""
        if self.inert > 0.0:
            return np.inf
        return float((self.moles / (self.flow_rate * self.solubility)).sum())

    def time(self, tau: float) -> float:
        """Return t of a stretched time [T]."""
        rate = self.flow_rate * self.solubility
        return float((self.moles * -np.expm1(-rate * tau) / rate).sum() + self.inert * tau)

    def stretched(self, time: float) -> float:
        """Return the stretched time tau at a time before all is `gone` [T/mol]."""
        high = time / (self.moles.sum() + self.inert)
        while self.time(high) < time:
            high *= 2.0
        return float(brentq(lambda tau: self.time(tau) - time, 0.0, high, xtol=1e-300, rtol=1e-14)) if time else 0.0

    def at(self, time: ArrayLike) -> tuple[Floats, Floats]:
        """Return moles left [mol] and what the water leaves with [mol/L**3], each of shape (component, *time)."""
        times = np.asarray(time, float)
        shape = (self.moles.size, *times.shape)
        left, dissolved = np.zeros(shape).reshape(self.moles.size, -1), np.zeros(shape).reshape(self.moles.size, -1)
        for i, t in enumerate(times.ravel()):
            if t >= self.gone:
                continue
            left[:, i] = self.moles * np.exp(-self.flow_rate * self.solubility * self.stretched(float(t)))
            dissolved[:, i] = self.solubility * left[:, i] / (left[:, i].sum() + self.inert)
        return left.reshape(shape), dissolved.reshape(shape)


def cleared_front_velocity(
    *, specific_discharge: float, porosity: float, saturation: float, density: float, solubility: float,
    retardation: float = 1.0,
) -> float:
    """Return how fast clean water clears a column of oil of one component [L/T].

        v = q C_s / (n S_n rho_o + n (1 - S_n) R C_s)

    from the balance of mass across the front: behind it neither oil nor solute, ahead both in equilibrium.

    Parameters
    ----------
    specific_discharge : float
        q [L/T].
    porosity, saturation : float
        n and the share S_n of the pores that oil holds [-].
    density, solubility : float
        rho_o and C_s [M/L**3].
    retardation : float
        R of the solute [-].
    """
    held = porosity * saturation * density + porosity * (1.0 - saturation) * retardation * solubility
    return specific_discharge * solubility / held
