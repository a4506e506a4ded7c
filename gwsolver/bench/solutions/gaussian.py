"""A Gaussian cloud carried by uniform flow in one, two or three dimensions."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def gaussian_pulse(
    points: ArrayLike, time: float, *, centre: ArrayLike, start_deviation: float, seepage_velocity: ArrayLike,
    longitudinal_dispersivity: float, transverse_dispersivity: float = 0.0, diffusion_coefficient: float = 0.0,
    retardation: float = 1.0, decay_rate: float = 0.0,
) -> Floats:
    """Return C / (largest C at the start) of a cloud that is round, of deviation sigma0, at the start.

        C = exp(-lambda t) sigma0**d / sqrt(det S) exp(-1/2 e S^-1 e),  S = sigma0**2 I + 2 D t / R,
        e = p - centre - v t / R,  D = aT |v| I + (aL - aT) v v^T / |v| + Dm I

    Parameters
    ----------
    points : array_like, shape (..., d)
        Places [L], d = 1, 2 or 3.
    time : float
        [T].
    centre : array_like, shape (d,)
        Centre at the start [L].
    start_deviation : float
        sigma0 [L].
    seepage_velocity : array_like, shape (d,)
        v [L/T], in any direction.
    longitudinal_dispersivity, transverse_dispersivity, diffusion_coefficient : float
        aL, aT [L], Dm [L**2/T].
    retardation, decay_rate : float
        R [-], lambda [1/T].

    Notes
    -----
    The d-dimensional normal distribution; Bear (1972), Dynamics of Fluids in Porous Media, section 10.6.
    """
    v = np.atleast_1d(np.asarray(seepage_velocity, float))
    speed = float(np.linalg.norm(v))
    own = (transverse_dispersivity * speed + diffusion_coefficient) * np.eye(v.size)
    along = (longitudinal_dispersivity - transverse_dispersivity) * np.outer(v, v) / speed if speed > 0.0 else 0.0
    covariance = start_deviation**2 * np.eye(v.size) + 2.0 * (own + along) * time / retardation
    e = np.asarray(points, float) - np.asarray(centre, float) - v * time / retardation
    square = np.einsum("...i,ij,...j->...", e, np.linalg.inv(covariance), e)
    scale = start_deviation**v.size / np.sqrt(np.linalg.det(covariance))
    return np.exp(-decay_rate * time) * scale * np.exp(-0.5 * square)
