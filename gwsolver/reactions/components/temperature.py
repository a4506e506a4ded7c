"""Values at other temperatures than the database's 25 C.

The solubility of liquid hydrocarbons hardly changes between 5 and 25 C and is left as it is.
"""

import math

REFERENCE = 25.0  # [C]
ZERO = 273.15  # [K]
# Enthalpy of air-water transfer over R [K]: makes H at 10 C 0.45 of that at 25 C, recalled from textbooks for BTEX.
HENRY_SLOPE = math.log(0.45) / (1.0 / (REFERENCE + ZERO) - 1.0 / (10.0 + ZERO))


def water_viscosity(temperature: float) -> float:
    """Return the dynamic viscosity of water [Pa s] at a temperature [C], within 2.5 % from 0 to 100 C.

    mu = 2.414e-5 * 10 ** (247.8 / (T - 140)), T in K: Al-Shemmeri (2012), Engineering Fluid Mechanics, chapter 1.
    """
    return float(2.414e-5 * 10.0 ** (247.8 / (temperature + ZERO - 140.0)))


def diffusion_factor(temperature: float) -> float:
    """Return the factor on a diffusion coefficient in water, T mu(25 C) / (298.15 K mu(T)): Einstein (1905)."""
    warm, here = REFERENCE + ZERO, temperature + ZERO
    return here / warm * water_viscosity(REFERENCE) / water_viscosity(temperature)


def henry_factor(temperature: float, slope: float = HENRY_SLOPE) -> float:
    """Return the factor on Henry's constant, exp(slope (1/T - 1/298.15 K)) with the slope in K (van 't Hoff)."""
    return math.exp(slope * (1.0 / (REFERENCE + ZERO) - 1.0 / (temperature + ZERO)))


def q10_factor(temperature: float, q10: float, reference: float = REFERENCE) -> float:
    """Return the factor on a biological rate that rises by `q10` per 10 C from its reference temperature [C]."""
    return float(q10 ** ((temperature - reference) / 10.0))
