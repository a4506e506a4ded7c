"""Water that moves in exchange with water that stands: one dimension, and a closed vessel."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.bench.solutions.laplace import invert

Floats = NDArray[np.float64]


def mobile_immobile_column(
    x: ArrayLike, time: float, *, seepage_velocity: float, dispersion: float, mobile_porosity: float,
    immobile_porosity: float, transfer_rate: float, retardation: float = 1.0, immobile_retardation: float = 1.0,
    decay_rate: float = 0.0, immobile_decay_rate: float = 0.0, inlet: str = "third",
) -> tuple[Floats, Floats]:
    """Return C/C0 of the mobile and of the immobile water of a semi-infinite column.

        n_m R_m (dC_m/dt + lambda_m C_m) = n_m D C_m'' - n_m v C_m' - zeta (C_m - C_im)
        n_im R_im (dC_im/dt + lambda_im C_im) = zeta (C_m - C_im)

    In Laplace space  C_m = A exp[x (v - u) / 2D] / s,  u = sqrt(v**2 + 4 D P),
    P = R_m (s + lambda_m) + (zeta / n_m) (1 - zeta / (zeta + n_im R_im (s + lambda_im))), A = 1 for an inlet held at
    C0 and A = 2 v / (v + u) for water of C0 that flows in.

    Parameters
    ----------
    x : array_like
        Distance from the inlet [L].
    time : float
        [T].
    seepage_velocity, dispersion : float
        v [L/T] and D [L**2/T] of the mobile water.
    mobile_porosity, immobile_porosity : float
        Volumes of water per volume of column [-].
    transfer_rate : float
        zeta [1/T].
    retardation, immobile_retardation : float
    decay_rate, immobile_decay_rate : float
        Of all solute, dissolved and sorbed, of the domain [1/T].
    inlet : str
        "first" or "third".

    Notes
    -----
    Van Genuchten and Wierenga (1976), Soil Science Society of America Journal 40(4), 473-480; Toride and others (1993),
    Water Resources Research 29(7), 2167-2182, with the transform inverted numerically.
    """
    x = np.asarray(x, float)
    v, d = seepage_velocity, dispersion

    def immobile(s: complex) -> complex:
        return immobile_porosity * immobile_retardation * (s + immobile_decay_rate)

    def share(s: complex) -> complex:
        return transfer_rate / (transfer_rate + immobile(s))

    def mobile(s: complex) -> NDArray[np.complex128]:
        # zeta (1 - share) without its cancellation
        p = retardation * (s + decay_rate) + share(s) * immobile(s) / mobile_porosity
        u = np.sqrt(v * v + 4.0 * d * p)
        factor = 2.0 * v / (v + u) if inlet == "third" else 1.0
        return np.asarray(factor * np.exp(x * (v - u) / (2.0 * d)) / s)

    return invert(mobile, time), invert(lambda s: share(s) * mobile(s), time)


def two_vessels(
    time: ArrayLike, *, mobile_content: float, immobile_content: float, transfer: float, mobile: float, immobile: float
) -> tuple[Floats, Floats]:
    """Return the concentrations of two stirred vessels that exchange z (C_m - C_im), from `mobile` and `immobile`.

    Both tend to their mean weighted by content; the gap falls as exp(-z (1/M_m + 1/M_im) t).

    Parameters
    ----------
    mobile_content, immobile_content : float
        Mass per concentration, M_m and M_im [L**3].
    transfer : float
        z [L**3/T].
    """
    whole = mobile_content + immobile_content
    mean = (mobile_content * mobile + immobile_content * immobile) / whole
    gap = (mobile - immobile) * np.exp(-transfer * (1.0 / mobile_content + 1.0 / immobile_content) * np.asarray(time))
    return mean + gap * immobile_content / whole, mean - gap * mobile_content / whole
