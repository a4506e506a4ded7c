"""What makes a picture a map: banner, scale bar, north arrow, coordinates."""

import math
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from gwsolver.maps.classes import PAPER
from gwsolver.maps.layers import Frame, step_of
from gwsolver.maps.page import GREY_INK, INK, SMALL, Page, font, text_size, wrap, wrap_evenly
from gwsolver.maps.placing import Obstacles, Rect
from gwsolver.maps.scene import PlumeScene
from gwsolver.maps.words import Language

BANNER = "#3F3F3F"
OCCUPIED = 60.0
CALIBRATED = "calibrated"


def corner_cost(obstacles: Obstacles, rect: Rect) -> float:
    """Return what a piece of furniture would cover."""
    return float(obstacles.cost(np.array([rect[0]]), np.array([rect[1]]), rect[2] - rect[0], rect[3] - rect[1])[0])


def best_corner(obstacles: Obstacles, width: float, height: float, order: str) -> Rect:
    """Return the cheapest corner of the frame for a box; `order` names corners, the preferred first.

    Corners: a upper left, b upper right, c lower left, d lower right.
    """
    w, h = obstacles.frame[2], obstacles.frame[3]
    left, right, low, high = 3.0, w - width - 3.0, 3.0, h - height - 3.0
    places = {"a": (left, high), "b": (right, high), "c": (left, low), "d": (right, low)}
    candidates = [(15.0 * rank, *places[corner]) for rank, corner in enumerate(order)]
    if max(corner_cost(obstacles, (x, y, x + width, y + height)) for _, x, y in candidates[:1]) > OCCUPIED:
        # No corner may be free: slide along the edges as well.
        steps = np.linspace(0.0, 1.0, 25)
        candidates += [(45.0 + 10.0 * abs(2.0 * t - 1.0), left + t * (right - left), y) for t in steps
                       for y in (low, high)]
        candidates += [(45.0, x, low + t * (high - low)) for t in steps for x in (left, right)]
    ranked = [(corner_cost(obstacles, (x, y, x + width, y + height)) + extra, i, (x, y, x + width, y + height))
              for i, (extra, x, y) in enumerate(candidates)]
    return min(ranked)[2]


def draw_banner(page: Page, status: str, words: Language, obstacles: Obstacles, short: bool, order: str = "abcd"
                ) -> None:
    """Put the status into the frame, where it covers nothing; figures get cropped."""
    if status == CALIBRATED:
        return
    key = f"banner.{'illustrative' if status == 'illustrative' else 'unknown'}"
    limit = obstacles.frame[2] - 6.0
    text = words(key)
    if short or text_size(text, 7.5, bold=True)[0] + 8.0 > limit:
        text = words(f"{key}_short")
    size = 7.5 if text_size(text, 7.5, bold=True)[0] + 8.0 <= limit else SMALL
    width, ascent, descent = text_size(text, size, bold=True)
    rect = best_corner(obstacles, width + 8.0, ascent + descent + 4.0, order)
    page.patch(Rectangle(rect[:2], rect[2] - rect[0], rect[3] - rect[1], facecolor=BANNER, edgecolor="none",
                         gid="banner box"), 25)
    page.text(rect[0] + 4.0, rect[1] + 2.0 + descent, text, size=size, bold=True, colour="white", name="banner")
    obstacles.block(rect, pad=2.0)


def draw_banner_strip(page: Page, status: str, words: Language, short: bool, x: float, y: float) -> float:
    """Write the status above frames that are too small to hold it, from (x, y) up; return the height it took."""
    if status == CALIBRATED:
        return 0.0
    key = f"banner.{'illustrative' if status == 'illustrative' else 'unknown'}"
    text = words(f"{key}_short" if short else key)
    width, ascent, descent = text_size(text, 7.5, bold=True)
    page.patch(Rectangle((x, y), width + 8.0, ascent + descent + 4.0, facecolor=BANNER, edgecolor="none",
                         gid="banner box"), 25)
    page.text(x + 4.0, y + 2.0 + descent, text, size=7.5, bold=True, colour="white", name="banner")
    return ascent + descent + 8.0


