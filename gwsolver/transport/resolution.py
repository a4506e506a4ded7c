"""Whether the grid follows the plume: grid Peclet and Courant numbers, found once per flow field."""

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.grid import VERTICAL
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import CoarseCells, FlowStep
from gwsolver.kernels import transport_coefficients
from gwsolver.transport.alike import same_spreading

Floats = NDArray[np.float64]

MOST_PECLET = 4.0
"""Grid Peclet number |v| d / D above which a front is narrower than the cells that carry it."""
MARGIN = 1.05
"""A cell four dispersivities long has Pe = 4 but for what bends its flow, and is as fine as one has asked for."""
HOLDING = 1e-6
"""Cells hold solute where there is more than this part of the largest concentration."""


class Resolution:
    """Grid Peclet numbers of the faces of one flow field, and how fast water leaves its cells.

    With the dispersive conductance of a face, K = A n D / d, its grid Peclet number is

        Pe = |v| d / D = |Q| / K.

    Faces without any dispersion are left out: nothing says how fine a grid should be there.

    Parameters
    ----------
    face_flow : ndarray of float64, shape (face,)
        Q from n to m [L**3/T].
    conductance : ndarray of float64, shape (face,)
        K [L**3/T].
    face_cells : ndarray of int, shape (face, 2)
        Cells n and m.
    distance : ndarray of float64, shape (face,)
        Between the centres of n and m, d [L].
    n_cells : int

    Attributes
    ----------
    leaves : ndarray of float64, shape (cell,)
        Water that leaves each cell through its faces [L**3/T].
    exchanges : ndarray of float64, shape (cell,)
        Sum of K over each cell's faces [L**3/T].
    """

    def __init__(
        self, face_flow: Floats, conductance: Floats, face_cells: NDArray[np.integer], distance: Floats, n_cells: int
    ) -> None:
        donor = np.where(face_flow >= 0.0, face_cells[:, 0], face_cells[:, 1])
        size = np.abs(face_flow)
        self.leaves: Floats = np.bincount(donor, size, n_cells).astype(np.float64)
        both = np.bincount(face_cells[:, 0], conductance, n_cells) + np.bincount(face_cells[:, 1], conductance, n_cells)
        self.exchanges: Floats = both.astype(np.float64)
        coarse = np.flatnonzero((size > MARGIN * MOST_PECLET * conductance) & (conductance > 0.0))
        self._donor = donor[coarse]
        self._peclet = size[coarse] / conductance[coarse]
        self._distance = distance[coarse]
        self._found = np.zeros(n_cells, np.bool_)

    def courant(self, content: Floats, step_length: float) -> float:
        """Return the largest Courant number: water that leaves a cell in a step over what the cell holds.

        Parameters
        ----------
        content : ndarray of float64, shape (cell,)
            Content per unit concentration, water and what sorbs [L**3]; cells without any are passed over.
        step_length : float
            Length of a sub-step [T].
        """
        pace = np.divide(self.leaves, content, out=np.zeros(content.size), where=content > 0.0)
        return float(pace.max(initial=0.0)) * step_length

    def coarse(self, concentration: Floats) -> CoarseCells | None:
        """Return which of the cells that hold solute are too coarse for the dispersivity; None if none is."""
        if not self._donor.size:
            return None
        holds = concentration > HOLDING * float(concentration.max())
        here = np.flatnonzero(holds[self._donor])
        if not here.size:
            return None
        worst = here[int(self._peclet[here].argmax())]
        self._found[:] = False
        self._found[self._donor[here]] = True
        return CoarseCells(
            cells=int(self._found.sum()), holding=int(holds.sum()), worst=int(self._donor[worst]),
            peclet=float(self._peclet[worst]), spacing=float(self._distance[worst]),
            enough=float((self._distance[here] * MOST_PECLET / self._peclet[here]).min()), allowed=MOST_PECLET,
        )


_KNOWN: WeakKeyDictionary[FlowStep, list[tuple[TransportModel, Resolution]]] = WeakKeyDictionary()


def resolution_of(model: TransportModel, flow: FlowStep) -> Resolution:
    """Return the resolution of a flow field; the very same one for all models that it spreads alike."""
    known = _KNOWN.setdefault(flow, [])
    for other, resolution in known:
        if same_spreading(other, model):
            return resolution
    resolution = _found(model, flow)
    known.append((model, resolution))
    return resolution


def _found(model: TransportModel, flow: FlowStep) -> Resolution:
    """Find it, with two half cells in series and the areas they have half way.

    Both take the larger dispersion of the two cells: in the cell of a well the flows from all sides cancel, and its
    specific discharge says nothing of how the water there spreads, however fine the grid.
    """
    grid, d = model.grid, model.dispersion
    n, m = grid.face_cells.T
    face_flow = flow.face_flow if model.advection else np.zeros(grid.n_faces)
    conductance = np.zeros(grid.n_faces)
    if d is not None:
        tensor = np.zeros((6, grid.n_cells))
        transport_coefficients.dispersion_tensor(
            np.ascontiguousarray(flow.specific_discharge), d.alh, d.alv, d.ath1, d.ath2, d.atv,
            d.diffusion_coefficient * model.mobile.porosity, tensor,
        )
        wet = 0.5 * (flow.saturation_start + flow.saturation_end) * grid.thickness
        x, y, z = grid.face_normal.T
        along = [
            x * x * tensor[0, cells] + y * y * tensor[1, cells] + z * z * tensor[2, cells]
            + 2.0 * (x * y * tensor[3, cells] + x * z * tensor[4, cells] + y * z * tensor[5, cells])
            for cells in (n, m)
        ]
        larger = np.maximum(*along)
        halves = []
        for side, cells in enumerate((n, m)):
            area = grid.face_width * np.where(grid.face_kind == VERTICAL, 1.0, wet[cells])
            halves.append(np.maximum(area * larger, 0.0) / grid.face_distance[:, side])
        both = halves[0] + halves[1]
        np.divide(halves[0] * halves[1], both, out=conductance, where=both > 0.0)
    return Resolution(face_flow, conductance, grid.face_cells, grid.face_distance.sum(axis=1), grid.n_cells)
