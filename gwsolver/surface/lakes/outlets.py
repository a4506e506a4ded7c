"""Outlets of lakes: given rates, channels (Manning) and weirs."""

from collections.abc import Mapping

import numpy as np

from gwsolver.core.features import Floats
from gwsolver.core.lake import OUTLET_TYPES, LakePackage

GRAVITY = 9.80665
"""[m/s**2], as MODFLOW 6 has it."""
WEIR = 0.61
"""Discharge coefficient of a sharp-crested weir [-], as MODFLOW 6 has it."""


def demand(package: LakePackage, values: Mapping[str, Floats], stage: Floats) -> tuple[Floats, Floats]:
    """Return what each outlet would let out of its lake at a stage, and its derivative.

    With the depth d = h - invert, width w, roughness n and slope s

        manning   Q = w d**(5/3) s**(1/2) / n        weir   Q = 2/3 C w d (2 g d)**(1/2)

    for d > 0, else 0; a specified outlet lets out its rate (given as a negative number).

    Parameters
    ----------
    package : LakePackage
    values : mapping of str to ndarray of float64, shape (outlet,)
        ``rate``, ``invert``, ``width``, ``roughness``, ``slope``.
    stage : ndarray of float64, shape (lake,)

    Returns
    -------
    rate, derivative : ndarray of float64, shape (outlet,)
        [L**3/T], not negative, and [L**2/T].

    Notes
    -----
    MODFLOW 6, gwf-lak, lak_calculate_outlet_outflow; Manning's formula for wide channels (Chow, 1959).
    """
    kind = package.outlet_type
    depth = np.maximum(stage[package.outlet_from] - values["invert"], 0.0)
    length, time = package.length_conversion, package.time_conversion
    rough = np.where(values["roughness"] > 0.0, values["roughness"], 1.0)
    manning = np.where(values["roughness"] > 0.0, length ** (1.0 / 3.0) * time / rough, 0.0)
    manning = manning * values["width"] * np.sqrt(np.maximum(values["slope"], 0.0))
    weir = 2.0 / 3.0 * WEIR * values["width"] * np.sqrt(2.0 * GRAVITY * length * time * time)
    choices = (
        (np.maximum(-values["rate"], 0.0), np.zeros_like(depth)),
        (manning * depth ** (5.0 / 3.0), manning * 5.0 / 3.0 * depth ** (2.0 / 3.0)),
        (weir * depth**1.5, weir * 1.5 * np.sqrt(depth)),
    )
    assert len(choices) == len(OUTLET_TYPES)
    rate, slope = np.zeros(kind.size), np.zeros(kind.size)
    for place, (q, dq) in enumerate(choices):
        rate, slope = np.where(kind == place, q, rate), np.where(kind == place, dq, slope)
    return rate, slope
