"""Reactions in a closed vessel: kinetic use of electron acceptors in order, and Monod."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp
from scipy.special import wrightomega

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class KineticAcceptors:
    """Donors degraded by acceptors in order, each held back by those before it.

        r_je = k_je H_j A_e / (K_e + A_e) product over f < e of I_f / (I_f + A_f)
        dH_j/dt = -sum over e of r_je,   dC_e/dt = -+ sum over j of F_je r_je

    A_e is the acceptor itself, or, where what is followed is its product (iron(II), methane), what may still be made of
    it: most - C_e.

    Attributes
    ----------
    rates : ndarray of float64, shape (donor, acceptor)
        k_je [1/T].
    utilisation : ndarray of float64, shape (donor, acceptor)
        F_je, mass of acceptor used, or of product made, per mass of donor.
    half_saturation, inhibition : ndarray of float64, shape (acceptor,)
        K_e and I_e [M/L**3].
    most : ndarray of float64, shape (acceptor,)
        Largest concentration of a product [M/L**3]; NaN where the acceptor itself is followed.

    Notes
    -----
    Lu, Clement, Zheng and Wiedemeier (1999), Ground Water 37(5), 707-717, as MT3D-USGS has it: Bedekar, Morway,
    Langevin and Tonkin (2016), USGS Techniques and Methods 6-A53.
    """

    rates: Floats
    utilisation: Floats
    half_saturation: Floats
    inhibition: Floats
    most: Floats

    def available(self, acceptors: Floats) -> Floats:
        """Return A_e, shape (acceptor,) [M/L**3]."""
        return np.where(np.isnan(self.most), acceptors, self.most - acceptors)

    def change(self, donors: Floats, acceptors: Floats) -> tuple[Floats, Floats]:
        """Return dH_j/dt and dC_e/dt [M/L**3/T]."""
        a = np.maximum(self.available(acceptors), 0.0)
        held_back = np.cumprod(np.concatenate([[1.0], self.inhibition[:-1] / (self.inhibition[:-1] + a[:-1])]))
        r = self.rates * donors[:, None] * (a / (self.half_saturation + a) * held_back)
        made = (self.utilisation * r).sum(axis=0)
        return -r.sum(axis=1), np.where(np.isnan(self.most), -made, made)

    def at(self, times: Sequence[float], donors: ArrayLike, acceptors: ArrayLike) -> tuple[Floats, Floats]:
        """Return donors, shape (time, donor), and acceptors, (time, acceptor), from what there is at time zero.

        A reference, not a method: an explicit Runge-Kutta pair of order 8 with a relative error of 1e-11 a step.
        """
        h = np.asarray(donors, float)
        start = np.concatenate([h, np.asarray(acceptors, float)])

        def derivative(_: float, y: Floats) -> Floats:
            return np.concatenate(self.change(y[: h.size], y[h.size :]))

        done = solve_ivp(
            derivative, (0.0, max(times)), start, method="DOP853", t_eval=sorted(times), rtol=1e-11, atol=1e-13
        )
        return done.y[: h.size].T, done.y[h.size :].T


def monod(time: ArrayLike, *, start: float, half_saturation: float, largest_rate: float) -> Floats:
    """Return S of dS/dt = -k S / (K + S): S = K W(S0 / K exp((S0 - k t) / K)), W Lambert's function.

    Computed as the root w of w + ln w = ln(S0 / K) + (S0 - k t) / K, which does not overflow.

    Parameters
    ----------
    time : array_like
        [T].
    start, half_saturation : float
        S0 and K [M/L**3].
    largest_rate : float
        k [M/L**3/T].

    Notes
    -----
    Schnell and Mendoza (1997), Journal of Theoretical Biology 187, 207-212; Wright's omega function: Lawrence, Corless
    and Jeffrey (2012), ACM Transactions on Mathematical Software 38(3), 20.
    """
    k = half_saturation
    exponent = np.log(start / k) + (start - largest_rate * np.asarray(time, float)) / k
    return k * np.asarray(wrightomega(exponent), float)
