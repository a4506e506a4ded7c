"""The grids of several models and the exchanges between them as one grid, with the way back to each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.exchange import Exchange
from gwsolver.core.grid import VERTICAL, CellRange, Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAME_PLACE = 1e-3
"""Part of a distance by which centres may miss it and still be taken as placed on one map."""


@dataclass(frozen=True, eq=False)
class Part:
    """One model's share of a merged grid.

    Attributes
    ----------
    name : str
        The model.
    grid : Grid
        Its own grid.
    start : int
        Its first cell in the merged grid; the others follow in their order.
    faces : ndarray of int64, shape (own face,)
        Where its own faces stand in the merged grid.
    """

    name: str
    grid: Grid
    start: int
    faces: Ints

    @property
    def cells(self) -> slice:
        """Its cells in the merged grid."""
        return slice(self.start, self.start + self.grid.n_cells)


@dataclass(frozen=True, eq=False)
class Joint:
    """The connections of one exchange as faces of a merged grid.

    Attributes
    ----------
    exchange : Exchange
    faces : ndarray of int64, shape (line,)
        Face of each line.
    sign : ndarray of float64, shape (line,)
        +1 where the face runs from the first model's cell to the second's, -1 where it runs back.
    vector : ndarray of float64, shape (line, 3)
        From the centre of the face's cell n to that of m [L].
    """

    exchange: Exchange
    faces: Ints
    sign: Floats
    vector: Floats


@dataclass(frozen=True, eq=False)
class MergedGrid(Grid):
    """Several grids as one list of cells and faces: what solvers see of models joined by exchanges.

    Cells follow each other model by model. Coordinates are those of the first model; the others are
    shifted by the difference of the origins. It has no shape, vertices or nodes of its own: what is
    written or drawn is written and drawn on the grids of the parts.

    Attributes
    ----------
    members : tuple of Part
    joints : tuple of Joint
    """

    members: tuple[Part, ...] = ()
    joints: tuple[Joint, ...] = ()

    @property
    def parts(self) -> tuple[CellRange, ...]:
        """The cells of each model."""
        return tuple(CellRange(f"{p.name}/", p.cells) for p in self.members)

    @cached_property
    def tracked_faces(self) -> Ints:
        """The faces of all exchanges, one after the other."""
        return np.concatenate([np.zeros(0, np.int64), *(j.faces for j in self.joints)])

    @cached_property
    def centre_vector(self) -> Floats:
        """As `Grid.centre_vector`; across an exchange from the centres if they are placed on one map."""
        return self.on_faces([p.grid.centre_vector for p in self.members], [j.vector for j in self.joints])

    @cached_property
    def centre_distance(self) -> Floats:
        """As `Grid.centre_distance`; across an exchange CDIST, else the length of `centre_vector`."""
        across = [
            np.linalg.norm(j.vector, axis=1) if j.exchange.centre_distance is None else j.exchange.centre_distance
            for j in self.joints
        ]
        return self.on_faces([p.grid.centre_distance for p in self.members], across)

    def on_faces(self, own: Sequence[NDArray[Any]], across: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Put values of each part's own faces and of each exchange's lines in the order of the faces."""
        values = np.concatenate([*own, *across])
        placed = np.empty_like(values)
        placed[np.concatenate([*(p.faces for p in self.members), *(j.faces for j in self.joints)])] = values
        return placed

    def part_of(self, cell: int) -> Part:
        """Return the part that a cell belongs to."""
        return next(p for p in reversed(self.members) if p.start <= cell)

    def describe(self, cell: int) -> str:
        """Name a cell in the numbering of its own model: "layer 4, row 13, column 41 of model outer"."""
        part = self.part_of(int(cell))
        return f"{part.grid.describe(int(cell) - part.start)} of model {part.name}"

    def describe_node(self, node: int) -> str:
        """As `describe`: nodes are cells here."""
        return self.describe(node)


