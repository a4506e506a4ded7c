"""Water that is moved from packages to lakes and reaches (MODFLOW's MVR)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.time import TimeStep

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOVES = ("factor", "excess", "threshold", "upto")


@dataclass(frozen=True)
class Move:
    """One rule by which a provider gives water to a receiver.

    Attributes
    ----------
    provider, receiver : str
        Lower-case package names.
    provider_number : int
        Zero-based: entry of a boundary package, outlet of a lake package, reach.
    receiver_number : int
        Zero-based lake or reach.
    kind : str
        "factor" (this part of what is there), "excess" (what is above it), "threshold" (it, if there is as much),
        "upto" (at most it).
    value : float
        [-] for "factor", else [L**3/T].
    """

    provider: str
    provider_number: int
    receiver: str
    receiver_number: int
    kind: str
    value: float

    def takes(self, there: float, whole: float) -> float:
        """Return what this rule moves of what is still there; `whole` was there before other rules.

        Source: MODFLOW 6, Mover.f90, qrcalc.
        """
        if self.kind == "factor":
            return min(max(whole, 0.0) * self.value, there)
        if self.kind == "excess":
            return max(there - self.value, 0.0)
        if self.kind == "threshold":
            return self.value if there >= self.value else 0.0
        return min(self.value, there)


@dataclass(frozen=True)
class MoverPackage:
    """The rules of a model.

    Attributes
    ----------
    name : str
    periods : tuple of (int, tuple of Move)
        Rules that hold from a zero-based period on, until the next ones.
    file : str
    """

    name: str
    periods: tuple[tuple[int, tuple[Move, ...]], ...]
    file: str = ""

    def at(self, step: TimeStep) -> tuple[Move, ...]:
        """Return the rules in force during a step, in the order in which they are served."""
        return self.in_period(step.period)

    def in_period(self, period: int) -> tuple[Move, ...]:
        """Return the rules in force in a zero-based period."""
        found: tuple[Move, ...] = ()
        for begin, moves in self.periods:
            if begin <= period:
                found = moves
        return found

    def __hash__(self) -> int:
        """Return the identity: rules may be many."""
        return id(self)


@dataclass(frozen=True, eq=False)
class Moved:
    """What was moved during one flow step.

    Attributes
    ----------
    moves : sequence of Move
    rates : ndarray of float64, shape (move,)
        [L**3/T].
    origins : ndarray of int64, shape (move,)
        Zero-based lake or reach that the water comes from, or entry among the `PackageFlow` of a boundary package; -1
        where nothing acts.
    """

    moves: Sequence[Move]
    rates: Floats
    origins: Ints