def draw_scale_and_north(
    page: Page, scene: PlumeScene, frame: Frame, words: Language, obstacles: Obstacles, short: bool, width_mm: int
) -> None:
    """Draw scale bar, printed scale and north arrow as one block in the emptiest corner.

    Without a reference system nobody knows where north is: the arrow then shows the model's y.
    """
    per_point = frame.window.per_mm * 25.4 / 72.0
    bar = _bar_length(frame.width * (0.26 if short else 0.22) * per_point)
    unit, factor = _shown_unit(bar, scene)
    label = f"{words.number(bar / factor)}\u00a0{words.unit(unit)}"
    bar_points = bar / per_point
    ratio = printed_scale(scene, frame, words)
    lower = "" if short or not ratio else words("place.scale_at", scale=ratio, width=width_mm)
    letter = words("north") if scene.crs else "y"
    half_zero = 0.5 * text_size("0")[0]
    # The number stands over the end of the bar, its unit hangs over; on a short bar it steps aside.
    at = max(bar_points - 0.5 * text_size(label.split("\u00a0")[0])[0], half_zero + 4.0)
    text_width = max(text_size(lower)[0] if lower else 0.0, half_zero + at + text_size(label)[0])
    ascent, descent = text_size("0")[1:]
    height = ascent + 2.0 + 3.2 + 3.0 + ((ascent + descent) if lower else 0.0)
    arrow_width, arrow_height = 15.0, 27.0
    width, height = text_width + 12.0 + arrow_width + 4.0, max(height, arrow_height) + 4.0
    rect = best_corner(obstacles, width, height, "dcba")
    x0, y0 = rect[0], rect[1]
    base = y0 + 2.0 + ((ascent + descent) if lower else 0.0) + 2.0
    left = x0 + 3.0 + half_zero
    for i in range(2):
        page.patch(Rectangle((left + 0.5 * i * bar_points, base), 0.5 * bar_points, 2.8, edgecolor=INK, linewidth=0.7,
                             facecolor=INK if i == 0 else "white", gid="scale bar"), 26)
    top = base + 5.0
    page.patch(Rectangle((left - 1.2, base - 1.2), bar_points + 2.4, 5.2, facecolor=PAPER, edgecolor="none"), 25)
    page.text(left, top, "0", ha="center", halo=2.4, name="scale bar")
    page.text(left + at, top, label, halo=2.4, name="scale bar")
    if lower:
        page.text(x0 + 3.0, y0 + 2.0 + descent, lower, halo=2.4, name="map scale")
    _arrow(page, x0 + width - 4.0 - 0.5 * arrow_width, y0 + 2.0, letter)
    obstacles.block(rect, pad=1.0)


def _arrow(page: Page, x: float, y: float, letter: str) -> None:
    """Draw two triangles that point to grid north, and its letter."""
    page.patch(Polygon([(x, y + 20.0), (x - 6.5, y - 1.8), (x, y + 2.6), (x + 6.5, y - 1.8)], facecolor=PAPER,
                       edgecolor="none"), 25)
    for side, colour in ((-1.0, INK), (1.0, "white")):
        page.patch(Polygon([(x, y + 17.0), (x, y + 4.5), (x + side * 5.0, y)], facecolor=colour, edgecolor=INK,
                           linewidth=0.7, joinstyle="miter", gid="north arrow"), 26)
    page.text(x, y + 19.0, letter, size=8.0, bold=True, ha="center", halo=2.4, name="north")


def _bar_length(most: float) -> float:
    power = 10.0 ** math.floor(math.log10(most))
    return max(f for f in (1.0, 2.0, 5.0) if f * power <= most * (1.0 + 1e-9)) * power


def _shown_unit(size: float, scene: PlumeScene) -> tuple[str, float]:
    """Return the unit that lengths of this size are printed in, and model units in it."""
    if scene.length_unit == "m" and size >= 500.0:
        return "km", 1000.0
    if scene.length_unit == "m" and size < 0.1:
        return "cm", 0.01
    return scene.length_unit or "model units", 1.0


def printed_scale(scene: PlumeScene, frame: Frame, words: Language) -> str:
    """Return "1 : 25 000"; "" if the unit of length is unknown."""
    denominator = frame.window.denominator
    if denominator is None:
        return ""
    key, field, value = "place.scale", "denominator", denominator
    if denominator < 1.0:
        key, field, value = "place.scale_up", "factor", 1.0 / denominator
    text = words.number(value)
    if value >= 1000.0:
        text = f"{round(value):,}".replace(",", words.table["group"])
    return words(key, **{field: text}).replace(" ", "\u00a0")


@cache
def read_crs(text: str) -> CRS | None:
    """Return the coordinate reference system, None if pyproj does not know it."""
    try:
        return CRS.from_user_input(text)
    except CRSError:
        return None


def convergence(scene: PlumeScene, x: float, y: float) -> float | None:
    """Return the angle from true to grid north in degrees at a place, None if unknown."""
    crs = read_crs(scene.crs) if scene.crs else None
    if crs is None or not crs.is_projected:
        return None
    try:
        lon, lat = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(x, y)
        return float(Proj(crs).get_factors(lon, lat).meridian_convergence)
    except ProjError:
        return None


