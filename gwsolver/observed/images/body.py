"""The connected body of water in a mask, its area, and how far mixed pixels of its shore make that uncertain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
SPREAD = 12.0**0.5  # length over standard deviation of a uniform distribution


@dataclass(frozen=True, eq=False)
class Body:
    """One body of water.

    Attributes
    ----------
    area : float
        Of its pixels [m2]; islands are not in it.
    standard_error : float
        By mixed pixels of the shore, if all err alike, as with a threshold that is off [m2].
    independent_error : float
        The same if each errs by itself [m2].
    pixels : int
    cut_off : bool
        It touches the image's edge or pixels without a value: there is more of it.
    """

    area: float
    standard_error: float
    independent_error: float
    pixels: int
    cut_off: bool


def connected(water: Bools, areas: Floats, at: tuple[int, int] | None = None) -> Bools:
    """Return the body at a pixel (row, column), without one that of the largest area; pixels join along their sides.

    Raises
    ------
    InputError
        If there is no water (there).
    """
    from scipy import ndimage

    labels, _ = ndimage.label(water)
    if at is not None:
        if not water[at]:
            raise InputError([Problem("there is no water at this point", cell=f"row {at[0] + 1}, column {at[1] + 1}",
                                      hint="Name a point within the lake, or another threshold.")])
        found: Bools = labels == labels[at]
        return found
    sizes = np.bincount(labels.ravel(), areas.ravel())
    if sizes.size < 2:
        raise InputError([Problem("there is no water in the image",
                                  hint="Is the threshold too high, are bands mixed up?")])
    return np.asarray(labels == 1 + int(sizes[1:].argmax()))


def measure(body: Bools, known: Bools, areas: Floats) -> Body:
    """Return area and uncertainty of a body.

    A shore passes through as many mixed pixels as there are sides between pixels of water and of land: |cos| + |sin| of
    its direction per length, both. A pixel of area a with any wet part between 0 and 1, all alike likely, that counts
    as all or nothing errs by a / 2 at most, by a / sqrt(12) in the mean square (a uniform distribution). With a the
    mean of the two pixels at a side:

        standard error = sum a / sqrt(12)           if all err alike: the shore is moved as a whole
        independent error = sqrt(sum a**2 / 12)     if each errs by itself

    The truth is between the two, and nearer the first: a mixed pixel's index is not linear in its wet part, so that a
    threshold halfway between water and land lets pixels count as water from some other part than one half on.

    Parameters
    ----------
    body, known : ndarray of bool, shape (row, column)
        Pixels of the body; pixels that have a value.
    areas : ndarray of float64, shape (row, column)
        Of pixels [m2].
    """
    total, squares, cut = 0.0, 0.0, False
    for one, two in ((np.s_[:-1, :], np.s_[1:, :]), (np.s_[:, :-1], np.s_[:, 1:])):
        side = body[one] != body[two]
        shore = side & known[one] & known[two]
        mean = 0.5 * (areas[one][shore] + areas[two][shore])
        total, squares = total + float(mean.sum()), squares + float((mean**2).sum())
        cut |= bool((side & ~shore).any())
    cut |= any(bool(edge.any()) for edge in (body[0], body[-1], body[:, 0], body[:, -1]))
    return Body(float(areas[body].sum()), total / SPREAD, squares**0.5 / SPREAD, int(body.sum()), cut)
