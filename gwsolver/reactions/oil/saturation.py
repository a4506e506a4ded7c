"""Oil in the way of water: saturation, and what is left of the hydraulic conductivity."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def oil_saturation(volume: Floats, pores: Floats) -> Floats:
    """Return S_n, the part of the pore space that is oil, shape (cell,) [-], not above one.

    Parameters
    ----------
    volume : ndarray of float64, shape (cell,)
        Of the oil, sum_j n_j M_j / rho_o [L**3] (`OilBodies.volume_of_oil`).
    pores : ndarray of float64, shape (cell,)
        Pore space, n V [L**3].
    """
    return np.minimum(np.divide(volume, pores, out=np.zeros(np.shape(volume)), where=pores > 0.0), 1.0)


def relative_permeability(saturation: Floats, residual_water: float) -> Floats:
    """Return the factor on the conductivity for water, k_rw = ((1 - S_n - S_wr) / (1 - S_wr))**3, shape (cell,) [-].

    Wyllie (1962), in Frick (ed.), Petroleum Production Handbook, volume 2, chapter 25: the cube of the effective
    saturation.

    Parameters
    ----------
    saturation : ndarray of float64, shape (cell,)
        S_n [-].
    residual_water : float
        S_wr [-], below one.
    """
    left = np.maximum(1.0 - saturation - residual_water, 0.0) / (1.0 - residual_water)
    return np.asarray(left**3, float)


def layered_factors(permeability: Floats, part: Floats) -> tuple[Floats, Floats]:
    """Return the factors on the horizontal and vertical conductivity of cells of which a layer holds oil.

    Side by side 1 - f + f k_rw, one behind the other 1 / (1 - f + f / k_rw).

    Parameters
    ----------
    permeability : ndarray of float64, shape (cell,)
        k_rw where there is oil [-].
    part : ndarray of float64, shape (cell,)
        f, part of the cell's thickness that holds oil [-].
    """
    along = 1.0 - part + part * permeability
    across = permeability / (permeability * (1.0 - part) + part)
    return along, across
