"""What cannot be, told by the database."""

from typing import Any

from gwsolver.core.errors import Problem
from gwsolver.reactions.components.crude import Crude
from gwsolver.reactions.components.database import Database


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
