"""What quantities of packages may not fall below, so that MODFLOW 6 takes them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LowerLimit:
    """What a quantity of a package's entries may not fall below; MODFLOW 6 ends where it does.

    Attributes
    ----------
    what : str
        MODFLOW's word for the quantity: "stage".
    value, least : ndarray of float64, shape (entry,)
        The quantity, and its lower limit.
    meaning : str
        What the limit is, in words: "the bottom of its cell".
    hint : str
        What to do about it, a full sentence.
    always : bool
        Whether MODFLOW looks even where the simulation says NOCHECK.
    """

    what: str
    value: Floats
    least: Floats
    meaning: str
    hint: str = ""
    always: bool = False


def above_bottom(what: str, value: Floats, floor: Floats) -> LowerLimit:
    """Return the limit that the bottom of a cell sets to heads and elevations in it."""
    return LowerLimit(what, value, floor, "the bottom of its cell",
                      "Raise it, move the entry to a lower cell, or make the cell confined (ICELLTYPE 0 in NPF).")
