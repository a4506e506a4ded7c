"""Which cells are solved for within stages: those that hold next to no water but pass it on (`implicit_cells`).

Lakes and reaches are among them where they would take many more sub-steps than the aquifer does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.coefficients import n_stages
from gwsolver.transport.explicit.limits import emptying_rate
from gwsolver.transport.explicit.work import Work

Floats = NDArray[np.float64]
NEARLY_DRY = 0.1  # part of what a full cell holds
FASTER = 2.0  # times faster than 99 % of the cells that hold water
BODY_STEPS = 20.0  # sub-steps of an interval that are taken to follow a lake or a reach


@dataclass(frozen=True, eq=False)
class Turnover:
    """How fast water turns over in cells that hold next to none, while flow and boundaries last.

    Attributes
    ----------
    dry : ndarray of bool, shape (cell,)
        Cells without water that pass water on.
    little : ndarray of int64, shape (little,)
        Cells that hold little and pass water on.
    pace : ndarray of float64, shape (little,)
        Part of what they hold that can leave per time [1/T].
    usual : float
        Pace that 99 % of the other cells do not exceed [1/T]; found only where some hold little.
    least_steps : ndarray of float64, shape (little,)
        Sub-steps of an interval that are taken to follow each.
    """

    dry: NDArray[np.bool_]
    little: NDArray[np.int64]
    pace: Floats
    usual: float
    least_steps: Floats


def turnover(work: Work) -> Turnover:
    """Return the turnover of cells that hold next to no water."""
    k, b = work.capacity, work.boundaries
    rate = emptying_rate(work.coefficients, b)
    most, least = np.maximum(k.start, k.end), np.minimum(k.start, k.end)
    passes = (rate > 0.0) & ~b.fixed
    wet = most > 0.0
    low = wet & (most < NEARLY_DRY * work.model.mobile.porosity * work.model.grid.volume)
    steps, bodies = np.full(wet.size, float(n_stages(work.coefficients))), work.model.grid.water_bodies
    low[bodies], steps[bodies] = wet[bodies], BODY_STEPS
    little = np.flatnonzero(low & passes)
    content = np.maximum(least, k.least)
    usual = 0.0
    if little.size:
        ordinary = wet & passes & ~low
        usual = float(np.quantile(rate[ordinary] / content[ordinary], 0.99)) if ordinary.any() else 0.0
    return Turnover(passes & ~wet, little, rate[little] / content[little], usual, steps[little])


def cells_to_solve(work: Work, span: float) -> NDArray[np.bool_]:
    """Return cells without water that pass water on, and nearly dry ones too fast for sub-steps; shape (cell,).

    Parameters
    ----------
    span : float
        Length of the interval [T].
    """
    water = work.lasting(turnover)
    usual = np.maximum(water.usual * span, water.least_steps)
    fast = water.little[water.pace * span > FASTER * usual]
    if not fast.size:
        return water.dry
    found = water.dry.copy()
    found[fast] = True
    return found
