"""The rules that every map keeps, whatever it shows."""

import numpy as np
from matplotlib.transforms import Affine2D

from gwsolver.maps.inspect import axes_named, overlap_depth, visible_texts

PIXEL = 0.24  # points at 300 dpi
DEPTH = 1.5 * PIXEL


def broken_rules(figure, width):
    """Return what is wrong with the layout of a figure, in words."""
    texts = visible_texts(figure)
    wide, high = figure.get_size_inches() * 72.0
    wrong = [] if abs(wide / 72.0 * 25.4 - width) < 1e-6 else [f"width {wide / 72.0 * 25.4} mm"]
    wrong += [f"small: {t.text}" for t in texts if t.size < 6.95]
    for t in texts:
        low, top = t.corners.min(axis=0), t.corners.max(axis=0)
        if low.min() < -0.3 or top[0] > wide + 0.3 or top[1] > high + 0.3:
            wrong.append(f"leaves the figure: {t.name}: {t.text}")
    wrong += [f"{a.name}: {a.text} over {b.name}: {b.text}" for a, b in near(texts)
              if overlap_depth(a.corners, b.corners) > DEPTH]
    for patch in (p for p in (*figure.patches, *figure.artists) if p.get_gid() == "banner box"):
        box = patch.get_window_extent().transformed(Affine2D().scale(72.0 / figure.dpi))
        corners = np.array([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)])
        wrong += [f"under the banner: {t.name}: {t.text}" for t in texts
                  if t.name != "banner" and overlap_depth(t.corners, corners) > DEPTH]
        wrong += ["the banner's text is wider than its box" for t in texts
                  if t.name == "banner" and t.corners[:, 0].max() > box.x1]
    overview = axes_named(figure, "overview")
    if overview is not None:
        box = overview.get_position()
        frame = [(box.x0 * wide, box.y0 * high), (box.x1 * wide, box.y0 * high), (box.x1 * wide, box.y1 * high),
                 (box.x0 * wide, box.y1 * high)]
        wrong += [f"over the overview: {t.name}: {t.text}" for t in texts
                  if not t.name.startswith("overview") and overlap_depth(t.corners, np.array(frame)) > DEPTH]
    return wrong


def near(texts):
    """Return the pairs whose upright boxes meet: no others overlap."""
    if not texts:
        return []
    low, top = (np.array([end(t.corners, axis=0) for t in texts]) for end in (np.min, np.max))
    meet = ((low[:, None] <= top) & (low <= top[:, None])).all(axis=2)
    return [(texts[i], texts[j]) for i, j in zip(*np.nonzero(np.tril(meet, -1)), strict=True)]


def texts_by_name(figure):
    """Return the texts of a figure: name to what stands there, lines joined."""
    found = {}
    for t in visible_texts(figure):
        found[t.name] = f"{found[t.name]} {t.text}" if t.name in found else t.text
    return found
