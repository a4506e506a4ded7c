"""One component, as typed record: what the database knows of it, each value with its unit."""

from dataclasses import dataclass

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.units import convert
from gwsolver.reactions.components.columns import PROPERTIES

GAS_CONSTANT = 8.314462618  # R [J/mol/K], exact since 2019
REFERENCE = 298.15  # temperature of the database's values [K]
_UNITS = {c.field: c.unit for c in PROPERTIES.columns.values() if c.is_number} | {"koc": "L/kg"}


@dataclass(frozen=True)
class Component:
    """A component of oil, or what it reacts with, at 25 C; None where nothing is known.

    Attributes
    ----------
    name : str
    aliases : tuple of str
        Other names by which it is found.
    kind : str
        "BTEX", "alkane", "TPH fraction", "oil fraction", "ion", ...
    formula : str
    molar_mass : float or None
        [g/mol].
    density : float or None
        At 20 C [kg/m3].
    solubility : float or None
        Of the pure substance as it is at 25 C [mg/L].
    liquid_solubility : float or None
        Of the liquid, sub-cooled if it is solid at 25 C [mg/L]: what Raoult's law takes.
    vapour_pressure : float or None
        Of the liquid, sub-cooled likewise [Pa].
    henry : float or None
        Henry's constant [Pa m3/mol].
    log_kow, log_koc : float or None
        Logarithms of the octanol-water and organic carbon-water (in L/kg) coefficients.
    diffusion_water, diffusion_air : float or None
        [m2/s].
    status, source, note : str
    file : str
    line : int or None
    """

    name: str
    aliases: tuple[str, ...]
    kind: str
    formula: str
    molar_mass: float | None
    density: float | None
    solubility: float | None
    liquid_solubility: float | None
    vapour_pressure: float | None
    henry: float | None
    log_kow: float | None
    log_koc: float | None
    diffusion_water: float | None
    diffusion_air: float | None
    status: str
    source: str = ""
    note: str = ""
    file: str = ""
    line: int | None = None

    @property
    def koc(self) -> float | None:
        """Organic carbon-water coefficient [L/kg]."""
        return None if self.log_koc is None else float(10.0**self.log_koc)

    @property
    def henry_dimensionless(self) -> float | None:
        """Air-water coefficient at 25 C, H / (R T) [-]."""
        return None if self.henry is None else self.henry / (GAS_CONSTANT * REFERENCE)

    def value(self, field: str, unit: str = "") -> float:
        """Return a value that must be known, in `unit` (default: the database's own).

        Raises
        ------
        InputError
            If the database does not know it.
        """
        number = getattr(self, field)
        if number is None:
            raise InputError([Problem(f"{field.replace('_', ' ')} of {self.name!r} is not known", file=self.file,
                                      line=self.line, hint="Add it in a file of your own with the same columns.")])
        return convert(number, _UNITS[field], unit) if unit else float(number)
