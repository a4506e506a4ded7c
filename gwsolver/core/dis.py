"""Structured grids (MODFLOW's DIS): layers, rows and columns to cells and faces."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.core.grid import HORIZONTAL, VERTICAL, Grid


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
    cell = np.full(shape, -1, np.int64)
    cell[active] = np.arange(active.sum())
    _, row, col = np.nonzero(active)
    x_edge = np.concatenate([[0.0], np.cumsum(delr)])
    y_edge = np.concatenate([[0.0], np.cumsum(delc[::-1])])[::-1]

    pairs, kinds, widths, distances, normals = [], [], [], [], []

    def add(n: NDArray[np.int64], m: NDArray[np.int64], kind: int, width: NDArray[np.float64],
            half_n: NDArray[np.float64], half_m: NDArray[np.float64], normal: tuple[float, float, float]) -> None:
        pairs.append(np.column_stack([n, m]))
        kinds.append(np.full(n.size, kind, np.int8))
        widths.append(width)
        distances.append(np.column_stack([half_n, half_m]))
        normals.append(np.broadcast_to(np.array(normal), (n.size, 3)))

    both = active[:, :, :-1] & active[:, :, 1:]
    k, i, j = np.nonzero(both)
    add(cell[k, i, j], cell[k, i, j + 1], HORIZONTAL, delc[i], 0.5 * delr[j], 0.5 * delr[j + 1], (1.0, 0.0, 0.0))
    both = active[:, :-1, :] & active[:, 1:, :]
    k, i, j = np.nonzero(both)
    add(cell[k, i, j], cell[k, i + 1, j], HORIZONTAL, delr[j], 0.5 * delc[i], 0.5 * delc[i + 1], (0.0, -1.0, 0.0))
    n, m = _vertical_pairs(cell, domain)
    thickness = (tops - botm)[active]
    add(n, m, VERTICAL, (delc[row] * delr[col])[n], 0.5 * thickness[n], 0.5 * thickness[m], (0.0, 0.0, -1.0))

    face_cells = np.concatenate(pairs)
    order = np.lexsort((face_cells[:, 1], face_cells[:, 0]))
    corner = np.arange((n_row + 1) * (n_col + 1)).reshape(n_row + 1, n_col + 1)
    rings = np.stack([corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]], axis=-1)
    return Grid(
        kind="dis", shape=shape, node=np.flatnonzero(active.ravel()), top=tops[active], bottom=botm[active],
        area=delc[row] * delr[col],
        x=(0.5 * (x_edge[:-1] + x_edge[1:]))[col], y=(0.5 * (y_edge[:-1] + y_edge[1:]))[row],
        column=row * n_col + col,
        face_cells=face_cells[order].astype(np.int32), face_kind=np.concatenate(kinds)[order],
        face_width=np.concatenate(widths)[order], face_distance=np.concatenate(distances)[order],
        face_normal=np.ascontiguousarray(np.concatenate(normals)[order]),
        idomain=domain.ravel(),
        vertices=np.column_stack([np.tile(x_edge, n_row + 1), np.repeat(y_edge, n_col + 1)]),
        polygon_start=np.arange(0, 4 * n_row * n_col + 1, 4), polygon_vertex=rings.ravel(),
        cell_width=np.column_stack([delr[col], delc[row]]),
        x_origin=x_origin, y_origin=y_origin, angle=angle, length_unit=length_unit, crs=crs,
    )


def _vertical_pairs(
    cell: NDArray[np.int64], domain: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cells above and below every vertical face; pass-through cells are skipped."""
    above, below = [], []
    open_from = cell[0].copy()
    for k in range(1, cell.shape[0]):
        here = cell[k]
        joined = (here >= 0) & (open_from >= 0)
        above.append(open_from[joined])
        below.append(here[joined])
        open_from = np.where(here >= 0, here, np.where(domain[k] < 0, open_from, -1))
    if not above:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(above), np.concatenate(below)
