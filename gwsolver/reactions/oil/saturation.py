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
