"""The linear store that reaches, deltas and return flows have in common."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import Problem
from gwsolver.surface.node import State
from gwsolver.surface.water import Water, share

Floats = NDArray[np.float64]


def store_problems(initial: Floats | float, lag: Floats | float) -> Iterator[Problem]:
    """Yield what is wrong with what a store holds at the start [m3] and its lag [d]."""
    for name, value, unit in (("initial volume", initial, "m3"), ("lag", lag, "d")):
        if np.any(np.asarray(value) < 0.0):
            yield Problem(name, value=f"{np.min(value):g} {unit}", allowed="[0, inf)")


def released(state: State, arriving: Water, days: float, lag: Floats) -> Water:
    """Return what a linear store lets out in a step; the state is that after it.

    dS/dt = I - S / lag, taken implicitly: S' = (S + I) / (1 + dt / lag). It is positive at any step, and all goes
    through where there is no lag.

    Parameters
    ----------
    state : State
        What it holds, mixed.
    arriving : Water
    days : float
        Length of the step [d].
    lag : ndarray of float64, shape (member,)
        [d], >= 0.
    """
    held, salts = state.volume + arriving.volume, state.salt + arriving.salt
    kept = held * (lag / (lag + days))
    out = held - kept
    gone = salts * share(out, held)
    state.volume, state.salt = kept, salts - gone
    return Water(out, gone)
