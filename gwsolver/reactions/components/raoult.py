"""Raoult's law: what an ideal mixture of liquids gives to water and air."""

from collections.abc import Mapping


def mole_fractions(mass_fractions: Mapping[str, float], molar_mass: Mapping[str, float]) -> dict[str, float]:
    """Return x_j = (w_j / M_j) / sum_k (w_k / M_k)."""
    moles = {name: w / molar_mass[name] for name, w in mass_fractions.items()}
    total = sum(moles.values())
    return {name: n / total for name, n in moles.items()}


def effective_solubility(mole_fraction: float, solubility: float, activity: float = 1.0) -> float:
    """Return C_j = x_j gamma_j S_j, in the unit of the pure liquid's solubility.

    Banerjee (1984), Environmental Science and Technology 18(8), 587-591; gamma of hydrocarbons in oil is about one.
    """
    return mole_fraction * activity * solubility
