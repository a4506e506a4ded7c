"""Continuous point sources in uniform flow: 2-D (through the whole thickness) and 3-D."""

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike, NDArray

from gwsolver.bench.solutions.special import exp_erfc

Floats = NDArray[np.float64]

N_NODES = 240
FAR = 45.0


def point_source_2d(
    x: ArrayLike, y: ArrayLike, time: float, *, mass_rate: float, porosity: float, seepage_velocity: float,
    dispersion: tuple[float, float], retardation: float = 1.0, decay_rate: float = 0.0,
) -> Floats:
    """Return the concentration around a line source through the aquifer's thickness, at the origin.

        C = M' / (4 pi n R sqrt(Dx Dy)) int_0^t exp[-(x - v s)**2 / (4 Dx s) - y**2 / (4 Dy s) - lambda s] ds / s

    Parameters
    ----------
    x, y : array_like
        Along and across the flow from the source [L]; not both zero.
    time : float
        Since injection began [T].
    mass_rate : float
        M', mass per time and thickness [M/(T L)]: injected water, small against the flow, times its concentration.
    porosity : float
        n [-].
    seepage_velocity, dispersion, retardation, decay_rate
        v, (Dx, Dy), R, lambda; v and D are divided by R.

    Notes
    -----
    Wilson and Miller (1978), Journal of the Hydraulics Division ASCE 104(4), 503-514, equation 3 (the integral of
    their instantaneous source; its value is Hantush's leaky well function); Wexler (1992), equation 76.
    """
    v = seepage_velocity / retardation
    dx, dy = (d / retardation for d in dispersion)
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    ahead, r2 = x.ravel(), x.ravel() ** 2 + y.ravel() ** 2 * dx / dy
    # The exponent is ahead v / 2Dx - r2 / (4 Dx s) - v**2 s / 4Dx: above -FAR between the roots of a quadratic.
    half = ahead * v + 2.0 * dx * FAR
    inside = half * half > r2 * v * v
    root = np.sqrt(np.where(inside, half * half - r2 * v * v, 0.0))
    far = np.where(inside & (half > 0.0), half + root, 1.0)
    early, stop = r2 / far, np.minimum(far / v**2, time)
    reached = inside & (half > 0.0) & (stop > early)
    low, high = np.log(np.where(reached, early, 1.0)), np.log(np.where(reached, stop, 1.0))
    node, weight = leggauss(N_NODES)
    s = np.exp(0.5 * (high - low)[:, None] * (node + 1.0) + low[:, None])
    exponent = ahead[:, None] * v / (2.0 * dx) - r2[:, None] / (4.0 * dx * s) - v * v * s / (4.0 * dx) - decay_rate * s
    integral = (np.exp(exponent) @ weight) * 0.5 * (high - low)
    scale = mass_rate / (4.0 * np.pi * porosity * retardation * np.sqrt(dx * dy))
    return (scale * np.where(reached, integral, 0.0)).reshape(x.shape)


def point_source_3d(
    x: ArrayLike, y: ArrayLike, z: ArrayLike, time: float, *, mass_rate: float, porosity: float,
    seepage_velocity: float, dispersion: tuple[float, float, float], retardation: float = 1.0, decay_rate: float = 0.0,
) -> Floats:
    """Return the concentration around a point source at the origin of an unbounded aquifer.

        C = M / (8 pi n R r sqrt(Dy Dz)) exp(v x / 2 Dx) { exp(-r u / 2 Dx) erfc[(r - u t) / 2 sqrt(Dx t)]
            + exp(r u / 2 Dx) erfc[(r + u t) / 2 sqrt(Dx t)] },
        r**2 = x**2 + y**2 Dx / Dy + z**2 Dx / Dz,  u**2 = v**2 + 4 lambda Dx

    Parameters as in `point_source_2d`; `mass_rate` is M [M/T], `dispersion` (Dx, Dy, Dz).

    Notes
    -----
    Hunt (1978), Journal of the Hydraulics Division ASCE 104(1), 75-85; Wexler (1992), equation 105.
    """
    v = seepage_velocity / retardation
    dx, dy, dz = (d / retardation for d in dispersion)
    x, y, z = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float), np.asarray(z, float))
    r = np.sqrt(x * x + y * y * dx / dy + z * z * dx / dz)
    u = np.sqrt(v * v + 4.0 * decay_rate * dx)
    spread = 2.0 * np.sqrt(dx * time)
    scale = mass_rate / (8.0 * np.pi * porosity * retardation * r * np.sqrt(dy * dz))
    return scale * (
        exp_erfc((v * x - r * u) / (2.0 * dx), (r - u * time) / spread)
        + exp_erfc((v * x + r * u) / (2.0 * dx), (r + u * time) / spread)
    )
