"""Lakes and reaches in the flow system: their stages are unknowns beside the heads."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import FeatureStep, FeatureValues
from gwsolver.core.simulation import FlowModel
from gwsolver.core.steps import PackageFlow
from gwsolver.core.time import TimeStep
from gwsolver.flow.mover_slopes import MoverPaths
from gwsolver.flow.movers import Leaves, Movers, Offered
from gwsolver.packages.registry import Aquifer, Features, Response, feature_kinds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
State = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class CoupledResponse:
    """What all features do at one guess of the heads.

    Attributes
    ----------
    parts : tuple of Response
        One per package.
    rate : ndarray of float64, shape (cell,)
        Flow into each cell [L**3/T].
    covered : ndarray of float64, shape (cell,)
        Part of each cell above which water of features stands, 0 to 1.
    round_off : ndarray of float64, shape (cell,)
        What the finite precision of heads and stages leaves in `rate` [L**3/T].
    offered : Offered or None
        What movers may take; None without any.
    """

    parts: tuple[Response, ...]
    rate: Floats
    covered: Floats
    round_off: Floats
    offered: Offered | None = None


@dataclass(frozen=True, eq=False)
class CoupledSlopes:
    """Derivatives for the matrix.

    Attributes
    ----------
    by_head : ndarray of float64, shape (cell,)
        Of the flow into each cell with respect to its head [L**2/T].
    feature_diagonal : ndarray of float64, shape (feature,)
        Of each feature's balance with respect to its stage [L**2/T].
    upper, lower : ndarray of float64, shape (pair,)
        At (row, column) and (column, row) of `Coupling.pairs`.
    """

    by_head: Floats
    feature_diagonal: Floats
    upper: Floats
    lower: Floats


class Coupling:
    """All features of a flow model; their unknowns are numbered after the cells, package after package.

    Parameters
    ----------
    model : FlowModel
    below : ndarray of int64, shape (cell,)
        Cell below each, -1 for none.

    Attributes
    ----------
    n : int
        Number of features.
    pairs : tuple of ndarray of int64, shape (pair,)
        Unknowns that are joined, row and column, row < column: a cell and a feature, or two features.
    symmetric : bool
        Whether the matrix is symmetric when conductances are held.
    """

    def __init__(self, model: FlowModel, below: Ints) -> None:
        properties = model.conductivity
        aquifer = Aquifer(model.grid, properties.k, properties.k33, properties.cell_type != 0, model.newton,
                          model.initial_head)
        self.n_cells, self._below = model.grid.n_cells, below
        self.features: list[Features] = [feature_kinds()[p.kind].start(p, aquifer) for p in model.features]
        counts = [f.package.n_features for f in self.features]
        self._first = self.n_cells + np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.n = int(sum(counts))
        self.symmetric = all(f.symmetric for f in self.features) and model.mover is None
        self._values: list[FeatureValues] = []
        self.movers: Movers | None = None
        if model.mover is not None:
            self.movers = Movers(model.mover, self.features)
            self._paths = MoverPaths(model.mover, self.features, self._first, partial(_cells_of, model))
        self._place()

    def _place(self) -> None:
        """Find the places of all derivatives: several connections may join the same cell and feature."""
        rows, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for f, first in zip(self.features, self._first, strict=False):
            rows += [f.package.connection_cell, first + f.link_from]
            columns += [first + f.package.connection_feature, first + f.link_to]
            if feature_kinds()[f.package.kind].heads_along_links:
                rows.append(f.package.connection_cell[f.link_from])
                columns.append(first + f.link_to)
        if self.movers is not None:
            rows += [self._paths.provider, self._paths.cell]
            columns += [self._paths.receiver, self._paths.receiver]
        row, column = np.concatenate(rows), np.concatenate(columns)
        self._there = (row >= 0) & (row != column)
        low, high = np.minimum(row, column)[self._there], np.maximum(row, column)[self._there]
        keys, place = np.unique(low * (self.n_cells + self.n + 1) + high, return_inverse=True)
        self._slot, self._turned = place, (row > column)[self._there]
        self.pairs: tuple[Ints, Ints] = (keys // (self.n_cells + self.n + 1), keys % (self.n_cells + self.n + 1))

    def begin(self, step: TimeStep, transient: bool) -> bool:
        """Take in what acts during a time step; return whether it is the same as during the one before."""
        values = [f.begin(step, transient) for f in self.features]
        same = len(values) == len(self._values) and all(map(_same, values, self._values))
        self._values = values
        if self.movers is not None:
            same &= self.movers.begin(step)
            self._paths.begin(self.movers)
        return same

    def respond(self, head: Floats, active: Bools, fixed: Bools, leaving: Leaves) -> CoupledResponse:
        """Close the balance of every feature at these heads; `leaving` as in `Movers.settle`."""

        def respond(features: Features) -> Response:
            return features.respond(head, active, fixed, self._below)

        offered = None
        if self.movers is None:
            parts = tuple(map(respond, self.features))
        else:
            parts, offered = self.movers.settle(respond, leaving, self._react)
        rate, covered, round_off = (np.zeros(self.n_cells) for _ in range(3))
        for part in parts:
            there = part.cells >= 0
            rate += np.bincount(part.cells[there], part.rate[there], self.n_cells)
            round_off += np.bincount(part.cells[there], part.round_off[there], self.n_cells)
            np.maximum.at(covered, part.cells[there], part.covered[there])
        return CoupledResponse(parts, rate, covered, round_off, offered)

    def slopes(self, response: CoupledResponse, exact: bool) -> CoupledSlopes:
        """Return the derivatives of a response.

        A connection that acts in another cell than its package's keeps its own derivative alone.
        """
        return self._slopes(response.parts, response.offered, exact)

    def _slopes(self, parts: tuple[Response, ...], offered: Offered | None, exact: bool) -> CoupledSlopes:
        by_head = np.zeros(self.n_cells)
        diagonal: list[Floats] = [np.zeros(0)]
        upper: list[Floats] = [np.zeros(0)]
        lower: list[Floats] = [np.zeros(0)]
        moved = None
        if self.movers is not None and offered is not None:
            moved = self._paths.slopes(self.movers, parts, offered)
        for i, (f, part) in enumerate(zip(self.features, parts, strict=True)):
            s, kept = part.slopes(exact), 1.0 if moved is None else moved.kept[i]
            there = part.cells >= 0
            by_head += np.bincount(part.cells[there], s.rate_by_head[there], self.n_cells)
            stays = part.cells == f.package.connection_cell
            diagonal.append(s.balance_by_stage)
            nothing = np.zeros(s.balance_by_link.size)
            upper += [np.where(stays, s.rate_by_stage, 0.0), nothing]
            lower += [np.where(stays, s.balance_by_head, 0.0), kept * s.balance_by_link]
            if feature_kinds()[f.package.kind].heads_along_links:
                upper.append(nothing)
                lower.append(np.where(stays[f.link_from], kept * s.balance_by_link_head, 0.0))
        own = np.concatenate(diagonal)
        if moved is not None:
            upper += [np.zeros(moved.by_provider.size), np.zeros(moved.by_head.size)]
            lower += [moved.by_provider, moved.by_head]
            to_itself = self._paths.provider == self._paths.receiver
            back = np.bincount(self._paths.receiver[to_itself] - self.n_cells, moved.by_provider[to_itself], self.n)
            own = np.where(own < 0.0, np.minimum(own + back, 1e-9 * own), own)
        up, down = np.concatenate(upper)[self._there], np.concatenate(lower)[self._there]
        up, down = np.where(self._turned, down, up), np.where(self._turned, up, down)
        size = self.pairs[0].size
        sums = [np.bincount(self._slot, part, size).astype(np.float64) for part in (up, down)]
        return CoupledSlopes(by_head, own, *sums)

    def _react(self, parts: tuple[Response, ...], offered: Offered, received: Floats) -> Floats:
        """Return how much more each rule moves for what more comes to each feature, as `Movers.settle` asks."""
        import scipy.sparse as sp
        import scipy.sparse.linalg as spla

        assert self.movers is not None
        slopes = self._slopes(parts, offered, True)
        free = slopes.feature_diagonal != 0.0
        row, column = (pair - self.n_cells for pair in self.pairs)
        among = (row >= 0) & (column >= 0)
        row, column = row[among], column[among]
        both = free[row] & free[column]
        own = np.where(free, -slopes.feature_diagonal, 1.0)
        values = [own, np.where(both, -slopes.upper[among], 0.0), np.where(both, -slopes.lower[among], 0.0)]
        every = np.arange(self.n)
        places = np.concatenate([every, row, column]), np.concatenate([every, column, row])
        matrix = sp.csc_matrix((np.concatenate(values), places), (self.n, self.n))
        unknowns = spla.spsolve(matrix, np.where(free, received, 0.0))
        return self.movers.by_rule(self._paths.slopes(self.movers, parts, offered).by_rule, unknowns)

    def finish(self, response: CoupledResponse) -> tuple[FeatureStep, ...]:
        """Return what the features moved; the next step starts from here."""
        return tuple(f.finish(part) for f, part in zip(self.features, response.parts, strict=True))

    def state(self) -> State:
        """Return what the next step starts from."""
        return {f"{f.package.name}/{name}": values for f in self.features for name, values in f.state().items()}

    def restore(self, state: State) -> None:
        """Start from there again."""
        for f in self.features:
            label = f"{f.package.name}/"
            f.restore({k.removeprefix(label): v for k, v in state.items() if k.startswith(label)})


def _cells_of(model: FlowModel, package: str, period: int) -> Ints:
    """Return the cells of a boundary package's entries in the first step of a period, as they are given."""
    found = next((p for p in model.packages if p.name == package), None)
    return found.at(model.time.steps_of(period)[0]).cells if found else np.zeros(0, np.int64)


def package_flows(steps: tuple[FeatureStep, ...]) -> tuple[PackageFlow, ...]:
    """Return what features exchange with the cells, as any other package."""
    found = []
    for s in steps:
        there = s.connection_cell >= 0
        feature = s.connection_feature[there]
        names = tuple(s.boundnames[i] for i in feature) if s.boundnames else ()
        found.append(PackageFlow(s.name, s.kind, s.connection_cell[there], s.rate[there],
                                 {k: v[feature] for k, v in s.auxiliary.items()}, names))
    return tuple(found)


def _same(now: FeatureValues, before: FeatureValues) -> bool:
    def equal(a: Mapping[str, Floats], b: Mapping[str, Floats]) -> bool:
        return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)

    assert {f.name for f in fields(FeatureValues)} == {"columns", "status", "auxiliary"}
    return (equal(now.columns, before.columns) and equal(now.auxiliary, before.auxiliary)
            and np.array_equal(now.status, before.status))
