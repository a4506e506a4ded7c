"""The part of the grid that holds mass: slabs and lanes outside it are skipped.

Mass outside stays where it is (faces on the window's edge are closed for both sides), and the window is widened by as
far as a stage can reach before it is looked at again, so that what is left outside is below the threshold.
"""

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_slab_places
from gwsolver.transport.explicit.slab.layout import EDGE, Floats32, Ints, SlabLayout
from gwsolver.transport.explicit.slab.part import Box, Part

# Concentrations below this part of the largest count as nothing.
NOTHING = 1e-10
# The window is set anew after this many stages. A stage moves mass into the next cell, and no further: what a face
# lets through is bounded by what its donor holds.
STAGES = 4
MARGIN = STAGES


class Window:
    """Lanes of every slab that take part.

    Parameters
    ----------
    layout : SlabLayout
    keep : ndarray of int64
        Places where mass enters: always inside.

    Attributes
    ----------
    lanes : ndarray of int32, shape (slab, 2)
        From, to; multiples of 8; 0, 0 for slabs without mass.
    """

    def __init__(self, layout: SlabLayout, keep: NDArray[np.int64]) -> None:
        self._layout = layout
        self.lanes: Ints = np.tile(np.array([0, layout.n_lanes], np.int32), (layout.n_slabs, 1))
        self._extent: Ints = np.array([0, layout.n_slabs, 0, layout.n_lanes], np.int32)
        self._keep = np.tile(np.array([layout.n_lanes, 0], np.int32), (layout.n_slabs, 1))
        self._always = self._keep
        self.keep(keep)
        self._always = self._keep

    def keep(self, places: NDArray[np.int64]) -> bool:
        """Keep these places inside too, until told anew; return whether they are not all within the window as it is."""
        if not places.size:
            self._keep = self._always
            return False
        layout, before = self._layout, self.lanes
        slab, lane = (places - EDGE) // layout.slab, (places - EDGE) % layout.n_lanes
        self._keep = self._always.copy()
        np.minimum.at(self._keep[:, 0], slab, lane.astype(np.int32))
        np.maximum.at(self._keep[:, 1], slab, lane.astype(np.int32) + 1)
        return bool(((lane < before[slab, 0]) | (lane >= before[slab, 1])).any())

    @property
    def part(self) -> float:
        """Share of the grid that takes part."""
        return float((self.lanes[:, 1] - self.lanes[:, 0]).sum()) / (self._layout.n_slabs * self._layout.n_lanes)

    def find(self, part: Part, lanes: Ints, threshold: Floats32, threads: int) -> bool:
        """Set the window from the concentrations inside the present one; return whether it has moved.

        Parameters
        ----------
        part : Part
            Holds the present one.
        lanes : ndarray of int32, shape (slab, 2)
            The present one in lanes of the part.
        threshold : ndarray of float32, shape (species,)
        """
        own = part.layout
        filled = np.empty((own.n_slabs, 2), np.int32)
        transport_slab_places.filled_lanes(
            part.mirror, threshold, lanes, own.n_layers, own.n_lanes, filled, threads
        )
        return transport_slab_places.widen(
            filled, part.box.slabs[0], part.box.lanes[0], self._keep, MARGIN, self._layout.n_lanes, self.lanes,
            self._extent,
        )

    def box(self, room: tuple[int, int]) -> Box:
        """Return the box around it, with room of slabs and lanes on all sides as far as the grid goes."""
        first, last, left, right = self._extent.tolist()
        n_slabs, n_lanes = self._layout.n_slabs, self._layout.n_lanes
        if last <= first:
            return Box((0, n_slabs), (0, n_lanes))
        return Box(
            (max(first - room[0], 0), min(last + room[0], n_slabs)),
            (max(left - room[1], 0), min(right + room[1], n_lanes)),
        )

    def inside(self) -> NDArray[np.bool_]:
        """Return which places are inside, shape (place,)."""
        layout = self._layout
        lane = np.arange(layout.n_lanes)
        inner = (lane >= self.lanes[:, :1]) & (lane < self.lanes[:, 1:])
        out = np.zeros(layout.n_places, bool)
        layout.boxes(out)[...] = inner[:, None]
        return out
