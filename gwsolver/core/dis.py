"""Structured grids (MODFLOW's DIS): layers, rows and columns to cells and faces."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.core.grid import HORIZONTAL, VERTICAL, Grid

Cells = NDArray[np.int32]
Floats = NDArray[np.float64]
KINDS = (HORIZONTAL, HORIZONTAL, VERTICAL)
NORMALS = ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0))
"""Of faces to the right, in front and below."""
AT_A_TIME = 50_000
"""Faces whose extents are found together: their arrays stay in the cache, and large ones cost page faults."""


class StructuredGrid(Grid):
    """A structured grid: its largest tables follow from spacing and elevations.

    Those of faces take 48 bytes of 58. All are made when asked for, and can be let go (`let_go`).
    """

    @cached_property
    def x(self) -> Floats:
        """Cell centres along rows."""
        edge = np.concatenate([[0.0], np.cumsum(self.delr)])
        centre: Floats = 0.5 * (edge[:-1] + edge[1:])
        return centre[self.column % self.delr.size]

    @cached_property
    def y(self) -> Floats:
        """Cell centres along columns."""
        edge = np.concatenate([[0.0], np.cumsum(self.delc[::-1])])[::-1]
        centre: Floats = 0.5 * (edge[:-1] + edge[1:])
        return centre[self.column // self.delr.size]

    @cached_property
    def face_axis(self) -> NDArray[np.int8]:
        """0, 1, 2 of faces to the right, in front and below, shape (face,)."""
        axis = np.full(self.n_faces, 2, np.int8)
        level = self.face_kind != VERTICAL
        n_col = self.delr.size
        row = [self.column[self.face_cells[:, side]] // n_col for side in (0, 1)]
        axis[level] = (row[0] != row[1])[level]
        return axis

    @cached_property
    def face_width(self) -> Floats:
        """Width of horizontal faces, area of vertical ones."""
        return self._both_sides[0]

    @cached_property
    def face_distance(self) -> Floats:
        """Half the extents of both cells across the face."""
        return self._both_sides[1]

    @cached_property
    def _both_sides(self) -> tuple[Floats, Floats]:
        return self._sides_of(np.arange(self.n_faces, dtype=np.int32))

    def face_sides(self, faces: NDArray[np.integer]) -> tuple[Floats, Floats]:
        """Return `face_width` and `face_distance` of some faces, shape (face,), (face, 2); of large grids no others."""
        if self.n_faces > AT_A_TIME:
            return self._sides_of(faces)
        width, half = self._both_sides
        return width[faces], half[faces]

    def _sides_of(self, faces: NDArray[np.integer]) -> tuple[Floats, Floats]:
        width, half = np.empty(faces.size), np.empty((faces.size, 2))
        thickness = self.thickness
        for begin in range(0, faces.size, AT_A_TIME):
            some = slice(begin, begin + AT_A_TIME)
            self._sides(faces[some], thickness, width[some], half[some])
        return width, half

    def _sides(self, faces: NDArray[np.integer], thickness: Floats, width: Floats, half: Floats) -> None:
        """Write width and half extents of some faces."""
        cells, axis = self.face_cells[faces], self.face_axis[faces]
        width[:] = self.area[cells[:, 0]]
        for own, along in enumerate((self.cell_width[:, 0], self.cell_width[:, 1], thickness)):
            at = np.flatnonzero(axis == own)
            across = cells[at]
            half[at] = 0.5 * along[across]
            if own < 2:
                width[at] = self.cell_width[across[:, 0], 1 - own]

    @cached_property
    def face_normal(self) -> Floats:
        """Along the axes."""
        return np.array(NORMALS)[self.face_axis]

    def let_go(self) -> None:
        """Give back the room of large tables, which are made again when they are asked for."""
        super().let_go()
        for name in ("x", "y", "face_width", "face_distance", "face_normal"):
            self.__dict__.pop(name, None)
        if self.n_faces > AT_A_TIME:
            self.__dict__.pop("_both_sides", None)


def structured_grid(
    delr: ArrayLike,
    delc: ArrayLike,
    top: ArrayLike,
    botm: ArrayLike,
    idomain: ArrayLike | None = None,
    *,
    x_origin: float = 0.0,
    y_origin: float = 0.0,
    angle: float = 0.0,
    length_unit: str = "unknown",
    crs: str = "",
) -> Grid:
    """Build the grid of a DIS package.

    Parameters
    ----------
    delr : array_like, shape (column,)
        Spacing along a row [L].
    delc : array_like, shape (row,)
        Spacing along a column [L].
    top : array_like, shape (row, column) or scalar
        Top of the uppermost layer [L].
    botm : array_like, shape (layer, row, column) or (layer,)
        Bottom of each layer [L].
    idomain : array_like of int, shape (layer, row, column), optional
        > 0 active, 0 outside, < 0 outside but passed through vertically.
    x_origin, y_origin, angle, length_unit, crs
        As in `Grid`.

    Notes
    -----
    A vertical face joins a cell with the next active cell below it if only pass-through cells
    (IDOMAIN < 0) lie between (MODFLOW 6 description of input and output, DIS package).
    """
    delr, delc = np.atleast_1d(np.asarray(delr, float)), np.atleast_1d(np.asarray(delc, float))
    n_row, n_col = delc.size, delr.size
    botm = np.asarray(botm, float)
    botm = botm.reshape(-1, 1, 1) if botm.ndim <= 1 else botm
    n_lay = botm.shape[0]
    shape = (n_lay, n_row, n_col)
    botm = np.broadcast_to(botm, shape)
    top = np.broadcast_to(np.asarray(top, float), shape[1:])
    tops = np.concatenate([top[None], botm[:-1]])
    domain = np.ones(shape, np.int64) if idomain is None else np.asarray(idomain, np.int64).reshape(shape)

    active = domain > 0
    cell = np.full(shape, -1, np.int32)
    cell[active] = np.arange(active.sum(), dtype=np.int32)
    _, row, col = np.nonzero(active)
    x_edge = np.concatenate([[0.0], np.cumsum(delr)])
    y_edge = np.concatenate([[0.0], np.cumsum(delc[::-1])])[::-1]

    # The neighbours of a cell to the right, in front and below have growing numbers: cell by cell and in
    # this order, faces are sorted.
    neighbour = np.stack([side[active] for side in (_right(cell), _front(cell), next_below(cell, domain))], axis=-1)
    there = np.flatnonzero(neighbour.ravel() >= 0)
    n, direction = (there // 3).astype(np.int32), (there % 3).astype(np.int8)
    m = neighbour.ravel()[there]
    corner = np.arange((n_row + 1) * (n_col + 1)).reshape(n_row + 1, n_col + 1)
    rings = np.stack([corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]], axis=-1)
    nothing = np.zeros(0)
    grid = StructuredGrid(
        kind="dis", shape=shape, node=np.flatnonzero(active.ravel()), top=tops[active], bottom=botm[active],
        area=delc[row] * delr[col],
        x=nothing, y=nothing, column=row * n_col + col,
        face_cells=np.column_stack([n, m]), face_kind=np.array(KINDS, np.int8)[direction],
        face_width=nothing, face_distance=nothing, face_normal=nothing,
        idomain=domain.ravel(),
        vertices=np.column_stack([np.tile(x_edge, n_row + 1), np.repeat(y_edge, n_col + 1)]),
        polygon_start=np.arange(0, 4 * n_row * n_col + 1, 4), polygon_vertex=rings.ravel(),
        cell_width=np.column_stack([delr[col], delc[row]]), delr=delr, delc=delc,
        x_origin=x_origin, y_origin=y_origin, angle=angle, length_unit=length_unit, crs=crs,
    )
    grid.let_go()
    grid.__dict__["face_axis"] = direction
    return grid


def _right(cell: Cells) -> Cells:
    """Return the next cell in the row, -1 where there is none, shape (layer, row, column)."""
    found = np.full_like(cell, -1)
    found[:, :, :-1] = cell[:, :, 1:]
    return found


def _front(cell: Cells) -> Cells:
    """Return the next cell in the column, -1 where there is none."""
    found = np.full_like(cell, -1)
    found[:, :-1] = cell[:, 1:]
    return found


def next_below(cell: NDArray[Any], domain: NDArray[np.int64]) -> NDArray[Any]:
    """Return the next cell down, -1 where there is none; pass-through cells are skipped."""
    found = np.full_like(cell, -1)
    under = found[0].copy()
    for k in range(cell.shape[0] - 1, -1, -1):
        found[k] = under
        under = np.where(cell[k] >= 0, cell[k], np.where(domain[k] < 0, under, -1))
    return found
