"""What stays the same during one flow step: coefficients of faces, and how fast cells can be emptied."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.dis import NORMALS
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.kernels import transport_coefficients
from gwsolver.transport.explicit.faces import FaceList, pieces, wet_sides
from gwsolver.transport.explicit.scheme import LIMITERS, ExplicitScheme

Floats = NDArray[np.float64]
DIFFUSIVE_PECLET = 5.0


@dataclass(eq=False)
class Coefficients:
    """Coefficients of one flow step.

    Attributes
    ----------
    made : ndarray of float64, shape (7 or 8, face), or None
        `faces`, if they are at hand.
    rate : ndarray of float64, shape (2, cell)
        What advection and dispersion can take out of a cell per unit concentration [L**3/T].
    cross : bool
        Whether there is any cross dispersion.
    limiter : int
        Number of the limiter in the kernels (`ExplicitScheme.limiter`).
    again : callable, or None
        Makes `faces` once more.
    """

    made: Floats | None
    rate: Floats
    cross: bool
    limiter: int = 0
    again: Callable[[], Floats] | None = None

    @property
    def faces(self) -> Floats:
        """q, H, ratio, K, G1, G2, (G3,) gamma in kernel order, shape (7 or 8, face) [L**3/T, -, ...]."""
        if self.made is None:
            assert self.again is not None
            self.made, self.again = self.again(), None
        return self.made

    def let_go(self) -> None:
        """Give back the room of `faces` if they can be made once more; what is asked for again then stays."""
        if self.again is not None:
            self.made = None

    def with_faces(self, faces: Floats) -> "Coefficients":
        """Return the same with other coefficients of faces."""
        return replace(self, made=faces, again=None)

    @cached_property
    def mean_grid_peclet(self) -> float:
        """The flow-weighted grid Peclet number |v| d / D; infinite without dispersion."""
        flow, conductance = float(np.abs(self.faces[0]).sum()), float(self.faces[3].sum())
        return flow / conductance if conductance > 0.0 else np.inf


def coefficients(
    model: TransportModel, flow: FlowStep, faces: FaceList, structured: bool, scheme: ExplicitScheme
) -> Coefficients:
    """Compute the coefficients of a flow step, all but the ratios (`EndRule.ratio`)."""
    grid = model.grid
    n_cells, n_faces = grid.n_cells, grid.n_faces
    saturation = 0.5 * (flow.saturation_start + flow.saturation_end)
    saturation[(flow.saturation_start <= 0.0) | (flow.saturation_end <= 0.0)] = 0.0
    tensor = np.zeros((6, n_cells))
    if model.dispersion is not None:
        d = model.dispersion
        transport_coefficients.dispersion_tensor(
            np.ascontiguousarray(flow.specific_discharge), d.alh, d.alv, d.ath1, d.ath2, d.atv,
            d.diffusion_coefficient * model.mobile.porosity, tensor,
        )
    thickness = grid.thickness * np.maximum(saturation, 1e-9)
    plan = grid.cell_width.T if structured else np.broadcast_to(np.sqrt(grid.area), (2, n_cells))
    size = np.ascontiguousarray(np.vstack([plan, thickness]))
    found, rate = np.zeros((7 if structured else 8, n_faces)), np.zeros((2, n_cells))
    for at in pieces(n_faces):
        area, length = wet_sides(faces, saturation, at)
        face_flow = flow.face_flow[faces.order[at]] if model.advection else np.zeros(area.shape[0])
        transport_coefficients.face_coefficients(
            faces.cells[at], faces.axis[at], np.array(NORMALS) if structured else faces.normal(at), area, length,
            tensor, size, np.ascontiguousarray(face_flow), scheme.order, scheme.clip, structured, found[:, at], rate,
        )
    return Coefficients(found, rate, bool(found[-1].any()), LIMITERS.index(scheme.limiter))


def n_stages(k: Coefficients) -> int:
    """Return the stages of SSPRK(S,2): 4 where dispersion rules (grid Peclet below 5), else 3.

    More stages do more time per sweep, fewer are more accurate for sharp fronts.
    """
    return 4 if k.mean_grid_peclet < DIFFUSIVE_PECLET else 3
