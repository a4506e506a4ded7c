"""Keys of a chart of several panels: a symbol and its words, in a column beside a panel or in rows below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.patches import Circle, Rectangle

from gwsolver.maps.charts.mass import spread
from gwsolver.maps.page import GREY_INK, INK, SMALL, Page, text_size, wrap

SWATCH, SPACE = 15.4, 4.0
LEADING = 9.2
BETWEEN = 10.0  # of keys in a row
DOT = 2.3


@dataclass(frozen=True)
class Key:
    """One key.

    Attributes
    ----------
    symbol : str
        "line", "patch", "filled" or "open" dot; "" for words alone.
    text : str
    name : str
        Of the text on the figure.
    colour, dash, weight
        Of the symbol.
    """

    symbol: Literal["line", "patch", "filled", "open", ""]
    text: str
    name: str
    colour: str = INK
    dash: Any = "solid"
    weight: float = 1.5

    @property
    def indent(self) -> float:
        """Where its words begin."""
        return SWATCH + SPACE if self.symbol else 0.0

    def lines(self, width: float) -> list[str]:
        """Return its words in lines no wider than what the symbol leaves of `width`."""
        return wrap(self.text, width - self.indent)

    def draw(self, page: Page, x: float, y: float, lines: Sequence[str]) -> None:
        """Draw it with the first baseline at y."""
        middle = y + 2.6
        if self.symbol == "patch":
            page.patch(Rectangle((x, middle - 3.3), SWATCH, 6.6, facecolor=self.colour, edgecolor="#8A8A86",
                                 linewidth=0.4), 26)
        elif self.symbol == "line":
            page.line([x, x + SWATCH], [middle] * 2, color=self.colour, linestyle=self.dash, linewidth=self.weight,
                      zorder=26)
        elif self.symbol:
            page.patch(Circle((x + 0.5 * SWATCH, middle), DOT, edgecolor=INK, linewidth=1.0,
                              facecolor=INK if self.symbol == "filled" else "white"), 26)
        for line in lines:
            page.text(x + self.indent, y, line, colour=INK if self.symbol else GREY_INK, name=self.name)
            y -= LEADING


def column_height(keys: Sequence[Key], width: float) -> float:
    """Return the height of a column of keys."""
    return sum(LEADING * len(k.lines(width)) + 1.5 for k in keys)


def draw_column(page: Page, keys: Sequence[Key], x: float, top: float, width: float,
                middles: Sequence[float] = ()) -> None:
    """Draw keys one below the other; `middles`: where they should stand, as far as they do not meet."""
    y = top - 7.0
    texts = [key.lines(width) for key in keys]
    if middles:
        heights = [LEADING * len(lines) + 1.5 for lines in texts]
        middles = spread(list(middles)[::-1], heights[::-1], top)[::-1]
    for i, (key, lines) in enumerate(zip(keys, texts, strict=True)):
        if middles:
            y = middles[i] + 0.5 * LEADING * (len(lines) - 1) - 2.6
        key.draw(page, x, y, lines)
        y -= LEADING * len(lines) + 1.5


def draw_rows(page: Page, keys: Sequence[Key], left: float, y: float, width: float) -> float:
    """Draw keys side by side, in as many rows as they need; return the next baseline."""
    x = left
    for key in keys:
        lines = key.lines(width)
        need = key.indent + max(text_size(line, SMALL)[0] for line in lines)
        if x > left and x + need > left + width:
            x, y = left, y - LEADING
        key.draw(page, x, y, lines)
        if len(lines) > 1:
            x, y = left, y - LEADING * len(lines)
        else:
            x += need + BETWEEN
    return y if x == left else y - LEADING
