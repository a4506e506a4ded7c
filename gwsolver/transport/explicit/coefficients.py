"""What stays the same during one flow step: coefficients of faces, and how fast cells can be emptied."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.dis import NORMALS
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.kernels import transport_coefficients
from gwsolver.transport.explicit.faces import FaceList, wet_sides
from gwsolver.transport.explicit.scheme import LIMITERS, ExplicitScheme

Floats = NDArray[np.float64]
DIFFUSIVE_PECLET = 5.0


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Coefficients of one flow step.

    Attributes
    ----------
    faces : ndarray of float64, shape (7 or 8, face)
        q, H, ratio, K, G1, G2, (G3,) gamma in kernel order [L**3/T, -, ...].
    rate : ndarray of float64, shape (2, cell)
        What advection and dispersion can take out of a cell per unit concentration [L**3/T].
    cross : bool
        Whether there is any cross dispersion.
    limiter : int
        Number of the limiter in the kernels (`ExplicitScheme.limiter`).
    """

    faces: Floats
    rate: Floats
    cross: bool
    limiter: int = 0

    @cached_property
    def mean_grid_peclet(self) -> float:
        """The flow-weighted grid Peclet number |v| d / D; infinite without dispersion."""
        flow, conductance = float(np.abs(self.faces[0]).sum()), float(self.faces[3].sum())
        return flow / conductance if conductance > 0.0 else np.inf


def coefficients(
    model: TransportModel, flow: FlowStep, faces: FaceList, structured: bool, scheme: ExplicitScheme
) -> Coefficients:
    """Compute the coefficients of a flow step, all but the ratios, which the sweep sets (`Sweep.end_with`)."""
    grid = model.grid
    n_cells, n_faces = grid.n_cells, grid.n_faces
    saturation = 0.5 * (flow.saturation_start + flow.saturation_end)
    saturation[(flow.saturation_start <= 0.0) | (flow.saturation_end <= 0.0)] = 0.0
    area, length = wet_sides(grid, faces, saturation)
    tensor = np.zeros((6, n_cells))
    if model.dispersion is not None:
        d = model.dispersion
        transport_coefficients.dispersion_tensor(
            np.ascontiguousarray(flow.specific_discharge), d.alh, d.alv, d.ath1, d.ath2, d.atv,
            d.diffusion_coefficient * model.mobile.porosity, tensor,
        )
    thickness = grid.thickness * np.maximum(saturation, 1e-9)
    plan = grid.cell_width.T if structured else np.broadcast_to(np.sqrt(grid.area), (2, n_cells))
    face_flow = flow.face_flow[faces.order] if model.advection else np.zeros(n_faces)
    found = np.zeros((7 if structured else 8, n_faces))
    rate = np.zeros((2, n_cells))
    transport_coefficients.face_coefficients(
        faces.cells, faces.axis, np.array(NORMALS) if structured else faces.normal, area, length, tensor,
        np.ascontiguousarray(np.vstack([plan, thickness])), np.ascontiguousarray(face_flow),
        scheme.order, scheme.clip, structured, found, rate,
    )
    return Coefficients(found, rate, bool(found[-1].any()), LIMITERS.index(scheme.limiter))


def n_stages(k: Coefficients) -> int:
    """Return the stages of SSPRK(S,2): 4 where dispersion rules (grid Peclet below 5), else 3.

    More stages do more time per sweep, fewer are more accurate for sharp fronts.
    """
    return 4 if k.mean_grid_peclet < DIFFUSIVE_PECLET else 3
