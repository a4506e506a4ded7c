"""Species that decay into each other by first order: chains and trees, of one retardation factor or several.

A species has one parent at most, so that each can be written as a sum over itself and its ancestors that obeys the
equation of a single decaying species. Solved one by one and put together again, they are the chain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.bench.solutions.laplace import invert
from gwsolver.core.errors import InputError, Problem

Floats = NDArray[np.float64]
Number = TypeVar("Number", np.float64, np.complex128)


@dataclass(frozen=True)
class Chain:
    """Who decays into whom; a parent stands before its children.

    Attributes
    ----------
    rates : sequence of float
        lambda of each species [1/T], of dissolved and sorbed mass alike.
    parents : sequence of int or None
        Index of each species' parent; None where it has none.
    yields : sequence of float
        Mass of each species made per mass of its parent that decays; not read where there is no parent.
    """

    rates: Sequence[float]
    parents: Sequence[int | None]
    yields: Sequence[float]

    def __post_init__(self) -> None:
        found = []
        for i, parent in enumerate(self.parents):
            if parent is not None and not 0 <= parent < i:
                found.append(Problem(what=f"parent of species {i}", value=parent, allowed="a species before it"))
            found += [
                Problem(
                    what=f"decay rate of species {i} and of its ancestor {j}", value=self.rates[i],
                    allowed="two values",
                    hint="Change one by a millionth of itself: the answer changes as little.",
                )
                for j in self._ancestors(i) if self.rates[i] == self.rates[j]
            ]
        if found:
            raise InputError(found)

    @classmethod
    def in_line(cls, rates: Sequence[float], yields: Sequence[float] | None = None) -> "Chain":
        """Return a chain in which each species decays into the next; yields are 1 if not given (first one unread)."""
        made = [1.0] * len(rates) if yields is None else yields
        return cls(rates, [None, *range(len(rates) - 1)], made)

    def _ancestors(self, i: int) -> list[int]:
        found: list[int] = []
        parent = self.parents[i]
        while parent is not None and 0 <= parent < i:
            found.append(parent)
            i, parent = parent, self.parents[parent]
        return found

    def decoupling(self, loss: NDArray[Number], retardation: Floats) -> NDArray[Number]:
        """Return the T for which each row of a = T c obeys its own equation, of loss p_i a_i.

            T_ij = product over the path from j down to i of  y_k R_k' lambda_k' / (p_k' - p_i),   k' the parent of k

        Parameters
        ----------
        loss : ndarray, shape (species,)
            p_i of species i in its equation, less what its parent makes: lambda_i, or R_i (s + lambda_i) in Laplace
            space.
        retardation : ndarray of float64, shape (species,)
            R_i.
        """
        n = len(self.rates)
        t = np.eye(n, dtype=loss.dtype)
        for i in range(n):
            child, product = i, loss.dtype.type(1.0)
            for parent in self._ancestors(i):
                made = self.yields[child] * retardation[parent] * self.rates[parent]
                product = product * made / (loss[parent] - loss[i])
                t[i, parent] = product
                child = parent
        return t


def chain_of_one_retardation(
    chain: Chain, amounts: ArrayLike, solution: Callable[[float], Floats]
) -> Floats:
    """Return the concentrations of a chain whose species all sorb and spread alike, shape (species, *places).

    Parameters
    ----------
    chain : Chain
    amounts : array_like, shape (species,)
        What each species has at the inlet, or at the start.
    solution : callable
        C/C0 of a single species of the given decay rate: any solution, in any geometry, linear in C0.

    Notes
    -----
    Sun, Petersen, Clement and Skeen (1999), Water Resources Research 35(1), 185-190; for trees Sun and Clement (1999),
    Transport in Porous Media 37, 327-346.
    """
    rates = np.asarray(chain.rates, float)
    t = chain.decoupling(rates, np.ones(rates.size))
    start = t @ np.asarray(amounts, float)
    alone = np.stack([a * np.asarray(solution(float(rate)), float) for a, rate in zip(start, rates, strict=True)])
    return np.linalg.solve(t, alone.reshape(rates.size, -1)).reshape(alone.shape)


def chain_column(
    x: ArrayLike, time: float, *, chain: Chain, inlet_concentration: ArrayLike, retardation: ArrayLike,
    seepage_velocity: float, dispersion: float, inlet: str = "first",
) -> Floats:
    """Return the concentrations of a chain in a semi-infinite column, each with its own R, shape (species, *x).

        R_i dc_i/dt = D c_i'' - v c_i' - R_i lambda_i c_i + y_i R_i' lambda_i' c_i'

    The chain is decoupled in Laplace space, where the loss of species i is p_i = R_i (s + lambda_i).

    Parameters
    ----------
    x : array_like
        Distance from the inlet [L].
    time : float
        Since water began to flow in, into a column free of all species [T].
    inlet_concentration, retardation : array_like, shape (species,)
        c_i at the inlet [M/L**3] and R_i [-].
    seepage_velocity, dispersion : float
        v [L/T], D [L**2/T], the same for all.
    inlet : str
        "first", held, or "third", water of that concentration flows in.

    Notes
    -----
    Van Genuchten (1985), Computers and Geosciences 11(2), 129-147 (CHAIN), here with the transform inverted
    numerically: good to about 1e-8 of the inlet.
    """
    x = np.asarray(x, float)
    r, at_inlet = np.asarray(retardation, float), np.asarray(inlet_concentration, float)
    rates = np.asarray(chain.rates, float)
    v, d = seepage_velocity, dispersion

    def transform(s: complex) -> NDArray[np.complex128]:
        loss = np.asarray(r * (s + rates), np.complex128)
        t = chain.decoupling(loss, r)
        u = np.sqrt(v * v + 4.0 * d * loss)[:, None]
        factor = 2.0 * v / (v + u) if inlet == "third" else 1.0
        alone = factor * (t @ at_inlet)[:, None] * np.exp(x.ravel() * (v - u) / (2.0 * d)) / s
        return np.asarray(np.linalg.solve(t, alone))

    return invert(transform, time).reshape(rates.size, *x.shape)
