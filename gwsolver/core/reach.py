"""Stream reaches of a flow model (MODFLOW's SFR) as plain data."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import Problem
from gwsolver.core.features import FeaturePackage, Floats, Ints

PRIORITIES = ("upto", "threshold", "fraction", "excess")
UPTO, THRESHOLD, FRACTION, EXCESS = range(4)
NO_DIVERSION = -1
RECTANGLE = -1
"""Number of the cross-section of a reach that is a wide rectangle of its own width."""


@dataclass(frozen=True, eq=False)
class CrossSection:
    """A channel's bed by points, from one bank to the other.

    Attributes
    ----------
    fraction : ndarray of float64, shape (point,)
        Station as a part of the reach's width [-], not decreasing.
    height : ndarray of float64, shape (point,)
        Above the bottom of the reach [L], >= 0; zero somewhere.
    roughness_fraction : ndarray of float64, shape (point,)
        Of Manning's coefficient, for the segment from each point to the next [-], > 0.
    file : str
        For messages.
    """

    fraction: Floats
    height: Floats
    roughness_fraction: Floats
    file: str = ""

    def problems(self) -> list[Problem]:
        """Return everything that keeps this section from being solved."""
        found = []
        if self.fraction.size < 2:
            found.append(Problem("a cross-section has fewer than two points", file=self.file))
        elif not (np.all(self.fraction >= 0.0) and np.all(np.diff(self.fraction) >= 0.0)
                  and self.fraction[-1] > self.fraction[0]):
            found.append(Problem("stations of a cross-section (XFRACTION) must be >= 0 and run from left to right",
                                 file=self.file))
        if self.height.size and not (np.all(self.height >= 0.0) and np.any(self.height == 0.0)):
            found.append(Problem("heights of a cross-section must be >= 0, and one of them zero", file=self.file))
        if not np.all(self.roughness_fraction > 0.0):
            found.append(Problem("MANFRACTION of a cross-section must be > 0", file=self.file))
        return found


@dataclass(frozen=True, eq=False)
class ReachPackage(FeaturePackage):
    """One SFR package: every reach has one connection, to the cell -1 where it touches none.

    Attributes
    ----------
    length, width : ndarray of float64, shape (reach,)
        [L], > 0.
    slope : ndarray of float64, shape (reach,)
        Of the channel [-], > 0.
    top, bed_thickness : ndarray of float64, shape (reach,)
        Elevation of the channel's bottom (RTP) and thickness of the bed below it (RBTH) [L].
    link_from, link_to : ndarray of int64, shape (link,)
        Reaches joined downstream, in the order in which each reach gives its water away.
    link_diversion : ndarray of int64, shape (link,)
        Diversion that feeds the link; `NO_DIVERSION`: what diversions leave, by upstream fractions.
    diversion_priority : ndarray of int8, shape (diversion,)
        Place in `PRIORITIES`.
    sections : tuple of CrossSection
        What ``cross_section`` of `source` counts; `RECTANGLE`: a wide rectangle.
    start : ndarray of float64, shape (reach,)
        Initial stage [L]; used with `stores`.
    stores : bool
        STORAGE: transient steps follow a kinematic wave.
    storage_weight : float
        STORAGE_WEIGHT: of the end of a step in the gradient of the flow, 0.5 to 1.
    conversion : float
        Of Manning's formula, which is in m and s: model lengths in a metre to the power 1/3 times model times in
        a second.

    Notes
    -----
    `source` gives, of shape (reach,): ``bed_conductivity`` [L/T], ``manning`` [T/L**(1/3)], ``upstream_fraction`` [-],
    ``stage`` [L] (of SIMPLE reaches), ``inflow``, ``runoff`` [L**3/T], ``rainfall``, ``evaporation`` [L/T],
    ``cross_section`` [-]; of shape (diversion,): ``diversion`` [L**3/T, or - where a fraction].
    """

    length: Floats = field(default_factory=lambda: np.zeros(0))
    width: Floats = field(default_factory=lambda: np.zeros(0))
    slope: Floats = field(default_factory=lambda: np.zeros(0))
    top: Floats = field(default_factory=lambda: np.zeros(0))
    bed_thickness: Floats = field(default_factory=lambda: np.zeros(0))
    link_from: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    link_to: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    link_diversion: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    diversion_priority: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    sections: tuple[CrossSection, ...] = ()
    start: Floats = field(default_factory=lambda: np.zeros(0))
    stores: bool = False
    storage_weight: float = 1.0
    conversion: float = 1.0

    @property
    def n_features(self) -> int:
        """Number of reaches."""
        return self.length.size

    @property
    def n_diversions(self) -> int:
        """Number of diversions."""
        return self.diversion_priority.size
