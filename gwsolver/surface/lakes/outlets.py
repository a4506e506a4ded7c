"""Outlets of lakes: given rates, channels (Manning) and weirs."""

from collections.abc import Mapping

import numpy as np

from gwsolver.core.features import Floats
from gwsolver.core.lake import OUTLET_TYPES, LakePackage
from gwsolver.kernels import surface_lakes

GRAVITY = 9.80665
"""[m/s**2], as MODFLOW 6 has it."""
WEIR = 0.61
"""Discharge coefficient of a sharp-crested weir [-], as MODFLOW 6 has it."""


def demand(package: LakePackage, numbers: Floats, stage: Floats) -> tuple[Floats, Floats]:
    """Return what each outlet would let out of its lake at a stage, and its derivative.

    Parameters
    ----------
    package : LakePackage
    numbers : ndarray of float64, shape (outlet, 4)
        From `outlet_numbers`.
    stage : ndarray of float64, shape (lake,)

    Returns
    -------
    rate, derivative : ndarray of float64, shape (outlet,)
        [L**3/T], not negative, and [L**2/T].
    """
    found = np.empty((package.outlet_type.size, 2))
    surface_lakes.demands(numbers, stage[package.outlet_from], found)
    return found[:, 0].copy(), found[:, 1].copy()


def outlet_numbers(package: LakePackage, values: Mapping[str, Floats]) -> Floats:
    """Return rate, invert, factor and power of each outlet, which lets out rate + factor d**power.

    With the depth d = h - invert, width w, roughness n and slope s

        manning   Q = w d**(5/3) s**(1/2) / n        weir   Q = 2/3 C w d (2 g d)**(1/2)

    for d > 0, else 0; a specified outlet lets out its rate (given as a negative number).

    Parameters
    ----------
    package : LakePackage
    values : mapping of str to ndarray of float64, shape (outlet,)
        ``rate``, ``invert``, ``width``, ``roughness``, ``slope``.

    Returns
    -------
    numbers : ndarray of float64, shape (outlet, 4)

    Notes
    -----
    MODFLOW 6, gwf-lak, lak_calculate_outlet_outflow; Manning's formula for wide channels (Chow, 1959).
    """
    kind = package.outlet_type
    length, time = package.length_conversion, package.time_conversion
    rough = np.where(values["roughness"] > 0.0, values["roughness"], 1.0)
    manning = np.where(values["roughness"] > 0.0, length ** (1.0 / 3.0) * time / rough, 0.0)
    manning = manning * values["width"] * np.sqrt(np.maximum(values["slope"], 0.0))
    weir = 2.0 / 3.0 * WEIR * values["width"] * np.sqrt(2.0 * GRAVITY * length * time * time)
    given, nothing = np.maximum(-values["rate"], 0.0), np.zeros(kind.size)
    choices = ((given, nothing, 1.0), (nothing, manning, 5.0 / 3.0), (nothing, weir, 1.5))
    assert len(choices) == len(OUTLET_TYPES)
    found = np.zeros((kind.size, 4))
    found[:, 1] = values["invert"]
    for place, (rate, factor, power) in enumerate(choices):
        here = kind == place
        found[here, 0], found[here, 2], found[here, 3] = rate[here], factor[here], power
    return found
