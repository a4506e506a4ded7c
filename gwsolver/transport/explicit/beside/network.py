"""The lakes and reaches of a flow step in the order in which water runs, and what flows between them and cells.

In this order every feature knows what comes from above when its turn comes: one pass solves for all of them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.features.grid import FeatureGrid
from gwsolver.transport.sources import Boundaries
from gwsolver.transport.water import Capacity

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """Tables for ``kernels.transport_bodies.advance``; see there.

    Attributes
    ----------
    features : ndarray of int64, shape (feature,)
        The features in downstream order, as numbers among those of the joined grid.
    cells : ndarray of int64, shape (cell,)
        Cells of the aquifer that exchange water with features, growing.
    first : ndarray of int32, shape (3, feature + 1)
    come_cell, above, go_cell : ndarray of int32
        Never empty.
    come_rate, above_rate, go_rate : ndarray of float64
    held : ndarray of float64, shape (6, feature)
    faces : ndarray of int64, shape (entry,)
        The features' face of each entry of the three lists, from 0.
    signs : ndarray of float64, shape (entry,)
        1 where the entry's water flows from n to m of its face, else -1.
    leaves : ndarray of float64, shape (aquifer's cell,)
        Water that flows from each cell to features [L**3/T].
    leaving : ndarray of float64, shape (cell,)
        The same for `cells`.
    """

    features: Longs
    cells: Longs
    first: Ints
    come_cell: Ints
    come_rate: Floats
    above: Ints
    above_rate: Floats
    go_cell: Ints
    go_rate: Floats
    held: Floats
    faces: Longs
    signs: Floats
    leaves: Floats

    @property
    def leaving(self) -> Floats:
        """Water that flows to features from each of `cells`."""
        found: Floats = self.leaves[self.cells]
        return found


    @property
    def passes(self) -> NDArray[np.bool_]:
        """The features that water leaves, shape (feature,)."""
        first, n = self.first[2], self.features.size
        to_cells = np.bincount(np.repeat(np.arange(n), np.diff(first)), self.go_rate[:first[-1]], n)
        found: NDArray[np.bool_] = self.held[4] + to_cells > 0.0
        return found


def network(grid: FeatureGrid, face_flow: Floats, b: Boundaries, capacity: Capacity) -> Network | None:
    """Return the network of a flow step, or None if water runs in a circle: features then do not stand in an order.

    Parameters
    ----------
    grid : FeatureGrid
    face_flow : ndarray of float64, shape (face,)
        Of the joined grid [L**3/T].
    b : Boundaries
        Of the joined grid.
    capacity : Capacity
        Of the joined grid.
    """
    n, own = grid.base.n_cells, grid.water_bodies
    flow = face_flow[grid.body_faces]
    faces = np.flatnonzero(flow)
    pairs = grid.face_cells[grid.base.n_faces:][faces].astype(np.int64)
    rate, forth = np.abs(flow[faces]), flow[faces] > 0.0
    donor = np.where(forth, pairs[:, 0], pairs[:, 1])
    receiver = np.where(forth, pairs[:, 1], pairs[:, 0])
    signs = np.where(forth, 1.0, -1.0)
    between = (donor >= n) & (receiver >= n)
    order = downstream(grid.n_cells - n, donor[between] - n, receiver[between] - n)
    if order is None:
        return None
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    comes, goes = donor < n, receiver < n
    cells = np.unique(np.concatenate([donor[comes], receiver[goes]]))
    lists = [
        _listed(order.size, place[receiver[comes] - n], np.searchsorted(cells, donor[comes]), rate[comes], faces[comes],
                signs[comes]),
        _listed(order.size, place[receiver[between] - n], place[donor[between] - n], rate[between], faces[between],
                signs[between]),
        _listed(order.size, place[donor[goes] - n], np.searchsorted(cells, receiver[goes]), rate[goes], faces[goes],
                signs[goes]),
    ]
    given = np.full(grid.n_cells, -1.0)
    given[b.fixed_cells] = b.fixed_concentration
    out = b.loss[own] + np.bincount(donor[between] - n, rate[between], order.size)
    held = np.stack([
        capacity.start[own], capacity.end[own] - capacity.start[own], capacity.least[own], b.source[own], out,
        given[own],
    ])[:, order]
    (come, come_rate), (above, above_rate), (go, go_rate) = ((_filled(x[1]), _filled(x[2])) for x in lists)
    return Network(
        order, cells, np.stack([x[0] for x in lists]).astype(np.int32), come, come_rate, above, above_rate, go, go_rate,
        np.ascontiguousarray(held), np.concatenate([x[3] for x in lists]), np.concatenate([x[4] for x in lists]),
        np.bincount(donor[comes], rate[comes], n).astype(float),
    )


def downstream(n: int, donor: Longs, receiver: Longs) -> Longs | None:
    """Return things in an order in which every donor stands before its receivers; None if there is none.

    Parameters
    ----------
    n : int
        How many there are.
    donor, receiver : ndarray of int64, shape (pair,)
    """
    waits = np.bincount(receiver, minlength=n)
    by_donor = np.argsort(donor, kind="stable")
    first = np.searchsorted(donor[by_donor], np.arange(n + 1))
    found = np.flatnonzero(waits == 0).tolist()
    for one in found:  # grows meanwhile
        for other in receiver[by_donor[first[one]:first[one + 1]]].tolist():
            waits[other] -= 1
            if waits[other] == 0:
                found.append(other)
    return np.array(found, np.int64) if len(found) == n else None


def _listed(
    n: int, owner: Longs, other: Longs, rate: Floats, faces: Longs, signs: Floats
) -> tuple[Longs, Ints, Floats, Longs, Floats]:
    """Return where the entries of each owner begin, and the entries sorted by owner."""
    order = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[order], np.arange(n + 1))
    return first, other[order].astype(np.int32), rate[order], faces[order], signs[order]


def _filled(values: NDArray[Any]) -> NDArray[Any]:
    """Return a list that kernels can point at."""
    return values if values.size else np.zeros(1, values.dtype)
