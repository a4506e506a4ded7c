"""A page in points: a figure of exact width, its text measured once, its drawing in one coordinate system."""

import io
from copy import copy
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform
from PIL import Image

from gwsolver.maps.classes import PAPER

FONT = "DejaVu Sans"
MM = 72.0 / 25.4
INK = "#111111"
GREY_INK = "#333333"
SMALL = 7.0
SETTINGS = {
    "svg.fonttype": "none", "svg.hashsalt": "gwsolver", "pdf.fonttype": 42, "hatch.linewidth": 0.5,
    "font.family": [FONT], "mathtext.fontset": "dejavusans", "path.simplify": False, "axes.unicode_minus": True,
    "svg.image_inline": True, "text.usetex": False, "text.hinting": "none", "savefig.bbox": None, "pdf.compression": 6,
}
# Without a date, a version or a user name the same input gives the same bytes.
METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
}
MEASURE_DPI = 288.0
# A viewer with another build of the font may set lines a little wider.
SLACK = 0.985


class MapFigure(Figure):
    """A figure that is saved at its exact size, with editable text and without a timestamp."""

    def savefig(self, fname: Any, **kwargs: Any) -> None:
        """Save as PNG (300 dpi unless told otherwise), SVG or PDF; see `matplotlib.figure.Figure.savefig`.

        A PNG has a palette of 256 colours, a third of the bytes, unless it is to be transparent or has settings
        of Pillow's of its own.
        """
        kind = kwargs.get("format") or (Path(fname).suffix[1:].lower() if isinstance(fname, str | Path) else "png")
        kwargs.setdefault("dpi", 300)
        kwargs.setdefault("metadata", METADATA.get(kind))
        palette = kind == "png" and not kwargs.get("transparent") and "pil_kwargs" not in kwargs
        with matplotlib.rc_context(SETTINGS):
            if not palette:
                super().savefig(fname, **kwargs)
                return
            drawn = io.BytesIO()
            super().savefig(drawn, **{**kwargs, "format": "png"})
        with Image.open(drawn) as image:
            few = image.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            few.save(fname, format="PNG", optimize=True, dpi=image.info["dpi"])


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(8, 8, MEASURE_DPI)


@lru_cache(maxsize=4096)
def text_size(text: str, size: float = SMALL, bold: bool = False, italic: bool = False) -> tuple[float, float, float]:
    """Return width, ascent and descent of one line in points, as matplotlib lays it out."""
    if matplotlib.rcParams["text.hinting"] != "none":
        with matplotlib.rc_context({"text.hinting": "none"}):
            return _measured(text, size, bold, italic)
    return _measured(text, size, bold, italic)


def _measured(text: str, size: float, bold: bool, italic: bool) -> tuple[float, float, float]:
    prop = font(size, bold, italic)
    scale = 72.0 / MEASURE_DPI
    width, height, descent = _renderer().get_text_width_height_descent(text, prop, False)
    _, line, low = _renderer().get_text_width_height_descent("lp", prop, False)
    descent_all = max(descent, low)
    return width * scale, max(height - descent, line - low) * scale, descent_all * scale


def font(size: float, bold: bool = False, italic: bool = False) -> FontProperties:
    """Return the bundled font, which has all Kazakh letters."""
    return FontProperties(
        family=FONT, size=size, weight="bold" if bold else "normal", style="italic" if italic else "normal"
    )


def wrap(text: str, width: float, size: float = SMALL, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `width` points, by measuring; no-break spaces hold."""
    width *= SLACK
    lines: list[str] = []
    for word in text.split(" "):
        if lines and text_size(f"{lines[-1]} {word}", size, bold)[0] <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines += _pieces(word, width, size, bold)
    return lines


def wrap_evenly(text: str, width: float, size: float = SMALL, bold: bool = False) -> list[str]:
    """Break a text into as few lines as `wrap` does, but of like length, so that no word stands alone."""
    lines = wrap(text, width, size, bold)
    narrow = width
    while len(lines) > 1 and narrow > 0.5 * width:
        narrow -= 0.02 * width
        tighter = wrap(text, narrow, size, bold)
        if len(tighter) > len(lines):
            break
        lines = tighter
    return lines


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    """Cut a word that alone is too wide."""
    if text_size(word, size, bold)[0] <= width:
        return [word]
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_size(pieces[-1] + letter, size, bold)[0] > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


class Page:
    """A figure whose artists are placed in points from the lower left of its data frame.

    Its size is settled last, when the lines above and below the frame are known.
    """

    def __init__(self) -> None:
        self.figure = MapFigure(figsize=(1, 1), dpi=200, facecolor="white")
        FigureCanvasAgg(self.figure)
        self._shift = Affine2D()
        self.transform: Transform = self._shift + Affine2D().scale(1.0 / 72.0) + self.figure.dpi_scale_trans
        self._origin = (0.0, 0.0)
        self._axes: list[tuple[Axes, tuple[float, float, float, float]]] = []

    def part(self, x: float, y: float) -> "Page":
        """Return the same page with its origin at (x, y) of this one: for figures of several frames."""
        part = copy(self)
        part.transform = Affine2D().translate(x, y) + self.transform
        part._origin = self._origin[0] + x, self._origin[1] + y
        return part

    def axes(self, rect: tuple[float, float, float, float], zorder: float = 0.0) -> Axes:
        """Add axes over (x0, y0, x1, y1), in points."""
        axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), zorder=zorder)
        x, y = self._origin
        self._axes.append((axes, (rect[0] + x, rect[1] + y, rect[2] + x, rect[3] + y)))
        return axes

    def close(self, left: float, bottom: float, right: float, top: float) -> MapFigure:
        """Give the figure its size: the page reaches from (left, bottom) to (right, top)."""
        width, height = right - left, top - bottom
        self.figure.set_size_inches(width / 72.0, height / 72.0)
        self._shift.translate(-left, -bottom)
        for axes, (x0, y0, x1, y1) in self._axes:
            axes.set_position(((x0 - left) / width, (y0 - bottom) / height, (x1 - x0) / width, (y1 - y0) / height))
        return self.figure

    def text(
        self, x: float, y: float, text: str, *, size: float = SMALL, bold: bool = False, italic: bool = False,
        colour: str = INK, ha: str = "left", angle: float = 0.0, halo: float = 0.0, box: bool = False,
        zorder: float = 30.0, name: str = "",
    ) -> Text:
        """Write one line with its baseline at (x, y); turned texts turn about their centre."""
        effects = [withStroke(linewidth=halo, foreground=PAPER)] if halo else None
        artist = self.figure.text(
            x, y, text, transform=self.transform, fontproperties=font(size, bold, italic), color=colour,
            ha=ha, va="center_baseline" if angle else "baseline", rotation=angle, rotation_mode="anchor",
            zorder=zorder, path_effects=effects, parse_math=False,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6} if box else None,
        )
        artist.set_gid(name or None)
        return artist

    def patch(self, patch: Patch, zorder: float) -> Patch:
        """Add a patch whose coordinates are points."""
        patch.set_transform(self.transform)
        patch.set_zorder(zorder)
        self.figure.add_artist(patch)
        return patch

    def line(self, x: Any, y: Any, *, zorder: float, **style: Any) -> Line2D:
        """Add a line whose coordinates are points."""
        line = Line2D(x, y, transform=self.transform, **style)
        line.set_zorder(zorder)
        self.figure.add_artist(line)
        return line
