"""A source whose concentration is a power of the mass it still holds (REMChlor, REMFuel)."""

import math
from dataclasses import dataclass

import numpy as np

from gwsolver.core.errors import Problem
from gwsolver.reactions.sources.checks import positive
from gwsolver.reactions.sources.source import Quantity

NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
FARTHEST = 745.0  # exp(-745) is the least number there is


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
        return min(mass * _share(self.decay / k, self.power, left / mass), mass - left)


def _share(ratio: float, power: float, least: float) -> float:
    """Return the integral of 1 / (1 + ratio y**(1 - power)) over y from `least` to 1.

    With y = exp(-x) the integrand is smooth at all scales; its poles lie at least pi / |1 - power| off the axis, so
    that Gauss-Legendre rules of 16 points on short panels are exact to round-off.
    """
    end = min(-math.log(least), FARTHEST) if least > 0.0 else FARTHEST
    n = math.ceil(0.5 * end * max(power, 1.0))
    half = 0.5 * end / n
    x = half * (2.0 * np.arange(n)[:, None] + 1.0 + NODES)
    values = np.exp(-x) / (1.0 + np.exp(np.minimum(math.log(ratio) + (power - 1.0) * x, FARTHEST - 50.0)))
    return float(half * (values * WEIGHTS).sum())
