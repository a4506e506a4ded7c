"""Otsu's threshold: where two classes of a histogram lie furthest apart.

Otsu, N. (1979): A threshold selection method from gray-level histograms. IEEE Transactions on Systems, Man, and
Cybernetics 9, 62-66.
"""

import numpy as np
from numpy.typing import NDArray

BINS = 2048


def otsu(values: NDArray[np.floating]) -> tuple[float, float]:
    """Return the threshold that makes the variance between two classes largest, and how well it parts them.

        s_B**2(k) = (mu_T w(k) - mu(k))**2 / (w(k) (1 - w(k)))      equation 18
        eta = s_B**2 / s_T**2                                       equation 12, 0 to 1

    Parameters
    ----------
    values : ndarray, shape (pixel,)
        Finite, not all alike.

    Notes
    -----
    Between classes that leave bins empty every threshold is as good as the next: it is the middle of them.
    """
    count, edges = np.histogram(values, BINS)
    share, centre = count / count.sum(), 0.5 * (edges[1:] + edges[:-1])
    weight, moment = np.cumsum(share)[:-1], np.cumsum(share * centre)[:-1]
    mean = float((share * centre).sum())
    apart = weight * (1.0 - weight)
    between = np.divide((mean * weight - moment) ** 2, apart, out=np.zeros(apart.shape), where=apart > 0.0)
    best = np.flatnonzero(between >= between.max() * (1.0 - 1e-9))
    whole = float((share * (centre - mean) ** 2).sum())
    return float(0.5 * (edges[1:-1][best[0]] + edges[1:-1][best[-1]])), float(between.max()) / whole
