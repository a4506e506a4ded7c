"""Whether cells are thin enough for a plume whose length is set by mixing across its edge.

Where donor and acceptors react as fast as they meet, a plume is as long as it takes for its edge to be mixed through
it. After a path L the edge is as wide as sqrt(2 alpha_T L), and numerical mixing shortens the plume unless some cells
lie across it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.core.errors import Problem
from gwsolver.core.grid import VERTICAL
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.kernels import transport_coefficients

Floats = NDArray[np.float64]

CELLS_ACROSS = 3.0
"""Cells across the edge at which a length is within about 3 % of the exact one, flow along rows and layers."""
HOLDING = 1e-6
"""Cells hold a species where there is more than this part of its largest concentration."""
ACROSS = 0.5
"""The edge lies across a face where less than this part of the flow there goes through it."""


@dataclass(frozen=True)
class Edge:
    """Where a plume's edge is too coarse for the mixing across it.

    Attributes
    ----------
    faces, of : int
        Faces of the edge whose cells are too far apart; all faces of the edge that the flow passes by.
    cell : int
        The donor's cell at the worst of them.
    across : str
        "layers" or "rows and columns", at the worst.
    spacing : float
        Distance of the centres there [L].
    dispersivity : float
        alpha_T across that face [L].
    length : float
        Of the plume, from its highest concentration to its farthest cell [L].
    """

    faces: int
    of: int
    cell: int
    across: str
    spacing: float
    dispersivity: float
    length: float

    @property
    def excess(self) -> float:
        """Spacing over what would be enough, at the worst face."""
        return self.spacing / max(float(enough(self.dispersivity, self.length)), 1e-300)

    def words(self, species: str, cell: str) -> str:
        """Return what is wrong, "" if nothing is."""
        found = too_coarse(
            self.spacing, self.dispersivity, self.length, across=self.across, cell=cell, species=species
        )
        return "" if found is None else str(found)


def enough(transverse_dispersivity: ArrayLike, length: ArrayLike) -> Floats:
    """Return the largest spacing across the flow that carries a plume of some length, sqrt(2 alpha_T L) / 3 [L]."""
    return np.asarray(np.sqrt(2.0 * np.asarray(transverse_dispersivity) * np.asarray(length)) / CELLS_ACROSS)


def too_coarse(
    spacing: float, transverse_dispersivity: float, length: float, *, across: str = "layers", cell: str = "",
    species: str = "",
) -> Problem | None:
    """Return what is wrong with a spacing across a plume's edge, in words; None if it will do.

    Parameters
    ----------
    spacing : float
        Thickness of layers, or width of rows or columns, where the plume's edge lies [L].
    transverse_dispersivity : float
        alpha_TV for layers, alpha_TH for rows and columns [L].
    length : float
        Of the plume [L].
    across : str
        What is that thick: "layers", "rows" or "columns".
    cell : str
        Where, in the user's numbering.
    species : str
        Whose plume it is.
    """
    most = float(enough(transverse_dispersivity, length))
    if spacing <= most:
        return None
    return Problem(
        what=f"spacing of {across} across the edge of a plume of {length:.3g}", value=f"{spacing:.3g}", cell=cell,
        allowed=f"at most {most:.3g} (sqrt(2 alpha_T L) / {CELLS_ACROSS:g}, alpha_T = {transverse_dispersivity:.3g})",
        hint="Its length is set by mixing with acceptors, to which such cells add mixing of their own: the plume may "
        f"come out too short. Divide the {across} through which its edge passes.",
        package=species,
    )


def edge_of(model: TransportModel, flow: FlowStep, donor: ArrayLike, acceptor: ArrayLike) -> Edge | None:
    """Return how coarse the edge between a donor and an acceptor is; None if there is none along the flow.

    The edge is where a cell that holds the donor and one that holds the acceptor touch and the flow passes by; its
    alpha_T is the dispersion coefficient through that face over the flow, and L the straight distance from the
    donor's highest concentration to the farthest cell that holds it.

    Parameters
    ----------
    model : TransportModel
        That of the donor.
    flow : FlowStep
    donor, acceptor : array_like, shape (cell,)
        Concentrations [M/L**3], after an instantaneous reaction.
    """
    grid, d = model.grid, model.dispersion
    h, a = np.asarray(donor, float), np.asarray(acceptor, float)
    holds, other = h > HOLDING * h.max(initial=0.0), a > HOLDING * a.max(initial=0.0)
    if d is None or not holds.any():
        return None
    n, m = grid.face_cells.T
    inside, outside = holds & ~other, other & ~holds
    faces = np.flatnonzero((inside[n] & outside[m]) | (inside[m] & outside[n]))
    inner = np.where(holds[n[faces]], n[faces], m[faces])
    q = flow.specific_discharge[inner]
    speed, normal = np.linalg.norm(q, axis=1), grid.face_normal[faces]
    beside = (np.abs((q * normal).sum(axis=1)) < ACROSS * speed) & (speed > 0.0)
    faces, inner, normal, speed = faces[beside], inner[beside], normal[beside], speed[beside]
    tensor = np.zeros((6, grid.n_cells))
    transport_coefficients.dispersion_tensor(
        np.ascontiguousarray(flow.specific_discharge), d.alh, d.alv, d.ath1, d.ath2, d.atv,
        d.diffusion_coefficient * model.mobile.porosity, tensor,
    )
    x, y, z = normal.T
    xx, yy, zz, xy, xz, yz = tensor[:, inner]
    dispersivity = np.maximum(
        (x * x * xx + y * y * yy + z * z * zz + 2.0 * (x * y * xy + x * z * xz + y * z * yz)) / speed, 0.0
    )
    at = np.column_stack([grid.x, grid.y, grid.z])
    length = float(np.linalg.norm(at[holds] - at[int(h.argmax())], axis=1).max())
    spacing = grid.face_distance[faces].sum(axis=1)
    if not faces.size:
        return None
    most = enough(dispersivity, length)
    worst = int((spacing / np.maximum(most, 1e-300)).argmax())
    return Edge(
        faces=int((spacing > most).sum()), of=int(faces.size), cell=int(inner[worst]),
        across="layers" if grid.face_kind[faces[worst]] == VERTICAL else "rows and columns",
        spacing=float(spacing[worst]), dispersivity=float(dispersivity[worst]), length=length,
    )