def merge_grids(names: Sequence[str], grids: Sequence[Grid], exchanges: Sequence[Exchange]) -> MergedGrid:
    """Merge grids along exchanges.

    Parameters
    ----------
    names : sequence of str
        Name of the model of each grid.
    grids : sequence of Grid
        With one rotation (`Grid.angle`).
    exchanges : sequence of Exchange
        Between models of these names.

    Returns
    -------
    MergedGrid
        Faces sorted by cells (n, m). Across an upward vertical exchange n is the greater.
    """
    starts = np.concatenate([[0], np.cumsum([g.n_cells for g in grids])]).astype(np.int64)
    start = dict(zip(names, starts[:-1], strict=True))
    total = int(starts[-1])
    places = [_placed(g, grids[0]) for g in grids]
    x, y = (np.concatenate([p[i] for p in places]) for i in (0, 1))
    top, bottom = (np.concatenate([getattr(g, k) for g in grids]) for k in ("top", "bottom"))

    lines = [_Lines(e, start, x, y, 0.5 * (top + bottom)) for e in exchanges]
    own = [g.face_cells.astype(np.int64) + s for g, s in zip(grids, starts, strict=False)]
    pairs = np.concatenate([*own, *(line.pairs for line in lines)])
    order = np.lexsort((pairs.max(axis=1), pairs.min(axis=1)))
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    cuts = np.cumsum([len(p) for p in (*own, *(line.pairs for line in lines))])[:-1]
    faces = np.split(rank, cuts)

    def face_field(of_grid: Callable[[Grid], NDArray[Any]], of_lines: Callable[["_Lines"], NDArray[Any]]
                   ) -> NDArray[Any]:
        return np.concatenate([*(of_grid(g) for g in grids), *(of_lines(line) for line in lines)])[order]

    own_nodes = np.arange(total)
    return MergedGrid(
        kind="disu", shape=(total,), node=own_nodes, top=top, bottom=bottom,
        area=np.concatenate([g.area for g in grids]), x=x, y=y, column=own_nodes,
        face_cells=np.ascontiguousarray(pairs[order], np.int32),
        face_kind=face_field(lambda g: g.face_kind, lambda line: line.exchange.face_kind),
        face_width=face_field(lambda g: g.face_width, lambda line: line.exchange.width),
        face_distance=face_field(lambda g: g.face_distance, lambda line: line.distance),
        face_normal=face_field(lambda g: g.face_normal, lambda line: line.normal),
        idomain=np.ones(total, np.int64), vertices=np.zeros((0, 2)),
        polygon_start=np.zeros(total + 1, np.int64), polygon_vertex=np.zeros(0, np.int64),
        x_origin=grids[0].x_origin, y_origin=grids[0].y_origin, angle=grids[0].angle,
        length_unit=grids[0].length_unit, crs=grids[0].crs,
        members=tuple(
            Part(n, g, int(s), f) for n, g, s, f in zip(names, grids, starts, faces, strict=False)
        ),
        joints=tuple(
            Joint(line.exchange, f, line.sign, line.vector) for line, f in zip(lines, faces[len(grids):], strict=True)
        ),
    )


def _placed(grid: Grid, first: Grid) -> tuple[Floats, Floats]:
    """Return the cell centres in the model coordinates of the first grid."""
    return (grid.x, grid.y) if grid is first else first.from_map(*grid.to_map(grid.x, grid.y))


class _Lines:
    """The lines of an exchange, turned so that n is the smaller cell, or the upper one of a vertical face."""

    def __init__(self, exchange: Exchange, start: dict[str, int], x: Floats, y: Floats, z: Floats) -> None:
        self.exchange = exchange
        pairs = exchange.cells + np.array([start[m] for m in exchange.models])
        vertical = exchange.face_kind == VERTICAL
        turn = np.where(vertical, z[pairs[:, 0]] < z[pairs[:, 1]], pairs[:, 0] > pairs[:, 1])
        self.sign = np.where(turn, -1.0, 1.0)
        self.pairs = np.where(turn[:, None], pairs[:, ::-1], pairs)
        self.distance = np.where(turn[:, None], exchange.distance[:, ::-1], exchange.distance)
        n, m = self.pairs.T
        between = np.column_stack([x[m] - x[n], y[m] - y[n]])
        self.normal = self._normal(vertical, between)
        self.vector = self._vector(vertical, between)

    def _normal(self, vertical: NDArray[np.bool_], between: Floats) -> Floats:
        """From ANGLDEGX; without it from centre to centre, as for DISU."""
        normal = np.zeros((self.sign.size, 3))
        if self.exchange.angle is not None:
            angle = np.radians(self.exchange.angle)
            normal[:, 0], normal[:, 1] = self.sign * np.cos(angle), self.sign * np.sin(angle)
            # cos(90 degrees) in floating point is not zero, but specific discharge treats it as a direction.
            normal[np.abs(normal) < 1e-12] = 0.0
        else:
            length = np.hypot(*between.T)
            normal[:, :2] = np.nan_to_num(between / np.where(length > 0.0, length, 1.0)[:, None])
        normal[vertical] = (0.0, 0.0, -1.0)
        return normal

    def _vector(self, vertical: NDArray[np.bool_], between: Floats) -> Floats:
        """From centre to centre where the models are placed on one map, else along the normal.

        The places agree if their distance is CDIST (where it is given), else if they are as far apart
        along the normal as CL1 + CL2 says, and not more than that aside.
        """
        length = self.distance.sum(axis=1)
        vector: Floats = self.normal * length[:, None]
        along = np.sum(self.normal[:, :2] * between, axis=1)
        apart = np.hypot(*between.T)
        given = self.exchange.centre_distance
        if given is not None:
            agree = (np.abs(apart - given) <= SAME_PLACE * given) & (along > 0.0)
        else:
            agree = (np.abs(along - length) <= SAME_PLACE * length) & (apart <= 2.0 * length)
        placed = ~vertical & agree
        vector[placed, :2] = between[placed]
        return vector

