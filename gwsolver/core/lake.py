"""Lakes of a flow model (MODFLOW's LAK) as plain data."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import FeaturePackage, Floats, Ints

CONNECTION_TYPES = ("vertical", "horizontal", "embeddedh", "embeddedv")
VERTICAL, HORIZONTAL, EMBEDDEDH, EMBEDDEDV = range(4)
OUTLET_TYPES = ("specified", "manning", "weir")
NO_BED = np.nan
"""Leakance of a connection without a bed: only the aquifer resists."""


@dataclass(frozen=True, eq=False)
class StageTable:
    """A lake's volume and areas by stage, as MODFLOW reads them: each linear between its rows.

    Attributes
    ----------
    stage : ndarray of float64, shape (row,)
        Increasing [L].
    volume : ndarray of float64, shape (row,)
        Not decreasing [L**3].
    area : ndarray of float64, shape (row,)
        Surface of the water, not decreasing [L**2].
    exchange_area : ndarray of float64, shape (row,)
        Wetted bed (BAREA), of embedded lakes [L**2]; empty if not given.
    """

    stage: Floats
    volume: Floats
    area: Floats
    exchange_area: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, eq=False)
class LakePackage(FeaturePackage):
    """One LAK package.

    Attributes
    ----------
    start : ndarray of float64, shape (lake,)
        Initial stage [L].
    connection_type : ndarray of int8, shape (connection,)
        Place in `CONNECTION_TYPES`.
    leakance : ndarray of float64, shape (connection,)
        Of the bed [1/T]; `NO_BED` where there is none.
    bed_bottom, bed_top : ndarray of float64, shape (connection,)
        Elevations that bound a horizontal connection (BELEV, TELEV) [L]; equal: those of the cell.
    length, width : ndarray of float64, shape (connection,)
        From the cell's centre to the lake, and along the shore [L].
    outlet_from, outlet_to : ndarray of int64, shape (outlet,)
        Lakes; -1: out of the model.
    outlet_type : ndarray of int8, shape (outlet,)
        Place in `OUTLET_TYPES`.
    tables : tuple of StageTable or None, one per lake
    surface_depression : float
        SURFDEP [L]: over this depth above the bed a vertical connection becomes wet.
    length_conversion, time_conversion : float
        Model lengths in a metre and model times in a second, for Manning's formula and weirs.

    Notes
    -----
    `source` gives ``stage``, ``rainfall``, ``evaporation`` [L/T], ``runoff``, ``inflow``, ``withdrawal`` [L**3/T]
    of shape (lake,), and ``rate``, ``invert``, ``width``, ``roughness``, ``slope`` of shape (outlet,).
    """

    start: Floats = field(default_factory=lambda: np.zeros(0))
    connection_type: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    leakance: Floats = field(default_factory=lambda: np.zeros(0))
    bed_bottom: Floats = field(default_factory=lambda: np.zeros(0))
    bed_top: Floats = field(default_factory=lambda: np.zeros(0))
    length: Floats = field(default_factory=lambda: np.zeros(0))
    width: Floats = field(default_factory=lambda: np.zeros(0))
    outlet_from: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    outlet_to: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    outlet_type: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    tables: tuple[StageTable | None, ...] = ()
    surface_depression: float = 0.0
    length_conversion: float = 1.0
    time_conversion: float = 1.0

    @property
    def n_features(self) -> int:
        """Number of lakes."""
        return self.start.size
