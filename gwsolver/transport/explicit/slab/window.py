"""The part of the grid that holds mass: slabs and lanes outside it are skipped.

Mass outside stays where it is (faces on the window's edge are closed for both sides), and the window is widened by as
far as a stage can reach before it is looked at again, so that what is left outside is below the threshold.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gwsolver.kernels import transport_slab_setup
from gwsolver.transport.explicit.slab.layout import WIDTH, Floats32, Ints, SlabLayout

# Concentrations below this part of the largest count as nothing.
NOTHING = 1e-12
# A stage reaches two cells; the window is set anew after this many stages.
STAGES = 4
MARGIN = 2 * STAGES


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
        slab, lane = (keep - WIDTH) // layout.slab, (keep - WIDTH) % layout.n_lanes
        self._keep = np.tile(np.array([layout.n_lanes, 0], np.int32), (layout.n_slabs, 1))
        np.minimum.at(self._keep[:, 0], slab, lane.astype(np.int32))
        np.maximum.at(self._keep[:, 1], slab, lane.astype(np.int32) + 1)

    @property
    def part(self) -> float:
        """Share of the grid that takes part."""
        return float((self.lanes[:, 1] - self.lanes[:, 0]).sum()) / (self._layout.n_slabs * self._layout.n_lanes)

    def find(self, mirror: Floats32, threshold: Floats32, threads: int) -> None:
        """Set the window from the concentrations inside the present one.

        Parameters
        ----------
        mirror : ndarray of float32, shape (species, place)
        threshold : ndarray of float32, shape (species,)
        """
        layout, n = self._layout, self._layout.n_lanes
        filled = np.zeros_like(self.lanes)
        transport_slab_setup.filled_lanes(
            mirror, threshold, self.lanes, layout.n_layers, n, filled, threads
        )
        low = np.minimum(filled[:, 0], self._keep[:, 0])
        high = np.maximum(filled[:, 1], self._keep[:, 1])
        low = sliding_window_view(np.pad(low, MARGIN, constant_values=n), 2 * MARGIN + 1).min(axis=1)
        high = sliding_window_view(np.pad(high, MARGIN), 2 * MARGIN + 1).max(axis=1)
        none = high <= low
        low = np.maximum((low - MARGIN) // WIDTH * WIDTH, 0)
        high = np.minimum(-(-(high + MARGIN) // WIDTH) * WIDTH, n)
        self.lanes[:, 0], self.lanes[:, 1] = np.where(none, 0, low), np.where(none, 0, high)

    def inside(self) -> NDArray[np.bool_]:
        """Return which places are inside, shape (place,)."""
        layout = self._layout
        lane = np.arange(layout.n_lanes)
        inner = (lane >= self.lanes[:, :1]) & (lane < self.lanes[:, 1:])
        out = np.zeros(layout.n_places, bool)
        layout.boxes(out)[...] = inner[:, None]
        return out
