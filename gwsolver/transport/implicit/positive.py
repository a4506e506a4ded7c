"""Giving back what a step took too much: no cell is left with less than nothing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.implicit.operator import Operator

Floats = NDArray[np.float64]
ROUNDS = 30
NOTHING = 1e-16  # part of all mass that is round-off


def fill(
    mass: Floats, op: Operator, held: NDArray[np.bool_], flux: Floats | None = None, parts: Sequence[slice] = (),
) -> float:
    """Fill cells of negative mass from their neighbours; return the mass that was missing.

    No linear method of second order keeps every step positive (Bolley and Crouzeix, 1978, RAIRO Analyse
    numerique 12, 237-245). What is missing in a cell came through its faces: it is taken back through
    them, in proportion to what they can carry, which lowers a neighbour by as much. Neighbours that run
    short pass the demand on. What is round-off, and what is still missing after 30 rounds far from any mass, is
    taken from the cell that holds most. Mass is only moved.

    Parameters
    ----------
    mass : ndarray of float64, shape (cell,)
        Changed [M].
    op : Operator
    held : ndarray of bool, shape (cell,)
        Cells of given concentration, which take no part.
    flux : ndarray of float64, shape (face,), optional
        Mass that passed through faces [M]: what is taken back is taken off it.
    parts : sequence of slice, optional
        Cells whose books are kept apart: the one that holds most is sought among those of the same part.
    """
    short = (mass < 0.0) & ~held
    if not short.any():
        return 0.0
    missing = -float(mass[short].sum())
    parts = parts or (slice(None),)
    _take_from_the_fullest(mass, short & (mass > -NOTHING * float(np.abs(mass).sum())), held, parts)
    short = (mass < 0.0) & ~held
    for _ in range(ROUNDS):
        if not short.any():
            return missing
        faces = np.flatnonzero(short[op.n] != short[op.m])
        n, m = op.n[faces], op.m[faces]
        weight = np.where(held[n] | held[m], 0.0, op.forth[faces] + op.back[faces])
        lacking, giving = np.where(short[n], n, m), np.where(short[n], m, n)
        total = np.bincount(lacking, weight, mass.size)
        amount = -mass[lacking] * weight / np.where(total[lacking] > 0.0, total[lacking], 1.0)
        np.subtract.at(mass, giving, amount)
        if flux is not None:
            flux[faces] += np.where(short[n], -amount, amount)
        mass[total > 0.0] = np.where(short, 0.0, mass)[total > 0.0]
        short = (mass < 0.0) & ~held
    _take_from_the_fullest(mass, short, held, parts)
    return missing


def _take_from_the_fullest(
    mass: Floats, short: NDArray[np.bool_], held: NDArray[np.bool_], parts: Sequence[slice]
) -> None:
    """Fill some cells from the one that holds most, each part from its own."""
    for part in parts:
        own, few = mass[part], short[part]
        if not few.any():
            continue
        left = float(own[few].sum())
        own[few] = 0.0
        own[np.where(held[part], -np.inf, own).argmax()] += left
