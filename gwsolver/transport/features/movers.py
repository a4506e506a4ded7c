"""Solute that moved water carries (MODFLOW 6, tsp-mvt.f90): further faces, from provider to receiver.

Water of a lake or reach takes the concentration of that, water of a boundary package that of its entry's cell. A
face stands for all rules between two cells; what goes through it leaves the terms of the water alone, which are
lowered by it while mass is carried and get it back in the books.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import INACTIVE, FeatureStep
from gwsolver.core.movers import Moved
from gwsolver.core.steps import PackageFlow
from gwsolver.transport.features.grid import Body, FeatureGrid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
FROM, TO = "from-mvr", "to-mvr"


@dataclass(frozen=True, eq=False)
class Carried:
    """What movers carry in a flow step, one entry for each rule that moves water between cells of the joined grid.

    Attributes
    ----------
    ends : ndarray of int64, shape (move, 2)
        Cells of the joined grid that the water leaves and enters.
    rates : ndarray of float64, shape (move,)
        [L**3/T].
    providers : tuple of str
        Names of the packages that the water comes from, shape (move,).
    origins : ndarray of int64, shape (move,)
        Feature or entry of these packages.
    """

    ends: Ints
    rates: Floats
    providers: tuple[str, ...]
    origins: Ints

    def pairs(self) -> Ints:
        """Return the cells that need a face, each pair once, shape (pair, 2)."""
        return np.unique(self.ends, axis=0) if len(self.ends) else self.ends

    def shares(self, pairs: Ints) -> tuple[Ints, Floats]:
        """Return the place of each rule among known pairs, and its share in what goes through their face."""
        found = {tuple(p): i for i, p in enumerate(pairs.tolist())}
        place = np.array([found[tuple(e)] for e in self.ends.tolist()], np.int64)
        whole = np.bincount(place, self.rates, len(pairs))[place]
        return place, np.divide(self.rates, whole, out=np.zeros(place.size), where=whole > 0.0)

    def lowered(self, water: FeatureStep, body: Body) -> FeatureStep:
        """Return the water of a package of features without what goes through faces of movers."""
        terms = dict(water.terms)
        for name, side, sign in ((FROM, 1, 1.0), (TO, 0, -1.0)):
            through = self.into(body, side, self.rates)
            if through.any():
                # Never past zero: the rates of rules and terms differ by the round-off of the flow.
                terms[name] = sign * np.maximum(sign * terms[name] - through, 0.0)
        return replace(water, terms=terms)

    def into(self, body: Body, side: int, values: Floats) -> Floats:
        """Return sums by feature of what leaves (side 0) or enters it (side 1), shape (feature,)."""
        cells = self.ends[:, side]
        own = (cells >= body.start) & (cells < body.cells.stop)
        return np.bincount(cells[own] - body.start, values[own], body.n_features).astype(np.float64)

    def by_entry(self, package: str, n_entries: int, values: Floats) -> Floats:
        """Return sums by entry of a boundary package, shape (entry,)."""
        own = np.array([p == package for p in self.providers], bool)
        return np.bincount(self.origins[own], values[own], n_entries).astype(np.float64)

    def without_moved(self, packages: Sequence[PackageFlow]) -> list[PackageFlow]:
        """Return boundary packages that take out of cells what does not go through faces of movers."""
        given = set(self.providers)
        found = []
        for p in packages:
            if p.name in given:
                # What enters the aquifer is not moved; what leaves it is lowered, never past zero.
                lowered = np.minimum(p.rates + self.by_entry(p.name, p.rates.size, self.rates), 0.0)
                p = replace(p, rates=np.where(p.rates < 0.0, lowered, p.rates))
            found.append(p)
        return found


def carried(
    moved: Moved | None, bodies: Sequence[Body], waters: Sequence[FeatureStep], off: Sequence[Bools],
    packages: Sequence[PackageFlow],
) -> Carried:
    """Return what movers carry to features with solute; what comes from features without any brings none.

    Parameters
    ----------
    moved : Moved or None
    bodies : sequence of Body
        Placed in a joined grid.
    waters : sequence of FeatureStep
        Of the bodies.
    off : sequence of ndarray of bool, shape (feature,)
        Features of each that take no part.
    packages : sequence of PackageFlow
    """
    ends, rates, providers, origins = [], [], [], []
    features = {w.name: (b, o | (w.status == INACTIVE)) for b, w, o in zip(bodies, waters, off, strict=True)}
    entries = {p.name: p for p in packages}
    for move, rate, origin in zip(moved.moves, moved.rates, moved.origins, strict=True) if moved is not None else ():
        if move.receiver not in features or origin < 0 or rate <= 0.0:
            continue
        body, out = features[move.receiver]
        if out[move.receiver_number]:
            continue
        if move.provider in features:
            giver, without = features[move.provider]
            if without[origin]:
                continue
            start = giver.start + int(origin)
        elif move.provider in entries and entries[move.provider].rates[origin] < 0.0:
            start = int(entries[move.provider].cells[origin])
        else:
            continue
        ends.append((start, body.start + move.receiver_number))
        rates.append(float(rate))
        providers.append(move.provider)
        origins.append(int(origin))
    return Carried(np.array(ends, np.int64).reshape(-1, 2), np.array(rates), tuple(providers),
                   np.array(origins, np.int64))


def mass_of(moves: Carried, grid: FeatureGrid, passed: Floats) -> Floats:
    """Return the solute that each rule moved, of what passed through the faces of features [M/T], shape (move,)."""
    if not len(moves.ends):
        return np.zeros(0)
    place, share = moves.shares(grid.moves)
    return np.asarray(passed[grid.first_move - grid.base.n_faces + place] * share, np.float64)
