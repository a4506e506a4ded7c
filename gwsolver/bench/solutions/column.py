"""One-dimensional columns: first- and third-type inlet, finite and semi-infinite."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from gwsolver.bench.solutions.special import exp_erfc

Floats = NDArray[np.float64]


def sharp_front(x: ArrayLike, time: float, *, seepage_velocity: float, retardation: float = 1.0) -> Floats:
    """Return C/C0 of a front without dispersion: 1 behind x = v t / R, 0 ahead, 1/2 on it."""
    return np.heaviside(seepage_velocity * time / retardation - np.asarray(x, float), 0.5)


def ogata_banks(
    x: ArrayLike, time: float, *, seepage_velocity: float, dispersion: float,
    retardation: float = 1.0, decay_rate: float = 0.0,
) -> Floats:
    """Return C/C0 in a semi-infinite column whose inlet is held at C0.

        C/C0 = 1/2 { exp[x (v - u) / 2D] erfc[(x - u t) / 2 sqrt(D t)]
                   + exp[x (v + u) / 2D] erfc[(x + u t) / 2 sqrt(D t)] },   u = sqrt(v**2 + 4 lambda D)

    Parameters
    ----------
    x : array_like
        Distance from the inlet [L].
    time : float
        Since the inlet was set to C0 [T].
    seepage_velocity, dispersion, retardation, decay_rate : float
        v [L/T], D [L**2/T], R [-], lambda [1/T]; v and D are divided by R.

    Notes
    -----
    Ogata and Banks (1961), USGS Professional Paper 411-A, equation 8 (lambda = 0); Wexler (1992),
    USGS TWRI 3-B7, equation 60. No decay, D = 0 is `sharp_front`.
    """
    x = np.asarray(x, float)
    v, d = seepage_velocity / retardation, dispersion / retardation
    u = np.sqrt(v * v + 4.0 * decay_rate * d)
    spread = 2.0 * np.sqrt(d * time)
    return 0.5 * (
        exp_erfc(x * (v - u) / (2.0 * d), (x - u * time) / spread)
        + exp_erfc(x * (v + u) / (2.0 * d), (x + u * time) / spread)
    )


def semi_infinite_third_type(
    x: ArrayLike, time: float, *, seepage_velocity: float, dispersion: float,
    retardation: float = 1.0, decay_rate: float = 0.0,
) -> Floats:
    """Return C/C0 in a semi-infinite column into which water of C0 flows: v C - D dC/dx = v C0 at x = 0.

    Parameters as in `ogata_banks`. The three terms with decay cancel to about 1e-16 v**2 / (lambda D).

    Notes
    -----
    Wexler (1992), equation 67, here in the equal form of Van Genuchten and Alves (1982), USDA Technical
    Bulletin 1661, solutions A2 (lambda = 0) and C6:

        C/C0 = v / (v + u) exp[(v - u) x / 2D] erfc[(x - u t) / 2 sqrt(D t)]
             + v / (v - u) exp[(v + u) x / 2D] erfc[(x + u t) / 2 sqrt(D t)]
             + v**2 / (2 lambda D) exp[v x / D - lambda t] erfc[(x + v t) / 2 sqrt(D t)]
    """
    x = np.asarray(x, float)
    v, d = seepage_velocity / retardation, dispersion / retardation
    spread = 2.0 * np.sqrt(d * time)
    if decay_rate == 0.0:
        return (
            0.5 * exp_erfc(0.0, (x - v * time) / spread)
            + np.sqrt(v * v * time / (np.pi * d)) * np.exp(-(((x - v * time) / spread) ** 2))
            - 0.5 * (1.0 + v * x / d + v * v * time / d) * exp_erfc(v * x / d, (x + v * time) / spread)
        )
    u = np.sqrt(v * v + 4.0 * decay_rate * d)
    behind = -4.0 * decay_rate * d / (u + v)  # v - u without cancellation
    return (
        v / (v + u) * exp_erfc(behind * x / (2.0 * d), (x - u * time) / spread)
        + v / behind * exp_erfc((v + u) * x / (2.0 * d), (x + u * time) / spread)
        + v * v / (2.0 * decay_rate * d) * exp_erfc(v * x / d - decay_rate * time, (x + v * time) / spread)
    )


def finite_column_first_type(
    x: ArrayLike, time: float, *, length: float, seepage_velocity: float, dispersion: float,
    retardation: float = 1.0, decay_rate: float = 0.0, n_terms: int = 400,
) -> Floats:
    """Return C/C0 in a column of length L with C = C0 at x = 0 and dC/dx = 0 at x = L.

    Notes
    -----
    Wexler (1992), equations 44 to 47: a steady part minus an eigenfunction series with
    beta cot(beta) + v L / 2D = 0. Worst at early times and high v L / D, where `n_terms` counts.
    """
    x = np.asarray(x, float)
    v, d = seepage_velocity / retardation, dispersion / retardation
    u = np.sqrt(v * v + 4.0 * decay_rate * d)
    p = v * length / (2.0 * d)
    ratio = (u - v) / (u + v)
    steady = np.exp((v - u) * x / (2.0 * d)) + ratio * np.exp((v + u) * x / (2.0 * d) - u * length / d)
    steady /= 1.0 + ratio * np.exp(-u * length / d)
    beta = _roots(lambda b: b * np.cos(b) + p * np.sin(b), n_terms)[:, None]
    at = beta * x.ravel() / length
    decay = decay_rate * length**2 / d
    terms = beta * np.sin(at) * (beta**2 + p * p) / ((beta**2 + p * p + p) * (beta**2 + p * p + decay))
    return steady - 2.0 * _damped(terms, beta, x, time, v, d, length, decay_rate)


def finite_column_third_type(
    x: ArrayLike, time: float, *, length: float, seepage_velocity: float, dispersion: float,
    retardation: float = 1.0, decay_rate: float = 0.0, n_terms: int = 400,
) -> Floats:
    """Return C/C0 in a column of length L with v C - D dC/dx = v C0 at x = 0 and dC/dx = 0 at x = L.

    Notes
    -----
    Wexler (1992), equations 52 to 54: beta cot(beta) - beta**2 D / (v L) + v L / 4D = 0.
    """
    x = np.asarray(x, float)
    v, d = seepage_velocity / retardation, dispersion / retardation
    u = np.sqrt(v * v + 4.0 * decay_rate * d)
    p = v * length / (2.0 * d)
    ratio = (u - v) / (u + v)
    steady = np.exp((v - u) * x / (2.0 * d)) + ratio * np.exp((v + u) * x / (2.0 * d) - u * length / d)
    steady /= (u + v) / (2.0 * v) - (u - v) ** 2 / (2.0 * v * (u + v)) * np.exp(-u * length / d)
    beta = _roots(lambda b: b * np.cos(b) + (0.5 * p - 0.5 * b * b / p) * np.sin(b), n_terms)[:, None]
    at = beta * x.ravel() / length
    decay = decay_rate * length**2 / d
    terms = beta * (beta * np.cos(at) + p * np.sin(at))
    terms /= (beta**2 + p * p + 2.0 * p) * (beta**2 + p * p + decay)
    return steady - 4.0 * p * _damped(terms, beta, x, time, v, d, length, decay_rate)


def _roots(f: Callable[[float], float], n: int) -> Floats:
    """Return the one root of `f` in each of the intervals ((k - 1) pi, k pi), k = 1 .. n."""
    tiny = 1e-9
    ends = [((k - 1) * np.pi + tiny, k * np.pi - tiny) for k in range(1, n + 1)]
    return np.array([brentq(f, low, high, xtol=1e-14, rtol=1e-14) for low, high in ends])


def _damped(
    terms: Floats, beta: Floats, x: Floats, time: float, v: float, d: float, length: float, decay_rate: float
) -> Floats:
    """Return exp(v x / 2D - lambda t - v**2 t / 4D) times the sum of the terms, each with its own decay."""
    exponent = v * x.ravel() / (2.0 * d) - decay_rate * time - v * v * time / (4.0 * d)
    return (terms * np.exp(exponent - beta**2 * d * time / length**2)).sum(axis=0).reshape(x.shape)
