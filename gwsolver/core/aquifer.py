"""What the rock does to water and to solute: the properties of cells."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import Problem, outside

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Conductivity:
    """Hydraulic conductivity and how cells are joined (MODFLOW's NPF).

    Attributes
    ----------
    k, k22, k33 : ndarray of float64, shape (cell,)
        Principal hydraulic conductivities [L/T]; ratio options already applied.
    cell_type : ndarray of int64, shape (cell,)
        ICELLTYPE: 0 confined, > 0 water-table, < 0 water-table unless the start head is at the top.
    angle1, angle2, angle3 : ndarray of float64, shape (cell,)
        Rotation of the ellipsoid of conductivity (radians), as MODFLOW defines it.
    averaging : str
        "harmonic", "logarithmic", "amt-lmk" or "amt-hmk" (ALTERNATIVE_CELL_AVERAGING).
    perched, variable_cv, dewatered : bool
        MODFLOW's PERCHED, VARIABLECV and its DEWATERED.
    """

    k: Floats
    k22: Floats
    k33: Floats
    cell_type: NDArray[np.int64]
    angle1: Floats
    angle2: Floats
    angle3: Floats
    averaging: str = "harmonic"
    perched: bool = False
    variable_cv: bool = False
    dewatered: bool = False

    def problems(self) -> list[Problem]:
        """Return everything that keeps these values from being solved."""
        return [
            *outside("k", self.k, "(0, inf)"),
            *outside("k22", self.k22, "(0, inf)"),
            *outside("k33", self.k33, "(0, inf)"),
        ]


@dataclass(frozen=True, eq=False)
class Storage:
    """Storage of water in the rock (MODFLOW's STO).

    Attributes
    ----------
    specific_storage : ndarray of float64, shape (cell,)
        Ss [1/L], or the storage coefficient [-] if `is_coefficient`.
    specific_yield : ndarray of float64, shape (cell,)
        Sy [-].
    convertible : ndarray of bool, shape (cell,)
        ICONVERT > 0: drains at the water table.
    is_coefficient : bool
        STORAGECOEFFICIENT was given.
    confined_only : bool
        SS_CONFINED_ONLY was given.
    transient : tuple of bool
        One per stress period.
    """

    specific_storage: Floats
    specific_yield: Floats
    convertible: NDArray[np.bool_]
    is_coefficient: bool
    confined_only: bool
    transient: tuple[bool, ...]

    def problems(self) -> list[Problem]:
        """Return everything that keeps these values from being solved."""
        return [
            *outside("ss", self.specific_storage, "[0, inf)"),
            *outside("sy", self.specific_yield, "[0, inf)"),
        ]


@dataclass(frozen=True, eq=False)
class MobileDomain:
    """Storage, linear sorption and decay in the water that moves (MODFLOW's MST).

    Attributes
    ----------
    porosity : ndarray of float64, shape (cell,)
        Volume of moving water per volume of aquifer, n [-], 0 < n <= 1.
    bulk_density : ndarray of float64, shape (cell,)
        Dry solid per volume of aquifer, rho_b [M/L**3], >= 0; zero where nothing sorbs.
    distribution_coefficient : ndarray of float64, shape (cell,)
        Kd [L**3/M], >= 0; zero where nothing sorbs.
    decay_rate : ndarray of float64, shape (cell,)
        First-order decay of the dissolved solute, lambda [1/T].
    decay_rate_sorbed : ndarray of float64, shape (cell,)
        First-order decay of the sorbed solute [1/T].
    """

    porosity: Floats
    bulk_density: Floats
    distribution_coefficient: Floats
    decay_rate: Floats
    decay_rate_sorbed: Floats

    def problems(self) -> list[Problem]:
        """Return everything that keeps these values from being solved."""
        return [
            *outside("porosity", self.porosity, "(0, 1]", hint="Porosity is a fraction: write 30% as 0.30."),
            *outside("bulk_density", self.bulk_density, "[0, inf)"),
            *outside("distcoef", self.distribution_coefficient, "[0, inf)"),
            *outside("decay", self.decay_rate, "[0, inf)"),
            *outside("decay_sorbed", self.decay_rate_sorbed, "[0, inf)"),
        ]


@dataclass(frozen=True, eq=False)
class Dispersion:
    """Mechanical dispersion and molecular diffusion (MODFLOW's DSP), its defaults already applied.

    Attributes
    ----------
    alh, alv : ndarray of float64, shape (cell,)
        Longitudinal dispersivity for horizontal and for vertical flow, aL [L].
    ath1, ath2, atv : ndarray of float64, shape (cell,)
        Transverse dispersivity [L]: horizontal spreading of horizontal flow, vertical spreading of
        horizontal flow, spreading of vertical flow.
    diffusion_coefficient : ndarray of float64, shape (cell,)
        Effective molecular diffusion, Dm [L**2/T].
    warnings : tuple of str
        What a reader should know (ATV given without ATH2, ...).
    """

    alh: Floats
    alv: Floats
    ath1: Floats
    ath2: Floats
    atv: Floats
    diffusion_coefficient: Floats
    warnings: tuple[str, ...] = field(default=())

    def problems(self) -> list[Problem]:
        """Return everything that keeps these values from being solved."""
        return [
            *outside("alh", self.alh, "[0, inf)"),
            *outside("alv", self.alv, "[0, inf)"),
            *outside("ath1", self.ath1, "[0, inf)"),
            *outside("ath2", self.ath2, "[0, inf)"),
            *outside("atv", self.atv, "[0, inf)"),
            *outside("diffc", self.diffusion_coefficient, "[0, inf)"),
        ]
