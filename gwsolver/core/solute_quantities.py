"""What observations may ask of the solute of lakes and reaches, by MODFLOW's words and with its signs.

All rates are positive into the feature (MODFLOW 6, tsp-apt.f90: apt_bd_obs).
"""

from collections.abc import Mapping

import numpy as np

from gwsolver.core.feature_quantities import CONNECTION, FEATURE
from gwsolver.core.features import INACTIVE, FeatureSoluteStep, Floats
from gwsolver.core.output import Observation

LINK = "link"
CONCENTRATION, EXCHANGE, BETWEEN = "concentration", "exchange", "flow-ja-face"
_TERMS = ("storage", "constant", "from-mvr", "to-mvr", "rainfall", "evaporation", "runoff", "ext-inflow",
          "ext-outflow")
_BOTH = {CONCENTRATION: FEATURE, BETWEEN: LINK, **dict.fromkeys(_TERMS, FEATURE)}

QUANTITIES: Mapping[str, Mapping[str, str]] = {
    "lkt": {**_BOTH, "lkt": CONNECTION, "withdrawal": FEATURE},
    "sft": {**_BOTH, "sft": CONNECTION},
}
"""Words by kind of package, and what the places of each are: features, connections, or the two ends of a link."""


def concentrations(step: FeatureSoluteStep) -> Floats:
    """Return the concentration of every feature, NaN where it takes no part or has no water."""
    return np.where((step.status == INACTIVE) | step.dry, np.nan, step.concentration)


def solute_flows(step: FeatureSoluteStep) -> dict[str, Floats]:
    """Return all mass rates into each feature by name [M/T]: ``gwf`` from the aquifer, and the terms."""
    n, water = step.concentration.size, step.water
    through = np.bincount(water.link_to, step.link_rate, n) - np.bincount(water.link_from, step.link_rate, n)
    return {"gwf": 0.0 - np.bincount(water.connection_feature, step.rate, n).astype(np.float64),
            BETWEEN: through.astype(np.float64), **step.terms}


def observed(o: Observation, step: FeatureSoluteStep) -> float:
    """Return what an observation sees; NaN where there is nothing of that kind."""
    by = QUANTITIES[step.kind][o.quantity]
    at = list(o.places)
    if by == LINK:
        return _between(o, step)
    if by == CONNECTION:
        out = step.status[step.water.connection_feature[at]] == INACTIVE
        return float("nan") if out.all() else float(0.0 - step.rate[at][~out].sum())
    if o.quantity == CONCENTRATION:
        return float(concentrations(step)[at[0]])
    there = step.status[at] != INACTIVE
    if o.quantity in step.terms:
        return float(step.terms[o.quantity][at][there].sum()) if there.any() else float("nan")
    # Every feature has the terms that its water has; where it has none the term is zero, movers aside.
    return float("nan") if o.quantity.endswith("mvr") or not there.any() else 0.0


def _between(o: Observation, step: FeatureSoluteStep) -> float:
    """Return what comes from the second feature into the first, or through all links of the features named."""
    start, end, rate = step.water.link_from, step.water.link_to, step.link_rate
    if o.boundname:
        into, out = np.isin(end, o.places), np.isin(start, o.places)
    else:
        first, second = o.places
        into, out = (start == second) & (end == first), (start == first) & (end == second)
    return float(rate[into].sum() - rate[out].sum()) if (into | out).any() else float("nan")
