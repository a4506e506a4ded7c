"""Strip (2-D) and patch (3-D) sources: C = C0 on part of the plane x = 0, zero on the rest."""

from collections.abc import Callable

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf

from gwsolver.bench.solutions.column import ogata_banks

Floats = NDArray[np.float64]
Interval = tuple[float, float]

N_NODES = 160
FAR = 45.0  # exp(-45) = 3e-20: what lies beyond adds nothing in double precision


def strip_source(
    x: ArrayLike, y: ArrayLike, time: float, *, strip: Interval, seepage_velocity: float,
    dispersion: tuple[float, float], retardation: float = 1.0, decay_rate: float = 0.0,
) -> Floats:
    """Return C/C0 in a half plane x > 0 with a source C0 on strip[0] < y < strip[1] of its edge.

        C/C0 = x / (4 sqrt(pi Dx)) int_0^t s**(-3/2) exp[-(x - v s)**2 / (4 Dx s) - lambda s]
               { erfc[(Y1 - y) / 2 sqrt(Dy s)] - erfc[(Y2 - y) / 2 sqrt(Dy s)] } ds

    Parameters
    ----------
    x, y : array_like
        Places, broadcast together [L]; x > 0.
    time, seepage_velocity, retardation, decay_rate
        As in `ogata_banks`.
    strip : (Y1, Y2)
        Ends of the source [L].
    dispersion : (Dx, Dy)
        [L**2/T].

    Notes
    -----
    Wexler (1992), USGS TWRI 3-B7, equation 91 (an aquifer of infinite width).
    """
    dx, dy = (d / retardation for d in dispersion)
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    return _first_passage(
        x, time, seepage_velocity / retardation, dx, decay_rate, lambda s: _between(y.ravel()[:, None], strip, dy, s)
    )


def patch_source(
    x: ArrayLike, y: ArrayLike, z: ArrayLike, time: float, *, width: Interval, height: Interval,
    seepage_velocity: float, dispersion: tuple[float, float, float], retardation: float = 1.0, decay_rate: float = 0.0,
    source_decay_rate: float = 0.0,
) -> Floats:
    """Return C/C0 in a half space x > 0 with a source C0 exp(-g t) on the patch `width` x `height` of its face.

    Parameters as in `strip_source`; `dispersion` is (Dx, Dy, Dz), Dy and Dz may be zero, and
    `source_decay_rate` g [1/T].

    Notes
    -----
    Wexler (1992), equation 121; with g Karanovic, Neville and Andrews (2007), Ground Water 45(2), 242-245.
    Domenico and Robbins (1985) is an approximation of it.
    """
    dx, dy, dz = (d / retardation for d in dispersion)
    x, y, z = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float), np.asarray(z, float))
    return _first_passage(
        x, time, seepage_velocity / retardation, dx, decay_rate,
        lambda s: _between(y.ravel()[:, None], width, dy, s) * _between(z.ravel()[:, None], height, dz, s)
        * np.exp(-source_decay_rate * (time - s)),
    )


def strip_source_between_walls(
    x: ArrayLike, y: ArrayLike, time: float, *, strip: Interval, aquifer_width: float, seepage_velocity: float,
    dispersion: tuple[float, float], retardation: float = 1.0, decay_rate: float = 0.0, n_terms: int = 500,
) -> Floats:
    """Return C/C0 as `strip_source`, but between walls at y = 0 and y = aquifer_width.

    Notes
    -----
    Wexler (1992), equation 86: a cosine series across the aquifer, each term an Ogata-Banks column
    that loses Dy eta**2 by transverse spreading. Near the source it converges as exp(-x eta sqrt(Dy / Dx)) / n.
    """
    dx, dy = (d / retardation for d in dispersion)
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    total = np.zeros(x.shape)
    for n in range(n_terms):
        loss = decay_rate + dy * (n * np.pi / aquifer_width) ** 2
        total += _cosine(n, y, strip, aquifer_width) * ogata_banks(
            x, time, seepage_velocity=seepage_velocity / retardation, dispersion=dx, decay_rate=loss
        )
    return total


def patch_source_between_walls(
    x: ArrayLike, y: ArrayLike, z: ArrayLike, time: float, *, width: Interval, height: Interval, aquifer_width: float,
    aquifer_height: float, seepage_velocity: float, dispersion: tuple[float, float, float],
    retardation: float = 1.0, decay_rate: float = 0.0, n_terms: int = 60,
) -> Floats:
    """Return C/C0 as `patch_source`, but between walls at y = 0, aquifer_width and z = 0, aquifer_height.

    Notes
    -----
    Wexler (1992), equation 114.
    """
    dx, dy, dz = (d / retardation for d in dispersion)
    x, y, z = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float), np.asarray(z, float))
    total = np.zeros(x.shape)
    for m in range(n_terms):
        across = _cosine(m, z, height, aquifer_height)
        for n in range(n_terms):
            loss = decay_rate + dy * (n * np.pi / aquifer_width) ** 2 + dz * (m * np.pi / aquifer_height) ** 2
            column = ogata_banks(
                x, time, seepage_velocity=seepage_velocity / retardation, dispersion=dx, decay_rate=loss
            )
            total += across * _cosine(n, y, width, aquifer_width) * column
    return total


def _first_passage(
    x: Floats, time: float, v: float, d: float, decay_rate: float, spread: Callable[[Floats], Floats]
) -> Floats:
    """Integrate the first arrival from x = 0 at time s, times `spread(s)`, over 0 < s < time.

    Gauss-Legendre in ln s over the window in which (x - v s)**2 / (4 D s) < FAR.
    """
    at = x.ravel()[:, None]
    half = x.ravel() * v + 2.0 * d * FAR
    root = np.sqrt(half * half - (x.ravel() * v) ** 2)
    late = (half + root) / v**2
    early = x.ravel() ** 2 / (half + root)
    stop = np.minimum(late, time)
    open_ = stop > early
    low, high = np.log(np.where(open_, early, 1.0)), np.log(np.where(open_, stop, 1.0))
    node, weight = leggauss(N_NODES)
    s = np.exp(0.5 * (high - low)[:, None] * (node + 1.0) + low[:, None])
    arrival = at / np.sqrt(4.0 * np.pi * d * s) * np.exp(-((at - v * s) ** 2) / (4.0 * d * s) - decay_rate * s)
    total = ((arrival * spread(s)) @ weight) * 0.5 * (high - low)
    return np.where(open_, total, 0.0).reshape(x.shape)


def _between(y: Floats, ends: Interval, d: float, s: Floats) -> Floats:
    """Return the share of what started between `ends` that is at y after spreading for s: 1/2 (erf - erf)."""
    if d == 0.0:
        return 0.5 * (np.sign(ends[1] - y) - np.sign(ends[0] - y)) * np.ones_like(s)
    width = 2.0 * np.sqrt(d * s)
    return 0.5 * (erf((ends[1] - y) / width) - erf((ends[0] - y) / width))


def _cosine(n: int, y: Floats, ends: Interval, width: float) -> Floats:
    """Return the n-th term of the cosine series of a source that is 1 between `ends`, 0 elsewhere."""
    if n == 0:
        return np.full(np.shape(y), (ends[1] - ends[0]) / width)
    eta = n * np.pi / width
    return 2.0 * (np.sin(eta * ends[1]) - np.sin(eta * ends[0])) / (n * np.pi) * np.cos(eta * y)

