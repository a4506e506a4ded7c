"""The arrays that stages run over: those of all places, or copies of the box around the window.

Rows of a window in the arrays of a large grid lie far apart; each begins some twenty streams of memory anew, and
took twice the time of rows that follow each other (measured). A small window is therefore worked on in copies of a box
around it, with some room to move in. What lies outside stays in the arrays of all places.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.memory import zeros
from gwsolver.kernels import transport_slab_limits
from gwsolver.transport.explicit.slab.field import SlabField
from gwsolver.transport.explicit.slab.layout import EDGE, WIDTH, Floats32, Ints, SlabLayout
from gwsolver.transport.explicit.slab.lists import Actions

Floats = NDArray[np.float64]
# Fluxes within a window look at two slabs and one group of lanes beyond it.
AROUND = (2, WIDTH)
# Slabs and lanes that a window may grow before the box is drawn anew.
ROOM = (16, 4 * WIDTH)
# Part of all places from which copies do not pay.
LARGE = 0.4


@dataclass(frozen=True)
class Box:
    """Slabs and lanes of a layout, from the first of each up to, not including, the last."""

    slabs: tuple[int, int]
    lanes: tuple[int, int]

    def holds(self, other: "Box") -> bool:
        """Return whether another box lies within."""
        return (
            self.slabs[0] <= other.slabs[0] and other.slabs[1] <= self.slabs[1]
            and self.lanes[0] <= other.lanes[0] and other.lanes[1] <= self.lanes[1]
        )

    def size(self, layout: SlabLayout) -> float:
        """Return the share of all places."""
        slabs, lanes = self.slabs[1] - self.slabs[0], self.lanes[1] - self.lanes[0]
        return slabs * lanes / (layout.n_slabs * layout.n_lanes)

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the part of an array by (..., slab, layer, lane), a view."""
        return values[..., slice(*self.slabs), :, slice(*self.lanes)]

    def of_faces(self, values: Floats32) -> Floats32:
        """Return the part of an array by (slab, direction, layer, group of lanes, 5, 8), a view."""
        return values[slice(*self.slabs), :, :, self.lanes[0] // WIDTH:self.lanes[1] // WIDTH]


@dataclass(eq=False)
class Part:
    """What the kernels of a step are given; see ``transport_slab.step``.

    Attributes
    ----------
    box : Box
    layout : SlabLayout
        Of these arrays; only extents and `cell` are meant.
    acting, fixed : ndarray of int64, shape (entry,)
        Entries of the actions that lie in the box.
    """

    box: Box
    layout: SlabLayout
    mass: Floats
    mirror: Floats32
    other: Floats32
    before: Floats
    faces: Floats32
    rate: Floats32
    plain_rate: Floats32
    content: Floats32
    gradient: Ints
    ratio: Ints
    scale: Ints
    pool: Floats32
    end_first: Ints
    end_where: Ints
    end_value: Floats32
    acting: NDArray[np.int64]
    acting_first: Ints
    acting_place: Ints
    rates: Floats
    sums: Floats
    fixed: NDArray[np.int64]
    fixed_first: Ints
    fixed_place: Ints
    value: Floats32
    fixed_mass: Floats
    loss: Floats32
    decay: Floats32
    decayed: Floats
    _loads: tuple[Floats32, Floats32] | None = field(default=None, init=False)  # rates, and what they come to

    def swap(self) -> None:
        """Let the concentrations after a stage be those before the next one."""
        self.mirror, self.other = self.other, self.mirror

    def lanes(self, window: Ints) -> Ints:
        """Return the window (slab, 2) of the whole layout in lanes of this one."""
        own = window[slice(*self.box.slabs)]
        if self.box.lanes[0] == 0:
            return own.copy()
        return np.where(own[:, 1:] > own[:, :1], own - self.box.lanes[0], 0).astype(np.int32)

    def place(self, own: int, whole: SlabLayout) -> int:
        """Return where a place of this layout stands in the whole one."""
        layout = self.layout
        j, at = divmod(own - EDGE, layout.slab)
        k, i = divmod(at, layout.n_lanes)
        return EDGE + (j + self.box.slabs[0]) * whole.slab + k * whole.n_lanes + i + self.box.lanes[0]

    def heaviest(self, rate: Floats32, lanes: Ints, threads: int) -> tuple[float, int]:
        """Return what part of its mass can leave the fastest cell of a window [1/T], and its place (steady contents).

        Parameters
        ----------
        rate : ndarray of float32, shape (place,)
            What faces can take out: `rate` or `plain_rate`.
        lanes : ndarray of int32, shape (slab, 2)
            The window.
        """
        layout = self.layout
        if self._loads is None or self._loads[0] is not rate:
            found = np.empty((layout.n_slabs, layout.n_lanes // WIDTH), np.float32)
            transport_slab_limits.loads(self.content, rate, self.loss, layout.n_layers, found, threads)
            self._loads = rate, found
        at = transport_slab_limits.heaviest_place(self._loads[1], self.content, rate, self.loss, lanes, layout.n_layers)
        return (float((rate[at] + self.loss[at]) * self.content[0, at]), at) if at >= 0 else (0.0, -1)

    def take_fields(self, field: SlabField) -> None:
        """Take over coefficients that were made anew."""
        self._loads = None
        if self.faces is not field.faces:
            self.faces[...] = self.box.of_faces(field.faces)
            self.layout.boxes(self.rate)[...] = self.box.of(field.layout.boxes(field.rate))


def whole_part(
    field: SlabField, actions: Actions, mass: Floats, mirrors: tuple[Floats32, Floats32], before: Floats
) -> Part:
    """Return the part that is all of it."""
    layout, w = field.layout, field.weights
    n_species = mass.shape[0]
    return Part(
        Box((0, layout.n_slabs), (0, layout.n_lanes)), layout, mass, *mirrors, before, field.faces, field.rate,
        field.plain_rate, field.content, w.gradient, w.ratio, w.scale, w.pool, actions.end_first, actions.end_where,
        actions.end_value, np.arange(actions.acting.at.size), actions.acting.first, actions.acting.place, actions.rates,
        np.zeros((2, actions.acting.at.size)), np.arange(actions.fixed.at.size), actions.fixed.first,
        actions.fixed.place, actions.value, np.zeros((3, actions.fixed.at.size)), actions.loss, actions.decay,
        np.zeros((n_species, actions.decay.shape[1], layout.n_slabs, layout.n_lanes)),
    )


def cut(whole: Part, box: Box) -> Part:
    """Return copies of what lies in a box."""
    layout, (first, last), (left, right) = whole.layout, box.slabs, box.lanes
    own = replace(
        layout, n_slabs=last - first, n_lanes=right - left, lane_size=layout.lane_size[left:right],
        slab_size=layout.slab_size[first:last],
    )

    def copy(values: NDArray[Any]) -> NDArray[Any]:
        found = zeros((*values.shape[:-1], own.n_places), values.dtype.type)
        own.boxes(found)[...] = box.of(layout.boxes(values))
        return found

    def rows(values: NDArray[Any]) -> NDArray[Any]:
        found = zeros(values.shape, values.dtype.type)
        found[...] = values
        return found

    def listed(heads: Ints, places: Ints) -> tuple[NDArray[np.int64], Ints, Ints]:
        return _listed(layout, own, box, heads, places)

    ends, end_first, end_where = listed(whole.end_first, whole.end_where)
    acting, acting_first, acting_place = listed(whole.acting_first, whole.acting_place)
    fixed, fixed_first, fixed_place = listed(whole.fixed_first, whole.fixed_place)
    mirror = copy(whole.mirror)
    tables = whole.gradient, whole.ratio, whole.scale
    gradient, ratio, scale = (rows(t[:, first:last]) for t in tables)
    own = replace(own, cell=copy(layout.cell))
    return Part(
        box, own, copy(whole.mass), mirror, rows(mirror), zeros((whole.before.shape[0], own.n_places), np.float64),
        rows(box.of_faces(whole.faces)), copy(whole.rate), copy(whole.plain_rate), copy(whole.content), gradient, ratio,
        scale, rows(whole.pool[:, left:right]), end_first, end_where, whole.end_value[ends],
        acting, acting_first, acting_place, rows(whole.rates[:, acting]), rows(whole.sums[:, acting]),
        fixed, fixed_first, fixed_place, whole.value[fixed], rows(whole.fixed_mass[:, fixed]),
        copy(whole.loss), copy(whole.decay), np.zeros((*whole.decayed.shape[:2], last - first, right - left)),
    )


def put_back(part: Part, whole: Part) -> None:
    """Give what was done in a box to the arrays of all places."""
    box, layout = part.box, whole.layout
    for own, all_of_it in ((part.mass, whole.mass), (part.mirror, whole.mirror), (part.mirror, whole.other)):
        box.of(layout.boxes(all_of_it))[...] = part.layout.boxes(own)
    whole.sums[:, part.acting] = part.sums
    whole.fixed_mass[:, part.fixed] = part.fixed_mass
    whole.decayed[..., slice(*box.slabs), slice(*box.lanes)] += part.decayed


def _listed(
    layout: SlabLayout, own: SlabLayout, box: Box, heads: Ints, places: Ints
) -> tuple[NDArray[np.int64], Ints, Ints]:
    """Return which entries of a list by species and slab lie in a box, where each slab's begin, and their places.

    Places are those in the slab, or (direction, place in the slab) as one number.
    """
    kept: list[NDArray[np.int64]] = []
    first, offset = np.zeros((heads.shape[0], own.n_slabs + 1), np.int32), 0
    direction, at = np.divmod(places, layout.slab)
    layer, lane = np.divmod(at, layout.n_lanes)
    inside = (lane >= box.lanes[0]) & (lane < box.lanes[1])
    for s, head in enumerate(heads):
        of_box: Sequence[int] = head[box.slabs[0]:box.slabs[1] + 1]
        here = np.arange(of_box[0], of_box[-1])
        here = here[inside[here]]
        first[s] = offset + np.searchsorted(here, of_box)
        offset += here.size
        kept.append(here)
    entries = np.concatenate(kept)
    moved = direction * own.slab + layer * own.n_lanes + lane - box.lanes[0]
    return entries, first, moved[entries].astype(np.int32)
