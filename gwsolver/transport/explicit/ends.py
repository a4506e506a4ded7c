"""What stands behind the donor of a face where the grid ends.

Limited advection looks at the cell behind the donor. At the end of the grid there is none, and the
profile is continued in a line. A donor that gets water from a package is not bounded by its
neighbours alone: a line could lift it above all that enters, so that the slope is kept within that
towards the package's concentration. A donor fed by its own storage is upstream weighted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.faces import FaceList
from gwsolver.transport.sources import Boundaries

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EndRule:
    """How each face finds its upstream difference.

    Attributes
    ----------
    ratio : ndarray of float64, shape (face,)
        Factor of the upstream difference: ratio of distances; 1 at ends, 0 for upstream weighting.
    given : ndarray of bool, shape (face,)
        Whether a given concentration stands behind the donor.
    concentration : ndarray of float64, shape (face,)
        That concentration [M/L**3], 0 where none is given.
    """

    ratio: Floats
    given: NDArray[np.bool_]
    concentration: Floats


def end_rule(faces: FaceList, face_flow: Floats, b: Boundaries) -> EndRule:
    """Return the rule of every face, for its donor.

    A package counts from a tenth of the donor's inflow on, storage from half of what it passes on.
    Cells of given concentration cannot rise: they continue in a line.

    Parameters
    ----------
    face_flow : ndarray of float64, shape (face,)
        Flow from n to m in the order of `faces` [L**3/T].
    """
    n_cells, through = b.fixed.size, np.abs(face_flow)
    side = np.where(face_flow > 0.0, 0, 1)
    pick = np.arange(side.size)
    donor, receiver = faces.cells[pick, side], faces.cells[pick, 1 - side]
    inflow, outflow = np.bincount(receiver, through, n_cells), np.bincount(donor, through, n_cells)
    end = faces.ends[pick, side] & ~b.fixed[donor]
    given = end & (b.inflow > 0.1 * (inflow + b.inflow))[donor]
    stored = end & ~given & (inflow < 0.5 * outflow)[donor]
    ratio = np.where(stored, 0.0, faces.upstream_ratio[pick, side])
    return EndRule(ratio, given, np.where(given, b.inflow_concentration[donor], 0.0))
