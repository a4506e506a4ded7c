"""What searches over a network share: lakes that begin at a level, an inflow with something added, percentiles."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.case.surface.uncertain import FIELDS
from gwsolver.surface.forcing import Changed, Constant
from gwsolver.surface.network import Network
from gwsolver.surface.nodes.lake import Lake

Floats = NDArray[np.float64]
YEAR = 365.25
MOST_TRIALS = 40


def trial(
    settings: Sequence[Any], members: int, start: Floats, on: str, added: Floats
) -> tuple[Network, tuple[Any, ...]]:
    """Return a network at work whose lakes begin at levels `start` [m], with `added` to a forcing, and its settings.

    Parameters
    ----------
    on : str
        "node.key" of the forcing.
    added : ndarray of float64, shape (member,)
        [m3/d]
    """
    place, _, key = on.partition(".")
    own = FIELDS.get(key, key)
    nodes = []
    for s in settings:
        if isinstance(s, Lake):
            s = replace(s, initial=np.clip(start, s.table.floor, s.table.top))
        if s.name == place:
            s = replace(s, **{own: Changed(getattr(s, own), Constant(1.0), Constant(added))})
        nodes.append(s)
    return Network(nodes, members), tuple(nodes)


def percentiles(flow: Floats) -> dict[str, float]:
    """Return P10, P50 and P90 of those members that have a flow; nothing if none has."""
    drawn = flow[1:][~np.isnan(flow[1:])]
    if not drawn.size:
        return {}
    return {f"p{p}": float(v) for p, v in zip((10, 50, 90), np.percentile(drawn, (10, 50, 90)), strict=True)}
