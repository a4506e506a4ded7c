"""A page of inputs for a dissolved plume behind a source zone: what BIOSCREEN computes, with the exact solution.

Any consistent units. The source is a vertical plane across the flow, from the water table down to `depth`; its
concentration falls in steps from the middle outwards. ``form="domenico"`` gives BIOSCREEN's own truncated formula, to
compare with studies made with it: it is up to a quarter too low behind the front and half ahead of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf, erfc

from gwsolver.bench.solutions.strip import patch_source
from gwsolver.core.errors import InputError, Problem

Floats = NDArray[np.float64]

UTILISATION = {"oxygen": 3.14, "nitrate": 4.9, "iron": 21.8, "sulfate": 4.7, "methane": 0.78}
"""g of acceptor used, or of product made (iron, methane), per g of BTEX: Newell and others (1996), EPA/600/R-96/087."""
REACTIONS = ("none", "first order", "instantaneous")
FORMS = ("exact", "domenico")


def retardation_factor(
    *, porosity: float, bulk_density: float, fraction_organic_carbon: float, organic_carbon_coefficient: float
) -> float:
    """Return R = 1 + rho_b Koc foc / n, rho_b in kg/L and Koc in L/kg."""
    return 1.0 + bulk_density * organic_carbon_coefficient * fraction_organic_carbon / porosity


def biodegradation_capacity(
    used_or_made: Mapping[str, float], utilisation: Mapping[str, float] = UTILISATION
) -> float:
    """Return how much donor the acceptors of a water can degrade, BC = sum of dA / F [M/L**3].

    Parameters
    ----------
    used_or_made : mapping
        Of each acceptor, by how much it falls from the water upstream to the plume's core; of iron(II) and methane, how
        much is found there. Nitrate as NO3, sulfate as SO4.
    utilisation : mapping
        F, mass of each per mass of donor.

    Raises
    ------
    InputError
        If an acceptor has no F.
    """
    unknown = [name for name in used_or_made if name not in utilisation]
    if unknown:
        raise InputError([
            Problem(what="acceptor without utilisation factor", value=", ".join(unknown),
                    allowed=f"one of {', '.join(utilisation)}")
        ])
    return sum(amount / utilisation[name] for name, amount in used_or_made.items())


@dataclass(frozen=True)
class SourceZone:
    """The page of inputs.

    Attributes
    ----------
    seepage_velocity : float
        v = K i / n of the water [L/T].
    dispersivity : (float, float, float)
        Along the flow, across it, and vertical [L]; the last may be zero.
    zones : tuple of (half_width, concentration)
        From the middle of the source outwards: concentration out to a distance from the axis [L, M/L**3].
    depth : float
        Of the source below the water table [L]; nothing passes the water table.
    retardation : float
        R [-].
    decay_rate : float
        lambda of dissolved and sorbed mass [1/T], used by the reaction "first order".
    capacity : float
        BC, used by the reaction "instantaneous" (`biodegradation_capacity`) [M/L**3].
    soluble_mass : float
        In the source at the start [M]; it dissolves away as exp(-g t), g = Q C / m.
    porosity : float
        n [-], needed where `soluble_mass` is given.
    """

    seepage_velocity: float
    dispersivity: tuple[float, float, float]
    zones: tuple[tuple[float, float], ...]
    depth: float
    retardation: float = 1.0
    decay_rate: float = 0.0
    capacity: float = 0.0
    soluble_mass: float = np.inf
    porosity: float = 0.0

    def __post_init__(self) -> None:
        widths = [width for width, _ in self.zones]
        found = []
        if not widths or any(b <= a for a, b in zip([0.0, *widths], widths, strict=False)):
            found.append(
                Problem(what="half widths of source zones", value=widths, allowed="growing from the middle out")
            )
        if np.isfinite(self.soluble_mass) and not 0.0 < self.porosity <= 1.0:
            found.append(Problem(
                what="porosity", value=self.porosity, allowed="(0, 1]",
                hint="A source of finite mass needs it for the water that flows through.",
            ))
        if found:
            raise InputError(found)

    @property
    def mass_rate(self) -> float:
        """What the water carries out of the source at the start, Q C = v n Z sum of 2 Y dC [M/T]."""
        across = sum(2.0 * width * step for width, step in self._steps())
        return self.seepage_velocity * self.porosity * self.depth * across

    @property
    def source_decay_rate(self) -> float:
        """Rate g = Q C / m at which a source of finite mass weakens [1/T]."""
        return self.mass_rate / self.soluble_mass if np.isfinite(self.soluble_mass) else 0.0

    def concentration(
        self, x: ArrayLike, y: ArrayLike = 0.0, z: ArrayLike = 0.0, *, time: float, reaction: str = "none",
        form: str = "exact",
    ) -> Floats:
        """Return the dissolved concentration of the donor [M/L**3].

        Zones are superposed by the steps dC between them. "Instantaneous": donor less acceptors, in units of donor,
        obeys the equation without reaction; it is sum of dC in the source and -BC in clean water, so that

            C = max(sum of dC_i f_i + BC f_outermost - BC, 0),   f the share that a source brings to a place.

        Parameters
        ----------
        x, y, z : array_like
            Down the flow from the source, from its axis, and below the water table [L]; x > 0.
        time : float
            [T].
        reaction : str
            One of `REACTIONS`.
        form : str
            One of `FORMS`.

        Raises
        ------
        InputError
            If `reaction` or `form` is none of these.

        Notes
        -----
        Exact: Wexler (1992), USGS TWRI 3-B7, equation 121, and Karanovic, Neville and Andrews (2007), Ground Water
        45(2), 242-245 (BIOSCREEN-AT). Superposition: Newell and others (1996), EPA/600/R-96/087. The mass
        that weakens the source is the donor it loses to the water, never counted with BC: BIOSCREEN does so.
        """
        wrong = [
            Problem(what=what, value=value, allowed=f"one of {', '.join(allowed)}")
            for what, value, allowed in (("reaction", reaction, REACTIONS), ("form", form, FORMS))
            if value not in allowed
        ]
        if wrong:
            raise InputError(wrong)
        share = self._exact if form == "exact" else self._domenico
        decay = self.decay_rate if reaction == "first order" else 0.0
        x, y, z = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float), np.asarray(z, float))
        total = np.zeros(x.shape)
        for width, step in self._steps():
            total += step * share(x, y, z, time, width, decay, self.source_decay_rate)
        if reaction != "instantaneous":
            return total
        acceptors = self.capacity * (1.0 - share(x, y, z, time, self.zones[-1][0], 0.0, 0.0))
        return np.maximum(total - acceptors, 0.0)

    def _steps(self) -> list[tuple[float, float]]:
        """Return each half width with the step of concentration at its end."""
        beyond = [*(c for _, c in self.zones[1:]), 0.0]
        return [(width, c - next_) for (width, c), next_ in zip(self.zones, beyond, strict=True)]

    def _exact(
        self, x: Floats, y: Floats, z: Floats, time: float, width: float, decay: float, weakens: float
    ) -> Floats:
        """Return the share by Wexler's integral."""
        longitudinal, across, vertical = (a * self.seepage_velocity for a in self.dispersivity)
        return patch_source(
            x, y, z, time, width=(-width, width), height=(-self.depth, self.depth),
            seepage_velocity=self.seepage_velocity, dispersion=(longitudinal, across, vertical),
            retardation=self.retardation, decay_rate=decay, source_decay_rate=weakens,
        )

    def _domenico(
        self, x: Floats, y: Floats, z: Floats, time: float, width: float, decay: float, weakens: float
    ) -> Floats:
        """Return BIOSCREEN's share: Domenico (1987), Journal of Hydrology 91, 49-58, without its second term in x."""
        longitudinal, across, vertical = self.dispersivity
        v = self.seepage_velocity / self.retardation
        root = np.sqrt(1.0 + 4.0 * decay * longitudinal / v)
        ahead = erfc((x - v * time * root) / (2.0 * np.sqrt(longitudinal * v * time)))
        source = np.exp(x / (2.0 * longitudinal) * (1.0 - root) - weakens * np.maximum(time - x / v, 0.0))
        return 0.125 * source * ahead * _spread(y, width, across * x) * _spread(z, self.depth, vertical * x)


def _spread(y: Floats, half_width: float, square: Floats) -> Floats:
    """Return erf((y + Y) / 2 s) - erf((y - Y) / 2 s) with s**2 = `square`; 2 inside and 0 outside where it is zero."""
    s = 2.0 * np.sqrt(np.maximum(square, 1e-300))
    return erf((y + half_width) / s) - erf((y - half_width) / s)
