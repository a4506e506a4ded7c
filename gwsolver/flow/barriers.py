"""What barriers between cells leave of the conductance of faces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.barriers import BarriersInForce
from gwsolver.core.grid import STAGGERED, Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Layer:
    """Barriers of which no two stand at the same face.

    Attributes
    ----------
    faces : ndarray of int64, shape (barrier,)
        In rising order.
    characteristic : ndarray of float64, shape (barrier,)
    """

    faces: Ints
    characteristic: Floats


def layers(barriers: BarriersInForce, grid: Grid) -> tuple[Layer, ...]:
    """Return barriers by face, those behind each other at one face in layers of their own, in the given order."""
    if not barriers.characteristic.size:
        return ()
    pairs = np.sort(barriers.cells, axis=1)
    key = pairs[:, 0] * grid.n_cells + pairs[:, 1]
    all_pairs = np.sort(grid.face_cells.astype(np.int64), axis=1)
    faces = all_pairs[:, 0] * grid.n_cells + all_pairs[:, 1]
    by_key = np.argsort(faces, kind="stable")
    face = by_key[np.searchsorted(faces, key, sorter=by_key)]
    order = np.argsort(face, kind="stable")
    face, characteristic = face[order], barriers.characteristic[order]
    turn = np.arange(face.size) - np.searchsorted(face, face)
    return tuple(Layer(face[turn == t], characteristic[turn == t]) for t in range(int(turn.max()) + 1))


def behind(characteristic: Floats, conductance: Floats, width: Floats, height: Floats
           ) -> tuple[Floats, Floats, Floats]:
    """Return the conductance of faces with barriers, and its derivatives by that without and by the height.

        C' = C B / (C + B),  B = characteristic * width * height;    negative: C' = -characteristic * C

    Parameters
    ----------
    characteristic : ndarray of float64, shape (face,)
        As in `BarriersInForce`.
    conductance : ndarray of float64, shape (face,)
        C without the barrier [L**2/T].
    width, height : ndarray of float64, shape (face,)
        Of the wet face [L].

    Notes
    -----
    MODFLOW 6, gwf-hfb.f90: condsat_modify, hfb_fc.
    """
    resists = characteristic > 0.0
    per_height = np.where(resists, characteristic * width, 0.0)
    own = per_height * height
    both = conductance + own
    divided = resists & (both > 0.0)
    share = np.where(divided, own / np.where(divided, both, 1.0), 0.0)  # of C that is left
    factor = np.where(resists, share, -characteristic)
    rest = np.where(divided, 1.0 - share, 0.0)
    return factor * conductance, np.where(resists, share**2, factor), rest**2 * per_height


def height(grid: Grid, faces: Ints, thickness: Floats) -> tuple[Floats, Floats]:
    """Return the height of faces that barriers fill, and its derivatives by the wet thicknesses of both sides.

    Parameters
    ----------
    faces : ndarray of int64, shape (face,)
    thickness : ndarray of float64, shape (face, 2)
        Wet thickness of both sides [L]; of staggered cells within their opening.
    """
    part = np.full(thickness.shape, 0.5)
    staggered = grid.face_kind[faces] == STAGGERED
    lower = np.argmin(thickness, axis=1)
    part[staggered] = np.eye(2)[lower[staggered]]
    return (part * thickness).sum(axis=1), part
