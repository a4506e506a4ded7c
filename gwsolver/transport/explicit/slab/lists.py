"""Short lists for the slab kernels: what acts on single cells from outside, sorted by slab, species after species."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_slab_ends
from gwsolver.transport.explicit.slab.field import SlabField
from gwsolver.transport.explicit.slab.layout import EDGE, WIDTH, Floats32, Ints, SlabLayout
from gwsolver.transport.sources import Boundaries

Floats = NDArray[np.float64]
Cells = NDArray[np.int64]
# An imbalance of the flow below this part of what flows through a cell is round-off: it shifts a uniform
# concentration by as much while the cell's water is exchanged once, and needs no term.
ROUND_OFF = 1e-7


class CellList:
    """Entries at cells, sorted by species, then slab.

    Parameters
    ----------
    layout : SlabLayout
    cells : sequence of ndarray of int64
        For each species the cells of its entries.

    Attributes
    ----------
    first : ndarray of int32, shape (species, slab + 1)
    place : ndarray of int32, shape (entry,)
        Place within the slab.
    at : ndarray of int64, shape (entry,)
        Place in a species' array.
    order : list of ndarray of int64
        For each species the order in which its entries stand here.
    """

    def __init__(self, layout: SlabLayout, cells: Sequence[Cells]) -> None:
        self.first: Ints = np.zeros((len(cells), layout.n_slabs + 1), np.int32)
        self.order, at, offset = [], [], 0
        for s, own in enumerate(cells):
            place = layout.place[own].astype(np.int64)
            slab = (place - EDGE) // layout.slab
            order = np.argsort(slab, kind="stable")
            self.order.append(order)
            at.append(place[order])
            self.first[s] = offset
            self.first[s, 1:] += np.cumsum(np.bincount(slab, minlength=layout.n_slabs)).astype(np.int32)
            offset += own.size
        self.at = np.concatenate(at)
        self.place: Ints = ((self.at - EDGE) % layout.slab).astype(np.int32)

    def species(self, s: int) -> slice:
        """Return where a species' entries stand."""
        return slice(int(self.first[s, 0]), int(self.first[s, -1]))

    def join(self, values: Sequence[NDArray[np.generic]]) -> NDArray[np.generic]:
        """Return values given by species and entry in the order of the list."""
        return np.concatenate([v[..., o] for v, o in zip(values, self.order, strict=True)], axis=-1)

    def split(self, s: int, values: Floats) -> Floats:
        """Return one species' values, shape (..., entry), in the order in which its cells were given."""
        out = np.empty((*values.shape[:-1], self.order[s].size))
        out[..., self.order[s]] = values[..., self.species(s)]
        return out


class Actions:
    """All that acts on the cells of a group of species during one step of the transport models.

    Parameters
    ----------
    field : SlabField
    boundaries : sequence of Boundaries
    cells : sequence of ndarray of int64
        For each species the cells that exchange mass with lakes and reaches, on which these act.

    Attributes
    ----------
    layout : SlabLayout
    acting : CellList
        Cells with sources, sinks, imbalance of flow or SRC.
    acting_cells : list of ndarray of int64
    rates : ndarray of float64, shape (3, entry)
        s [M/T], l [L**3/T], what SRC takes [M/T].
    fixed : CellList
        Cells of given concentration.
    value : ndarray of float32, shape (fixed entry,)
    decay : ndarray of float32, shape (species, kind, place)
        Losses by decay, dissolved and sorbed [L**3/T]; no kinds if nothing decays.
    loss : ndarray of float32, shape (place,)
        Largest first-order loss of any species; -1 in cells fixed for all.
    entering : ndarray of int64
        Places where mass enters from outside.
    scale : ndarray of float64, shape (species,)
        Largest concentration that enters [M/L**3].
    """

    def __init__(self, field: SlabField, boundaries: Sequence[Boundaries], cells: Sequence[Cells]) -> None:
        self.boundaries = tuple(boundaries)
        layout = self.layout = field.layout
        n_cells = layout.place.size
        through = field.plain_rate[layout.place].astype(float)
        self.acting_cells, rates, self.scale = [], [], np.zeros(len(boundaries))
        loss = np.zeros(n_cells)
        for s, b in enumerate(boundaries):
            counts = np.abs(b.imbalance) > ROUND_OFF * (through + b.inflow + b.sinks)
            beside = np.zeros(n_cells, bool)
            beside[cells[s]] = True
            lost = b.sinks + np.where(counts | beside, b.imbalance, 0.0)
            own = np.flatnonzero((b.source != 0.0) | (b.taken != 0.0) | (lost != 0.0) | beside)
            self.acting_cells.append(own)
            rates.append(np.stack([b.source[own], lost[own], b.taken[own]]))
            taken = 0.0 if b.exchanged is None else b.exchanged.leaves
            np.maximum(loss, lost + b.decay_dissolved + b.decay_sorbed + taken, out=loss)
            self.scale[s] = max(b.inflow_concentration.max(initial=0.0), b.fixed_concentration.max(initial=0.0))
        loss[np.logical_and.reduce([b.fixed for b in boundaries])] = -1.0
        self.loss: Floats32 = layout.spread(loss.astype(np.float32)).astype(np.float32, copy=False)
        brings = [b.fixed_cells[b.fixed_concentration > 0.0] for b in boundaries]
        brings += [np.flatnonzero(b.source > 0.0) for b in boundaries]
        self.entering = layout.place[np.concatenate(brings)].astype(np.int64)
        self.acting = CellList(layout, self.acting_cells)
        self.rates: Floats = np.ascontiguousarray(self.acting.join(rates), float)
        self.fixed = CellList(layout, [b.fixed_cells for b in boundaries])
        self.value: Floats32 = self.fixed.join([b.fixed_concentration for b in boundaries]).astype(np.float32)
        decays = any(b.decay_dissolved.any() or b.decay_sorbed.any() for b in boundaries)
        self.decay: Floats32 = np.zeros((len(boundaries), 2 if decays else 0, layout.n_places), np.float32)
        if decays:
            for s, b in enumerate(boundaries):
                self.decay[s, 0, layout.place] = b.decay_dissolved
                self.decay[s, 1, layout.place] = b.decay_sorbed
        self._find_ends(field)

    def _find_ends(self, field: SlabField) -> None:
        """List the groups of faces at whose donors the grid ends and something special stands behind."""
        n_slabs, threads = self.layout.n_slabs, field.threads
        self.end_first: Ints = np.zeros((len(self.boundaries), n_slabs + 1), np.int32)
        where, value, offset = [], [], 0
        for s, b in enumerate(self.boundaries):
            first = np.zeros(n_slabs + 1, np.int32)
            fed = b.fixed if b.exchanged is None else b.exchanged.fed
            own = (b.inflow, b.inflow_concentration, b.fixed.view(np.uint8), fed.view(np.uint8))
            none = np.zeros(0, np.int32), np.zeros((0, WIDTH), np.float32)
            transport_slab_ends.end_list(field.faces, self.layout.cell, *own, first, *none, False, threads)
            first = np.cumsum(first).astype(np.int32)
            found = np.zeros(first[-1], np.int32), np.zeros((first[-1], WIDTH), np.float32)
            transport_slab_ends.end_list(field.faces, self.layout.cell, *own, first, *found, True, threads)
            self.end_first[s] = first + offset
            offset += int(first[-1])
            where.append(found[0])
            value.append(found[1])
        self.end_where: Ints = np.concatenate(where)
        self.end_value: Floats32 = np.concatenate(value)
