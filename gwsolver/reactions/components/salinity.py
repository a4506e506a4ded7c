"""Salting out: hydrocarbons dissolve less in brine."""

SETSCHENOW = 0.25  # K_s of BTEX in NaCl [L/mol], 0.2 to 0.3, recalled from textbooks
SODIUM_CHLORIDE = 58.44  # [g/mol]


def salting_out(salt: float, constant: float = SETSCHENOW) -> float:
    """Return the factor on solubility in water with this much salt, 10 ** (-K_s I) [-].

    Setschenow (1889), Zeitschrift für Physikalische Chemie 4, 117-125.

    Parameters
    ----------
    salt : float
        Concentration of NaCl, or of a salt like it [mol/L], >= 0.
    constant : float
        K_s [L/mol].
    """
    return float(10.0 ** (-constant * salt))


def salt_of(dissolved_solids: float) -> float:
    """Return the NaCl concentration [mol/L] of water with these total dissolved solids [g/L], taken to be all NaCl."""
    return dissolved_solids / SODIUM_CHLORIDE
