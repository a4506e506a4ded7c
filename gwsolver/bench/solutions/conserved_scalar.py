"""Donor and acceptor that react as fast as they meet: their difference is carried as if nothing reacted."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.bench.solutions.column import ogata_banks

Floats = NDArray[np.float64]


def demand(donors: ArrayLike, acceptor: ArrayLike, utilisation: ArrayLike) -> Floats:
    """Return Psi = sum of F_j H_j - A, in units of the acceptor [M/L**3].

    It obeys the transport equation without reaction if all species spread alike and none sorbs.

    Parameters
    ----------
    donors : array_like, shape (donor, ...)
        H_j [M/L**3].
    acceptor : array_like, shape (...)
        A [M/L**3].
    utilisation : array_like, shape (donor,)
        F_j, mass of acceptor per mass of donor.
    """
    return np.tensordot(np.asarray(utilisation, float), np.asarray(donors, float), 1) - np.asarray(acceptor, float)


def split(psi: ArrayLike, utilisation: float) -> tuple[Floats, Floats]:
    """Return the donor and the acceptor that Psi stands for: max(Psi, 0) / F and max(-Psi, 0)."""
    psi = np.asarray(psi, float)
    return np.maximum(psi, 0.0) / utilisation, np.maximum(-psi, 0.0)


def instantaneous_column(
    x: ArrayLike, time: float, *, inlet_donor: float, background_acceptor: float, utilisation: float,
    seepage_velocity: float, dispersion: float, inlet_acceptor: float = 0.0,
) -> tuple[Floats, Floats]:
    """Return donor and acceptor in a semi-infinite column whose inlet is held at a donor, full of acceptor before.

        Psi = Psi_inlet phi - A_background (1 - phi),   phi of `ogata_banks`

    Parameters
    ----------
    inlet_donor, inlet_acceptor, background_acceptor : float
        [M/L**3]; at the inlet they react before they come in.
    utilisation : float
        F, mass of acceptor per mass of donor.

    Notes
    -----
    Borden and Bedient (1986), Water Resources Research 22(13), 1973-1982, for the superposition of the two.
    """
    phi = ogata_banks(x, time, seepage_velocity=seepage_velocity, dispersion=dispersion)
    inlet = float(demand([inlet_donor], inlet_acceptor, [utilisation]))
    return split(inlet * phi - background_acceptor * (1.0 - phi), utilisation)
