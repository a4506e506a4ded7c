"""What stands behind the donor of a face where the grid ends.

Limited advection looks at the cell behind the donor. At the end of the grid there is none, and the
profile is continued in a line. A donor that gets water from a package is not bounded by its
neighbours alone: a line could lift it above all that enters, so that the slope is kept within that
towards the package's concentration. A donor fed by its own storage is upstream weighted, and so is one fed by a lake
or a stream.
"""

from copy import copy
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
    faces : ndarray of int64, shape (given,)
        Faces behind whose donor a given concentration stands.
    concentration : ndarray of float64, shape (given,)
        These concentrations [M/L**3].
    """

    ratio: Floats
    faces: NDArray[np.int64]
    concentration: Floats


class Ends:
    """The faces of one flow field behind whose donor the grid ends.

    Parameters
    ----------
    faces : FaceList
    face_flow : ndarray of float64, shape (face,)
        Flow from n to m in the order of `faces` [L**3/T].
    n_cells : int
    fed : ndarray of bool, shape (cell,), optional
        Cells that lakes and streams feed.
    """

    def __init__(
        self, faces: FaceList, face_flow: Floats, n_cells: int, fed: NDArray[np.bool_] | None = None
    ) -> None:
        forth = face_flow > 0.0
        self._ratio: Floats = faces.upstream_ratio[:, 0]
        if not faces.even:
            self._ratio = np.where(forth, self._ratio, faces.upstream_ratio[:, 1])
        self._faces = np.flatnonzero(np.where(forth, faces.ends[:, 0], faces.ends[:, 1]))
        donor = np.where(forth, faces.cells[:, 0], faces.cells[:, 1])
        receiver = np.where(forth, faces.cells[:, 1], faces.cells[:, 0])
        through, self._donor = np.abs(face_flow), donor[self._faces]
        self._inflow = np.bincount(receiver, through, n_cells)[self._donor]
        self._outflow = np.bincount(donor, through, n_cells)[self._donor]
        self._fed = np.zeros(self._donor.size, bool) if fed is None else fed[self._donor]
        self._last: tuple[NDArray[np.bool_], NDArray[np.bool_], Floats, EndRule] | None = None

    def another(self) -> "Ends":
        """Return the same for other boundaries, which keeps a rule of its own."""
        other = copy(self)
        other._last = None
        return other

    def rule(self, b: Boundaries) -> EndRule:
        """Return the rule of every face, for its donor; the very same one as long as boundaries do not change it.

        A package counts from a tenth of the donor's inflow on, storage from half of what it passes on.
        Cells of given concentration cannot rise: they continue in a line.
        """
        donor = self._donor
        end = ~b.fixed[donor]
        given = end & (b.inflow[donor] > 0.1 * (self._inflow + b.inflow[donor]))
        fed = self._fed if b.exchanged is None else b.exchanged.fed[donor]
        stored = end & ~given & ((self._inflow < 0.5 * self._outflow) | fed)
        concentration = np.where(given, b.inflow_concentration[donor], 0.0)
        if self._last is not None:
            *before, rule = self._last
            if all(np.array_equal(x, y) for x, y in zip(before, (given, stored, concentration), strict=True)):
                return rule
        ratio = self._ratio
        if stored.any():
            ratio = ratio.copy()
            ratio[self._faces[stored]] = 0.0
        rule = EndRule(ratio, self._faces[given], concentration[given])
        self._last = given, stored, concentration, rule
        return rule
