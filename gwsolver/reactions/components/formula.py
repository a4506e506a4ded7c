"""What a molecule is made of: atoms and molar mass from its formula, electrons it gives when fully oxidised."""

import re
from collections.abc import Mapping

# Standard atomic masses, abridged to five digits [g/mol]: Prohaska et al. (2022), Pure and Applied Chemistry 94(5),
# 573-600.
ATOMIC_MASS = {
    "H": 1.0080, "C": 12.011, "N": 14.007, "O": 15.999, "F": 18.998, "Na": 22.990, "Mg": 24.305, "P": 30.974,
    "S": 32.06, "Cl": 35.45, "K": 39.098, "Ca": 40.078, "Mn": 54.938, "Fe": 55.845, "Br": 79.904,
}
_ATOM = re.compile(r"([A-Z][a-z]?)(\d*)")


def atoms(formula: str) -> dict[str, int]:
    """Return how many atoms of each element a formula as ``"C6H6"`` has.

    Raises
    ------
    ValueError
        If it is not a row of known elements and counts.
    """
    found: dict[str, int] = {}
    place = 0
    for match in _ATOM.finditer(formula):
        element, count = match[1], int(match[2] or 1)
        if match.start() != place or element not in ATOMIC_MASS:
            break
        found[element] = found.get(element, 0) + count
        place = match.end()
    if not found or place != len(formula):
        raise ValueError(f"formula {formula!r} is not a row of elements and counts as C6H6")
    return found


def molar_mass(counts: Mapping[str, int]) -> float:
    """Return the molar mass of these atoms [g/mol]."""
    return sum(n * ATOMIC_MASS[element] for element, n in counts.items())


def electrons(counts: Mapping[str, int]) -> int:
    """Return the electrons a molecule gives on its way to CO2, H2O and NH4+: e = 4 C + H - 2 O - 3 N.

    Rittmann and McCarty (2001), Environmental Biotechnology, section 2.4.

    Raises
    ------
    ValueError
        If there are other elements: their oxidation is not unique.
    """
    other = sorted(set(counts) - {"C", "H", "O", "N"})
    if other:
        raise ValueError(f"electrons of molecules with {', '.join(other)} are not defined")
    count = counts.get
    return 4 * count("C", 0) + count("H", 0) - 2 * count("O", 0) - 3 * count("N", 0)
