"""Crude oils: their composition by components and fractions, and what follows from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gwsolver.reactions.components.raoult import effective_solubility, mole_fractions


@dataclass(frozen=True)
class CrudePart:
    """One component or fraction of a crude.

    Attributes
    ----------
    component : str
        Name in the database.
    fraction : float
        Mass fraction [-].
    molar_mass : float
        [g/mol].
    solubility : float
        Of the pure liquid [mg/L].
    """

    component: str
    fraction: float
    molar_mass: float
    solubility: float


@dataclass(frozen=True)
class Crude:
    """A crude oil.

    Attributes
    ----------
    name : str
    parts : tuple of CrudePart
        Their fractions sum to one.
    density : float
        At 15 C [kg/m3].
    api_gravity : float or None
    status, source, note : str
    """

    name: str
    parts: tuple[CrudePart, ...]
    density: float
    api_gravity: float | None
    status: str
    source: str = ""
    note: str = ""

    @property
    def mole_fractions(self) -> Mapping[str, float]:
        """Mole fraction of each component."""
        return mole_fractions({p.component: p.fraction for p in self.parts},
                              {p.component: p.molar_mass for p in self.parts})

    @property
    def mean_molar_mass(self) -> float:
        """Molar mass of the whole oil [g/mol]."""
        return sum(p.fraction for p in self.parts) / sum(p.fraction / p.molar_mass for p in self.parts)

    @property
    def effective_solubility(self) -> Mapping[str, float]:
        """Concentration of each component in water beside the oil [mg/L]."""
        x = self.mole_fractions
        return {p.component: effective_solubility(x[p.component], p.solubility) for p in self.parts}

    def rest(self, without: Iterable[str]) -> tuple[float, float]:
        """Return the mass fraction [-] and the mean molar mass [g/mol] of all but some components; (0, 0) if none."""
        named = set(without)
        left = [p for p in self.parts if p.component not in named]
        mass = sum(p.fraction for p in left)
        return (mass, mass / sum(p.fraction / p.molar_mass for p in left)) if mass > 0.0 else (0.0, 0.0)
