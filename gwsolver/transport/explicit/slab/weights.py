"""Weights of gradients and upstream differences, which follow from cell sizes and from which neighbours exist.

They are the same in most rows: each distinct row of weights stands once in a pool, and tables say which row serves
where. A full grid of even spacing needs some twenty rows, which stay in the cache.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.memory import zeros
from gwsolver.transport.explicit.slab.layout import SlabLayout

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Integers = NDArray[np.int64]
Ints = NDArray[np.int32]
SAME = 1e-9
ROWS_AT_ONCE = 512
BESIDE = np.arange(-2, 3)


@dataclass(frozen=True, eq=False)
class Weights:
    """Rows of weights and where they serve.

    Attributes
    ----------
    pool : ndarray of float32, shape (row, lane)
        Row 0 is zero, row 1 one.
    gradient : ndarray of int32, shape (3, slab, layer)
        First of three rows: before, after, far. Gradients along lanes and across slabs are per cell size, those
        across layers per length [1/L].
    ratio : ndarray of int32, shape (3, slab, layer)
        First of two rows: distance of a face's centres over that of the next pair behind n, beyond m.
    scale : ndarray of int32, shape (2, slab, layer)
        Smaller thickness of the two cells of a face [L].
    """

    pool: Floats32
    gradient: Ints
    ratio: Ints
    scale: Ints


class _Pool:
    """Collects groups of rows."""

    def __init__(self, n_lanes: int) -> None:
        self._rows = [np.zeros((1, n_lanes), np.float32), np.ones((1, n_lanes), np.float32)]
        self._size = 2

    def table(self, key: Integers, make: Callable[[Integers], Floats]) -> Integers:
        """Return the first row of every item's group; items of equal key share one.

        Parameters
        ----------
        key : ndarray of int64, shape (item, part)
        make : callable
            Makes the groups of some items, shape (item, row, lane).
        """
        items, same = _distinct(key)
        first = np.zeros(items.size, np.int64)
        for at in range(0, items.size, ROWS_AT_ONCE):
            rows = make(items[at:at + ROWS_AT_ONCE])
            groups, each, n_lanes = rows.shape
            self._rows.append(rows.reshape(-1, n_lanes).astype(np.float32))
            first[at:at + groups] = self._size + each * np.arange(groups)
            self._size += groups * each
        return first[same]

    def array(self) -> Floats32:
        """Return all rows."""
        found = zeros((self._size, self._rows[0].shape[1]), np.float32)
        return np.concatenate(self._rows, out=found)


def _distinct(key: Integers) -> tuple[Integers, Integers]:
    """Return where each distinct row stands first, and which of them every row is.

    Told apart by their bytes: numpy's sorting costs more than all else on small grids.
    """
    raw, width = np.ascontiguousarray(key).tobytes(), key.shape[1] * key.itemsize
    known: dict[bytes, int] = {}
    same = [known.setdefault(raw[at:at + width], len(known)) for at in range(0, len(raw), width)]
    found = np.array(same, np.int64)
    items = np.zeros(len(known), np.int64)
    items[found[::-1]] = np.arange(found.size)[::-1]
    return items, found


def build_weights(layout: SlabLayout, wet: NDArray[np.bool_], thickness: Floats) -> Weights:
    """Return the weights of a layout; cells that are not wet count as absent.

    Parameters
    ----------
    wet : ndarray of bool, shape (cell,)
    thickness : ndarray of float64, shape (cell,)
    """
    pool = _Pool(layout.n_lanes)
    j, k = (x.ravel() for x in np.indices((layout.n_slabs, layout.n_layers)))
    around_j, around_k = j[:, None] + 2 + BESIDE, k[:, None] + 2 + BESIDE
    patterns, pattern = _patterns(layout, wet)
    thick, own = _thickness(layout, thickness)
    own = (k if own is None else own)[:, None]
    lane_size = np.pad(layout.lane_size, 2, constant_values=1.0)
    lane_size = np.stack([lane_size[i:i + layout.n_lanes] for i in range(5)])[None]
    slab_size = np.pad(layout.slab_size, 2, constant_values=1.0)[around_j]
    spacing = slab_size.view(np.int64)
    lines = pattern[around_j, k[:, None] + 2]
    stacks = pattern[j[:, None] + 2, around_k]

    def along_lanes(at: Integers) -> Floats:
        present = np.pad(patterns[lines[at, 2]], ((0, 0), (2, 2)))
        present = np.stack([present[:, i:i + layout.n_lanes] for i in range(5)], axis=1)
        return gradient_rows(present, lane_size) * layout.lane_size

    def across_slabs(at: Integers) -> Floats:
        return gradient_rows(patterns[lines[at]], slab_size[at][:, :, None]) * layout.slab_size[j[at]][:, None, None]

    def across_layers(at: Integers) -> Floats:
        return gradient_rows(patterns[stacks[at]], tall(at))

    def tall(at: Integers) -> Floats:
        found: Floats = thick[j[at, None] + 2, around_k[at]]
        return found

    def smaller_along(at: Integers) -> Floats:
        here = thick[j[at] + 2, k[at] + 2]
        smaller: Floats = np.minimum(here, np.concatenate([here[:, 1:], here[:, -1:]], axis=1))[:, None]
        return smaller

    def smaller_across(at: Integers) -> Floats:
        beside = thick[np.minimum(j[at] + 3, layout.n_slabs + 1), k[at] + 2]
        smaller: Floats = np.minimum(thick[j[at] + 2, k[at] + 2], beside)[:, None]
        return smaller

    gradient = (
        pool.table(lines[:, 2:3], along_lanes), pool.table(np.hstack([lines, spacing]), across_slabs),
        pool.table(np.hstack([stacks, own]), across_layers),
    )
    full = np.ones(layout.n_lanes)
    ratio = (
        pool.table(np.zeros_like(own), lambda at: ratio_rows(lane_size)),
        pool.table(spacing, lambda at: ratio_rows(slab_size[at][:, :, None] * full)),
        pool.table(own, lambda at: ratio_rows(tall(at))),
    )
    scale = pool.table(own, smaller_along), pool.table(own, smaller_across)
    shape = (layout.n_slabs, layout.n_layers)

    def tables(rows: tuple[Integers, ...]) -> Ints:
        return np.stack(rows).reshape(-1, *shape).astype(np.int32)

    return Weights(pool.array(), tables(gradient), tables(ratio), tables(scale))


def _patterns(layout: SlabLayout, wet: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Integers]:
    """Return the distinct rows of present cells, the first of them empty, and which row stands where.

    The table has two rows of nothing around it.
    """
    there = np.zeros(layout.n_places, bool)
    there[layout.place] = wet
    rows = there[8:-8].reshape(-1, layout.n_lanes)
    packed = np.packbits(rows, axis=1)
    _, first, same = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    pattern = np.zeros((layout.n_slabs + 4, layout.n_layers + 4), np.int64)
    pattern[2:-2, 2:-2] = same.reshape(layout.n_slabs, layout.n_layers) + 1
    return np.concatenate([np.zeros((1, layout.n_lanes), bool), rows[first]]), pattern


def _thickness(layout: SlabLayout, thickness: Floats) -> tuple[Floats, Integers | None]:
    """Return thickness by slab, layer and lane with two rows around it, and which rows are different.

    None means that every layer has one thickness; each row is different otherwise.
    """
    shape = (layout.n_slabs + 4, layout.n_layers + 4)
    layer = layout.place.astype(np.int64) - 8
    layer = layer // layout.n_lanes % layout.n_layers
    least, most = np.full(layout.n_layers, np.inf), np.zeros(layout.n_layers)
    np.minimum.at(least, layer, thickness)
    np.maximum.at(most, layer, thickness)
    least[np.isinf(least)] = most[most == 0.0] = 1.0
    if np.all(most - least <= SAME * most):
        flat = np.pad(0.5 * (least + most), 2, constant_values=1.0)
        return np.broadcast_to(flat[None, :, None], (*shape, layout.n_lanes)), None
    found = np.ones((*shape, layout.n_lanes))
    found[2:-2, 2:-2] = layout.boxes(layout.spread(thickness, 1.0))
    return found, np.arange(layout.n_slabs * layout.n_layers)


def gradient_rows(present: NDArray[np.bool_], size: Floats) -> Floats:
    """Return the weights of a gradient from five cells in line: before, after, far [1/L].

    g = w- (c - c[-1]) + w+ (c[+1] - c) + w2 (c[+2] - c[-2]): fourth order where five cells of equal spacing stand in
    line, else second order for any spacing, one-sided at an end, zero in a cell that is alone or absent.

    Parameters
    ----------
    present : ndarray of bool, shape (item, 5, lane)
    size : ndarray of float64, shape (item or 1, 5, lane or 1)
        Extents of the cells [L].
    """
    apart = 0.5 * (size[:, 1:] + size[:, :-1])
    b2, b, own, a, a2 = (present[:, i] for i in range(5))
    b, a = b & own, a & own
    d_b, d_a = apart[:, 1], apart[:, 2]
    w_b = np.where(a, d_a / (d_b * (d_b + d_a)), 1.0 / d_b)
    w_a = np.where(b, d_b / (d_a * (d_b + d_a)), 1.0 / d_a)
    even = np.ptp(apart, axis=1) <= SAME * apart.max(axis=1)
    five = b2 & b & a & a2 & even
    fourth = 1.0 / (12.0 * apart.mean(axis=1))
    return np.stack([
        np.where(five, 8.0 * fourth, np.where(b, w_b, 0.0)), np.where(five, 8.0 * fourth, np.where(a, w_a, 0.0)),
        np.where(five, -fourth, 0.0),
    ], axis=1)


def ratio_rows(size: Floats) -> Floats:
    """Return distance over the next distance, behind the lower cell n = 2 and beyond the upper m = 3.

    Parameters
    ----------
    size : ndarray of float64, shape (item, 5, lane)
        Extents of the cells n - 2 to n + 2 [L].
    """
    apart = 0.5 * (size[:, 1:] + size[:, :-1])
    return np.stack([apart[:, 2] / apart[:, 1], apart[:, 2] / apart[:, 3]], axis=1)
