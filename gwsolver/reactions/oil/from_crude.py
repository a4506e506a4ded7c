"""From the database to oil bodies: components and oils in a model's units."""

from collections.abc import Sequence
from typing import Any

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.units import convert
from gwsolver.reactions.components import Crude, Database
from gwsolver.reactions.oil.body import Oil, OilComponent


def oil_component(species: str, database: Database, concentration: str, factor: float = 1.0) -> OilComponent:
    """Return a species that dissolves from oil.

    Parameters
    ----------
    species : str
        A name or alias in the database.
    database : Database
    concentration : str
        The model's unit of concentration, as "g/m3".
    factor : float
        On the solubility: salting out, activity coefficient.
    """
    found = database.component(species)
    return OilComponent(species, found.value("molar_mass"), factor * found.value("liquid_solubility", concentration))


def oil_of(crude: Crude, species: Sequence[str], database: Database, density: str) -> Oil:
    """Return a crude as an oil whose named species dissolve, while the rest of it is bulk.

    Parameters
    ----------
    crude : Crude
    species : sequence of str
        Transported species that are components of oil.
    database : Database
    density : str
        The model's unit of mass over its unit of volume, as "g/m3".

    Raises
    ------
    InputError
        If no species is in this crude.
    """
    names = {database.component(s).name: s for s in species}
    fractions = {names[p.component]: p.fraction for p in crude.parts if p.component in names}
    if not fractions:
        raise InputError([Problem(f"none of the species {', '.join(species)} is a component of {crude.name!r}",
                                  hint=f"It has {', '.join(p.component for p in crude.parts)}.")])
    return Oil(fractions, crude.rest(names)[1], convert(crude.density, "kg/m3", density))


def source_problems(
    species: str, concentration: float, crude: Crude, database: Database, **place: Any
) -> list[Problem]:
    """Return what is wrong with a source concentration [mg/L] beside a crude: at most what Raoult's law gives.

    Further keywords (file, line, package) say where the concentration stands.
    """
    limit = crude.effective_solubility.get(database.component(species).name)
    if limit is None or concentration <= limit * (1.0 + 1e-3):  # printed to four digits it may round up
        return []
    return [Problem(f"concentration of {species} = {concentration:g} mg/L is above {limit:.4g} mg/L, all that "
                    f"{crude.name!r} gives to water", hint="Raoult's law: mole fraction times solubility.", **place)]
