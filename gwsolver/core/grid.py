"""The grid as the solvers see it: active cells and one list of faces between them."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NUMBERING = {"dis": ("layer", "row", "column"), "disv": ("layer", "cell2d"), "disu": ("node",)}
"""What cells are called by, for each kind of grid."""
VERTICAL, HORIZONTAL, STAGGERED = 0, 1, 2


@dataclass(frozen=True)
class CellRange:
    """Cells that belong to one model of a grid that several models share.

    Attributes
    ----------
    label : str
        "model/", put before the names of its packages; "" where the grid is that of one model alone.
    cells : slice
    """

    label: str
    cells: slice


@dataclass(frozen=True, eq=False)
class Grid:
    """Active cells and the faces between them.

    "Cell" is always the zero-based reduced index (IDOMAIN > 0, in user node order); "node"
    the zero-based index over all cells of the user's grid. Coordinates x, y are the model's own
    (before origin and rotation), x along columns, y against rows, z up.

    Attributes
    ----------
    kind : str
        "dis", "disv" or "disu".
    shape : tuple of int
        (layer, row, column), (layer, cell2d) or (node,) of the user's grid.
    node : ndarray of int64, shape (cell,)
        User node of each active cell.
    top, bottom : ndarray of float64, shape (cell,)
        Elevation of the cell's top and bottom [L].
    area : ndarray of float64, shape (cell,)
        Plan area [L**2].
    x, y : ndarray of float64, shape (cell,)
        Cell centres in model coordinates [L].
    column : ndarray of int64, shape (cell,)
        Index of the cell in plan: row*ncol+column for DIS, cell2d for DISV, node for DISU.
    face_cells : ndarray of int32, shape (face, 2)
        Cells n < m of each face, sorted by (n, m): MODFLOW's upper triangle of JA. (Only where models are
        joined n > m is possible: across a vertical face that leads upward, so that n stays the upper cell.)
    face_kind : ndarray of int8, shape (face,)
        VERTICAL (m below n), HORIZONTAL or STAGGERED: MODFLOW's IHC 0, 1, 2.
    face_width : ndarray of float64, shape (face,)
        HWVA: width [L] of horizontal faces, area [L**2] of vertical ones.
    face_distance : ndarray of float64, shape (face, 2)
        CL1, CL2: centre of n to face and face to centre of m [L]; vertical: half the thicknesses.
    face_normal : ndarray of float64, shape (face, 3)
        Unit normal from n to m in model coordinates.
    cell_width : ndarray of float64, shape (cell, 2)
        Spacing along x and y for DIS [L]; an empty array (0, 2) otherwise.
    delr, delc : ndarray of float64, shape (column,), (row,)
        Spacing along rows and columns for DIS [L]; empty otherwise.
    vertices : ndarray of float64, shape (vertex, 2)
        x, y of the vertices of the cells in plan, model coordinates [L].
    polygon_start : ndarray of int64, shape (plan cell + 1,)
        Where each plan cell's ring begins in `polygon_vertex`.
    polygon_vertex : ndarray of int64
        Vertex indices, ring after ring, not closed.
    x_origin, y_origin, angle : float
        Lower left corner [L] and rotation (degrees, counter-clockwise) on the map.
    length_unit : str
        "metres", "feet", "centimetres" or "unknown".
    crs : str
        Coordinate reference system as "EPSG:32640", "" if unknown.
    idomain : ndarray of int64, shape (node,)
        As given; < 0 passes water through vertically, 0 is outside.
    """

    kind: str
    shape: tuple[int, ...]
    node: Ints
    top: Floats
    bottom: Floats
    area: Floats
    x: Floats
    y: Floats
    column: Ints
    face_cells: NDArray[np.int32]
    face_kind: NDArray[np.int8]
    face_width: Floats
    face_distance: Floats
    face_normal: Floats
    idomain: Ints
    vertices: Floats
    polygon_start: Ints
    polygon_vertex: Ints
    cell_width: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    delr: Floats = field(default_factory=lambda: np.zeros(0))
    delc: Floats = field(default_factory=lambda: np.zeros(0))
    x_origin: float = 0.0
    y_origin: float = 0.0
    angle: float = 0.0
    length_unit: str = "unknown"
    crs: str = ""

    @property
    def n_cells(self) -> int:
        """Number of active cells."""
        return int(self.node.size)

    @property
    def n_nodes(self) -> int:
        """Number of cells of the user's grid, active or not."""
        return int(np.prod(self.shape))

    @property
    def n_faces(self) -> int:
        """Number of faces between active cells."""
        return int(self.face_cells.shape[0])

    @cached_property
    def thickness(self) -> Floats:
        """Cell thickness [L], shape (cell,)."""
        return self.top - self.bottom

    @cached_property
    def volume(self) -> Floats:
        """Cell volume [L**3], shape (cell,)."""
        return self.area * (self.top - self.bottom)

    @cached_property
    def z(self) -> Floats:
        """Elevation of the cell centres [L], shape (cell,)."""
        return 0.5 * (self.top + self.bottom)

    @property
    def parts(self) -> tuple[CellRange, ...]:
        """The cells of each model that shares the grid: here all of them are one model's."""
        return (CellRange("", slice(0, self.n_cells)),)

    @property
    def tracked_faces(self) -> Ints:
        """Faces between two models, through which what passes is booked; here none."""
        return np.zeros(0, np.int64)

    @property
    def water_bodies(self) -> slice:
        """Cells that stand for lakes and stream reaches: here none."""
        return slice(self.n_cells, self.n_cells)

    @cached_property
    def centre_vector(self) -> Floats:
        """From the centre of n to that of m [L], shape (face, 3); vertical faces: half the thicknesses, straight."""
        vector: Floats = self.face_normal * self.face_distance.sum(axis=1)[:, None]
        if self.kind != "disu":
            plan = np.column_stack([self.x, self.y])
            level = self.face_kind != VERTICAL
            vector[level, :2] = (plan[self.face_cells[:, 1]] - plan[self.face_cells[:, 0]])[level]
        return vector

    @cached_property
    def centre_distance(self) -> Floats:
        """Distance of the two centres as MODFLOW takes it for specific discharge [L], shape (face,)."""
        n, m = self.face_cells[:, 0], self.face_cells[:, 1]
        length = self.face_distance.sum(axis=1)
        vertical = self.face_kind == VERTICAL
        between = np.hypot(self.x[n] - self.x[m], self.y[n] - self.y[m])
        rise = np.abs(self.z[n] - self.z[m])
        if self.kind == "dis":
            span = np.where(vertical, rise, length)
        elif self.kind == "disv":
            span = np.where(vertical, rise, between)
        else:
            span = np.where(vertical, np.hypot(between, rise), between)
        # A DISU grid without cell coordinates has only the distances of its connections.
        return np.where((span > 0.0) | (length == 0.0), span, length)

    def face_sides(self, faces: NDArray[np.integer]) -> tuple[Floats, Floats]:
        """Return `face_width` and `face_distance` of some faces, shape (face,), (face, 2)."""
        return self.face_width[faces], self.face_distance[faces]

    @cached_property
    def cell_below(self) -> Ints:
        """Cell under each cell across a vertical face, -1 where there is none; shape (cell,)."""
        below = np.full(self.n_cells, -1, np.int64)
        pairs = self.face_cells[self.face_kind == VERTICAL].astype(np.int64)
        below[pairs[::-1, 0]] = pairs[::-1, 1]
        return below

    @cached_property
    def cell_of_node(self) -> Ints:
        """Active cell of each user node, -1 where there is none; shape (node,)."""
        cell = np.full(self.n_nodes, -1, dtype=np.int64)
        cell[self.node] = np.arange(self.n_cells)
        return cell

    @cached_property
    def layer(self) -> Ints:
        """Zero-based layer of each cell (zero for DISU), shape (cell,)."""
        if self.kind == "disu":
            return np.zeros(self.n_cells, dtype=np.int64)
        return self.node // int(np.prod(self.shape[1:]))

    def to_nodes(self, values: NDArray[np.float64], fill: float = 1e30) -> Floats:
        """Spread values over cells, shape (cell,), to all user nodes, shape (node,)."""
        full = np.full(self.n_nodes, fill)
        full[self.node] = values
        return full

    def describe(self, cell: int) -> str:
        """Name a cell as MODFLOW prints it, one-based: "layer 4, row 13, column 41"."""
        return self.describe_node(int(self.node[cell]))

    def describe_node(self, node: int) -> str:
        """Name a zero-based user node, one-based, in the numbering of the grid's kind."""
        index = np.unravel_index(node, self.shape)
        return ", ".join(f"{w} {int(i) + 1}" for w, i in zip(NUMBERING[self.kind], index, strict=True))

    def describe_extent(self) -> str:
        """Say which numbers cells have, one-based: "layer 1 to 3, row 1 to 25, column 1 to 50"."""
        return ", ".join(f"{w} 1 to {n}" if n > 1 else f"{w} 1"
                         for w, n in zip(NUMBERING[self.kind], self.shape, strict=True))

    def to_map(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Turn model coordinates into map coordinates: rotate, then shift to the origin."""
        a = np.radians(self.angle)
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        return (
            self.x_origin + x * np.cos(a) - y * np.sin(a),
            self.y_origin + x * np.sin(a) + y * np.cos(a),
        )

    def from_map(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Turn map coordinates into model coordinates."""
        a = np.radians(self.angle)
        dx, dy = np.asarray(x, dtype=float) - self.x_origin, np.asarray(y, dtype=float) - self.y_origin
        return dx * np.cos(a) + dy * np.sin(a), -dx * np.sin(a) + dy * np.cos(a)

    @cached_property
    def connections(self) -> tuple[Ints, Ints, Ints]:
        """MODFLOW's IA, JA over active cells with the diagonal first, and the face of each entry.

        Returns
        -------
        ia : ndarray of int64, shape (cell + 1,)
        ja : ndarray of int64, shape (connection,)
            Zero-based cells; entry ``ia[n]`` is n itself, then the neighbours by cell number.
        face : ndarray of int64, shape (connection,)
            Face of the entry, -1 on the diagonal.
        """
        ia, upper, lower = self.entries()
        ja, face = np.empty(ia[-1], np.int64), np.full(ia[-1], -1, np.int64)
        ja[ia[:-1]] = np.arange(self.n_cells)
        ja[upper], ja[lower] = self.face_cells[:, 1], self.face_cells[:, 0]
        face[upper] = face[lower] = np.arange(self.n_faces)
        return ia, ja, face

    def let_go(self) -> None:
        """Give back the room of large tables, which are made again when they are asked for."""
        for name in ("connections", "centre_vector", "centre_distance", "z", "layer", "cell_below", "cell_of_node"):
            self.__dict__.pop(name, None)

    def entries(self) -> tuple[Ints, NDArray[np.int32], NDArray[np.int32]]:
        """Where faces stand in MODFLOW's JA.

        Returns
        -------
        ia : ndarray of int64, shape (cell + 1,)
            First entry of each cell, its diagonal.
        upper, lower : ndarray of int32, shape (face,)
            Entry of m in the row of n, and of n in the row of m.
        """
        n, m = self.face_cells[:, 0], self.face_cells[:, 1]
        below, above = np.bincount(m, minlength=self.n_cells), np.bincount(n, minlength=self.n_cells)
        ia = np.zeros(self.n_cells + 1, dtype=np.int64)
        np.cumsum(1 + below + above, out=ia[1:])
        face = np.arange(self.n_faces)
        upper, lower = np.empty(self.n_faces, np.int32), np.empty(self.n_faces, np.int32)
        if np.all(n < m) and np.all((n[1:] > n[:-1]) | ((n[1:] == n[:-1]) & (m[1:] > m[:-1]))):
            # Sorted by (n, m): faces that share n, and those that share m, come with growing neighbours.
            upper[:] = (ia[:-1] + 1 + below - (np.cumsum(above) - above))[n] + face
            by_m = np.argsort(m, kind="stable")
            lower[by_m] = (ia[:-1] + 1 - (np.cumsum(below) - below))[m[by_m]] + face
            return ia, upper, lower
        row, column = np.concatenate([n, m]), np.concatenate([m, n])
        order = np.lexsort((column, row))
        place = np.empty(order.size, np.int64)
        place[order] = np.arange(order.size) + row[order] + 1  # the diagonals of all rows up to its own stand before
        upper[:], lower[:] = place[:self.n_faces], place[self.n_faces:]
        return ia, upper, lower
