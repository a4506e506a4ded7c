"""All reactions of a group of species: in which order they act, how far apart, and what they moved.

Around a step of transport T of length h (Strang, 1968, SIAM Journal on Numerical Analysis 5(3), 506-517)

    K(h/2)  T(h)  K(h/2)  I

K are the reactions that take time, in order before and in reverse order after; I are the equilibria, last, so that
they hold at every splitting time. Where nothing tells how long h should be it follows from what the reactions did: the
halves before and after would be alike if the order did not matter. Transport goes on with what the oil kept at the
start of a step: where oil dissolves away, that must not have changed much at its end.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.chemistry import Chemistry
from gwsolver.core.ledger import Ledger
from gwsolver.core.steps import Account, ReactionStep
from gwsolver.reactions.reaction import Cells, Reaction

Floats = NDArray[np.float64]
FIRST = 64  # the first step is this part of the time step it lies in
DISSOLVES = 0.2  # mean part by which contents may change where oil dissolves, in a step
SLOWER, FASTER = 0.25, 2.0  # how much shorter or longer the next step may be


class Reactor:
    """What reacts.

    Parameters
    ----------
    chemistry : Chemistry
    n_cells : int

    Raises
    ------
    InputError
        With everything that keeps the reactions from starting.

    Attributes
    ----------
    species : tuple of str
        Species that react, in the order of `Cells.mass`.
    """

    def __init__(self, chemistry: Chemistry, n_cells: int) -> None:
        from gwsolver.core.errors import InputError, Problem

        self.species = chemistry.species
        self._fixed_step, self._tolerance = chemistry.step, chemistry.tolerance
        problems: list[Problem] = []
        reactions: list[Reaction] = []
        for setting in chemistry.settings:
            try:
                reactions.append(setting.start(self.species, n_cells))
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)
        self.reactions: Sequence[Reaction] = tuple(reactions)
        self.timed = tuple(r for r in reactions if not r.instant)
        self.instant = tuple(r for r in reactions if r.instant)
        self.oil = None if chemistry.oil is None else chemistry.oil.start(self.species, n_cells)
        self._length, self._oil_length = 0.0, 0.0
        self._ledgers: dict[str, Ledger] = {}
        self._before: dict[str, Floats] = {}
        self._half: Floats | None = None
        self._largest, self._splits = 0.0, 0

    # ---- how far

    def until(self, start: float, end: float, crossing: float) -> float:
        """Return the next splitting time after `start`, not beyond `end` [T].

        Parameters
        ----------
        crossing : float
            Time in which water crosses a cell [T]: equilibria that follow each other at this distance act on what has
            come no further than the next cell, and oil dissolves in no more than the next cell.
        """
        span = end - start
        longest = self._fixed_step
        if not longest:
            longest = min(
                crossing if self.instant else math.inf,
                (self._length or min(span / FIRST, crossing)) if self.timed else math.inf,
                math.inf if self.oil is None else max(self._oil_length, crossing),
            )
        parts = max(math.ceil(span / longest * (1.0 - 1e-9)), 1)
        found = end if parts == 1 else start + span / parts
        if self.oil is not None:
            found = min([found, *(t for t in self.oil.dates if start < t < found)])
        return found

    # ---- the interval

    def begin(self) -> None:
        """Begin an interval: its books are empty."""
        self._ledgers = {name: Ledger() for name in self.species}
        self._before = {name: mass.copy() for name, mass in self._held()}
        self._half, self._largest, self._splits = None, 0.0, 0

    def arrive(self, cells: Cells) -> None:
        """Let oil that is there from the beginning arrive, at the very first interval's start."""
        if self.oil is not None:
            self.oil.arrive(cells, self._book)

    def before(self, cells: Cells, length: float) -> None:
        """Act for the first half of a step of this length."""
        mass = cells.mass.copy()
        for reaction in self.timed:
            reaction.act(cells, 0.5 * length, self._book)
        self._half = cells.mass - mass

    def after(self, cells: Cells, length: float) -> None:
        """Act for the second half, then let equilibria settle; `cells.time` is where the interval began."""
        self._splits += 1
        if self.oil is not None:
            self._dissolve(cells, length)
        if self.timed:
            self._second_half(cells, length)
        for reaction in self.instant:
            reaction.act(cells, length, self._book)

    def _dissolve(self, cells: Cells, length: float) -> None:
        """Bring oil and water into equilibrium, and choose the next step from how much contents changed on the way.

        The change is a mean over all that dissolved: it is near one in the cell that a front clears, near nothing in an
        oil whose bulk stays.
        """
        assert self.oil is not None
        before, kept = cells.content.copy(), cells.mass * self.oil.part_in_oil(cells)
        self.oil.act(cells, length, self._book)
        gone = np.maximum(kept - cells.mass * self.oil.part_in_oil(cells), 0.0)
        lost = np.maximum(1.0 - cells.content / np.where(before > 0.0, before, 1.0), 0.0)
        weight = float(gone.sum())
        change = float((gone * lost).sum()) / weight if weight > 0.0 else 0.0
        self._oil_length = length * min(max(DISSOLVES / change if change > 0.0 else FASTER, SLOWER), FASTER)

    def _second_half(self, cells: Cells, length: float) -> None:
        """Act for the second half, and choose the length of the next step from how it differs from the first."""
        there = cells.mass.sum(axis=1) if self.oil is None else (
            cells.mass * (1.0 - self.oil.part_in_oil(cells))).sum(axis=1)
        mass = cells.mass.copy()
        for reaction in reversed(self.timed):
            reaction.act(cells, 0.5 * length, self._book)
        if self._half is None or self._fixed_step:
            return
        second = cells.mass - mass
        difference = _share_of_losers(second - self._half, second, there)
        self._largest = max(self._largest, difference)
        excess = difference / self._tolerance
        factor = FASTER if excess <= 0.0 else min(max(1.0 / math.sqrt(excess), SLOWER), FASTER)
        self._length = length * factor

    def ledger(self, species: str) -> Ledger:
        """Return what reactions booked for a species in this interval."""
        return self._ledgers[species]

    def step(self, start: float, end: float) -> ReactionStep:
        """Return what reactions hold and did in this interval."""
        accounts = []
        for name, mass in self._held():
            ledger = self._ledgers.setdefault(name, Ledger())
            ledger.add_each("storage", "held", self._before[name] - mass)
            accounts.append(Account(name, mass.copy(), ledger))
        figures = {"splitting": self._largest} if self.timed and not self._fixed_step else {}
        return ReactionStep(start, end, self._splits, tuple(accounts), self.balances(), figures)

    def balances(self) -> dict[str, float]:
        """Return the relative imbalance of what must balance, by name, since the start."""
        sums: dict[str, list[float]] = {}
        for reaction in self.reactions:
            for name, (difference, throughput) in reaction.balances().items():
                found = sums.setdefault(name, [0.0, 0.0])
                found[0] += difference
                found[1] += throughput
        return {name: abs(d) / t if t > 0.0 else 0.0 for name, (d, t) in sums.items()}

    def _held(self) -> list[tuple[str, Floats]]:
        """Return what does not move, by account."""
        found = [item for reaction in self.reactions for item in reaction.held().items()]
        return found if self.oil is None else [*found, *self.oil.held().items()]

    def _book(self, account: str, package: str, term: str, amounts: Floats | float) -> None:
        ledger = self._ledgers.setdefault(account, Ledger())
        if isinstance(amounts, np.ndarray):
            ledger.add_each(package, term, amounts)
        else:
            ledger.add(package, term, amounts)

    # ---- restart

    def state(self) -> Mapping[str, Floats]:
        """Return all that is needed to go on bit for bit."""
        found = {"length": np.array([self._length, self._oil_length])}
        for i, reaction in enumerate(self.reactions):
            found |= {f"{i}/{key}": value for key, value in reaction.state().items()}
        if self.oil is not None:
            found |= {f"oil/{key}": value for key, value in self.oil.state().items()}
        return found

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Take back such a state."""
        self._length, self._oil_length = map(float, state["length"])
        for i, reaction in enumerate(self.reactions):
            reaction.restore(_own(state, f"{i}/"))
        if self.oil is not None:
            self.oil.restore(_own(state, "oil/"))


def _share_of_losers(change: Floats, moved: Floats, there: Floats) -> float:
    """Return the largest part that has changed of what is there, among species that lose (products begin with 0)."""
    loses = (moved.sum(axis=1) < 0.0) & (there > 0.0)
    parts = np.abs(change[loses]).sum(axis=1) / there[loses]
    return float(parts.max(initial=0.0))


def _own(state: Mapping[str, Floats], prefix: str) -> dict[str, Floats]:
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
