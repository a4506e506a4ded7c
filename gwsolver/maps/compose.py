"""A plume map put together from a scene: frame, furniture, labels, legend, lines above and below."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from matplotlib import rc_context
from matplotlib.patches import Polygon

from gwsolver.maps import furniture, labels, layers, legend, overview, titles
from gwsolver.maps.classes import Classes, classes_for
from gwsolver.maps.layers import Drawn, Frame
from gwsolver.maps.page import INK, MM, SETTINGS, SMALL, MapFigure, Page, wrap
from gwsolver.maps.placing import Obstacles
from gwsolver.maps.scene import PlumeScene
from gwsolver.maps.window import choose_window
from gwsolver.maps.words import Language

# Sizes in millimetres, by width of the page: frame, where it begins, margins.
FRAMES = {170: (122.0, 96.0), 85: (78.0, 52.0)}
LEFT = 6.0
EDGE = 0.9
COLUMN = (125.0, 163.4)
RASTER_MM = 0.5


@dataclass(frozen=True)
class Theme:
    """What a map is about: its words, and what of the furniture it needs.

    Attributes
    ----------
    finding : callable
        Title from scene and words.
    subtitle : callable
        From scene, words and whether the map is narrow.
    footnote : callable
        From scene, classes, words, whether the map is narrow, and how many places have no label.
    classes : bool
        The legend has classes of concentration.
    whole : bool
        The map shows the whole model.
    arrows : (columns, rows)
        Of flow arrows on a wide map.
    grade : callable
        Classes from the scene.
    legend : str
        Section of the languages whose words stand in place of those of the legend.
    """

    finding: Callable[[PlumeScene, Language], str]
    subtitle: Callable[[PlumeScene, Language, bool], str]
    footnote: Callable[[PlumeScene, Classes, Language, bool, int], str]
    classes: bool = True
    whole: bool = False
    arrows: tuple[int, int] = (4, 3)
    grade: Callable[[PlumeScene], Classes] = lambda scene: classes_for(scene.limit, scene.maximum)
    legend: str = ""


PLUME = Theme(titles.finding, titles.subtitle, titles.footnote)


def draw_scene(scene: PlumeScene, words: Language, width: int = 170, title: str | None = None, theme: Theme = PLUME
               ) -> MapFigure:
    """Return the figure of a scene, 85 or 170 mm wide."""
    with rc_context(SETTINGS):
        return _draw(scene, words, width, title, theme)


def _draw(scene: PlumeScene, words: Language, width: int, title: str | None, theme: Theme) -> MapFigure:
    short = width == 85
    classes = theme.grade(scene)
    if theme.legend:
        words = words.instead("legend", theme.legend)
    frame_mm = FRAMES[width]
    window = choose_window(replace(scene, sites=(), sources=()) if theme.whole else scene, classes, *frame_mm)
    frame = Frame(frame_mm[0] * MM, frame_mm[1] * MM, window)
    page = Page()
    axes = page.axes((0.0, 0.0, frame.width, frame.height))
    axes.set_gid("map")
    layers.new_axes_style(axes, window.box)
    drawn = Drawn()
    field = layers.class_surface(scene, classes, window.box, RASTER_MM * window.per_mm)
    layers.draw_classes(axes, field, scene, classes, frame, drawn)
    layers.draw_heads(axes, scene, frame, 2.0 * RASTER_MM * window.per_mm, drawn, halves=not short)
    layers.draw_rivers(axes, scene, frame, drawn)
    layers.draw_outside(axes, scene, frame, drawn)
    reach = furniture.draw_coordinates(axes, scene, frame, words, short)
    for source in scene.sources:
        if source.polygon.size:
            axes.add_patch(Polygon(source.polygon, fill=False, hatch="xxxxxx", edgecolor=INK, linewidth=0.9,
                                   zorder=9, gid=f"source {source.name}"))

    obstacles = Obstacles((0.0, 0.0, frame.width, frame.height))
    labels.put_obstacles(obstacles, classes, field, frame, drawn)
    points = labels.point_labels(scene, classes, frame, words, short)
    for point in points:
        obstacles.block(point.symbol)
    furniture.draw_banner(page, scene.status, words, obstacles, short)
    furniture.draw_scale_and_north(page, scene, frame, words, obstacles, short, width)
    for point in points:
        obstacles.block(point.symbol, amount=-1.0)
        obstacles.block(point.symbol, pad=0.8)
    labels.label_limit(page, scene, drawn, obstacles, words)
    for point in points:
        obstacles.block(point.symbol, pad=0.8, amount=-1.0)
    unlabelled = labels.place_points(points, obstacles)
    labels.draw_points(page, points)
    labels.label_rivers(page, drawn, obstacles)
    labels.draw_pointers(page, scene, frame, obstacles, words, 1 if short else 3)
    columns, rows = theme.arrows
    labels.draw_arrows(page, scene, frame, obstacles, drawn, (columns - 1, rows - 1) if short else (columns, rows))
    labels.label_heads(page, drawn, frame, obstacles, words)

    left, right = -LEFT * MM, (width - LEFT) * MM
    text_left, text_right = left + EDGE * MM, right - EDGE * MM
    found = legend.entries(scene, drawn, points, words, short)
    shown = classes if theme.classes else None
    below = -4.0 - 10.5
    line = furniture.coordinate_line(scene, frame, words, short)
    wide = frame.width + reach
    below = furniture.draw_lines_below(page, wrap(line, wide), frame.width, below - 8.0, SMALL, 9.0, "right",
                                       "coordinates")
    if short:
        below = legend.draw_rows(page, scene, shown, found, words, text_left, below + 3.0, text_right - text_left)
        below -= 9.0
    else:
        x0, x1 = COLUMN[0] * MM, COLUMN[1] * MM
        down = legend.draw_column(page, scene, shown, found, words, x0, frame.height + 1.0, x1 - x0)
        if overview.overview_needed(scene, frame):
            overview.draw_overview(page, scene, classes, frame, words, (x0, 0.4, x1, down - 2.0), drawn.outline)
        below = min(below, down - 9.0) - 2.0
    foot = theme.footnote(scene, classes, words, short, unlabelled)
    below = furniture.draw_lines_below(page, wrap(foot, text_right - text_left), text_left, below, SMALL, 9.0, "left",
                                       "footnote")
    head = title if title is not None else theme.finding(scene, words)
    top = furniture.draw_head(page, head, theme.subtitle(scene, words, short), short, frame.height, text_left,
                              text_right)
    return page.close(left, below + 9.0 - 5.0, right, top)
