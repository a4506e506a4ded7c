"""How much a lake holds and how wide it is at a stage: from its table, or from the cells it stands on."""

import numpy as np

from gwsolver.core.features import Floats
from gwsolver.core.lake import EMBEDDEDH, EMBEDDEDV, LakePackage
from gwsolver.core.saturation import SMOOTHING
from gwsolver.kernels import surface_lakes
from gwsolver.surface.lakes.bed import Beds


class Shapes:
    """The shapes of all lakes of a package.

    A table gives volume and area, each linear between its rows; above the last row the shore is a wall, below the
    first nothing changes. Without a table each vertical connection adds a column: a cell of area A whose bed lies
    at z_b, wet over a depth `surface_depression`, holds A S (h - z_b) at stage h (lak_calculate_vol and
    lak_calculate_sarea of MODFLOW 6).

    Parameters
    ----------
    package : LakePackage
    beds : Beds

    Attributes
    ----------
    bottom, top : ndarray of float64, shape (lake,)
        Elevation below which a lake is dry [L]; one above which its shape is simple.
    largest : ndarray of float64, shape (lake,)
        Largest area [L**2].
    embedded : ndarray of bool, shape (lake,)
        Lakes within one cell.
    """

    def __init__(self, package: LakePackage, beds: Beds) -> None:
        n, of, plan = package.n_features, package.connection_feature, beds.plan
        bed_bottom, bed_top = beds.bottom, beds.top
        self._beds, self._first = beds, np.searchsorted(of, np.arange(n + 1)).astype(np.int64)
        self.tables = [(i, t) for i, t in enumerate(package.tables) if t is not None]
        inside = np.isin(package.connection_type, (EMBEDDEDH, EMBEDDEDV))
        self.embedded = np.bincount(of, inside, n) > 0.0
        self.bottom, self.top = np.full(n, np.inf), np.full(n, -np.inf)
        np.minimum.at(self.bottom, of, bed_bottom)
        np.maximum.at(self.top, of, bed_top)
        self.largest = np.bincount(of, plan, n).astype(np.float64)
        for lake, table in self.tables:
            if not self.embedded[lake]:  # the bed of an embedded lake stands among the connections already
                self.bottom[lake] = min(self.bottom[lake], table.stage[0])
            self.top[lake] = max(self.top[lake], table.stage[-1])
            if self.embedded[lake]:
                self.largest[lake] = table.area[-1]

    def volume(self, stage: Floats) -> Floats:
        """Return the water [L**3], shape (lake,)."""
        return self.area_and_volume(stage)[1]

    def area_and_volume(self, stage: Floats) -> tuple[Floats, Floats]:
        """Return the surface of the water [L**2] and the water [L**3], shape (lake,)."""
        found = np.empty((self._first.size - 1, 2))
        surface_lakes.shapes(np.ascontiguousarray(stage, np.float64), self._first, self._beds.numbers,
                             self._beds.row_first, self._beds.rows, SMOOTHING, found)
        return found[:, 0].copy(), found[:, 1].copy()
