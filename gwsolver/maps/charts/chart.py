"""A chart on a page: axes in points, limits fixed beforehand, ticks as words of the language."""

import math

import numpy as np
from numpy.typing import NDArray

from gwsolver.maps.charts.timescale import TimeScale
from gwsolver.maps.classes import PAPER
from gwsolver.maps.page import INK, SMALL, Page, font, text_size
from gwsolver.maps.placing import Rect
from gwsolver.maps.words import Language

Floats = NDArray[np.float64]
GRID = "#D2D2CE"
OVERHANG, OVERHANG_LEFT = 3.0, 12.0  # how far a tick's text may reach beyond its chart, below the value axis


class Chart:
    """Axes over a rectangle of the page; y may be logarithmic.

    Parameters
    ----------
    page : Page
    rect : (x0, y0, x1, y1)
        In points of the page.
    x, y : (low, high)
    log : bool
        y is logarithmic.
    """

    def __init__(self, page: Page, rect: Rect, x: tuple[float, float], y: tuple[float, float], *, log: bool = False,
                 name: str = "chart") -> None:
        self.page, self.rect, self.x, self.y, self.log = page, rect, x, y, log
        self.axes = page.axes(rect)
        self.axes.set_gid(name)
        if log:
            self.axes.set_yscale("log")
        self.axes.set_xlim(*x)
        self.axes.set_ylim(*y)
        self.axes.set_autoscale_on(False)
        self.axes.set_facecolor(PAPER)
        self.axes.minorticks_off()
        for side, spine in self.axes.spines.items():
            spine.set_linewidth(0.6)
            spine.set_visible(side in ("left", "bottom"))
            spine.set_zorder(20)
        self.axes.tick_params(length=2.5, width=0.6, pad=2.0, labelcolor=INK)
        self.axes.set_xticks([])
        self.axes.set_yticks([])

    @property
    def width(self) -> float:
        """Width in points."""
        return self.rect[2] - self.rect[0]

    @property
    def height(self) -> float:
        """Height in points."""
        return self.rect[3] - self.rect[1]

    def points(self, x: Floats, y: Floats) -> Floats:
        """Return data as points from the chart's lower left, shape (point, 2)."""
        low, high = (math.log10(v) for v in self.y) if self.log else self.y
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log10(np.asarray(y, float)) if self.log else np.asarray(y, float)
        u = (np.asarray(x, float) - self.x[0]) / (self.x[1] - self.x[0])
        return np.column_stack([u * self.width, (value - low) / (high - low) * self.height])

    def time_ticks(self, scale: TimeScale, words: Language, labels: bool = True) -> None:
        """Tick the time axis; texts that would meet are left out."""
        widest = max((text_size(t)[0] for _, t in scale.ticks(4, words)), default=20.0)
        ticks = scale.ticks(max(int(self.width / (1.9 * widest)), 2), words)
        texts = [t if labels else "" for _, t in ticks]
        at = [(p - self.x[0]) / (self.x[1] - self.x[0]) * self.width for p, _ in ticks]
        end = -1e9
        for i, t in enumerate(texts):
            half = 0.5 * text_size(t)[0] if t else 0.0
            if t and (at[i] - half < end + 5.0 or at[i] + half > self.width + OVERHANG
                      or at[i] - half < -OVERHANG_LEFT):
                texts[i] = ""
            elif t:
                end = at[i] + half
        self.axes.set_xticks([p for p, _ in ticks], texts, fontproperties=font(SMALL))

    def value_ticks(self, values: list[float], texts: list[str]) -> float:
        """Tick the value axis, with grid lines; return how far the texts reach left of it."""
        self.axes.set_yticks(values, texts, fontproperties=font(SMALL))
        for v in values:
            self.axes.plot(self.x, [v, v], color=GRID, linewidth=0.5, zorder=1.5, gid="grid")
        return 4.5 + max((text_size(t)[0] for t in texts), default=0.0)


def decades(low: float, high: float) -> list[float]:
    """Return the powers of ten between two values, thinned to at most seven."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = max(1, math.ceil((last - first + 1) / 7))
    return [10.0**i for i in range(first, last + 1) if (i - first) % every == 0]


def linear_ticks(high: float, count: int) -> list[float]:
    """Return round values from zero to at most `high`."""
    return round_ticks(0.0, high, count) if high > 0.0 else [0.0]


def round_ticks(low: float, high: float, count: int) -> list[float]:
    """Return about `count` round values between two."""
    raw = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(f for f in (1.0, 2.0, 5.0, 10.0) if f * power >= raw * (1.0 - 1e-9)) * power
    return [i * step for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
