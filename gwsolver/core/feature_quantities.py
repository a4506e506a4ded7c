"""What observations may ask of lakes and reaches, by MODFLOW's words: how it follows from a step, with MODFLOW's signs.

Flows are positive into the feature, but what a feature exchanges with the aquifer is positive into the aquifer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gwsolver.core.features import INACTIVE, FeaturePackage, FeatureStep, Floats
from gwsolver.core.lake import LakePackage

FEATURE, CONNECTION, PART = "feature", "connection", "part"


@dataclass(frozen=True)
class Quantity:
    """One quantity of a kind of packages.

    Attributes
    ----------
    dimension : str
        "L", "L**3/T", ...
    values : callable
        (step, package) -> values, one per place; NaN where there is none.
    by : str
        What its places are: `FEATURE`, `CONNECTION` or `PART` (outlets of lakes).
    sums : bool
        Over the places of one boundname it may be added up.
    """

    dimension: str
    values: Callable[[FeatureStep, FeaturePackage], Floats]
    by: str = FEATURE
    sums: bool = True


def _term(name: str, sign: float = 1.0) -> Quantity:
    return Quantity("L**3/T", lambda step, package: _there(step, sign * step.terms[name]))


def _figure(name: str, dimension: str) -> Quantity:
    return Quantity(dimension, lambda step, package: step.figures[name], sums=False)


def _there(step: FeatureStep, values: Floats) -> Floats:
    """Return values of features, NaN for those that are left out."""
    return np.where(step.status == INACTIVE, np.nan, values)


def _joined(step: FeatureStep, values: Floats) -> Floats:
    """Return values of connections, NaN where their feature is left out."""
    return np.where(step.status[step.connection_feature] == INACTIVE, np.nan, values)


def _outlets(step: FeatureStep, package: FeaturePackage) -> Floats:
    """Return what runs through the outlets of lakes, negative; NaN where the lake is left out."""
    assert isinstance(package, LakePackage)
    return np.where(step.status[package.outlet_from] == INACTIVE, np.nan, -step.figures["outlet"])


def entering(step: FeatureStep) -> Floats:
    """Return what comes into each feature from others of its package [L**3/T], shape (feature,)."""
    return np.bincount(step.link_to, step.link_rate, step.stage.size).astype(np.float64)


def leaving(step: FeatureStep) -> Floats:
    """Return what each feature gives to others of its package [L**3/T], shape (feature,)."""
    return np.bincount(step.link_from, step.link_rate, step.stage.size).astype(np.float64)


def _downstream(step: FeatureStep) -> Floats:
    return step.terms["ext-outflow"] - leaving(step)


def _has_next(step: FeatureStep) -> np.ndarray:
    """Return the reaches from which water goes on to one that is not left out."""
    found = np.zeros(step.stage.size, bool)
    found[step.link_from[step.status[step.link_to] != INACTIVE]] = True
    return found


def _outward(step: FeatureStep, package: FeaturePackage) -> Floats:
    """Return what outlets take out of the model; NaN for those that lead into another lake."""
    assert isinstance(package, LakePackage)
    return np.where(package.outlet_to < 0, _outlets(step, package), np.nan)


_BOTH: dict[str, Quantity] = {
    "stage": Quantity("L", lambda step, package: _there(step, step.stage), sums=False),
    "ext-inflow": _term("ext-inflow"), "from-mvr": _term("from-mvr"), "runoff": _term("runoff"),
    "rainfall": _term("rainfall"), "to-mvr": _term("to-mvr"),
}

QUANTITIES: Mapping[str, Mapping[str, Quantity]] = {
    "lak": {
        **_BOTH,
        "outlet-inflow": Quantity("L**3/T", lambda step, package: _there(step, entering(step))),
        "inflow": Quantity("L**3/T", lambda step, package: _there(step, step.terms["ext-inflow"] + entering(step))),
        "lak": Quantity("L**3/T", lambda step, package: _joined(step, step.rate), CONNECTION),
        "withdrawal": _term("withdrawal"), "evaporation": _term("evaporation"), "storage": _term("storage"),
        "constant": _term("constant"),
        "ext-outflow": Quantity("L**3/T", _outward, PART),
        "outlet": Quantity("L**3/T", _outlets, PART),
        "volume": Quantity("L**3", lambda step, package: _there(step, step.volume_end)),
        "surface-area": Quantity("L**2", lambda step, package: _there(step, step.area)),
        "wetted-area": Quantity("L**2", lambda step, package: _joined(step, step.wetted_area), CONNECTION),
        "conductance": Quantity("L**2/T", lambda step, package: _joined(step, step.figures["conductance"]), CONNECTION),
    },
    "sfr": {
        **_BOTH,
        "inflow": Quantity("L**3/T", lambda step, package: entering(step)),
        "upstream-flow": Quantity("L**3/T", lambda step, package: entering(step) + step.terms["from-mvr"]),
        "downstream-flow": Quantity("L**3/T", lambda step, package: _downstream(step)),
        "outflow": Quantity("L**3/T", lambda step, package: np.where(_has_next(step), _downstream(step), 0.0)),
        "ext-outflow": Quantity("L**3/T", lambda step, package: np.where(_has_next(step), 0.0, _downstream(step))),
        "sfr": Quantity("L**3/T", lambda step, package: step.rate),
        # Water that evaporates is positive here, in MODFLOW too.
        "evaporation": _term("evaporation", -1.0),
        "depth": _figure("depth", "L"), "wet-perimeter": _figure("wet-perimeter", "L"),
        "wet-area": _figure("wet-area", "L**2"), "wet-width": _figure("wet-width", "L"),
    },
}
"""By kind of package."""
