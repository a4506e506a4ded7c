"""Faces through which observations want to know the mass that passes."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.simulation import TransportModel


def watched_faces(model: TransportModel) -> NDArray[np.int64]:
    """Return the faces of the grid that the model's FLOW-JA-FACE observations look at."""
    pairs = {tuple(sorted(o.cells)) for o in model.observations
             if not o.package and o.quantity == "flow-ja-face" and len(o.cells) == 2}
    cells = model.grid.face_cells
    found = [np.flatnonzero((cells[:, 0] == n) & (cells[:, 1] == m)) for n, m in sorted(pairs)]
    return np.concatenate([np.zeros(0, np.int64), *found])
