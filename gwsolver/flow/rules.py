"""The rules of movers as arrays: what each takes of what its provider has, and the order in which water runs."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.movers import MOVES, Move, taken
from gwsolver.packages.registry import Features

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Rules:
    """Rules in force, served one after another where they have the same provider.

    Parameters
    ----------
    moves : sequence of Move

    Attributes
    ----------
    source : ndarray of int64, shape (rule,)
        Place of each rule's provider among `sources`.
    sources : mapping of str to (ndarray of int64, ndarray of int64)
        By package: places of its providers, and their numbers within it.
    n_sources : int
    receivers : mapping of str to (ndarray of int64, ndarray of int64)
        By package: rules that bring water to it, and the numbers of their receivers.
    """

    def __init__(self, moves: Sequence[Move]) -> None:
        self.n = len(moves)
        self._kind = np.array([MOVES.index(m.kind) for m in moves], np.int64)
        self._value = np.array([m.value for m in moves], np.float64)
        place: dict[tuple[str, int], int] = {}
        served: dict[tuple[str, int], int] = {}
        self.source, turn = np.zeros(self.n, np.int64), np.zeros(self.n, np.int64)
        for i, m in enumerate(moves):
            provider = (m.provider, m.provider_number)
            self.source[i] = place.setdefault(provider, len(place))
            turn[i] = served.get(provider, 0)
            served[provider] = int(turn[i]) + 1
        self._turns = [np.flatnonzero(turn == t) for t in range(int(turn.max(initial=-1)) + 1)]
        self.n_sources = len(place)
        self.sources = _by_package([(name, at, number) for (name, number), at in place.items()])
        self.receivers = _by_package([(m.receiver, i, m.receiver_number) for i, m in enumerate(moves)])

    def take(self, whole: Floats) -> tuple[Floats, Floats]:
        """Return what each rule moves [L**3/T], and its derivative by what its provider has [-], shape (rule,).

        Parameters
        ----------
        whole : ndarray of float64, shape (source,)
            What each provider has [L**3/T].
        """
        amount, slope = np.zeros(self.n), np.zeros(self.n)
        left, left_slope = whole.copy(), np.ones(self.n_sources)
        for turn in self._turns:
            at = self.source[turn]
            amount[turn], by_there, by_whole = taken(self._kind[turn], self._value[turn], left[at], whole[at])
            slope[turn] = by_there * left_slope[at] + by_whole
            left[at] -= amount[turn]
            left_slope[at] -= slope[turn]
        return amount, slope

    def per_source(self, values: Floats) -> Floats:
        """Return the sums of a quantity of rules over those with the same provider, shape (source,)."""
        return np.bincount(self.source, values, self.n_sources).astype(np.float64)


def serving_order(rules: Rules, features: Sequence[Features]) -> tuple[list[int], bool]:
    """Return packages in an order in which water that movers hand on is known, and whether some of it runs in a circle.

    A package stands there several times if its water comes back to it by way of others. A feature's answer is final
    once what movers bring to it, and to all above it in its package, is; and what they take before links get theirs.
    """
    place = {f.package.name: i for i, f in enumerate(features)}
    final: list[Bools] = [np.zeros(f.package.n_features, np.bool_) for f in features]
    order: list[int] = []
    while not all(f.all() for f in final):
        gains = [_final_after(rules, features, place, final, p) for p in range(len(features))]
        counts = [int((new & ~old).sum()) for new, old in zip(gains, final, strict=True)]
        best = int(np.argmax(counts))
        if counts[best] == 0:
            return order + [p for p in range(len(features)) if p not in order], True
        final[best] = final[best] | gains[best]
        order.append(best)
    return order + [p for p in range(len(features)) if p not in order], False


def _final_after(
    rules: Rules, features: Sequence[Features], place: Mapping[str, int], final: Sequence[Bools], package: int
) -> Bools:
    """Return the features of a package whose answer is final if it is asked now."""
    f = features[package]
    known = np.ones(rules.n_sources, np.bool_)
    for name, (at, number) in rules.sources.items():
        if name in place:
            giver = place[name]
            known[at] = final[giver][features[giver].provider_feature[number]]
    waits = np.zeros(f.package.n_features, np.bool_)
    if f.package.name in rules.receivers:
        rule, number = rules.receivers[f.package.name]
        np.logical_or.at(waits, number, ~known[rules.source[rule]])
    if f.package.name in rules.sources:
        at, number = rules.sources[f.package.name]
        open_ = np.zeros(f.n_providers, np.bool_)
        open_[number] = ~known[at]
        taken_from = (f.link_provider >= 0) & open_[f.link_provider]
        waits[f.link_to[taken_from]] = True
    by_start = np.argsort(f.link_from, kind="stable")
    first = np.searchsorted(f.link_from[by_start], np.arange(waits.size + 1)).tolist()
    to, wait = f.link_to[by_start].tolist(), waits.tolist()
    spreads = np.flatnonzero(waits).tolist()
    for here in spreads:  # it grows on the way
        for below in to[first[here]:first[here + 1]]:
            if not wait[below]:
                wait[below] = True
                spreads.append(below)
    return ~np.array(wait, np.bool_)


def _by_package(entries: Sequence[tuple[str, int, int]]) -> dict[str, tuple[Ints, Ints]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for name, one, other in entries:
        found.setdefault(name, []).append((one, other))
    columns = {name: np.array(pairs, np.int64).T for name, pairs in found.items()}
    return {name: (c[0].copy(), c[1].copy()) for name, c in columns.items()}
