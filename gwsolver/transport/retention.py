"""Mass and concentration of a domain: what its water and its solids hold in equilibrium.

A domain holds m = w C + s S(C): w is its water, with linear sorption also what the solids hold per unit
concentration (w = W + V s rho_b Kd, s = 0 then), s the mass of its solids where sorption is not linear.
Mass is the state; concentration follows from it, so that nothing is lost whatever the isotherm.
"""

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.aquifer import Domain
from gwsolver.core.isotherms import isotherms
from gwsolver.kernels import transport_retention

Floats = NDArray[np.float64]


class Retention:
    """The equilibrium of one domain.

    Parameters
    ----------
    domain : Domain

    Attributes
    ----------
    linear : bool
        Whether C = m / w.
    code : int
        The isotherm's number in the kernels.
    k, p : ndarray of float64, shape (cell,)
        Parameters of the isotherm.
    """

    def __init__(self, domain: Domain) -> None:
        self.linear = not domain.nonlinear
        self.code = transport_retention.CODES[domain.isotherm]
        self.k: Floats = np.ascontiguousarray(domain.distribution_coefficient, dtype=float)
        # Linear sorption has no second parameter; the kernels want an array all the same.
        self.p: Floats = self.k if self.linear else np.ascontiguousarray(domain.second, dtype=float)
        self._isotherm = isotherms()[domain.isotherm]

    def contents(self, water: Floats, solid: Floats) -> tuple[Floats, Floats]:
        """Return w and s of water [L**3] and solid [M], shape (cell,)."""
        return (water + solid * self.k, np.zeros(water.size)) if self.linear else (water, solid)

    def concentration(self, mass: Floats, w: Floats, s: Floats, out: Floats, threads: int = 1) -> None:
        """Write the concentration of each cell's mass; `out` holds a guess on entry (0: none)."""
        transport_retention.concentrations(self.code, mass, w, s, self.k, self.p, out, threads)

    def mass(self, c: Floats, w: Floats, s: Floats) -> Floats:
        """Return the mass at a concentration [M], shape (cell,)."""
        return w * c if self.linear else w * c + s * self._isotherm.sorbed(c, self.k, self.p)

    def surely(self, w: Floats, s: Floats, most: float) -> Floats:
        """Return the least dm/dC at any concentration from 0 to `most` [L**3], shape (cell,).

        Slopes of isotherms rise or fall throughout, so that the least one stands at an end. A cell that loses
        less than this times its concentration stays positive and makes no new minimum.
        """
        if self.linear:
            return w
        slope = self._isotherm.slope
        ends = [slope(np.full(w.size, c), self.k, self.p) for c in (0.0, most)]
        return w + np.where(s > 0.0, s * np.minimum(*ends), 0.0)

    def secant(self, c: Floats) -> Floats:
        """Return S(C) / C, what solids hold per unit concentration [L**3/M]; 0 where C is 0."""
        if self.linear:
            return np.zeros(c.size)  # what they hold is in w
        positive = np.where(c > 0.0, c, 1.0)
        return np.where(c > 0.0, self._isotherm.sorbed(positive, self.k, self.p) / positive, 0.0)
