"""How much a lake holds and how wide it is at a stage: from its table, or from the cells it stands on."""

import numpy as np

from gwsolver.core.features import Floats
from gwsolver.core.lake import EMBEDDEDH, EMBEDDEDV, LakePackage
from gwsolver.core.saturation import SMOOTHING, saturation


class Shapes:
    """The shapes of all lakes of a package.

    A table gives volume and area, each linear between its rows; above the last row the shore is a wall, below the
    first nothing changes. Without a table each vertical connection adds a column: a cell of area A whose bed lies
    at z_b, wet over a depth `surface_depression`, holds A S (h - z_b) at stage h (lak_calculate_vol and
    lak_calculate_sarea of MODFLOW 6).

    Parameters
    ----------
    package : LakePackage
    bed_bottom, bed_top : ndarray of float64, shape (connection,)
        Elevations of each connection, those of the cell filled in [L].
    plan : ndarray of float64, shape (connection,)
        Area that a connection adds to the water's surface [L**2]; zero for all but vertical ones.

    Attributes
    ----------
    bottom, top : ndarray of float64, shape (lake,)
        Elevation below which a lake is dry [L]; one above which its shape is simple.
    largest : ndarray of float64, shape (lake,)
        Largest area [L**2].
    embedded : ndarray of bool, shape (lake,)
        Lakes within one cell.
    """

    def __init__(self, package: LakePackage, bed_bottom: Floats, bed_top: Floats, plan: Floats) -> None:
        n, of = package.n_features, package.connection_feature
        self.n, self._plan, self._of = n, plan, of
        self._low, self._high = bed_bottom, bed_top
        self.tables = [(i, t) for i, t in enumerate(package.tables) if t is not None]
        self._columns = (plan > 0.0) & ~np.isin(of, [i for i, _ in self.tables])
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
        c = self._columns
        of, own = self._of[c], stage[self._of[c]]
        wet = self._plan[c] * saturation(own, self._high[c], self._low[c], SMOOTHING)[0]
        area = np.bincount(of, wet, self.n).astype(np.float64)
        volume = np.bincount(of, wet * np.maximum(own - self._low[c], 0.0), self.n).astype(np.float64)
        for lake, table in self.tables:
            above = max(stage[lake] - table.stage[-1], 0.0)
            area[lake] = np.interp(stage[lake], table.stage, table.area)
            volume[lake] = np.interp(stage[lake], table.stage, table.volume) + above * table.area[-1]
        return area, volume
