"""Indices that tell water from land: the normalised difference of two bands, above the threshold over water."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Index:
    """A normalised difference, (one - two) / (one + two).

    Attributes
    ----------
    title, source : str
    bands : tuple of str
        Which bands `one` and `two` are.
    names : tuple of tuple of str
        Descriptions by which files name these bands, in small letters.
    """

    title: str
    source: str
    bands: tuple[str, str]
    names: tuple[tuple[str, ...], tuple[str, ...]]


INDICES = {
    "ndwi": Index("NDWI", "McFeeters (1996), International Journal of Remote Sensing 17, 1425-1432", ("green", "nir"),
                  (("green",), ("nir", "near infrared"))),
    "mndwi": Index("MNDWI", "Xu (2006), International Journal of Remote Sensing 27, 3025-3033", ("green", "swir"),
                   (("green",), ("swir", "swir1", "swir16", "shortwave infrared"))),
}


def normalised_difference(one: Floats, two: Floats) -> Floats:
    """Return (one - two) / (one + two); NaN where a band has no value or the sum is not above zero.

    Parameters
    ----------
    one, two : ndarray of float32, shape (row, column)
        Reflectance, or anything in proportion to it; NaN where there is no value.
    """
    total = one + two
    found = np.full(one.shape, np.nan, np.float32)
    np.divide(one - two, total, out=found, where=total > 0.0)
    return found
