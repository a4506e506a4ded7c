"""Rivers as lines: from the cells of river packages to what a map draws."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.case import Place, in_language
from gwsolver.core.grid import Grid
from gwsolver.maps.scene import River

Floats = NDArray[np.float64]

RIVERS = ("riv", "sfr")


def rivers(features: Iterable[Any], receptors: Iterable[Place], grid: Grid, lang: str) -> tuple[River, ...]:
    """Return rivers as lines through the cells they flow in, broken where cells do not meet."""
    found = []
    for feature in features:
        if feature.kind not in RIVERS or not len(feature.cells):
            continue
        cells = np.asarray(feature.cells, np.int64)
        _, first = np.unique(grid.column[cells], return_index=True)
        cells = cells[np.sort(first)]
        x, y = grid.to_map(grid.x[cells], grid.y[cells])
        size = grid.cell_width[cells].max(axis=1) if grid.cell_width.size else np.sqrt(grid.area[cells])
        name = _river_name(feature.boundname or feature.package, receptors, lang)
        found.append(River(name, tuple(chains(np.column_stack([x, y]), 1.6 * size))))
    return tuple(found)


def chains(points: Floats, reach: Floats) -> list[Floats]:
    """Join points into lines: each goes on to the nearest point left that is within its reach.

    Parameters
    ----------
    points : ndarray of float64, shape (point, 2)
    reach : ndarray of float64, shape (point,)
        How far the next point may be.
    """
    left = np.ones(len(points), bool)
    near = [np.flatnonzero(np.hypot(*(points - p).T) <= r) for p, r in zip(points, reach, strict=True)]
    # A line begins where a river ends: at points with one neighbour, then anywhere.
    order = np.argsort([min(len(n), 3) for n in near], kind="stable")
    lines = []
    for start in order:
        if not left[start]:
            continue
        line, here = [], int(start)
        while True:
            left[here] = False
            line.append(points[here])
            ahead = near[here][left[near[here]]]
            if not ahead.size:
                break
            here = int(ahead[np.argmin(np.hypot(*(points[ahead] - points[here]).T))])
        lines.append(np.array(line))
    return lines


def _river_name(name: str, places: Iterable[Place], lang: str) -> str:
    """Return the name as the case spells it; package numbers are no names."""
    for place in places:
        if place.name.lower() == name.lower():
            return in_language(place.title, lang, place.name)
    if any(c.isdigit() for c in name) or name in ("riv", "sfr"):
        return ""
    return name[:1].upper() + name[1:]
