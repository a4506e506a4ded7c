"""What all figures check in what they are asked for."""

from typing import Any

from gwsolver.core.errors import InputError, Problem

WIDTHS = (85, 170)


def check_width(width: int) -> None:
    """Refuse widths that no figure has."""
    if width not in WIDTHS:
        raise InputError([Problem("width", package="figure", value=width, allowed="one of 85, 170 (mm)")])


def default_species(results: Any, species: str) -> str:
    """Return the species, or the first of the run if none is named."""
    if species:
        return species
    if not results.species:
        raise InputError([Problem("the run has no species", package="figure",
                                  hint="This figure shows a solute: add a GWT model.")])
    return str(results.species[0])
