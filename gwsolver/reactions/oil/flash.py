"""The flash: equilibrium of oil, water and solids in a cell, with no limit on the time step.

A cell holds T_j mol of component j in all. Water and solids hold c_j w_j, with w_j = W R_j, the oil n_j = x_j N; the
water beside it is at c_j = x_j s_j (Raoult's law; s_j molar solubility of the pure liquid, times its activity
coefficient where that is not one). With a_j = w_j s_j, sum_j n_j = N says

    F(N) = B / N + sum_j T_j / (N + a_j) = 1,   n_j = T_j N / (N + a_j),   c_j = T_j / (w_j + N / s_j),

where B is the bulk of the oil that does not dissolve. F falls, so that there is one root at most; oil exists if and
only if F(0+) > 1. Rachford and Rice (1952), Journal of Petroleum Technology 4(10), 19-20.

"Mol" means the model's unit of mass over g/mol: mole fractions do not notice, and T_j M_j is in the model's units.
"""

import numpy as np
from numpy.typing import NDArray

from gwsolver import kernels
from gwsolver.kernels import reactions_flash

Floats = NDArray[np.float64]


def oil_amount(moles: Floats, keeps: Floats, bulk: Floats) -> Floats:
    """Return the amount of oil N of each cell, shape (cell,) [mol], zero where all is dissolved and sorbed.

    Parameters
    ----------
    moles : ndarray of float64, shape (component, cell)
        T_j, in water, on solids and in oil together [mol], >= 0.
    keeps : ndarray of float64, shape (component, cell)
        a_j = w_j s_j, what water and solids would hold beside the pure component [mol], >= 0.
    bulk : ndarray of float64, shape (cell,)
        B, the part of the oil that does not dissolve [mol], >= 0.
    """
    amount = np.empty(bulk.size)
    moles, keeps = np.ascontiguousarray(moles), np.ascontiguousarray(keeps)
    reactions_flash.oil_amount(moles, keeps, np.ascontiguousarray(bulk), amount, kernels.n_threads())
    return amount


def in_oil(held: Floats, keeps: Floats, amount: Floats) -> Floats:
    """Return what the oil holds of `held`, shape (component, cell): T_j N / (N + a_j).

    Parameters
    ----------
    held : ndarray of float64, shape (component, cell)
        T_j, as moles or as masses.
    keeps : ndarray of float64, shape (component, cell)
        a_j [mol].
    amount : ndarray of float64, shape (cell,)
        N [mol].
    """
    whole = amount + keeps
    return np.where(whole > 0.0, held * (amount / np.where(whole > 0.0, whole, 1.0)), 0.0)
