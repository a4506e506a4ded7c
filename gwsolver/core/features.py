"""Features beside the aquifer's cells that hold water of their own: lakes and stream reaches, and their solute.

A package of features (MODFLOW's LAK, SFR) has *features*, each with a stage, and *connections*, each of one
feature with one cell. What a feature loses through a connection is what the cell gains.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.ledger import Ledger
from gwsolver.core.time import TimeStep

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ACTIVE, CONSTANT, INACTIVE, SIMPLE = 1, -1, 0, 2
"""STATUS of a feature: solved, held at a given value, left out; SIMPLE: a reach of given stage that routes water."""


@dataclass(frozen=True, eq=False)
class FeatureValues:
    """What acts on the features of a package during one time step, time series already resolved.

    Attributes
    ----------
    columns : mapping of str to ndarray of float64, shape (feature,)
        By the package's own words (``rainfall``, ``inflow``, ``stage``), as its file in ``gwsolver/packages``
        lists them; quantities of parts of the package (outlets of lakes, diversions of streams) have the shape
        (part,).
    status : ndarray of int8, shape (feature,)
        `ACTIVE`, `CONSTANT`, `INACTIVE` or `SIMPLE`.
    auxiliary : mapping of str to ndarray of float64, shape (feature,)
    """

    columns: Mapping[str, Floats]
    status: NDArray[np.int8]
    auxiliary: Mapping[str, Floats] = field(default_factory=dict)


class FeatureSource(Protocol):
    """Gives what acts on the features of a package during any time step; picklable."""

    def __call__(self, step: TimeStep) -> FeatureValues:
        """Return the values in force during `step`."""
        ...


@dataclass(frozen=True, eq=False)
class FeaturePackage(ABC):
    """One package of features of a flow model; kinds add what they are made of (`core/lake.py`, `core/reach.py`).

    Attributes
    ----------
    name, kind : str
        Lower-case package name and key into the registry of ``gwsolver.packages``: ``"lak-1"``, ``"lak"``.
    source : FeatureSource
    connection_feature : ndarray of int64, shape (connection,)
        Zero-based feature of each connection; not decreasing.
    connection_cell : ndarray of int64, shape (connection,)
        Zero-based active cell; -1 for none (a reach that touches no cell).
    boundnames : tuple of str
        Lower-case name of each feature; empty if the package has none.
    auxiliary_names : tuple of str
        Lower-case.
    options : mapping
        Options that change the equations, by lower-case MODFLOW keyword.
    file : str
        For messages; "" if from memory.
    saves : mapping of str to str
        Files asked for: ``"stage"``, ``"budget"``, ``"budgetcsv"``.
    """

    name: str
    kind: str
    source: FeatureSource
    connection_feature: Ints
    connection_cell: Ints
    boundnames: tuple[str, ...] = ()
    auxiliary_names: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    saves: Mapping[str, str] = field(default_factory=dict)

    @property
    @abstractmethod
    def n_features(self) -> int:
        """Number of features; kinds count what they hold by feature."""

    def at(self, step: TimeStep) -> FeatureValues:
        """Return what acts during `step`."""
        return self.source(step)


@dataclass(frozen=True, eq=False)
class FeatureStep:
    """Water of the features of one package during one flow step.

    Attributes
    ----------
    name, kind : str
    status : ndarray of int8, shape (feature,)
    stage : ndarray of float64, shape (feature,)
        At the end [L].
    volume_start, volume_end : ndarray of float64, shape (feature,)
        Water in each feature [L**3]; equal in a steady step.
    area : ndarray of float64, shape (feature,)
        Surface of the water at the end [L**2].
    terms : mapping of str to ndarray of float64, shape (feature,)
        Rates [L**3/T], positive into the feature, by MODFLOW's words in lower case: ``"rainfall"``,
        ``"evaporation"``, ``"runoff"``, ``"ext-inflow"``, ``"withdrawal"``, ``"ext-outflow"``, ``"storage"``,
        ``"constant"``, ``"from-mvr"``, ``"to-mvr"``. With `rate` and `link_rate` they sum to zero in each feature.
    connection_feature, connection_cell : ndarray of int64, shape (connection,)
        Feature and cell that each connection really joins in this step (a cell below a dry one, for instance).
    rate : ndarray of float64, shape (connection,)
        Flow from the feature into the aquifer [L**3/T].
    wetted_area : ndarray of float64, shape (connection,)
        Area of the connection under water [L**2].
    link_from, link_to : ndarray of int64, shape (link,)
        Features joined by outlets, channels or diversions.
    link_rate : ndarray of float64, shape (link,)
        Flow from the one to the other [L**3/T], not negative.
    auxiliary : mapping of str to ndarray of float64, shape (feature,)
    figures : mapping of str to ndarray of float64
        What else observations may ask for, by MODFLOW's words: ``"depth"``, ``"conductance"``, ``"outlet"``, ...
    boundnames : tuple of str
    """

    name: str
    kind: str
    status: NDArray[np.int8]
    stage: Floats
    volume_start: Floats
    volume_end: Floats
    area: Floats
    terms: Mapping[str, Floats]
    connection_feature: Ints
    connection_cell: Ints
    rate: Floats
    wetted_area: Floats
    link_from: Ints
    link_to: Ints
    link_rate: Floats
    auxiliary: Mapping[str, Floats] = field(default_factory=dict)
    figures: Mapping[str, Floats] = field(default_factory=dict)
    boundnames: tuple[str, ...] = ()

    def imbalance(self) -> Floats:
        """Return all flows into each feature, storage included [L**3/T]: zero if exact, shape (feature,)."""
        n = self.stage.size
        total = np.zeros(n)
        for rates in self.terms.values():
            total += rates
        total -= np.bincount(self.connection_feature, self.rate, n)
        total += np.bincount(self.link_to, self.link_rate, n) - np.bincount(self.link_from, self.link_rate, n)
        return total


@dataclass(frozen=True, eq=False)
class FeatureSolute:
    """Solute of the features of one flow package (MODFLOW's LKT, SFT): part of a transport model.

    Attributes
    ----------
    name, kind : str
        ``"lkt-1"``, ``"lkt"``.
    flow_package : str
        Lower-case name of the package that holds the water.
    initial_concentration : ndarray of float64, shape (feature,)
        STRT [M/L**3].
    source : FeatureSource
        Columns ``concentration`` (of features held at it) and the concentration [M/L**3] of what comes in by the name
        of the water's term: ``rainfall``, ``evaporation``, ``runoff``, ``inflow``.
    boundnames : tuple of str
    flow_package_auxiliary : str
        FLOW_PACKAGE_AUXILIARY_NAME: auxiliary variable of the flow package that gets the concentrations; "" if none.
    saves : mapping of str to str
        Files asked for: ``"concentration"``, ``"budget"``, ``"budgetcsv"``.
    file : str
    mover : bool
        Movers may take water of the features and bring it.
    """

    name: str
    kind: str
    flow_package: str
    initial_concentration: Floats
    source: FeatureSource
    boundnames: tuple[str, ...] = ()
    flow_package_auxiliary: str = ""
    saves: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    mover: bool = False


@dataclass(frozen=True, eq=False)
class FeatureSoluteStep:
    """Solute of the features of one package at the end of an interval, and how it came there.

    Attributes
    ----------
    name, kind : str
    concentration : ndarray of float64, shape (feature,)
        [M/L**3]; zero in features that are inactive or hold no water.
    mass : float
        In all features [M].
    terms : mapping of str to ndarray of float64, shape (feature,)
        Mean mass rates over the interval [M/T], positive into the feature, by the names of `FeatureStep.terms`.
    rate : ndarray of float64, shape (connection,)
        Mean mass rate from the feature into the aquifer [M/T].
    link_rate : ndarray of float64, shape (link,)
        Mean mass rate along each link of the water [M/T].
    ledger : Ledger
        The package's own balance over the interval.
    water : FeatureStep
        The water that carried it: what connections and links join.
    status : ndarray of int8, shape (feature,)
        `ACTIVE`, `CONSTANT` or `INACTIVE`, of the solute.
    dry : ndarray of bool, shape (feature,)
        Features without water, whose concentration means nothing; what solute they hold stays with them.
    """

    name: str
    kind: str
    concentration: Floats
    mass: float
    terms: Mapping[str, Floats]
    rate: Floats
    link_rate: Floats
    ledger: Ledger
    water: FeatureStep
    status: NDArray[np.int8]
    dry: NDArray[np.bool_]
