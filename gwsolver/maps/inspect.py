"""What stands on a finished figure: all visible texts with their turned rectangles, for tests and for reviews."""

from dataclasses import dataclass

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from gwsolver.maps.page import SETTINGS

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class VisibleText:
    """A text as it is seen.

    Attributes
    ----------
    text : str
    name : str
        What it is on the map: "title", "limit label", "label PW1", ...; "tick" for coordinates.
    size : float
        Points.
    corners : ndarray of float64, shape (4, 2)
        Of the turned rectangle, in points from the figure's lower left; a box behind the text included.
    """

    text: str
    name: str
    size: float
    corners: Floats


def visible_texts(figure: Figure) -> list[VisibleText]:
    """Return every text that is drawn, tick labels outside the view left out."""
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    scale = 72.0 / figure.dpi
    with rc_context(SETTINGS):
        figure.draw_without_rendering()  # lays everything out as drawing does, and leaves no pixels
        renderer = canvas.get_renderer()
        return [
            VisibleText(t.get_text(), t.get_gid() or "tick", float(t.get_fontsize()), _corners(t, renderer) * scale)
            for t in _texts(figure) if t.get_text().strip() and t.get_visible()
        ]


def _texts(figure: Figure) -> list[Text]:
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += axes.texts
        for axis, view in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            low, high = sorted(view)
            texts += [t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
    return texts


def _corners(text: Text, renderer: object) -> Floats:
    """Return the rectangle turned with the text: measured unturned about its anchor, then turned."""
    angle = text.get_rotation()
    patch = text.get_bbox_patch()
    if text.get_rotation_mode() != "anchor" or angle % 90.0 == 0.0:
        box = Text.get_window_extent(text, renderer)
        if patch is not None:
            box = patch.get_window_extent(renderer)
        return np.array([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)])
    anchor = text.get_transform().transform(text.get_unitless_position())
    text.set_rotation(0.0)
    box = Text.get_window_extent(text, renderer)
    text.set_rotation(angle)
    pad = 0.0 if patch is None else 0.6 * text.get_figure(root=True).dpi / 72.0
    x0, y0, x1, y1 = box.x0 - pad, box.y0 - pad, box.x1 + pad, box.y1 + pad
    turn = Affine2D().rotate_deg_around(*anchor, angle)
    return np.asarray(turn.transform([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]))


def axes_named(figure: Figure, name: str) -> Axes | None:
    """Return the axes of a name ("map", "overview"), None if there are none."""
    return next((a for a in figure.axes if a.get_gid() == name), None)


def overlap_depth(a: Floats, b: Floats) -> float:
    """Return how deep two convex polygons overlap, by separating axes; 0 if they do not."""
    depth = np.inf
    for polygon in (a, b):
        for edge in np.roll(polygon, -1, axis=0) - polygon:
            length = float(np.hypot(*edge))
            if length == 0.0:
                continue
            normal = np.array([-edge[1], edge[0]]) / length
            pa, pb = a @ normal, b @ normal
            depth = min(depth, float(min(pa.max(), pb.max()) - max(pa.min(), pb.min())))
    return max(depth, 0.0)
