"""Lax-Wendroff terms, which make one Euler step second order in time: found from the steps of cells, face by face."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_local_packing
from gwsolver.transport.explicit.local.layout import Layout
from gwsolver.transport.explicit.local.rules import Rule
from gwsolver.transport.explicit.work import Work

Floats = NDArray[np.float64]


class SecondOrder:
    """The terms as functions of the steps. They are not kept: what is packed for the march is all that needs them.

    Parameters
    ----------
    work : Work
    middle : ndarray of float64, shape (cell,)
        Mean M of the interval [L**3].
    """

    def __init__(self, work: Work, middle: Floats) -> None:
        grid, flow = work.model.grid, work.flow
        saturation = 0.5 * (flow.saturation_start + flow.saturation_end)
        inverse = np.divide(1.0, middle, out=np.zeros(middle.size), where=middle > 0.0)
        self._work = work
        self._of_cells = (
            inverse, grid.volume * saturation, np.ascontiguousarray(flow.specific_discharge), grid.cell_width,
            grid.thickness * np.maximum(saturation, 1e-9), work.boundaries.fixed.view(np.uint8),
        )

    def rate(self, step: Floats) -> Floats:
        """Return what can leave each cell per unit concentration with these steps [T], shape (cell,) [L**3/T]."""
        work, b = self._work, self._work.boundaries
        faces = work.sweep.faces
        rate = np.zeros(step.size)
        transport_local_packing.lax_wendroff(
            faces.cells, faces.axis, work.coefficients.faces, step, *self._of_cells, work.scheme.clip, rate
        )
        rate += np.maximum(b.loss, 0.0)
        rate[b.fixed] = 0.0
        return rate

    def pack(
        self, step: Floats, table: NDArray[np.int32], start: NDArray[np.int64], layout: Layout, rule: Rule,
        packed: NDArray[np.float32],
    ) -> None:
        """Put the coefficients down as the march runs over them; see ``transport_local_packing.pack_faces``."""
        work = self._work
        faces = work.sweep.faces
        transport_local_packing.pack_faces(
            table, start, layout.face_at, faces.cells, faces.axis, work.coefficients.faces, step, *self._of_cells,
            work.scheme.clip, rule.ratio, rule.end, rule.given, layout.fourth, packed,
        )
