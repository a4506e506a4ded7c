"""Whether cells are thin enough for a plume whose length is set by mixing across its edge.

Where donor and acceptors react as fast as they meet, a plume is as long as it takes for its edge to be mixed through
it. After a path L the edge is as wide as sqrt(2 alpha_T L), and numerical mixing shortens the plume unless some cells
lie across it.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gwsolver.core.errors import Problem

CELLS_ACROSS = 3.0
"""Cells across the edge at which a length is within about 3 % of the exact one, flow along rows and layers."""


def enough(transverse_dispersivity: ArrayLike, length: ArrayLike) -> NDArray[np.float64]:
    """Return the largest spacing across the flow that carries a plume of some length, sqrt(2 alpha_T L) / 3 [L]."""
    return np.asarray(np.sqrt(2.0 * np.asarray(transverse_dispersivity) * np.asarray(length)) / CELLS_ACROSS)


def too_coarse(
    spacing: float, transverse_dispersivity: float, length: float, *, across: str = "layers", cell: str = ""
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
    """
    most = float(enough(transverse_dispersivity, length))
    if spacing <= most:
        return None
    return Problem(
        what=f"spacing of {across} across the edge of a plume of {length:.3g}", value=f"{spacing:.3g}", cell=cell,
        allowed=f"at most {most:.3g} (sqrt(2 alpha_T L) / {CELLS_ACROSS:g}, alpha_T = {transverse_dispersivity:.3g})",
        hint="Its length is set by mixing with acceptors, to which such cells add mixing of their own: the plume may "
        f"come out too short. Divide the {across} through which its edge passes.",
    )
