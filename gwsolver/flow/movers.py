"""Water that movers hand to lakes and reaches, found together with what these then do."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem, RunError
from gwsolver.core.movers import Move, Moved, MoverPackage
from gwsolver.core.time import TimeStep
from gwsolver.packages.registry import Features, Response

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Leaving = Callable[[str], Floats]

SWEEPS = 200
SETTLED = 1e-14
"""Change of what is moved, relative to the largest amount, at which nothing changes any more."""


class Movers:
    """The rules of a model and the packages with features that they join.

    Water runs through them as often as it takes until amounts repeat: as many sweeps as there are steps from the first
    provider to the last receiver, where nothing leads in a circle.

    Parameters
    ----------
    package : MoverPackage
    features : sequence of Features
    """

    def __init__(self, package: MoverPackage, features: Sequence[Features]) -> None:
        self.package, self.features = package, features
        self._place = {f.package.name: i for i, f in enumerate(features)}
        self.moves: tuple[Move, ...] = ()
        self.amounts: Floats = np.zeros(0)
        self._handed: list[Floats] = [np.zeros(0)] * len(features)
        self._settled = True

    def begin(self, step: TimeStep) -> bool:
        """Take the rules of a step; return whether they are those of the one before."""
        moves = self.package.at(step)
        same = moves == self.moves
        if not same:
            self.moves = moves
            self._check()
        self.amounts = np.zeros(len(moves))
        self._hand_out()
        return same

    def settle(self, respond: Callable[[Features], Response], leaving: Leaving) -> tuple[Response, ...]:
        """Return what features do once what movers give them is what others then offer.

        Parameters
        ----------
        respond : callable
            (features of one package) -> their response with what they were handed last.
        leaving : callable
            (package name) -> what leaves the aquifer by each entry of a boundary package [L**3/T].
        """
        parts = tuple(map(respond, self.features))
        for _ in range(SWEEPS):
            wanted = self._wanted(parts, leaving)
            self._settled = bool(np.all(np.abs(wanted - self.amounts) <= SETTLED * np.abs(wanted).max(initial=0.0)))
            if self._settled:
                break
            self.amounts = wanted
            again = zip(self.features, parts, self._hand_out(), strict=True)
            parts = tuple(respond(f) if changed else part for f, part, changed in again)
        return parts

    def moved(self, entries: Callable[[str], Ints]) -> Moved:
        """Return what was moved at last; `entries`: (boundary package) -> given number of each entry that acts.

        Raises
        ------
        RunError
            If amounts did not settle: what was handed on is then not what was given.
        """
        if not self._settled:
            raise RunError(f"The amounts that movers of package {self.package.name} hand on do not settle: rules that "
                           "lead in a circle, or a THRESHOLD that what it moves undoes. Take one of them out.")
        origins = np.full(len(self.moves), -1, np.int64)
        for i, move in enumerate(self.moves):
            place = self._place.get(move.provider)
            if place is not None:
                origins[i] = self.features[place].provider_feature[move.provider_number]
            else:
                found = np.flatnonzero(entries(move.provider) == move.provider_number)
                origins[i] = found[0] if found.size else -1
        return Moved(self.moves, self.amounts.copy(), origins)

    def _wanted(self, parts: tuple[Response, ...], leaving: Leaving) -> Floats:
        whole: dict[str, Floats] = {}
        for move in self.moves:
            if move.provider not in whole:
                place = self._place.get(move.provider)
                whole[move.provider] = leaving(move.provider) if place is None else (
                    self.features[place].offers(parts[place]))
        self._check_entries(whole)
        left = {name: values.copy() for name, values in whole.items()}
        amounts = np.zeros(len(self.moves))
        for i, move in enumerate(self.moves):
            there = left[move.provider]
            number = move.provider_number
            amounts[i] = move.takes(float(there[number]), float(whole[move.provider][number]))
            there[number] -= amounts[i]
        return amounts

    def _hand_out(self) -> list[bool]:
        """Give every package what it gets and loses; return for which that is not what it was."""
        changed, handed = [], []
        for f, before in zip(self.features, self._handed, strict=True):
            name, n = f.package.name, f.package.n_features
            received, taken = np.zeros(n), np.zeros(f.n_providers)
            for move, amount in zip(self.moves, self.amounts, strict=True):
                if move.receiver == name:
                    received[move.receiver_number] += amount
                if move.provider == name:
                    taken[move.provider_number] += amount
            f.hand(received, taken)
            now = np.concatenate([received, taken])
            changed.append(not np.array_equal(now, before))
            handed.append(now)
        self._handed = handed
        return changed

    def _check_entries(self, whole: Mapping[str, Floats]) -> None:
        """Refuse numbers of entries that a boundary package does not have in this step."""
        problems = [
            self._number(i, "provider", move.provider_number, whole[move.provider].size)
            for i, move in enumerate(self.moves) if move.provider_number >= whole[move.provider].size
        ]
        if problems:
            raise InputError(problems)

    def _number(self, rule: int, role: str, number: int, count: int) -> Problem:
        return Problem(f"rule {rule + 1}: number of the {role}", file=self.package.file, package=self.package.name,
                       value=str(number + 1), allowed=f"1 to {count}" if count else "none: it has no entries")

    def _check(self) -> None:
        """Refuse rules whose numbers no package has."""
        problems = []
        for i, move in enumerate(self.moves):
            place = self._place.get(move.receiver)
            if place is None:
                problems.append(Problem(f'rule {i + 1}: receiver "{move.receiver}" is no package of lakes or reaches',
                                        file=self.package.file, package=self.package.name,
                                        allowed=f"one of {', '.join(self._place) or 'none'}"))
            elif not 0 <= move.receiver_number < self.features[place].package.n_features:
                count = self.features[place].package.n_features
                problems.append(self._number(i, "receiver", move.receiver_number, count))
            own = self._place.get(move.provider)
            if own is not None and not 0 <= move.provider_number < self.features[own].n_providers:
                problems.append(self._number(i, "provider", move.provider_number, self.features[own].n_providers))
        if problems:
            raise InputError(problems)
