"""Water that is moved from packages to lakes and reaches (MODFLOW's MVR)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.time import TimeStep

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Taken = tuple[Floats, Floats | NDArray[np.bool_] | float, Floats | float]

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
        """Return what this rule moves of what is still there; `whole` was there before other rules."""
        kind = np.array([MOVES.index(self.kind)])
        return float(taken(kind, *(np.array([v]) for v in (self.value, there, whole)))[0][0])


def taken(kind: Ints, value: Floats, there: Floats, whole: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what each rule moves [L**3/T], and its derivatives by what is still there and by what was there.

    Parameters
    ----------
    kind : ndarray of int, shape (rule,)
        Place in `MOVES`.
    value : ndarray of float64, shape (rule,)
        As in `Move`.
    there, whole : ndarray of float64, shape (rule,)
        What the provider still has, and what it had before other rules took from it [L**3/T].

    Notes
    -----
    MODFLOW 6, Mover.f90, qrcalc.
    """
    found = tuple(np.zeros(kind.size) for _ in range(3))
    for place in np.unique(kind):
        here = kind == place
        for values, new in zip(found, FORMULAS[place](value[here], there[here], whole[here]), strict=True):
            values[here] = new
    return found[0], found[1], found[2]


def _factor(value: Floats, there: Floats, whole: Floats) -> Taken:
    part = np.maximum(whole, 0.0) * value
    short = part > there
    return np.where(short, there, part), short, np.where(short | (whole <= 0.0), 0.0, value)


def _excess(value: Floats, there: Floats, whole: Floats) -> Taken:
    return np.maximum(there - value, 0.0), there > value, 0.0


def _threshold(value: Floats, there: Floats, whole: Floats) -> Taken:
    return np.where(there < value, 0.0, value), 0.0, 0.0


def _up_to(value: Floats, there: Floats, whole: Floats) -> Taken:
    return np.minimum(value, there), there < value, 0.0


FORMULAS = (_factor, _excess, _threshold, _up_to)
"""By the place in `MOVES`."""


@dataclass(frozen=True)
class MoverPackage:
    """The rules of a model.

    Attributes
    ----------
    name : str
    periods : tuple of (int, tuple of Move)
        Rules that hold from a zero-based period on, until the next ones.
    file : str
    packages : tuple of str
        Lower-case names of the packages that it joins, in the order of its block PACKAGES.
    saves : tuple of str
        Files asked for: "budget", "budgetcsv".
    """

    name: str
    periods: tuple[tuple[int, tuple[Move, ...]], ...]
    file: str = ""
    packages: tuple[str, ...] = ()
    saves: tuple[str, ...] = ()

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

    def given_by(self, package: str, n_entries: int) -> Floats:
        """Return what was taken of each entry of a boundary package [L**3/T], shape (entry,)."""
        found = np.zeros(n_entries)
        for move, rate, origin in zip(self.moves, self.rates, self.origins, strict=True):
            if move.provider == package and origin >= 0:
                found[origin] += rate
        return found
