"""What the rock does to water and to solute: the properties of cells."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import Problem, outside
from gwsolver.core.isotherms import isotherms
from gwsolver.core.wetting import Wetting

Floats = NDArray[np.float64]


AVERAGING = ("harmonic", "logarithmic", "amt-lmk", "amt-hmk")


@dataclass(frozen=True, eq=False)
class FaceRules:
    """How the conductance of each face follows from its two cells, face by face.

    Attributes
    ----------
    averaging : ndarray of int8, shape (face,)
        Place in `AVERAGING`, of horizontal faces.
    perched, variable_cv, dewatered : ndarray of bool, shape (face,)
        MODFLOW's PERCHED, VARIABLECV and its DEWATERED, of vertical faces.
    upstream : ndarray of bool, shape (face,)
        In the NEWTON formulation: weighted upstream, as its own faces are; else as in the standard one.
    """

    averaging: NDArray[np.int8]
    perched: NDArray[np.bool_]
    variable_cv: NDArray[np.bool_]
    dewatered: NDArray[np.bool_]
    upstream: NDArray[np.bool_]

    @classmethod
    def uniform(
        cls, n_faces: int, averaging: str, *, perched: bool = False, variable_cv: bool = False,
        dewatered: bool = False, upstream: bool = True,
    ) -> "FaceRules":
        """Return the same rules for all faces: arrays that take no room and are not to be changed."""
        flags = (np.broadcast_to(np.bool_(flag), n_faces) for flag in (perched, variable_cv, dewatered, upstream))
        return cls(np.broadcast_to(np.int8(AVERAGING.index(averaging)), n_faces), *flags)


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
    face_rules : FaceRules or None
        Where models with rules of their own are joined: instead of the four fields before.
    wetting : Wetting or None
        MODFLOW's REWET: how dry cells become wet again; None: they stay dry.
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
    face_rules: FaceRules | None = None
    wetting: Wetting | None = None

    def rules(self, n_faces: int) -> FaceRules:
        """Return the rules of each face."""
        return self.face_rules or FaceRules.uniform(
            n_faces, self.averaging, perched=self.perched, variable_cv=self.variable_cv, dewatered=self.dewatered)

    def problems(self) -> list[Problem]:
        """Return everything that keeps these values from being solved."""
        return [
            *outside("k", self.k, "(0, inf)"),
            *outside("k22", self.k22, "(0, inf)"),
            *outside("k33", self.k33, "(0, inf)"),
            *(self.wetting.problems() if self.wetting else ()),
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
class Domain:
    """Storage, equilibrium sorption and decay in a part of the aquifer; all values per volume of aquifer.

    MODFLOW gives porosity and bulk density of a domain per volume of that domain: the reader has
    multiplied them by the domain's share of the aquifer.

    Attributes
    ----------
    porosity : ndarray of float64, shape (cell,)
        Volume of the domain's water per volume of aquifer, n [-].
    bulk_density : ndarray of float64, shape (cell,)
        Dry solid in contact with it per volume of aquifer, rho_b [M/L**3], >= 0; zero where nothing sorbs.
    distribution_coefficient : ndarray of float64, shape (cell,)
        Kd [L**3/M], or the first parameter of the isotherm, >= 0; zero where nothing sorbs.
    decay_rate : ndarray of float64, shape (cell,)
        Decay of the dissolved solute: lambda [1/T], or mass per volume of water and time [M/L**3/T] if of
        order zero. Negative: production.
    decay_rate_sorbed : ndarray of float64, shape (cell,)
        Decay of the sorbed solute: [1/T], or mass per mass of solid and time [1/T] if of order zero.
    isotherm : str
        A name of `gwsolver.core.isotherms`.
    sorption_parameter : ndarray of float64, shape (cell,), or None
        Second parameter of the isotherm (SP2): Freundlich's exponent [-], Langmuir's capacity [M/M].
    decay_order : int
        1 or 0.
    """

    porosity: Floats
    bulk_density: Floats
    distribution_coefficient: Floats
    decay_rate: Floats
    decay_rate_sorbed: Floats
    isotherm: str = "linear"
    sorption_parameter: Floats | None = None
    decay_order: int = 1

    @property
    def second(self) -> Floats:
        """Second parameter of the isotherm; ones where none is given."""
        return np.ones(self.porosity.size) if self.sorption_parameter is None else self.sorption_parameter

    @property
    def nonlinear(self) -> bool:
        """Whether retardation depends on the concentration."""
        return not isotherms()[self.isotherm].linear

    def sorbed(self, concentration: Floats) -> Floats:
        """Return the sorbed mass per mass of solid in equilibrium with a concentration, shape (cell,)."""
        return isotherms()[self.isotherm].sorbed(concentration, self.distribution_coefficient, self.second)

    def problems(self) -> list[Problem]:
        """Return everything that keeps these values from being solved."""
        found = [
            *outside("bulk_density", self.bulk_density, "[0, inf)"),
            *outside("distcoef", self.distribution_coefficient, "[0, inf)"),
            *outside("decay", self.decay_rate, "(-inf, inf)"),
            *outside("decay_sorbed", self.decay_rate_sorbed, "(-inf, inf)"),
        ]
        sorbs = self.bulk_density * self.distribution_coefficient > 0.0
        if self.nonlinear:
            found += outside("sp2", np.where(sorbs, self.second, 1.0), isotherms()[self.isotherm].allowed)
        return found


@dataclass(frozen=True, eq=False)
class MobileDomain(Domain):
    """The water that moves, and the solid in contact with it (MODFLOW's MST).

    Its porosity and bulk density are MODFLOW's times the share of the aquifer that is not immobile.
    """

    def problems(self) -> list[Problem]:
        """Return everything that keeps these values from being solved."""
        hint = "Porosity is a fraction: write 30% as 0.30."
        return [*outside("porosity", self.porosity, "(0, 1]", hint=hint), *super().problems()]


@dataclass(frozen=True, eq=False)
class ImmobileDomain(Domain):
    """Water that stands, in exchange with the water that moves (MODFLOW's IST).

    Its contents do not follow the cell's saturation, its exchange does (as in MODFLOW 6).

    Attributes
    ----------
    name : str
        Lower-case package name.
    transfer_rate : ndarray of float64, shape (cell,)
        zeta [1/T]: mass zeta (C - C_im) passes per volume of saturated aquifer and time.
    initial_concentration : ndarray of float64, shape (cell,)
        Dissolved, at the start [M/L**3].
    saves_concentration : bool
        A file of its concentrations was asked for (CIM FILEOUT).
    saves_sorbate : bool
        A file of what sorbs per mass of solid was asked for (SORBATE FILEOUT).
    """

    name: str = field(kw_only=True)
    transfer_rate: Floats = field(kw_only=True)
    initial_concentration: Floats = field(kw_only=True)
    saves_concentration: bool = field(default=False, kw_only=True)
    saves_sorbate: bool = field(default=False, kw_only=True)

    def problems(self) -> list[Problem]:
        """Return everything that keeps these values from being solved."""
        return [
            # Above 1 where the domain stands for slow sorption (volume of water that would hold as much).
            *outside("porosity", self.porosity, "[0, inf)"),
            *outside("zetaim", self.transfer_rate, "[0, inf)"),
            *outside("cim", self.initial_concentration, "[0, inf)"),
            *super().problems(),
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
    xt3d, xt3d_rhs : bool
        MODFLOW 6 would use XT3D (XT3D_OFF was not given), its cross terms on the right-hand side
        (XT3D_RHS); for schemes that follow MODFLOW 6.
    """

    alh: Floats
    alv: Floats
    ath1: Floats
    ath2: Floats
    atv: Floats
    diffusion_coefficient: Floats
    warnings: tuple[str, ...] = field(default=())
    xt3d: bool = True
    xt3d_rhs: bool = False

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
