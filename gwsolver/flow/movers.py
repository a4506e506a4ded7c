"""Water that movers hand to lakes and reaches, found together with what these then do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import InputError, Problem, RunError
from gwsolver.core.movers import Move, Moved, MoverPackage
from gwsolver.core.time import TimeStep
from gwsolver.flow.boundaries import Leaving
from gwsolver.flow.rules import Rules, serving_order
from gwsolver.packages.registry import Features, Response

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Leaves = Callable[[str], Leaving]

SWEEPS = 200
SETTLED = 1e-14
"""Change of what is moved, relative to the largest amount, at which nothing changes any more."""


@dataclass(frozen=True, eq=False)
class Offered:
    """What providers have, shape (source,).

    Attributes
    ----------
    whole : ndarray of float64
        [L**3/T].
    by_head : ndarray of float64
        Its derivative with respect to the head in `cell`, for entries of boundary packages [L**2/T].
    cell : ndarray of int64
        Cell of these; -1 for others.
    """

    whole: Floats
    by_head: Floats
    cell: Ints


React = Callable[[tuple[Response, ...], Offered, Floats], Floats]
FAILS = 5
"""Steps of Newton's method that gain too little until amounts in a circle are only handed on as they come."""
_NONE: Ints = np.zeros(0, np.int64)


class Movers:
    """The rules of a model and the packages with features that they join.

    Packages are asked in the order in which water runs through them, each as often as it comes back by way of others.
    Where it runs in a circle, amounts follow from Newton's method, with a plain turn where that gains too little.

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
        self.rules = Rules(())
        self._order: list[int] = []
        self._whole: Floats = np.zeros(0)
        self._settled = True

    def begin(self, step: TimeStep) -> bool:
        """Take the rules of a step; return whether they are those of the one before."""
        moves = self.package.at(step)
        same = moves == self.moves
        if not same or not self._order:
            self.moves = moves
            self._check()
            self.rules = Rules(moves)
            self._order, _ = serving_order(self.rules, self.features)
        self.amounts, self._whole = np.zeros(len(moves)), np.zeros(self.rules.n_sources)
        for p in range(len(self.features)):
            self._hand(p, self.amounts)
        return same

    def settle(
        self, respond: Callable[[Features], Response], leaving: Leaves, react: React
    ) -> tuple[tuple[Response, ...], Offered]:
        """Return what features do once what movers give them is what others then offer, and what is offered.

        Parameters
        ----------
        respond : callable
            (features of one package) -> their response with what they were handed last.
        leaving : callable
            (package name) -> what leaves the aquifer by each entry of a boundary package.
        react : callable
            (responses, what is offered, what more comes to each feature [L**3/T]) -> how much more each rule moves
            for that [L**3/T], by the derivatives of the responses.
        """
        offered = self._from_the_aquifer(leaving)
        whole = offered.whole
        parts: dict[int, Response] = {}
        given: dict[int, Floats] = {}

        def ask(p: int) -> bool:
            """Hand a package what it gets now and let it respond, unless it has done so."""
            now = self._hand(p, self.amounts)
            if p in parts and np.array_equal(now, given[p]):
                return False
            given[p], parts[p] = now, respond(self.features[p])
            at, number = self.rules.sources.get(self.features[p].package.name, (_NONE, _NONE))
            whole[at] = self.features[p].offers(parts[p])[number]
            return True

        for p in self._order:
            self.amounts = self.rules.take(whole)[0]
            ask(p)
        self.amounts, before, trust, newton = self.rules.take(whole)[0], np.inf, FAILS, False
        for _ in range(SWEEPS):
            changed = [ask(p) for p in range(len(self.features))]
            wanted = self.rules.take(whole)[0]
            rest = wanted - self.amounts
            left = float(np.abs(rest).max(initial=0.0))
            self._settled = not any(changed) or left <= SETTLED * np.abs(wanted).max(initial=0.0)
            if self._settled:
                break
            fails = newton and left > 0.5 * before
            trust -= fails
            newton, before, self.amounts = not fails and trust > 0, left, wanted
            if newton:
                more = react(self._all(parts), offered, self._received(rest))
                self.amounts = np.maximum(wanted + more, 0.0)
        self._whole = whole.copy()
        return self._all(parts), offered

    def _all(self, parts: Mapping[int, Response]) -> tuple[Response, ...]:
        return tuple(parts[p] for p in range(len(self.features)))

    def _from_the_aquifer(self, leaving: Leaves) -> Offered:
        """Return what providers have: entries of boundary packages now, features as far as is known."""
        n = self.rules.n_sources
        offered = Offered(self._whole.copy(), np.zeros(n), np.full(n, -1))
        sizes, found = {name: self.features[p].n_providers for name, p in self._place.items()}, {}
        for name in self.rules.sources:
            if name not in self._place:
                found[name] = leaving(name)
                sizes[name] = found[name].rate.size
        self._check_entries(sizes)
        for name, entries in found.items():
            at, number = self.rules.sources[name]
            offered.whole[at], offered.by_head[at] = entries.rate[number], entries.by_head[number]
            offered.cell[at] = entries.cells[number]
        return offered

    def _received(self, amounts: Floats) -> Floats:
        """Return what amounts bring to each feature, package after package [L**3/T], shape (feature,)."""
        return np.concatenate([self._brings(p, amounts) for p in range(len(self.features))])

    def _brings(self, p: int, amounts: Floats) -> Floats:
        f = self.features[p]
        rule, number = self.rules.receivers.get(f.package.name, (_NONE, _NONE))
        return np.bincount(number, amounts[rule], f.package.n_features).astype(np.float64)

    def by_rule(self, slope: Floats, unknowns: Floats) -> Floats:
        """Return a derivative by the unknown of each rule's provider times that unknown, shape (rule,).

        Parameters
        ----------
        slope : ndarray of float64, shape (rule,)
        unknowns : ndarray of float64, shape (feature,)
            Package after package.
        """
        found, first = np.zeros(self.rules.n_sources), 0
        for f in self.features:
            at, number = self.rules.sources.get(f.package.name, (_NONE, _NONE))
            found[at] = unknowns[first + f.provider_feature[number]]
            first += f.package.n_features
        return np.asarray(slope * found[self.rules.source])

    def takes(self, p: int, amounts: Floats) -> Floats:
        """Return what rules take at each place of a package that gives [L**3/T], shape (provider,)."""
        f = self.features[p]
        at, number = self.rules.sources.get(f.package.name, (_NONE, _NONE))
        return np.bincount(number, self.rules.per_source(amounts)[at], f.n_providers).astype(np.float64)

    def _hand(self, p: int, amounts: Floats) -> Floats:
        """Give a package what it gets and loses; return what its response depends on."""
        f = self.features[p]
        received, taken = self._brings(p, amounts), self.takes(p, amounts)
        f.hand(received, taken)
        return np.concatenate([received, taken[f.link_provider[f.link_provider >= 0]]])

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

    def _check_entries(self, sizes: Mapping[str, int]) -> None:
        """Refuse numbers of entries that a boundary package does not have in this step."""
        problems = [
            self._number(i, "provider", move.provider_number, sizes[move.provider])
            for i, move in enumerate(self.moves) if move.provider_number >= sizes[move.provider]
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
