"""Oil lenses: how wide they are, and what oil lies in each cell."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def lens_radius(volume: float, porosity: float, saturation: float, thickness: float) -> float:
    """Return the radius of a round lens that holds a volume of oil [L]: V = pi R**2 b n S_o."""
    return math.sqrt(volume / (math.pi * porosity * saturation * thickness))


def oil_mass(
    areas: Floats, thickness: Floats | float, saturation: float, porosity: Floats | float, density: float
) -> Floats:
    """Return the mass of oil in each cell, A b n S_o rho_o, shape (cell,) [M].

    Parameters
    ----------
    areas : ndarray of float64, shape (cell,)
        Of the lens in each cell [L**2].
    thickness : ndarray of float64, shape (cell,), or float
        Of the zone with oil in each cell, b [L].
    saturation : float
        Part of the pore space that is oil, S_o [-].
    porosity : ndarray of float64, shape (cell,), or float
        n [-].
    density : float
        Of the oil [M/L**3].
    """
    return np.asarray(areas * thickness * saturation * porosity * density, float)


def overlap(top: Floats, bottom: Floats, lens_top: Floats | float, lens_bottom: Floats | float) -> Floats:
    """Return the thickness of a lens inside each cell, shape (cell,) [L], from elevations of both."""
    inside: Floats = np.minimum(top, lens_top) - np.maximum(bottom, lens_bottom)
    return np.maximum(inside, 0.0)
