"""A source whose concentration is a power of the mass it still holds (REMChlor, REMFuel)."""

import math
from dataclasses import dataclass

from scipy.integrate import quad

from gwsolver.core.errors import Problem
from gwsolver.reactions.sources.checks import positive
from gwsolver.reactions.sources.source import Quantity


@dataclass(frozen=True)
class PowerLaw:
    """C / C0 = (m / m0)**G,   dm/dt = -Q C - l m.

    Falta, Rao and Basu (2005), Journal of Contaminant Hydrology 78, 259-280, equations 2 to 6; Falta et al. (2012),
    REMFuel User's Manual, EPA/600/R-12/028. With y = m / m(0), k = Q C(0) / m(0), u = y**(1-G):

        u = exp(-(1-G) l t) - k (1 - exp(-(1-G) l t)) / l,

    and y = exp(-(k + l) t) for G = 1. For G < 1 the mass is gone when u reaches zero.

    Attributes
    ----------
    concentration : float
        C0 [M/L**3].
    mass : float
        m0 [M].
    flow : float
        Q [L**3/T].
    power : float
        G [-]: 0 keeps the concentration until all is gone, 1 is exponential.
    decay : float
        l [1/T].
    start : float
        [T]; zero before.
    """

    concentration: float
    mass: float
    flow: float
    power: float
    decay: float = 0.0
    start: float = 0.0
    quantity: Quantity = "concentration"

    def problems(self) -> list[Problem]:
        """Return what is wrong with the values."""
        return positive(self, "concentration", "mass", "flow", zero=("power", "decay"))

    def left(self, time: float) -> float:
        """Return the mass left at a time [M]."""
        return self.mass * self._part(self.mass, self.flow, max(time - self.start, 0.0))

    def at(self, time: float) -> float:
        """Return the concentration at a time."""
        return self._concentration(self.left(time)) if time >= self.start else 0.0

    def integral(self, start: float, end: float) -> float:
        """Return the integral of the concentration; times the flow it is what goes into the water."""
        first = max(start, self.start)
        return self._drawn(self.left(first), self.left(end), self.flow) / self.flow if end > first else 0.0

    def step(self, mass: float, flow: float, length: float) -> tuple[float, float]:
        """Return the mass left and the mass given to the water under a flow of its own."""
        if mass <= 0.0:
            return 0.0, 0.0
        left = mass * self._part(mass, flow, length)
        return left, self._drawn(mass, left, flow)

    def _concentration(self, mass: float) -> float:
        return float(self.concentration * (mass / self.mass) ** self.power) if mass > 0.0 else 0.0

    def _part(self, mass: float, flow: float, length: float) -> float:
        """Return y after a time, from any mass."""
        k, short, fall = flow * self._concentration(mass) / mass, 1.0 - self.power, self.decay
        if short == 0.0:
            return math.exp(-(k + fall) * length)
        drop = -math.expm1(-abs(short) * fall * length)
        drawn = k * (drop / fall if fall > 0.0 else abs(short) * length)
        if short < 0.0:  # u grows: its exponential is taken out
            return math.exp(math.log1p(drawn) / short - fall * length)
        return math.exp(math.log1p(-drop - drawn) / short) if drop + drawn < 1.0 else 0.0

    def _drawn(self, mass: float, left: float, flow: float) -> float:
        """Mass that goes into the water while `mass` falls to `left`: the integral of Q C / (Q C + l m) over m.

        With no decay the integrand is one; else it lies between zero and one: never more than the difference.
        """
        k = flow * self._concentration(mass) / mass if mass > 0.0 else 0.0
        if self.decay == 0.0 or k == 0.0 or left >= mass:
            return max(mass - left, 0.0) if k > 0.0 else 0.0
        share: float = quad(lambda y: k / (k + self.decay * y ** (1.0 - self.power)), left / mass, 1.0,
                     epsabs=0.0, epsrel=1e-12)[0]
        return float(min(mass * share, mass - left))
