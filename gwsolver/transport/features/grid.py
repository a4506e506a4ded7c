"""The aquifer's grid with the features of flow packages as further cells, joined to it by further faces.

A lake or a reach is a cell that holds nothing but water; what it exchanges with an aquifer cell, and what outlets
and channels pass on, goes through faces. Transport engines then carry its solute as they carry any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import FeatureStep
from gwsolver.core.grid import VERTICAL, CellRange, Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Triples = NDArray[np.int64]
"""Shape (face, 3): number of a connection or link in its package, and the two that it joins."""
NO_MOVES: Ints = np.zeros((0, 2), np.int64)


@dataclass(frozen=True, eq=False)
class Body:
    """The features of one package in a joined grid.

    Attributes
    ----------
    name, word : str
        Package ("lkt-1"), and what one of its features is called ("lake").
    start : int
        Its first feature among the cells of the joined grid; the others follow.
    n_features : int
    connections : ndarray of int64, shape (connection face, 3)
        Number of the connection, feature and aquifer cell.
    links : ndarray of int64, shape (link face, 3)
        Number of the link, feature from which and feature to which it leads.
    first_face : int
        Face of the joined grid that stands for the first connection; the others follow, then the links.
    """

    name: str
    word: str
    start: int
    n_features: int
    connections: Triples
    links: Triples
    first_face: int = 0

    @property
    def cells(self) -> slice:
        """Its features among the cells of the joined grid."""
        return slice(self.start, self.start + self.n_features)

    @property
    def n_faces(self) -> int:
        """Number of its faces."""
        return len(self.connections) + len(self.links)

    def connection_faces(self, water: FeatureStep) -> Ints:
        """Return the face of each connection of a step, -1 where it joins nothing or has no face yet."""
        found = places(self.connections, _connections(water))
        return np.where(found >= 0, found + self.first_face, -1)

    def link_faces(self, water: FeatureStep) -> Ints:
        """Return the face of each link of a step, -1 where it has none yet."""
        found = places(self.links, _links(water))
        return np.where(found >= 0, found + self.first_face + len(self.connections), -1)

    def serves(self, water: FeatureStep) -> bool:
        """Return whether there is a face for all that the water of a step passes through."""
        joins = water.connection_cell >= 0
        return bool((self.connection_faces(water)[joins] >= 0).all() and (self.link_faces(water) >= 0).all())

    def with_faces_of(self, water: FeatureStep) -> "Body":
        """Return it with a face more for each connection and link of a step that has none yet."""
        connections = _connections(water)[water.connection_cell >= 0]
        return Body(self.name, self.word, self.start, self.n_features, _united(self.connections, connections),
                    _united(self.links, _links(water)))


def places(known: Triples, asked: Triples) -> Ints:
    """Return where triples stand among known ones, -1 where they do not; shape (asked,)."""
    if not len(known) or not len(asked):
        return np.full(len(asked), -1, np.int64)
    both = np.concatenate([known, asked])
    _, number = np.unique(both, axis=0, return_inverse=True)
    number = number.ravel()
    place = np.full(int(number.max()) + 1, -1, np.int64)
    place[number[:len(known)]] = np.arange(len(known))
    found: Ints = place[number[len(known):]]
    return found


def _connections(water: FeatureStep) -> Triples:
    number = np.arange(water.connection_cell.size)
    return np.column_stack([number, water.connection_feature, water.connection_cell]).astype(np.int64)


def _links(water: FeatureStep) -> Triples:
    return np.column_stack([np.arange(water.link_from.size), water.link_from, water.link_to]).astype(np.int64)


def _united(known: Triples, more: Triples) -> Triples:
    return np.concatenate([known, more[places(known, more) < 0]])


@dataclass(frozen=True, eq=False)
class FeatureGrid(Grid):
    """An aquifer's grid, its cells and faces first, with the features of packages after them.

    Their cells have unit volume; the water in them is their "saturation". They have no place: nothing but what
    flows passes through their faces, which come after those of the aquifer in no order.

    Attributes
    ----------
    base : Grid
        Of the aquifer alone.
    bodies : tuple of Body
    moves : ndarray of int64, shape (pair, 2)
        Cells of this grid between which movers carry solute; their faces are the last.
    """

    base: Grid = field(kw_only=True)
    bodies: tuple[Body, ...] = field(kw_only=True)
    moves: Ints = field(kw_only=True)

    @property
    def first_move(self) -> int:
        """The first of the faces of movers."""
        return self.n_faces - len(self.moves)

    @property
    def parts(self) -> tuple[CellRange, ...]:
        """The aquifer, and the features of each package under "package/"."""
        return (*self.base.parts, *(CellRange(f"{b.name}/", b.cells) for b in self.bodies))

    @cached_property
    def body_faces(self) -> Ints:
        """The faces of all features."""
        return np.arange(self.base.n_faces, self.n_faces)

    @cached_property
    def tracked_faces(self) -> Ints:
        """The faces between joined models, if the aquifer has any, then those of all features."""
        return np.concatenate([self.base.tracked_faces, self.body_faces])

    @property
    def water_bodies(self) -> slice:
        """The cells that stand for features."""
        return slice(self.base.n_cells, self.n_cells)

    @cached_property
    def cell_below(self) -> Ints:
        """As `Grid.cell_below`; none below a feature."""
        below = np.full(self.n_cells, -1, np.int64)
        below[:self.base.n_cells] = self.base.cell_below
        return below

    def let_go(self) -> None:
        """Give back the room of large tables."""
        super().let_go()
        self.base.let_go()

    def describe(self, cell: int) -> str:
        """Name a cell of the aquifer as its grid does, a feature as "lake 2 of lkt-1"."""
        for body in self.bodies:
            if body.start <= cell < body.cells.stop:
                return f"{body.word} {int(cell) - body.start + 1} of {body.name}"
        return self.base.describe(int(cell))

    def describe_node(self, node: int) -> str:
        """Name a node of the aquifer as its grid does, and the features, which come after all nodes."""
        more = node - self.base.n_nodes
        return self.base.describe_node(node) if more < 0 else self.describe(self.base.n_cells + more)


def placed_bodies(base: Grid, bodies: Sequence[Body]) -> list[Body]:
    """Return the features of packages with their places among the cells and faces of a joined grid, in this order."""
    placed, cell, face = [], base.n_cells, base.n_faces
    for body in bodies:
        placed.append(Body(body.name, body.word, cell, body.n_features, body.connections, body.links, face))
        cell, face = cell + body.n_features, face + body.n_faces
    return placed


def joined_grid(base: Grid, bodies: Sequence[Body], moves: Ints = NO_MOVES) -> FeatureGrid:
    """Return a grid with the features of packages, and faces for all connections, links and movers they know."""
    placed = placed_bodies(base, bodies)
    cell = base.n_cells + sum(b.n_features for b in placed)
    face = base.n_faces + sum(b.n_faces for b in placed) + len(moves)
    more, faces = cell - base.n_cells, face - base.n_faces
    pairs = [np.zeros((0, 2), np.int64)]
    for body in placed:
        _, feature, own = body.connections.T
        pairs += [np.column_stack([own, feature + body.start]), body.links[:, 1:] + body.start]
    pairs.append(moves)
    normal = np.zeros((faces, 3))
    normal[:, 2] = -1.0
    unit, none = np.ones(more), np.zeros(more)
    numbers = np.arange(more)
    return FeatureGrid(
        kind="disu", shape=(base.n_nodes + more,), node=np.append(base.node, base.n_nodes + numbers),
        top=np.append(base.top, unit), bottom=np.append(base.bottom, none),
        area=np.append(base.area, unit), x=np.append(base.x, none), y=np.append(base.y, none),
        column=np.append(base.column, base.n_nodes + numbers),
        face_cells=np.concatenate([base.face_cells, np.concatenate(pairs).astype(np.int32)]),
        face_kind=np.append(base.face_kind, np.full(faces, VERTICAL, np.int8)),
        face_width=np.append(base.face_width, np.zeros(faces)),
        face_distance=np.concatenate([base.face_distance, np.ones((faces, 2))]),
        face_normal=np.concatenate([base.face_normal, normal]),
        idomain=np.append(base.idomain, np.ones(more, np.int64)), vertices=np.zeros((0, 2)),
        polygon_start=np.zeros(cell + 1, np.int64), polygon_vertex=np.zeros(0, np.int64),
        length_unit=base.length_unit, crs=base.crs,
        base=base, bodies=tuple(placed), moves=moves,
    )


def unjoined(name: str, word: str, water: FeatureStep) -> Body:
    """Return the features of a package with the faces that a step asks for, to be placed by `joined_grid`."""
    none = np.zeros((0, 3), np.int64)
    return Body(name, word, 0, water.stage.size, none, none).with_faces_of(water)
