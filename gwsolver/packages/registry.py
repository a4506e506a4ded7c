"""The registry of boundary packages: one file of this folder each, found by itself.

A kind says what its columns are called, what they may hold, and its equation: the flow into the
aquifer as a function of head, with its derivative. A kind with features (lakes, reaches) says how they answer to
the heads. Flow knows no kind by name; neither does transport.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import FeaturePackage, FeatureStep, FeatureValues
from gwsolver.core.grid import Grid
from gwsolver.core.stress import StressValues
from gwsolver.core.time import TimeStep
from gwsolver.packages.limits import LowerLimit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """One quantity of a package's entries.

    Attributes
    ----------
    name : str
        The field's word, key in `StressValues.columns`: "conductance".
    keyword : str
        MODFLOW's field in the PERIOD block (flopy's name): "cond".
    dimension : str
        "L", "L**3/T", "L**2/T", "M/T", "-": for docs and unit conversion.
    allowed : str
        Interval as in `gwsolver.core.errors.INTERVALS`.
    array_keyword : str
        Name of the array in the array-based form of the package (RCHA, EVTA), "" if none.
    """

    name: str
    keyword: str
    dimension: str
    allowed: str = "(-inf, inf)"
    array_keyword: str = ""


@dataclass(frozen=True, eq=False)
class FlowContext:
    """What a package may look at when it computes its flows.

    Attributes
    ----------
    head : ndarray of float64, shape (entry,)
        Head in the cell of each entry [L].
    top, bottom, area : ndarray of float64, shape (entry,)
        Of the cell of each entry.
    newton : bool
        Whether the model uses the Newton formulation (smoothed forms then apply).
    convertible : ndarray of bool, shape (entry,)
        ICELLTYPE != 0 in the cell of each entry.
    """

    head: Floats
    top: Floats
    bottom: Floats
    area: Floats
    newton: bool
    convertible: NDArray[np.bool_]


Limits = Callable[[StressValues, Floats, Mapping[str, Any]], Sequence[LowerLimit]]
Observed = Callable[[StressValues, Floats, Mapping[str, Any]], Mapping[str, Floats]]
FlowEquation = Callable[[StressValues, FlowContext, Mapping[str, Any]], tuple[Floats, Floats]]


@dataclass(frozen=True)
class BoundaryKind:
    """A kind of boundary package.

    Attributes
    ----------
    kind : str
        "riv".
    mf6_type : str
        "RIV6".
    model : str
        "gwf" or "gwt".
    title : str
        One line for the table of supported packages.
    columns : tuple of Column
    options : tuple of str
        Lower-case MODFLOW option keywords that are understood, beside those every package has.
    flow : callable or None
        (values, context, options) -> (rate, derivative): flow into the aquifer [L**3/T] and its
        derivative with respect to head [L**2/T], each of shape (entry,).
    fixes : str
        "head" or "concentration" if the column of that name fixes the unknown of its cell, else "".
    seeks_active : bool
        An entry in a dry or inactive cell acts on the uppermost active cell below it, unless
        the option ``fixed_cell`` is set.
    multiplied : str
        The column that AUXMULTNAME multiplies; "" for a kind with one column: that one.
    sheltered : bool
        Falls from the sky: where a lake stands on the cell, it acts on the lake's own account instead.
    mass : callable or None
        gwt only: (values) -> mass rate into the cell [M/T], shape (entry,).
    limits : callable or None
        (values, floor, options) -> what entries may not fall below; floor, shape (entry,), is the bottom of the cell
        where ICELLTYPE != 0 and -inf elsewhere [L].
    observed : callable or None
        gwf only: (values, rates, options) -> what OBS may ask for besides the rates, by MODFLOW's word, shape (entry,).
    """

    kind: str
    mf6_type: str
    model: str
    title: str
    columns: tuple[Column, ...]
    options: tuple[str, ...] = ()
    flow: FlowEquation | None = None
    fixes: str = ""
    seeks_active: bool = False
    mass: Callable[[StressValues], Floats] | None = None
    multiplied: str = ""
    sheltered: bool = False
    limits: Limits | None = None
    observed: Observed | None = None


@dataclass(frozen=True)
class FeatureKind:
    """A kind of package whose features hold water of their own, as unknowns beside the heads.

    Attributes
    ----------
    kind, mf6_type, model, title, options
        As in `BoundaryKind`.
    columns : tuple of Column
        What acts on features during a time step.
    part_columns : tuple of Column
        What acts on parts of the package (outlets of lakes).
    start : callable
        (package, aquifer) -> Features: the equations, in their initial state.
    heads_along_links : bool
        Whether what passes along a link depends on the head in the cell of the feature it comes from
        (`Slopes.balance_by_link_head`); each feature then has one connection.
    """

    kind: str
    mf6_type: str
    model: str
    title: str
    columns: tuple[Column, ...]
    start: "Callable[[Any, Aquifer], Features]"
    options: tuple[str, ...] = ()
    part_columns: tuple[Column, ...] = ()
    heads_along_links: bool = False


@dataclass(frozen=True)
class SoluteKind:
    """A kind of package that says what the water of features carries.

    Attributes
    ----------
    kind, mf6_type, model, title, options
        As in `BoundaryKind`.
    carrier : str
        Kind of the flow package whose features these are: "lak".
    word : str
        What one feature is called: "lake".
    columns : tuple of Column
        Concentrations during a time step: of features held at one, and of what comes in.
    """

    kind: str
    mf6_type: str
    model: str
    title: str
    carrier: str
    word: str
    columns: tuple[Column, ...]
    options: tuple[str, ...] = ()


SOLUTE_COLUMNS = tuple(Column(name, name, "M/L**3", "[0, inf)")
                       for name in ("concentration", "rainfall", "evaporation", "runoff"))


@dataclass(frozen=True, eq=False)
class Aquifer:
    """What features may look at of the aquifer they stand in.

    Attributes
    ----------
    grid : Grid
    k, k33 : ndarray of float64, shape (cell,)
        Horizontal and vertical hydraulic conductivity [L/T].
    convertible : ndarray of bool, shape (cell,)
        ICELLTYPE != 0.
    newton : bool
    initial_head : ndarray of float64, shape (cell,)
        [L].
    """

    grid: Grid
    k: Floats
    k33: Floats
    convertible: NDArray[np.bool_]
    newton: bool
    initial_head: Floats


@dataclass(frozen=True, eq=False)
class Slopes:
    """Derivatives of a response: what joins the unknowns of features to the heads.

    A feature's unknown is its stage, or any other quantity that the derivatives below agree upon: nobody else looks
    at it.

    Attributes
    ----------
    rate_by_head, rate_by_stage : ndarray of float64, shape (connection,)
        Of the flow into the aquifer with respect to the head in its cell and to its feature's stage [L**2/T].
    balance_by_head : ndarray of float64, shape (connection,)
        Of the balance of its feature (all flows in) with respect to the head in its cell [L**2/T].
    balance_by_stage : ndarray of float64, shape (feature,)
        Of each feature's balance with respect to its own stage [L**2/T]; zero where the stage is held.
    balance_by_link : ndarray of float64, shape (link,)
        Of the balance of `Features.link_to` with respect to the stage of `Features.link_from` [L**2/T].
    balance_by_link_head : ndarray of float64, shape (link,)
        The same with respect to the head in the cell of `Features.link_from` [L**2/T]; empty for kinds where it
        does not depend on it (`FeatureKind.heads_along_links`).
    """

    rate_by_head: Floats
    rate_by_stage: Floats
    balance_by_head: Floats
    balance_by_stage: Floats
    balance_by_link: Floats
    balance_by_link_head: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, eq=False)
class OfferSlopes:
    """Derivatives of what movers may take, `Features.offers`.

    Attributes
    ----------
    by_stage : ndarray of float64, shape (provider,)
        With respect to the unknown of the provider's feature, as in `Slopes` [L**2/T].
    by_head : ndarray of float64, shape (provider,)
        With respect to the head in that feature's cell [L**2/T]; zero for kinds where it acts by the unknown alone
        (not `FeatureKind.heads_along_links`).
    """

    by_stage: Floats
    by_head: Floats


class Response(Protocol):
    """What features do at one guess of the heads: their own balances are closed for it."""

    @property
    def cells(self) -> Ints:
        """Where each connection acts, shape (connection,); it may differ from the package's (below dry cells)."""
        ...

    @property
    def rate(self) -> Floats:
        """Flow into the aquifer [L**3/T], shape (connection,); zero where a connection takes no part."""
        ...

    @property
    def round_off(self) -> Floats:
        """What the finite precision of heads and stages leaves in `rate` [L**3/T], shape (connection,)."""
        ...

    @property
    def covered(self) -> Floats:
        """Part of the cell above which the feature's water stands, 0 to 1, shape (connection,)."""
        ...

    def slopes(self, exact: bool) -> Slopes:
        """Return the derivatives; not exact: conductances are held (Picard), which keeps them symmetric."""
        ...


