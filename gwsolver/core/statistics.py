"""What members of an ensemble say together: probabilities, quantiles with "never" as a class, ranks."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BAND = {"P10": 0.1, "P50": 0.5, "P90": 0.9}


def standard_error(probability: Floats, n: int) -> Floats:
    """Return the standard error of a part counted among n independent members, sqrt(p (1 - p) / n).

    A Latin hypercube's is smaller, never larger, where the outcome is monotone in each parameter (McKay, Beckman and
    Conover 1979). Where no member, or every one, is above, it is zero although a part up to 3 / n may be missed.
    """
    return np.asarray(np.sqrt(probability * (1.0 - probability) / n), np.float64)


def missed(n: int) -> float:
    """Return what n members of which none is above may miss at most, in 19 of 20 cases: 3 / n, up to 1."""
    return min(3.0 / n, 1.0)


def band(values: Floats) -> Floats:
    """Return P10, P50, P90 over members, shape (3, time), of values (member, time); NaN where all are NaN (dry)."""
    found = np.full((len(BAND), values.shape[1]), np.nan)
    wet = np.isfinite(values).any(axis=0)
    found[:, wet] = np.nanquantile(values[:, wet], list(BAND.values()), axis=0)
    return found


def quantile_with_never(values: Floats, part: float) -> Floats:
    """Return the smallest value that at least a part of the members do not exceed, along the first axis.

    Parameters
    ----------
    values : ndarray of float64, shape (member, ...)
        Times; infinite where a member never arrives, which counts as later than any time.
    part : float
        0.1 for P10.

    Returns
    -------
    ndarray of float64, shape (...)
        Infinite where fewer than that part arrive.
    """
    n = values.shape[0]
    rank = max(math.ceil(part * n - 1e-9), 1) - 1
    return np.asarray(np.partition(values, rank, axis=0)[rank], np.float64)


def rank_correlation(x: Floats, y: Floats) -> float:
    """Return Spearman's rank correlation; ties share their mean rank, NaN where one of them does not vary.

    Infinite values (never) rank last, alike.
    """
    from scipy.stats import rankdata

    a, b = rankdata(x), rankdata(y)
    a, b = a - a.mean(), b - b.mean()
    size = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size > 0.0 else math.nan


def chance(n: int) -> float:
    """Return the rank correlation that one in twenty pairs of n unrelated values exceeds, 1.96 / sqrt(n - 1)."""
    return 1.959963984540054 / math.sqrt(n - 1)
