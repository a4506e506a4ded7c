"""How long plumes become at last: where mixing with acceptors controls them, and where decay of first order does.

Mixing-controlled: donor and acceptor react at once where they meet; uniform flow, no longitudinal dispersion, steady.
All lengths depend on one ratio (`acceptor_demand`),

    G = F C_D / C_A,    p = 1 / (G + 1),

with the donor C_D at the source, the acceptor C_A around it and F, acceptor used per donor. Donor less acceptor is
carried as if nothing reacted; the plume ends where the water is a part p from the source. Lengths in the unit of the
widths and dispersivities.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import erf, erfinv

Floats = NDArray[np.float64]
N_TERMS = 200


def acceptor_demand(*, donor: float, acceptor: float, utilisation: float, threshold: float = 0.0) -> float:
    """Return G = F C_D / (C_A - threshold), the acceptor that the donor needs over what there is.

    Parameters
    ----------
    donor, acceptor : float
        C_D at the source and C_A in the water around it [M/L**3].
    utilisation : float
        F, mass of acceptor per mass of donor.
    threshold : float
        Of the acceptor, below which it is not used [M/L**3]: Chu and others (2005).
    """
    return utilisation * donor / (acceptor - threshold)


def thickness_liedl(
    demand: float, *, thickness: float, vertical_dispersivity: float, first_term: bool = False
) -> float:
    """Return L of a plume that fills an aquifer and is mixed with acceptor through its top.

        p = (4 / pi) sum over n of (-1)**n / (2n + 1) exp(-alpha_TV ((2n + 1) pi / 2M)**2 L)

    Parameters
    ----------
    demand : float
        G [-].
    thickness, vertical_dispersivity : float
        M and alpha_TV [L].
    first_term : bool
        Return 4 M**2 / (pi**2 alpha_TV) ln(4 (G + 1) / pi) of the first term alone, the published form.

    Notes
    -----
    Liedl, Valocchi, Dietrich and Grathwohl (2005), Water Resources Research 41, W12501.
    """
    scale = 4.0 * thickness**2 / (np.pi**2 * vertical_dispersivity)
    closed = scale * np.log(4.0 * (demand + 1.0) / np.pi)
    if first_term:
        return float(closed)
    return _length(lambda length: float(_from_the_top(length / scale)) - 1.0 / (demand + 1.0), closed)


def strip_cirpka(demand: float, *, width: float, horizontal_dispersivity: float) -> float:
    """Return L of a strip of full width W that mixes on both sides: W**2 / (16 alpha_TH erfinv(p)**2).

    Notes
    -----
    Cirpka, Olsson, Ju, Rahman and Grathwohl (2006), Ground Water 44(2), 212-221.
    """
    return float(width**2 / (16.0 * horizontal_dispersivity * erfinv(1.0 / (demand + 1.0)) ** 2))


def point_ham(
    demand: float, *, width: float, horizontal_dispersivity: float, acceptor_in_source: bool = True
) -> float:
    """Return L of a point source whose water comes through a width W: W**2 / (4 pi alpha_TH) G**2.

    Parameters
    ----------
    acceptor_in_source : bool
        False where the water of the source brings no acceptor: G + 1 in place of G.

    Notes
    -----
    Ham, Schotting, Prommer and Davis (2004), Advances in Water Resources 27(8), 803-813.
    """
    factor = demand if acceptor_in_source else demand + 1.0
    return width**2 / (4.0 * np.pi * horizontal_dispersivity) * factor**2


def strip_chu(demand: float, *, width: float, horizontal_dispersivity: float) -> float:
    """Return L of a strip of full width W for large G: (pi / 16) (W**2 / alpha_TH) G**2.

    Notes
    -----
    Chu, Kitanidis and McCarty (2005), Water Resources Research 41, W06002. Their threshold of the acceptor: see
    `acceptor_demand`.
    """
    return np.pi / 16.0 * width**2 / horizontal_dispersivity * demand**2


def patch_liedl(
    *, donor: float, acceptor: float, utilisation: float, half_width: float, thickness: float,
    horizontal_dispersivity: float, vertical_dispersivity: float, limit: float = 0.0, first_term: bool = False,
) -> float:
    """Return L of a source of finite width that fills an aquifer and is mixed from its sides and its top.

        erf(w / sqrt(4 alpha_TH L)) V(alpha_TV L) = (F C_limit + C_A) / (F C_D + C_A)

    with V the vertical series of `thickness_liedl`.

    Parameters
    ----------
    half_width : float
        w [L], from the axis to the side. The published formula prints the whole width W in its place, and so gives
        the length of a source twice as wide: give W here to reproduce it.
    limit : float
        Concentration of the donor at which the plume ends [M/L**3].
    first_term : bool
        Of the vertical series alone, as published.

    Notes
    -----
    Liedl, Yadav and Dietrich (2011), Water Resources Research 47, doi 10.1029/2010WR009710.
    """
    scale = 4.0 * thickness**2 / (np.pi**2 * vertical_dispersivity)
    share = (utilisation * limit + acceptor) / (utilisation * donor + acceptor)

    def left(length: float) -> float:
        beside = erf(half_width / np.sqrt(4.0 * horizontal_dispersivity * length))
        above = 4.0 / np.pi * np.exp(-length / scale) if first_term else _from_the_top(length / scale)
        return float(beside * above - share)

    return _length(left, scale)


def rectangle(
    demand: float, *, width: float, depth: float, horizontal_dispersivity: float, vertical_dispersivity: float
) -> float:
    """Return L of a rectangle that hangs below the water table in a deep aquifer and mixes on its sides and below.

        erf(W / 4 sqrt(alpha_TH L)) erf(Z / 2 sqrt(alpha_TV L)) = p

    The steady patch source without longitudinal dispersion, of full width W and depth Z.
    """
    def left(length: float) -> float:
        return _beside(length, width, horizontal_dispersivity) * _below(length, depth, vertical_dispersivity) - p

    p = 1.0 / (demand + 1.0)
    return _length(left, width**2 / horizontal_dispersivity + depth**2 / vertical_dispersivity)


def thickness_maier_grathwohl(demand: float, *, thickness: float, vertical_dispersivity: float) -> float:
    """Return L = 0.5 (M**2 / alpha_TV) G**0.3, fitted to numerical models of the problem of `thickness_liedl`.

    Notes
    -----
    Maier and Grathwohl (2006), Journal of Contaminant Hydrology 85(1-2), 33-52.
    """
    return 0.5 * thickness**2 / vertical_dispersivity * demand**0.3


def recharge_factor_birla(*, thickness: float, recharge: float) -> float:
    """Return what recharge over the plume makes of the length of `thickness_liedl`: 1 - 0.047 M**0.404 R**1.883.

    Parameters
    ----------
    thickness : float
        M, in metres.
    recharge : float
        R, in metres per year: the fit holds in these units only.

    Notes
    -----
    Birla, Yadav, Mahalawat, Haendel, Liedl and Chahar (2020), Journal of Contaminant Hydrology, 103709; taken from
    secondary sources, some of which print the last exponent as 1.833: check before you rely on it at R far from 1.
    """
    return 1.0 - 0.047 * thickness**0.404 * recharge**1.883


def first_order_plume(
    x: ArrayLike, *, seepage_velocity: float, longitudinal_dispersivity: float, decay_rate: float,
    retardation: float = 1.0, width: float = np.inf, depth: float = np.inf, horizontal_dispersivity: float = 0.0,
    vertical_dispersivity: float = 0.0,
) -> Floats:
    """Return C/C0 on the axis of the steady plume behind a source that is held, with decay of first order.

        C/C0 = exp{x / (2 alpha_L) [1 - sqrt(1 + 4 lambda R alpha_L / v)]}
               erf(W / 4 sqrt(alpha_TH x)) erf(Z / 2 sqrt(alpha_TV x))

    exact in one dimension; the spreading across the flow is that without longitudinal dispersion.

    Parameters
    ----------
    x : array_like
        Along the axis from the source, at the water table [L].
    decay_rate, retardation : float
        lambda [1/T] of all mass, dissolved and sorbed; R = 1 if only dissolved mass decays.
    width, depth : float
        W, whole, and Z below the water table [L]; endless ones do not spread.
    """
    x = np.asarray(x, float)
    root = np.sqrt(1.0 + 4.0 * decay_rate * retardation * longitudinal_dispersivity / seepage_velocity)
    along = np.exp(x / (2.0 * longitudinal_dispersivity) * (1.0 - root))
    return np.asarray(along * _beside(x, width, horizontal_dispersivity) * _below(x, depth, vertical_dispersivity))


def first_order_length(share: float, **plume: float) -> float:
    """Return where C/C0 of `first_order_plume` (whose arguments this takes) has fallen to `share` [L]."""
    al = plume["longitudinal_dispersivity"]
    rate = plume["decay_rate"] * plume.get("retardation", 1.0)
    root = np.sqrt(1.0 + 4.0 * rate * al / plume["seepage_velocity"])
    alone = -2.0 * al * np.log(share) / (root - 1.0)  # in one dimension: the longest it can be
    if not np.isfinite(plume.get("width", np.inf)) and not np.isfinite(plume.get("depth", np.inf)):
        return float(alone)
    return float(brentq(lambda x: float(first_order_plume(x, **plume)) - share, 1e-12 * alone, alone, rtol=1e-12))


def _beside(x: ArrayLike, width: float, dispersivity: float) -> Floats:
    """Return the share left in the middle of a strip of whole width `width` after a path x."""
    spread = 4.0 * np.sqrt(dispersivity * np.asarray(x, float))
    return np.asarray(erf(width / np.maximum(spread, 1e-300)))


def _below(x: ArrayLike, depth: float, dispersivity: float) -> Floats:
    """Return the share left at the water table over a source of a depth after a path x."""
    return _beside(x, 2.0 * depth, dispersivity)


def _from_the_top(path: ArrayLike) -> Floats:
    """Return the share left at the bottom of a layer that mixes through its top.

    (4 / pi) sum of (-1)**n / (2n + 1) exp(-(2n + 1)**2 path), path = alpha_TV L (pi / 2M)**2.
    """
    odd = 2.0 * np.arange(N_TERMS) + 1.0
    signs = np.where(np.arange(N_TERMS) % 2 == 0, 1.0, -1.0)
    return np.asarray(4.0 / np.pi * (signs / odd * np.exp(-np.multiply.outer(path, odd**2))).sum(axis=-1))


def _length(left: Callable[[float], float], scale: float) -> float:
    """Return the root of a function that falls with the length, from a first guess of its size."""
    low, high = 1e-3 * scale, scale
    while left(high) > 0.0:
        low, high = high, 2.0 * high
    while left(low) < 0.0:
        low *= 0.5
    return float(brentq(left, low, high, rtol=1e-13, xtol=1e-12 * scale))
