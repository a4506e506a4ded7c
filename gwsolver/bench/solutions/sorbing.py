"""Columns in which sorption is not linear: fronts that sharpen, and tails that draw out."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import cumulative_trapezoid

Floats = NDArray[np.float64]
Sorbed = Callable[[Floats], Floats]


def front_retardation(sorbed: Sorbed, *, solid_per_water: float, inlet: float, initial: float = 0.0) -> float:
    """Return the R of a front between two concentrations: 1 + (rho_b / n) (S(C0) - S(Ci)) / (C0 - Ci).

    It follows from the balance of mass alone: the front moves at v / R whatever its shape.

    Parameters
    ----------
    sorbed : callable
        S(C) [M/M].
    solid_per_water : float
        rho_b / n [M/L**3].
    inlet, initial : float
        C0 behind the front, Ci ahead of it [M/L**3].
    """
    high, low = (float(sorbed(np.array([c]))[0]) for c in (inlet, initial))
    return 1.0 + solid_per_water * (high - low) / (inlet - initial)


def travelling_wave(
    concentration: ArrayLike, sorbed: Sorbed, *, solid_per_water: float, inlet: float, initial: float,
    seepage_velocity: float, dispersion: float,
) -> Floats:
    """Return where a front of lasting shape has each concentration, from where it has the mean of both ends [L].

    With a favourable isotherm (S'' < 0) spreading and sharpening come into balance. In the frame of the front

        D dC/dx = (v - V) (C - Ci) - V (rho_b / n) (S(C) - S(Ci)),   V = v / R of `front_retardation`

    Parameters
    ----------
    concentration : array_like
        Between `initial` and `inlet`, increasing [M/L**3].

    Notes
    -----
    Van der Zee (1990), Water Resources Research 26(10), 2563-2578.
    """
    c = np.asarray(concentration, float)
    retardation = front_retardation(sorbed, solid_per_water=solid_per_water, inlet=inlet, initial=initial)
    speed = seepage_velocity / retardation
    gap = inlet - initial
    y = np.linspace(-16.0, 16.0, 40001)  # C = Ci + gap / (1 + exp(-y)): the ends lie at infinity
    at = initial + gap / (1.0 + np.exp(-y))
    slope = ((seepage_velocity - speed) * (at - initial)
             - speed * solid_per_water * (sorbed(at) - sorbed(np.array([initial])))) / dispersion
    stretch = (at - initial) * (inlet - at) / gap  # dC/dy
    place = cumulative_trapezoid(stretch / slope, y, initial=0.0)
    return np.interp(c, at, place) - float(np.interp(0.5 * (inlet + initial), at, place))


def langmuir_tail(
    x: ArrayLike, time: float, *, seepage_velocity: float, solid_per_water: float, k: float, capacity: float,
    initial: float,
) -> Floats:
    """Return C of a column of uniform C flushed with clean water, S = K Smax C / (1 + K C), without dispersion.

    Every concentration moves at v / (1 + (rho_b / n) S'(C)), low ones slower, so that the tail draws out:
    C = (sqrt((rho_b / n) K Smax / (v t / x - 1)) - 1) / K between the places of C = 0 and of the initial C.

    Notes
    -----
    Method of characteristics, see Charbeneau (1981), Journal of the Hydraulics Division ASCE 107(HY6), 705-713.
    """
    x = np.maximum(np.asarray(x, float), 1e-300)
    ahead = np.maximum(seepage_velocity * time / x - 1.0, 1e-300)
    return np.clip((np.sqrt(solid_per_water * k * capacity / ahead) - 1.0) / k, 0.0, initial)
