"""The window of a map: the largest round scale that shows what matters."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.maps.classes import Classes
from gwsolver.maps.scene import MONITORING, PlumeScene, Site
from gwsolver.maps.surface import plan_centres

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
ROUND = (1.0, 2.0, 2.5, 3.0, 5.0)
ROUND_WHOLE = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5)
"""Of a map that shows the whole model: what a rounder scale leaves over is empty, up to half the sheet each way."""
MARGIN = 0.15
SITE_MARGIN = 0.06
GROWTH = 1.7


@dataclass(frozen=True)
class Window:
    """What a frame of given size shows.

    Attributes
    ----------
    box : (west, south, east, north)
        Map coordinates.
    per_mm : float
        Model units of length per millimetre of paper.
    denominator : float or None
        Of the map scale; None if the model's unit of length is unknown.
    """

    box: Box
    per_mm: float
    denominator: float | None


def round_up(value: float, factors: tuple[float, ...] = ROUND) -> float:
    """Return the smallest of some factors (1, 2, 2.5, 3 or 5) times a power of ten that is not below `value`."""
    power = 10.0 ** math.floor(math.log10(value))
    for factor in (*factors, 10.0):
        if factor * power >= value * (1.0 - 1e-9):
            return factor * power
    return 10.0 * power


def model_box(scene: PlumeScene) -> Box:
    """Return the box around the whole model in map coordinates."""
    grid = scene.grid
    if grid.vertices.size:
        x, y = grid.to_map(grid.vertices[:, 0], grid.vertices[:, 1])
    else:
        x, y = grid.to_map(grid.x, grid.y)
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def choose_window(scene: PlumeScene, classes: Classes, width: float, height: float) -> Window:
    """Return the window of a frame of `width` by `height` mm.

    The limit line, the sources and the wells above the limit are always in; wells below it, other
    receptors and the lowest class as long as the scale does not grow much smaller for them.
    """
    metres = scene.metres or 1.0
    whole = model_box(scene)
    must, may = _wanted(scene, classes, width < 100.0)
    box = _grown(_union(must), MARGIN) if must else whole
    scale = _denominator(box, width, height, metres)
    for extra in may:
        wider = _union([box, _grown(extra, 0.0, SITE_MARGIN * max(box[2] - box[0], box[3] - box[1]))])
        if _denominator(wider, width, height, metres) <= GROWTH * scale:
            box = wider
    denominator = min(
        _denominator(box, width, height, metres),
        round_up(max((whole[2] - whole[0]) / width, (whole[3] - whole[1]) / height) * metres * 1000.0 * 1.04,
                 ROUND_WHOLE),
    )
    per_mm = denominator / 1000.0 / metres
    west = _place(box[0], box[2], whole[0], whole[2], width * per_mm)
    south = _place(box[1], box[3], whole[1], whole[3], height * per_mm)
    return Window(
        (west, south, west + width * per_mm, south + height * per_mm),
        per_mm,
        denominator if scene.metres else None,
    )


def _grown(box: Box, part: float, amount: float = 0.0) -> Box:
    """Return a box with a margin of a part of its longer side, or of an amount, all around."""
    by = max(part * max(box[2] - box[0], box[3] - box[1]), amount)
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _denominator(box: Box, width: float, height: float, metres: float) -> float:
    size = max((box[2] - box[0]) / width, (box[3] - box[1]) / height)
    return round_up(max(size, 1e-12) * metres * 1000.0)


def _place(low: float, high: float, first: float, last: float, size: float) -> float:
    """Return the start of an interval of `size` around [low, high], inside the model if it fits."""
    start = 0.5 * (low + high - size)
    if size >= last - first:
        return 0.5 * (first + last - size)
    return min(max(start, first), last - size)


def _wanted(scene: PlumeScene, classes: Classes, short: bool) -> tuple[list[Box], list[Box]]:
    """Return boxes that must be shown and boxes that may, the nearest first."""
    must: list[Box] = [_site_box(s) for s in scene.sources]
    core = _box_above(scene, classes.limit if classes.limit is not None else classes.breaks[1])
    fringe = _box_above(scene, classes.floor)
    if core is not None:
        must.append(core)
    elif fringe is not None:
        must.append(fringe)
    must += [_site_box(s) for s in scene.sites if scene.above(s) and not (short and s.kind == MONITORING)]
    may = [] if fringe is None else [fringe]
    centre = _centre(_union(must)) if must else None
    rest = [_site_box(s) for s in scene.sites if not scene.above(s) and not (short and s.kind == MONITORING)]
    if centre is None:
        return ([_union(rest)] if len(rest) > 1 else []), []
    rest.sort(key=lambda b: (math.dist(_centre(b), centre), b))
    if len(must) == 1 and core is None and fringe is None and rest:
        must.append(rest[0])
    if must and max(_union(must)[2] - _union(must)[0], _union(must)[3] - _union(must)[1]) <= 0.0:
        return [], []
    return must, may + rest


def _site_box(site: Site) -> Box:
    if site.polygon.size:
        low, high = site.polygon.min(axis=0), site.polygon.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
    return site.x, site.y, site.x, site.y


def _box_above(scene: PlumeScene, level: float) -> Box | None:
    high = np.nan_to_num(scene.concentration, nan=-1.0) >= level
    if not high.any():
        return None
    x, y = plan_centres(scene.grid)
    radius = 0.5 * math.sqrt(float(np.median(scene.grid.area)))
    return (
        float(x[high].min()) - radius, float(y[high].min()) - radius,
        float(x[high].max()) + radius, float(y[high].max()) + radius,
    )


def _union(boxes: list[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _centre(box: Box) -> tuple[float, float]:
    return 0.5 * (box[0] + box[2]), 0.5 * (box[1] + box[3])
