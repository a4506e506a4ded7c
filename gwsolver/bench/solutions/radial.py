"""Radial flow from an injection well: inverse Laplace transform of Airy functions."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import airye

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]


def radial_from_well(
    r: ArrayLike, time: float, *, flow_rate: float, thickness: float, porosity: float, dispersivity: float,
    well_radius: float = 0.0, retardation: float = 1.0, n_terms: int = 40,
) -> Floats:
    """Return C/C0 around a well that injects water and whose wall is held at C0.

        R dC/dt = (A / r) (aL d2C/dr2 - dC/dr),   A = Q / (2 pi b n)

    In the Laplace domain with rho = r / aL, p = s aL**2 R / A:

        p C = exp[(rho - rho_w) / 2] Ai(Y) / Ai(Y_w),   Y = p**(1/3) [rho + 1 / (4 p)]

    Parameters
    ----------
    r : array_like
        Distance from the well's axis [L], > well_radius.
    time : float
        Since injection began [T].
    flow_rate, thickness, porosity, dispersivity : float
        Q [L**3/T], b [L], n [-], aL [L].
    well_radius : float
        [L]; zero is allowed, the solution has a limit there.
    retardation : float
        R [-].
    n_terms : int
        Nodes of the contour, even.

    Notes
    -----
    Moench and Ogata (1981), Water Resources Research 17(1), 250-253, inverted on the parabolic contour of
    Talbot (1979) with the nodes of Weideman and Trefethen (2007), Mathematics of Computation 76, 1341-1356.
    """
    r = np.asarray(r, float)
    scaled_time = flow_rate / (2.0 * np.pi * thickness * porosity) * time / (dispersivity**2 * retardation)
    rho, wall = r.ravel()[:, None] / dispersivity, well_radius / dispersivity
    # Parabola s = mu (i u + 1)**2, trapezoidal rule with N nodes: h = 3 / N, mu = pi N / (12 t).
    h = 3.0 / n_terms
    mu = np.pi * n_terms / (12.0 * scaled_time)
    u = (np.arange(n_terms) - 0.5 * (n_terms - 1)) * h
    p = mu * (1j * u + 1.0) ** 2
    slope = 2j * mu * (1j * u + 1.0)
    values = np.exp(p * scaled_time) * slope * _laplace(rho, wall, p)
    return (h / (2.0 * np.pi) * (values.sum(axis=1) / 1j).real).reshape(r.shape)


def _laplace(rho: Floats, wall: float, p: Complex) -> Complex:
    """Return the transform of C/C0, with the exponentials of both Airy functions taken together."""
    root = p ** (1.0 / 3.0)
    here, there = root * (rho + 0.25 / p), root * (wall + 0.25 / p)
    # airye scales Ai(z) by exp(2/3 z**(3/2)).
    exponent = 0.5 * (rho - wall) - 2.0 / 3.0 * (here**1.5 - there**1.5)
    return np.exp(exponent) * airye(here)[0] / airye(there)[0] / p