class Features(Protocol):
    """The features of one package: equations that keep their own balance closed whatever the heads are.

    Attributes
    ----------
    package : FeaturePackage
    link_from, link_to : ndarray of int64, shape (link,)
        Features of which the second's balance depends on the first's stage.
    link_provider : ndarray of int64, shape (link,)
        Place from which movers take before the link gets its part; -1 where they take nothing of what it carries.
    symmetric : bool
        Whether derivatives with held conductances are symmetric.
    """

    @property
    def package(self) -> FeaturePackage:
        """The package's data."""
        ...

    link_from: Ints
    link_to: Ints
    link_provider: Ints
    symmetric: bool

    def begin(self, step: TimeStep, transient: bool) -> FeatureValues:
        """Take in what acts during a time step, and return it.

        Raises
        ------
        InputError
            With all values that are not allowed.
        """
        ...

    def respond(self, head: Floats, active: NDArray[np.bool_], fixed: NDArray[np.bool_], below: Ints) -> Response:
        """Close the balance of every feature at these heads.

        Parameters
        ----------
        head : ndarray of float64, shape (cell,)
        active, fixed : ndarray of bool, shape (cell,)
            Cells that hold water; cells whose head is given.
        below : ndarray of int64, shape (cell,)
            Cell below each, -1 for none.
        """
        ...

    @property
    def n_providers(self) -> int:
        """Number of places from which movers may take water (outlets of lakes, reaches)."""
        ...

    @property
    def provider_feature(self) -> Ints:
        """Feature to which each of these places belongs, shape (provider,)."""
        ...

    def offers(self, response: Any) -> Floats:
        """Return what movers may take at each of these places [L**3/T], shape (provider,)."""
        ...

    def offer_slopes(self, response: Any) -> OfferSlopes:
        """Return the derivatives of what movers may take; what they take leaves them as they are."""
        ...

    def hand(self, received: Floats, taken: Floats) -> None:
        """Take in what movers bring, shape (feature,), and take, shape (provider,), at the next responses [L**3/T]."""
        ...

    def finish(self, response: Any) -> FeatureStep:
        """Return what the step moved; its end is the start of the next step."""
        ...

    def state(self) -> Mapping[str, Floats]:
        """Return what the next step starts from, by name."""
        ...

    def restore(self, state: Mapping[str, Floats]) -> None:
        """Start from there again."""
        ...


@cache
def kinds() -> dict[str, BoundaryKind]:
    """Return all kinds of boundary packages by name: each module of this folder that has such a ``KIND``."""
    return {k.kind: k for k in _registered() if isinstance(k, BoundaryKind)}


@cache
def feature_kinds() -> dict[str, FeatureKind]:
    """Return all kinds of packages with features by name."""
    return {k.kind: k for k in _registered() if isinstance(k, FeatureKind)}


@cache
def solute_kinds() -> dict[str, SoluteKind]:
    """Return all kinds of packages of the solute of features by name."""
    return {k.kind: k for k in _registered() if isinstance(k, SoluteKind)}


def _registered() -> list[BoundaryKind | FeatureKind | SoluteKind]:
    import gwsolver.packages as room

    modules = sorted(m.name for m in pkgutil.iter_modules(room.__path__))
    found = (getattr(importlib.import_module(f"gwsolver.packages.{m}"), "KIND", None) for m in modules)
    return [k for k in found if k is not None]
