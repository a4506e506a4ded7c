"""What movers bring, in the matrix: their derivatives by the unknowns of providers and by heads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.movers import MoverPackage
from gwsolver.flow.movers import Movers, Offered
from gwsolver.packages.registry import Features, Response, feature_kinds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class MovedSlopes:
    """Derivatives of the amounts of rules.

    Attributes
    ----------
    by_rule : ndarray of float64, shape (rule,)
        With respect to the unknown of the feature that gives [L**2/T]; zero where the aquifer does.
    by_provider, by_head : ndarray of float64, shape (path,)
        Sums over the rules of each path, with respect to that unknown and to the head in the path's cell [L**2/T].
    kept : tuple of ndarray of float64, shape (link,)
        By package: the part of what more is offered at the start of each link that movers leave to it [-].
    """

    by_rule: Floats
    by_provider: Floats
    by_head: Floats
    kept: tuple[Floats, ...]


class MoverPaths:
    """Which unknowns movers join, by the rules of all periods.

    Parameters
    ----------
    package : MoverPackage
    features : sequence of Features
    first : ndarray of int64
        Number of the first unknown of each package.
    cells_of : callable
        (boundary package, zero-based period) -> cells of its entries as they are given, -1 for none.

    Attributes
    ----------
    provider, cell, receiver : ndarray of int64, shape (path,)
        Unknown of the feature that gives, cell whose head acts on what is given, unknown of the feature that gets;
        -1 for none. An entry of a boundary package that later acts elsewhere has no derivative.
    """

    def __init__(self, package: MoverPackage, features: Sequence[Features], first: Ints,
                 cells_of: Callable[[str, int], Ints]) -> None:
        place = {f.package.name: i for i, f in enumerate(features)}
        self._path: dict[tuple[str, int, str, int], int] = {}
        found: list[tuple[int, int, int]] = []
        for period, moves in package.periods:
            known: dict[str, Ints] = {}
            for m in moves:
                key = (m.provider, m.provider_number, m.receiver, m.receiver_number)
                if key in self._path or m.receiver not in place:
                    continue
                to, gives = place[m.receiver], place.get(m.provider)
                if not 0 <= m.receiver_number < features[to].package.n_features:
                    continue  # refused once the rule holds
                if gives is None:
                    if m.provider not in known:
                        known[m.provider] = cells_of(m.provider, period)
                    cells, provider = known[m.provider], -1
                    cell = int(cells[m.provider_number]) if 0 <= m.provider_number < cells.size else -1
                elif 0 <= m.provider_number < features[gives].n_providers:
                    feature = int(features[gives].provider_feature[m.provider_number])
                    provider, cell = int(first[gives]) + feature, _head_cell(features[gives], feature)
                else:
                    continue
                self._path[key] = len(found)
                found.append((provider, cell, int(first[to]) + m.receiver_number))
        self.provider, self.cell, self.receiver = np.array(found, np.int64).reshape(-1, 3).T.copy()
        self._of_rule: Ints = np.zeros(0, np.int64)

    def begin(self, movers: Movers) -> None:
        """Take the rules in force."""
        self._of_rule = np.array([self._path.get((m.provider, m.provider_number, m.receiver, m.receiver_number), -1)
                                  for m in movers.moves], np.int64)

    def slopes(self, movers: Movers, parts: Sequence[Response], offered: Offered) -> MovedSlopes:
        """Return the derivatives of what rules in force move once everything is settled."""
        rules = movers.rules
        slope = rules.take(offered.whole)[1]
        by_provider, by_head = np.zeros(rules.n_sources), offered.by_head.copy()
        kept = []
        for p, f in enumerate(movers.features):
            if f.package.name in rules.sources:
                at, number = rules.sources[f.package.name]
                s, of = f.offer_slopes(parts[p]), f.provider_feature[number]
                by_provider[at] = s.by_stage[number]
                if feature_kinds()[f.package.kind].heads_along_links:
                    stays = parts[p].cells == f.package.connection_cell
                    by_head[at] = np.where(stays[of], s.by_head[number], 0.0)
            part = np.append(movers.takes(p, slope), 0.0)
            kept.append(1.0 - part[np.where(f.link_provider >= 0, f.link_provider, part.size - 1)])
        path, size = self._of_rule, self.provider.size
        acts, there = offered.cell[rules.source], path >= 0
        same = there & ((acts < 0) | (acts == np.append(self.cell, -1)[path]))
        by_rule = slope * by_provider[rules.source]
        along = np.bincount(path[there], by_rule[there], size).astype(np.float64)
        heads = np.bincount(path[same], (slope * by_head[rules.source])[same], size).astype(np.float64)
        return MovedSlopes(by_rule, along, heads, tuple(kept))


def _head_cell(features: Features, feature: int) -> int:
    """Return the cell whose head acts on what a feature gives beside its unknown, -1 for none."""
    along = feature_kinds()[features.package.kind].heads_along_links
    return int(features.package.connection_cell[feature]) if along else -1