def geographic(scene: PlumeScene, x: float, y: float) -> tuple[float, float] | None:
    """Return longitude and latitude in degrees (WGS 84) of a place, None if they are unknown."""
    crs = read_crs(scene.crs) if scene.crs else None
    if crs is None:
        return None
    try:
        lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    except ProjError:
        return None
    return (float(lon), float(lat)) if math.isfinite(lon) and math.isfinite(lat) else None


def draw_coordinates(axes: Axes, scene: PlumeScene, frame: Frame, words: Language, short: bool) -> float:
    """Tick and label the coordinates; return how far labels reach left of the frame, in points."""
    west, south, east, north = frame.window.box
    _, factor = coordinate_unit(scene, frame)
    step = step_of(0.0, max(east - west, north - south), 5 if short else 8)
    decimals = max(0, -math.floor(math.log10(step / factor) + 1e-9))
    for axis, low, high, size in ((axes.xaxis, west, east, frame.width), (axes.yaxis, south, north, frame.height)):
        ticks = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
        texts = [words.number(t / factor, decimals=decimals) for t in ticks]
        room = 0.5 * max((text_size(t)[0] for t in texts), default=0.0)
        at = (ticks - low) / (high - low) * size
        keep = (at > room) & (at < size - room)
        if len(ticks) > 1 and 2.2 * room > step / (high - low) * size:
            keep &= np.arange(ticks.size) % 2 == 0
        axis.set_ticks(ticks[keep], [t for t, k in zip(texts, keep, strict=True) if k], fontproperties=font(SMALL))
    axes.tick_params(length=2.5, width=0.6, pad=2.0, labelcolor=INK)
    axes.tick_params(axis="y", labelrotation=90)
    for label in axes.get_yticklabels():
        label.set_verticalalignment("center")
    if not short:
        xs, ys = np.meshgrid(axes.get_xticks(), axes.get_yticks())
        axes.plot(xs.ravel(), ys.ravel(), linestyle="none", marker="+", markersize=4.5, markeredgewidth=0.4,
                  color="#8C8C8C", zorder=2.5, gid="grid cross")
    return 2.5 + 2.0 + text_size("0")[1]


def coordinate_unit(scene: PlumeScene, frame: Frame) -> tuple[str, float]:
    """Return the unit of the coordinates, and model units in it."""
    west, _, east, _ = frame.window.box
    if scene.length_unit == "m" and east - west >= 1500.0:
        return "km", 1000.0
    if scene.length_unit == "m" and east - west < 0.5:
        return "cm", 0.01
    return scene.length_unit or "model units", 1.0


def coordinate_line(scene: PlumeScene, frame: Frame, words: Language, short: bool) -> str:
    """Return the line that names unit and reference system, and grid north where it is not true north."""
    unit = words.unit(coordinate_unit(scene, frame)[0])
    end = "_short" if short else ""
    if not scene.crs:
        text = words(f"place.model_coordinates{end}", unit=unit)
    else:
        crs = read_crs(scene.crs)
        name = f"{crs.name} ({scene.crs})" if crs is not None and crs.name not in scene.crs else scene.crs
        text = words(f"place.coordinates{end}", unit=unit, crs=name)
        west, south, east, north = frame.window.box
        angle = convergence(scene, 0.5 * (west + east), 0.5 * (south + north))
        if angle is not None and abs(angle) > 1.0:
            text += f"; {words('north')}: {words('place.grid_north')}"
    if short and printed_scale(scene, frame, words):
        text += f"; {printed_scale(scene, frame, words)}"
    return text


def draw_head(page: Page, title: str, subtitle: str, short: bool, base: float, left: float, right: float) -> float:
    """Write title and second line above a frame that ends at `base`; return where the page ends."""
    size, small = (8.4, 7.2) if short else (9.2, 7.5)
    head = wrap_evenly(title, right - left, size, bold=True)
    below = wrap(subtitle, right - left, small)
    y = base + 8.0 + 9.5 * len(below) + 1.25 * size * (len(head) - 1)
    top = y + size + 1.0
    for line in head:
        page.text(left, y, line, size=size, bold=True, name="title")
        y -= 1.25 * size
    y = base + 6.0 + 9.5 * (len(below) - 1)
    for line in below:
        page.text(left, y, line, size=small, colour=GREY_INK, name="subtitle")
        y -= 9.5
    return top


def draw_lines_below(page: Page, lines: list[str], x: float, y: float, size: float, leading: float, ha: str,
                     name: str) -> float:
    """Write lines downwards from a first baseline; return the baseline below the last."""
    for line in lines:
        page.text(x, y, line, size=size, ha=ha, colour=GREY_INK, name=name)
        y -= leading
    return y
