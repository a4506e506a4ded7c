"""Several small maps on one page: equal frames over one window, coordinates at the outer edges."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from gwsolver.maps import furniture, labels, layers
from gwsolver.maps.classes import Classes
from gwsolver.maps.labels import PointLabel
from gwsolver.maps.layers import Drawn, Frame
from gwsolver.maps.page import GREY_INK, INK, MM, SMALL, Page, wrap
from gwsolver.maps.placing import Obstacles
from gwsolver.maps.scene import MONITORING, PlumeScene
from gwsolver.maps.surface import Surface
from gwsolver.maps.window import Window
from gwsolver.maps.words import Language

RASTER_MM = 0.5
GUTTER = 5.0
STRIP = 34.0
MOST_BELOW = 3  # panels one below the other on a narrow page
LEADING = 8.9
Paint = Callable[[Axes, Frame, Drawn], Surface]


@dataclass(frozen=True)
class Panel:
    """One small map.

    Attributes
    ----------
    scene : PlumeScene
        Places, rivers and the model's edge; with its limit the symbols are filled.
    heading : str
    note : str
        A line below the heading, "" for none.
    paint : callable
        Draws the values into the axes, tells `Drawn` of limit lines, returns what labels should keep off.
    key : callable
        Draws a legend of its own below the frame, downwards from (x, y) over a width; returns its height.
    """

    scene: PlumeScene
    heading: str
    note: str
    paint: Paint
    key: Callable[[Page, float, float, float], float] | None = None


@dataclass(frozen=True)
class Layout:
    """How many panels stand side by side, and how large their frames are, in mm."""

    columns: int
    width: float
    height: float


def layout(count: int, page_mm: int, reach: float, ratio: float) -> Layout:
    """Return the layout of some panels whose window is `ratio` times as wide as high."""
    columns = min(count, 2) if count > MOST_BELOW or page_mm != 85 else 1
    if page_mm != 85 and count in (3, 5, 6):
        columns = 3
    width = (page_mm - reach / MM - 1.5 - GUTTER * (columns - 1)) / columns
    most = 95.0 if page_mm != 85 and columns == 1 else 70.0
    return Layout(columns, width, min(max(width / ratio, 0.45 * width), 1.1 * width, most))


def draw_panels(page: Page, panels: Sequence[Panel], plan: Layout, window: Window, classes: Classes, words: Language
                ) -> tuple[float, float, list[PointLabel], Drawn]:
    """Draw all panels from the upper left; the origin is the lower left of the lowest row.

    Returns
    -------
    top, bottom : float
        Where the panels with their headings and coordinates end, in points.
    points : list of PointLabel
        All symbols, for the legend.
    drawn : Drawn
        Of the last panel.
    """
    columns, rows = plan.columns, math.ceil(len(panels) / plan.columns)
    wide, high = plan.width * MM, plan.height * MM
    heads = [(wrap(p.heading, wide, 7.5, True), wrap(p.note, wide) if p.note else []) for p in panels]
    head = 3.0 + max(9.5 * len(a) + LEADING * len(b) for a, b in heads)
    keys = [p.key(Page(), 0.0, 0.0, wide) if p.key else 0.0 for p in panels]
    below = max(keys) + (4.0 if max(keys) else 0.0)
    step = high + head + below + 8.0
    found: list[PointLabel] = []
    drawn = Drawn()
    for i, panel in enumerate(panels):
        column, row = i % columns, i // columns
        part = page.part(column * (wide + GUTTER * MM), (rows - 1 - row) * step)
        frame = Frame(wide, high, window)
        points, drawn = _one(part, panel, frame, classes, words, column == 0, i + columns >= len(panels))
        found += points
        y = high + head - 9.5
        for text in heads[i][0]:
            part.text(0.0, y, text, size=7.5, bold=True, name="panel heading")
            y -= 9.5
        for text in heads[i][1]:
            part.text(0.0, y, text, colour=GREY_INK, name="panel note")
            y -= LEADING
        if panel.key:
            panel.key(part, 0.0, -4.0 - (10.0 if i + columns >= len(panels) else 0.0), wide)
    return (rows - 1) * step + high + head, -below - 10.5, found, drawn


def _one(part: Page, panel: Panel, frame: Frame, classes: Classes, words: Language, first: bool, lowest: bool
         ) -> tuple[list[PointLabel], Drawn]:
    scene = panel.scene
    axes = part.axes((0.0, 0.0, frame.width, frame.height))
    axes.set_gid("panel")
    layers.new_axes_style(axes, frame.window.box)
    drawn = Drawn()
    field = panel.paint(axes, frame, drawn)
    layers.draw_rivers(axes, scene, frame, drawn)
    layers.draw_outside(axes, scene, frame, drawn)
    furniture.draw_coordinates(axes, scene, frame, words, True)
    axes.tick_params(labelleft=first, labelbottom=lowest)
    for source in scene.sources:
        if source.polygon.size:
            axes.add_patch(Polygon(source.polygon, fill=False, hatch="xxxxxx", edgecolor=INK, linewidth=0.8, zorder=9,
                                   gid=f"source {source.name}"))
    obstacles = Obstacles((0.0, 0.0, frame.width, frame.height))
    labels.put_obstacles(obstacles, classes, field, frame, drawn)
    points = [p for p in labels.point_labels(scene, classes, frame, words, True) if p.site.kind != MONITORING]
    labels.place_points(points, obstacles)
    labels.draw_points(part, points)
    labels.label_rivers(part, drawn, obstacles)
    return points, drawn


def coordinates_below(page: Page, scene: PlumeScene, plan: Layout, window: Window, words: Language,
                      ends: tuple[float, float], y: float, page_mm: int) -> float:
    """Write scale bar and north to the left, unit, reference system and scale to the right; return what is below."""
    left, right = ends
    frame = Frame(plan.width * MM, plan.height * MM, window)
    strip = Obstacles((0.0, 0.0, min(0.42 * (right - left), 150.0), STRIP))
    furniture.draw_scale_and_north(page.part(left, y - STRIP - 1.0), scene, frame, words, strip, True, page_mm)
    lines = wrap(furniture.coordinate_line(scene, frame, words, True), 0.55 * (right - left))
    furniture.draw_lines_below(page, lines, right, y - 14.0, SMALL, 9.0, "right", "coordinates")
    return y - max(STRIP, 9.0 * len(lines) + 5.0) - 5.0
