"""The books of a step of reaches: every flow by MODFLOW's words, closed in each reach."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.features import INACTIVE, FeatureStep, FeatureValues
from gwsolver.surface.reaches.channel import Channels
from gwsolver.surface.reaches.routing import Routed, Routing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHALLOW = 1e-5
"""Depth over which the width of the water's surface fades in [L]."""


def step_of(routing: Routing, values: FeatureValues, routed: Routed, cells: Ints, length: float) -> FeatureStep:
    """Return the step of a package.

    Parameters
    ----------
    routing : Routing
    values : FeatureValues
        What acted.
    routed : Routed
    cells : ndarray of int64, shape (reach,)
        Where each reach acted.
    length : float
        Of the step, where reaches stored water [T]; else 0.
    """
    p, n = routing.package, routing.package.n_features
    there = values.status != INACTIVE
    # Water diverted to a reach that is left out leaves the model.
    rate = np.where(there[p.link_to], routed.link_rate, 0.0)
    passed = np.bincount(p.link_from, rate, n)
    upstream = np.where(there, routed.upstream, 0.0)
    taken = routing.taken(routed)
    leaves = passed + taken - routed.outflow
    section = routing.channels.at(routed.depth)
    surface = np.minimum(np.maximum(routed.depth, 0.0) / SHALLOW, 1.0) * section.width
    volume = np.where(there, section.area * p.length, 0.0)
    wet = np.where(there & (routed.depth > 0.0), section.perimeter, 0.0)
    inflow = np.where(there, values.columns["inflow"], 0.0)
    terms = {
        "rainfall": routing.rain, "evaporation": -routed.evaporation, "runoff": routed.runoff, "ext-inflow": inflow,
        "ext-outflow": leaves, "storage": routed.storage, "from-mvr": routing.received, "to-mvr": -taken,
    }
    figures = {
        "depth": routed.depth, "wet-perimeter": section.perimeter, "wet-area": section.area, "wet-width": surface,
        "upstream-area": _area(routing.channels, upstream), "downstream-area": _area(routing.channels, routed.outflow),
    }
    return FeatureStep(
        name=p.name, kind=p.kind, status=values.status, stage=p.top + routed.depth,
        volume_start=volume + length * routed.storage, volume_end=volume, area=surface * p.length, terms=terms,
        connection_feature=p.connection_feature, connection_cell=cells, rate=routed.leakage,
        wetted_area=wet * p.length, link_from=p.link_from, link_to=p.link_to, link_rate=rate,
        auxiliary=values.auxiliary, figures=figures, boundnames=p.boundnames,
    )


def _area(channels: Channels, flow: Floats) -> Floats:
    """Return the area that a flow takes by Manning's formula [L**2]."""
    return channels.at(channels.normal_depth(flow)).area
