"""Oil from the surface at the water table: a kinematic front with residual left behind, then a lens that fills.

Weaver, Charbeneau, Tauxe, Lien and Provost (1994), The Hydrocarbon Spill Screening Model (HSSM), EPA/600/R-94/039a, in
its simplest form: the front moves at the rate at which the unsaturated zone conducts oil, all it passes keeps residual.
"""

from dataclasses import dataclass

from gwsolver.core.errors import Problem
from gwsolver.reactions.oil.lens import lens_radius
from gwsolver.reactions.sources.checks import positive
from gwsolver.reactions.sources.source import Quantity


def oil_conductivity(
    hydraulic_conductivity: float, density_ratio: float, viscosity_ratio: float, relative_permeability: float = 1.0
) -> float:
    """Return K_o = K (rho_o / rho_w) (mu_w / mu_o) k_ro [L/T].

    Parameters
    ----------
    hydraulic_conductivity : float
        K for water [L/T].
    density_ratio : float
        rho_o / rho_w [-].
    viscosity_ratio : float
        mu_o / mu_w [-].
    relative_permeability : float
        k_ro [-].
    """
    return hydraulic_conductivity * density_ratio / viscosity_ratio * relative_permeability


@dataclass(frozen=True)
class LensSchedule:
    """Mass of oil that arrives at the water table below a spill.

    Attributes
    ----------
    area : float
        Of the spill [L**2].
    depth : float
        Oil spilled per area, D [L].
    duration : float
        Of the spill [T].
    unsaturated : float
        Depth to the water table, d [L].
    porosity : float
        n [-].
    residual : float
        Oil saturation left behind, S_or [-]: 0.05 to 0.15 in sands (recalled from textbooks).
    saturation : float
        Oil saturation of the front and of the lens, S_o [-].
    conductivity : float
        For oil, K_o [L/T].
    density : float
        Of the oil [M/L**3].
    start : float
        [T].
    """

    area: float
    depth: float
    duration: float
    unsaturated: float
    porosity: float
    residual: float
    saturation: float
    conductivity: float
    density: float
    start: float = 0.0
    quantity: Quantity = "rate"

    def problems(self) -> list[Problem]:
        """Return what is wrong with the values."""
        found = positive(self, "area", "depth", "duration", "porosity", "saturation", "conductivity", "density",
                         zero=("unsaturated", "residual"))
        for name in ("porosity", "residual", "saturation"):
            if getattr(self, name) > 1.0:
                found.append(Problem(f"source {name}", value=getattr(self, name), allowed="[0, 1]"))
        return found

    @property
    def retained(self) -> float:
        """Oil that the unsaturated zone keeps per area, S_or n d [L]."""
        return self.residual * self.porosity * self.unsaturated

    @property
    def volume(self) -> float:
        """Oil that reaches the water table, A max(D - r, 0) [L**3]."""
        return self.area * max(self.depth - self.retained, 0.0)

    @property
    def arrival(self) -> float:
        """When the front reaches the water table [T]: d over K_o / (n S_o) after the start."""
        return self.start + self.unsaturated * self.porosity * self.saturation / self.conductivity

    @property
    def end(self) -> float:
        """When the last oil arrives [T]: as long after the first as the spill lasts."""
        return self.arrival + self.duration

    @property
    def times(self) -> tuple[float, float]:
        """When oil begins and ends to arrive [T]."""
        return self.arrival, self.end

    def radius(self, thickness: float) -> float:
        """Return the radius of the lens that all of this makes, with this thickness of oil [L]."""
        return lens_radius(self.volume, self.porosity, self.saturation, thickness)

    def at(self, time: float) -> float:
        """Return the mass rate at which oil arrives [M/T]."""
        return self.volume * self.density / self.duration if self.arrival <= time < self.end else 0.0

    def integral(self, start: float, end: float) -> float:
        """Return the mass of oil that arrives between two times [M]."""
        length = max(min(end, self.end) - max(start, self.arrival), 0.0)
        return self.volume * self.density * min(length / self.duration, 1.0)
