"""Whether cells are thin enough for a plume whose length is set by mixing across its edge.

Where donor and acceptors react as fast as they meet, a plume is as long as it takes for its edge to be mixed through
it. After a path L the edge is as wide as sqrt(2 alpha_T L), and some cells must lie across it. Where the flow crosses
rows, columns or layers at an angle a, concentrations with a kink at the edge, as donor and acceptor have, are mixed
across it by the scheme itself. Measured at 10, 20 and 45 degrees with 3 to 10 cells across the edge, that is as much as
0.06 to 0.2 (the mean: `KINK`) times what upstream weighting would do,

    (sin(a)**2 cos(a) d_along + cos(a)**2 sin(a) d_across) / 2,

and the plume is that much of alpha_T too short. Along rows and layers there is none.
"""

from collections.abc import Callable
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
ACROSS = 0.8
"""Flow passes by a face where less than this part of it goes through."""
KINK = 0.13
"""Numerical mixing across the flow of concentrations with a kink, over that of upstream weighting."""
MIXES = 0.03
"""Largest numerical mixing over alpha_T."""


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
    mixing : float
        Numerical mixing across the flow over alpha_T, mean along the edge [-].
    """

    faces: int
    of: int
    cell: int
    across: str
    spacing: float
    dispersivity: float
    length: float
    mixing: float

    @property
    def excess(self) -> float:
        """Spacing over what would be enough, at the worst face."""
        return self.spacing / max(float(enough(self.dispersivity, self.length)), 1e-300)

    def words(self, species: str, cell: str, unit: str) -> str:
        """Return what is wrong, "" if nothing is; `unit`: that of lengths, in words."""
        found = [
            too_coarse(self.spacing, self.dispersivity, self.length, across=self.across, cell=cell, species=species,
                       unit=unit),
            too_oblique(self.mixing, species=species),
        ]
        return "\n".join(str(p) for p in found if p is not None)


def enough(transverse_dispersivity: ArrayLike, length: ArrayLike) -> Floats:
    """Return the largest spacing across the flow that carries a plume of some length, sqrt(2 alpha_T L) / 3 [L]."""
    return np.asarray(np.sqrt(2.0 * np.asarray(transverse_dispersivity) * np.asarray(length)) / CELLS_ACROSS)


def too_coarse(
    spacing: float, transverse_dispersivity: float, length: float, *, across: str = "layers", cell: str = "",
    species: str = "", unit: str = "length units",
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
    unit : str
        Of all lengths, in words.
    """
    most = float(enough(transverse_dispersivity, length))
    if spacing <= most:
        return None
    return Problem(
        what=f"spacing of {across} across the edge of a plume that is {length:.3g} {unit} long",
        value=f"{spacing:.3g} {unit}", cell=cell,
        allowed=f"at most {most:.3g} {unit} (sqrt(2 alpha_T L) / {CELLS_ACROSS:g}, alpha_T = "
        f"{transverse_dispersivity:.3g} {unit})",
        hint="Its length is set by mixing with acceptors, to which such cells add mixing of their own: the plume may "
        f"come out too short. Divide the {across} through which its edge passes.",
        package=species,
    )


def too_oblique(mixing: float, *, species: str = "") -> Problem | None:
    """Return what is wrong where flow crosses rows, columns or layers; None if it mixes little."""
    if mixing <= MIXES:
        return None
    return Problem(
        what="numerical mixing across the edge of the plume over that of its dispersivity", value=f"{mixing:.2g}",
        allowed=f"at most {MIXES:g}", package=species,
        hint="Flow crosses rows, columns or layers there, and its length is set by mixing with acceptors: the plume "
        f"may come out about {100.0 * mixing / (1.0 + mixing):.0f} % too short. Turn the grid into the flow, or divide "
        "its cells.",
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
    q, normal = flow.specific_discharge[inner], grid.face_normal[faces]
    speed = np.linalg.norm(q, axis=1)
    sine = np.abs((q * normal).sum(axis=1)) / np.where(speed > 0.0, speed, 1.0)
    beside = (sine < ACROSS) & (speed > 0.0)
    faces, inner, normal, sine = faces[beside], inner[beside], normal[beside], sine[beside]
    if not faces.size:
        return None
    cosine = np.sqrt(1.0 - sine * sine)
    tensor = _dispersion(model, flow, inner)
    along, through = tensor(q[beside] / speed[beside, None]), tensor(normal)
    dispersivity = np.maximum((through - along * sine**2) / (speed[beside] * cosine**2), 0.0)
    at = np.column_stack([grid.x, grid.y, grid.z])
    length = float(np.linalg.norm(at[holds] - at[int(h.argmax())], axis=1).max())
    spacing = grid.face_distance[faces].sum(axis=1)
    mixes = 0.5 * KINK * (sine**2 * cosine * np.sqrt(grid.area[inner]) + cosine**2 * sine * spacing)
    most = enough(dispersivity, length)
    worst = int((spacing / np.maximum(most, 1e-300)).argmax())
    return Edge(
        faces=int((spacing > most).sum()), of=int(faces.size), cell=int(inner[worst]),
        across="layers" if grid.face_kind[faces[worst]] == VERTICAL else "rows and columns",
        spacing=float(spacing[worst]), dispersivity=float(dispersivity[worst]), length=length,
        mixing=float(mixes.mean() / max(float(dispersivity.mean()), 1e-300)),
    )


def _dispersion(model: TransportModel, flow: FlowStep, cells: NDArray[np.int64]) -> Callable[[Floats], Floats]:
    """Return a function that gives n D n of some cells for unit vectors n, shape (cell, 3) [L**2/T]."""
    d = model.dispersion
    assert d is not None
    tensor = np.zeros((6, cells.size))
    transport_coefficients.dispersion_tensor(
        flow.specific_discharge[cells], d.alh[cells], d.alv[cells], d.ath1[cells], d.ath2[cells], d.atv[cells],
        d.diffusion_coefficient[cells] * model.mobile.porosity[cells], tensor,
    )
    xx, yy, zz, xy, xz, yz = tensor

    def along(n: Floats) -> Floats:
        x, y, z = n.T
        return np.asarray(x * x * xx + y * y * yy + z * z * zz + 2.0 * (x * y * xy + x * z * xz + y * z * yz))

    return along
