"""Symbols of places: filled above the limit, open below, so that colour is never needed."""

import numpy as np
from matplotlib.patches import Circle, Polygon, Rectangle

from gwsolver.maps.page import INK, Page
from gwsolver.maps.scene import MONITORING, SOURCE, VILLAGE, WELL

RADIUS = {WELL: 3.1, MONITORING: 3.2, "receptor": 3.4, VILLAGE: 5.6, SOURCE: 4.0}
VILLAGE_GREY = "#5E5E5E"
UNKNOWN = "#B9B9B9"


def draw_symbol(page: Page, kind: str, x: float, y: float, filled: bool, zorder: float = 10.0, *,
                unknown: bool = False, gid: str = "") -> None:
    """Draw the symbol of a kind of site at (x, y) points; grey if nobody knows whether it is above the limit."""
    r = RADIUS[kind]
    face = UNKNOWN if unknown else INK if filled else "white"
    style = {"facecolor": face, "edgecolor": INK, "linewidth": 1.3, "gid": gid or None}
    if kind == VILLAGE:
        for i in range(9):
            cx, cy = x + (i % 3 - 1) * 4.0, y + (i // 3 - 1) * 4.0
            page.patch(Rectangle((cx - 1.4, cy - 1.4), 2.8, 2.8, facecolor=VILLAGE_GREY, edgecolor="none"), zorder)
        return
    if kind == SOURCE:
        page.patch(Rectangle((x - r, y - r), 2 * r, 2 * r, fill=False, hatch="xxxxxx", edgecolor=INK, linewidth=0.9,
                             gid=gid or None), zorder)
        return
    if kind == WELL:
        page.patch(Circle((x, y), r + 1.1, facecolor="white", edgecolor="none"), zorder - 0.5)
        page.patch(Circle((x, y), r, **style), zorder)
        return
    corners = (
        np.array([(-1.05, -0.75), (1.05, -0.75), (0.0, 1.1)]) if kind == MONITORING
        else np.array([(0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)])
    )
    page.patch(Polygon(corners * (r + 1.2) + (x, y), facecolor="white", edgecolor="none"), zorder - 0.5)
    page.patch(Polygon(corners * r + (x, y), joinstyle="round", **style), zorder)
