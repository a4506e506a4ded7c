"""Numerical inversion of Laplace transforms."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Transform = Callable[[complex], NDArray[np.complex128]]
NODES = 30


def invert(transform: Transform, time: float, n_nodes: int = NODES) -> NDArray[np.float64]:
    """Return f(t) of F(s), the integral of f(t) exp(-s t), along the fixed Talbot contour.

        f(t) = (2 / 5t) Re sum g_k F(d_k / t),   d_0 = 2M / 5,  d_k = (2 k pi / 5) (cot(k pi / M) + i)

    Good to about 1e-8 for the smooth f of dispersed fronts; sharp ones need another method.

    Parameters
    ----------
    transform : callable
        F(s) of a complex s, an array of any shape.
    time : float
        t > 0.
    n_nodes : int
        M.

    Notes
    -----
    Abate and Whitt (2006), INFORMS Journal on Computing 18(4), 408-421, equations 29 and 30.
    """
    total = 0.5 * np.exp(0.4 * n_nodes) * transform(complex(0.4 * n_nodes / time)).real
    for k in range(1, n_nodes):
        angle = k * np.pi / n_nodes
        cot = 1.0 / np.tan(angle)
        d = 0.4 * k * np.pi * (cot + 1j)
        g = (1.0 + 1j * angle * (1.0 + cot * cot) - 1j * cot) * np.exp(d)
        total = total + (g * transform(d / time)).real
    return np.asarray(0.4 * total / time)
