"""How fast oil dissolves: correlations for the mass transfer coefficient, and the flux from a lens.

J = k_L a (x S - C) per volume of aquifer, k_L a = Sh D / d50**2. The correlations are from laboratory columns, at
Reynolds numbers far above those of most aquifers; coefficients are as recalled from their papers and were not checked
line by line.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gwsolver.core.errors import Problem

MIDDLE_SAND = 5e-4  # diameter of a medium sand grain [m]
FEW = 3.0  # vertical mixing lengths by which a layer may be thicker than the oil in it


@dataclass(frozen=True)
class Conditions:
    """What a correlation may depend on; in m and s.

    Attributes
    ----------
    seepage_velocity : float
        v [m/s].
    grain_size : float
        d50 [m].
    oil_content : float
        theta_n, volume of oil per volume of aquifer [-].
    initial_oil_content : float
        theta_n0 [-].
    porosity : float
        n [-].
    diffusion : float
        D of the component in water [m2/s].
    uniformity : float
        U = d60 / d10 [-].
    distance : float
        x, from where water enters the oil [m].
    kinematic_viscosity : float
        nu of water [m2/s].
    """

    seepage_velocity: float
    grain_size: float
    oil_content: float
    initial_oil_content: float
    porosity: float
    diffusion: float
    uniformity: float = 2.0
    distance: float = 0.03
    kinematic_viscosity: float = 1e-6

    @property
    def reynolds(self) -> float:
        """Re = v d50 / nu, with the seepage velocity."""
        return self.seepage_velocity * self.grain_size / self.kinematic_viscosity

    @property
    def schmidt(self) -> float:
        """Sc = nu / D."""
        return self.kinematic_viscosity / self.diffusion


def _miller(c: Conditions) -> float:
    return float(12.0 * c.reynolds**0.75 * c.oil_content**0.60 * math.sqrt(c.schmidt))


def _imhoff(c: Conditions) -> float:
    return float(340.0 * c.oil_content**0.87 * c.reynolds**0.71 * (c.distance / c.grain_size) ** -0.31)


def _powers_1992(c: Conditions) -> float:
    return float(57.7 * c.reynolds**0.61 * (100.0 * c.grain_size) ** 0.64 * c.uniformity**0.41)  # d50 in cm


def _powers_1994(c: Conditions) -> float:
    size = c.grain_size / MIDDLE_SAND
    left = c.oil_content / c.initial_oil_content
    power = 0.518 + 0.114 * size + 0.10 * c.uniformity
    return float(4.13 * c.reynolds**0.598 * size**0.673 * c.uniformity**0.369 * left**power)


def _nambi(c: Conditions) -> float:
    return float(37.2 * (c.oil_content / c.porosity) ** 1.24 * c.reynolds**0.61)


@dataclass(frozen=True)
class Correlation:
    """One correlation for the modified Sherwood number.

    Attributes
    ----------
    title : str
        The formula in one line.
    source : str
    validity : str
    sherwood : callable
        Conditions -> Sh [-].
    """

    title: str
    source: str
    validity: str
    sherwood: Callable[[Conditions], float]


CORRELATIONS: Mapping[str, Correlation] = {
    "miller": Correlation(
        "Sh = 12 Re^0.75 theta_n^0.60 Sc^0.5",
        "Miller, Poirier-McNeill and Mayer (1990), Water Resources Research 26(11), 2783-2796",
        "toluene in glass beads, 0.0015 < Re < 0.1, 0.016 < theta_n < 0.07", _miller),
    "imhoff": Correlation(
        "Sh = 340 theta_n^0.87 Re^0.71 (x/d50)^-0.31",
        "Imhoff, Jaffe and Pinder (1994), Water Resources Research 30(2), 307-320",
        "trichloroethene in sand, 1.4 <= x/d50 <= 180", _imhoff),
    "powers-1992": Correlation(
        "Sh = 57.7 Re^0.61 d50^0.64 U^0.41, d50 in cm",
        "Powers, Abriola and Weber (1992), Water Resources Research 28(10), 2691-2705",
        "styrene and trichloroethene in sands, steady state at the initial oil content", _powers_1992),
    "powers-1994": Correlation(
        "Sh = 4.13 Re^0.598 (d50/dM)^0.673 U^0.369 (theta_n/theta_n0)^(0.518 + 0.114 d50/dM + 0.10 U), dM = 0.05 cm",
        "Powers, Abriola and Weber (1994), Water Resources Research 30(2), 321-332",
        "styrene and trichloroethene in sands, until the oil is gone", _powers_1994),
    "nambi": Correlation(
        "Sh = 37.2 S_n^1.24 Re^0.61",
        "Nambi and Powers (2003), Water Resources Research 39(2), 1030",
        "one coarse lens with high oil saturation in fine sand", _nambi),
}


def transfer_rate(correlation: Correlation, conditions: Conditions) -> float:
    """Return the lumped mass transfer rate k_L a = Sh D / d50**2 [1/s]."""
    return correlation.sherwood(conditions) * conditions.diffusion / conditions.grain_size**2


def damkoehler(rate: float, length: float, specific_discharge: float) -> float:
    """Return Da = k_L a L / q [-]: water leaves a stretch with oil in equilibrium where it is far above one."""
    return rate * length / specific_discharge


def vertical_dispersion(seepage_velocity: float, vertical_dispersivity: float, pore_diffusion: float) -> float:
    """Return D_v = alpha_TV v + D_p [L**2/T]."""
    return vertical_dispersivity * seepage_velocity + pore_diffusion


def lens_flux(
    concentration: float, porosity: float, seepage_velocity: float, dispersion: float, length: float
) -> float:
    """Return the mean flux from a lens into water that flows by below it, C n sqrt(4 D_v v / (pi L)) [M/L**2/T].

    Hunt, Sitar and Udell (1988), Water Resources Research 24(8), 1247-1258: a pool in uniform flow.

    Parameters
    ----------
    concentration : float
        Effective solubility C [M/L**3].
    porosity : float
        n [-].
    seepage_velocity : float
        v [L/T].
    dispersion : float
        D_v across the flow (`vertical_dispersion`) [L**2/T].
    length : float
        Of the lens along the flow, L [L].
    """
    return concentration * porosity * math.sqrt(4.0 * dispersion * seepage_velocity / (math.pi * length))


def mixing_length(seepage_velocity: float, dispersion: float, length: float) -> float:
    """Return the thickness of water that would carry all a lens gives, sqrt(4 D_v L / (pi v)) [L].

    Where dispersion is all that mixes, D_v = alpha_TV v, the velocity cancels: any will do.
    """
    return math.sqrt(4.0 * dispersion * length / (math.pi * seepage_velocity))


def dilution_warnings(layer: float, oil: float, mixing: float, **place: object) -> list[Problem]:
    """Return a warning where a cell is much thicker than the oil in it and the water that meets the oil.

    Parameters
    ----------
    layer : float
        Thickness of the cell [L].
    oil : float
        Thickness of the zone with oil in it [L].
    mixing : float
        `mixing_length` [L].
    """
    if layer <= oil + FEW * mixing:
        return []
    return [Problem(
        f"source concentration diluted by layer thickness: the cell is {layer:g} thick, oil and the water it mixes "
        f"with {oil + mixing:.3g}; the cell takes {layer / (oil + mixing):.3g} times the water that meets oil",
        hint=f"Make the layer no thicker than {oil + FEW * mixing:.3g}.", **place,  # type: ignore[arg-type]
    )]
