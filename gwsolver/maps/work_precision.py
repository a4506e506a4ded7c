"""Work and precision: error against CPU time, one panel per problem, one line per program and scheme."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.ticker import FuncFormatter, LogLocator

from gwsolver.maps.page import GREY_INK, INK, MM, MapFigure

# Told apart by marker, fill and line, so that they stay apart in grey; ours is the only black one.
STYLES: dict[str, dict[str, Any]] = {
    "gwsolver limited": dict(marker="o", color="#000000", linestyle="-", linewidth=1.4),
    "gwsolver upstream": dict(marker="o", color="#000000", linestyle=":", markerfacecolor="white"),
    "MODFLOW 6 TVD": dict(marker="s", color="#1f5fa8", linestyle="-"),
    "MODFLOW 6 upstream": dict(marker="s", color="#1f5fa8", linestyle=":", markerfacecolor="white"),
    "MT3D-USGS TVD": dict(marker="^", color="#b3541e", linestyle="-"),
}
OTHER = dict(marker="D", color="#5b5b5b", linestyle="--")
PANEL = (78.0, 62.0)  # mm
LEAST_RANGE = 5.0  # of the errors that an axis shows
MARGIN = dict(left=15.0, right=4.0, top=7.0, bottom=11.0)


def work_precision(trials: Sequence[Mapping[str, Any]], *, columns: int = 2) -> MapFigure:
    """Draw error against CPU seconds of solving, both on logarithmic axes; down and left is better.

    Parameters
    ----------
    trials : sequence of mapping
        Rows of ``gwsolver bench work_precision --json``: problem, solver, cells, error, norm, seconds.
    columns : int
        Panels side by side.
    """
    problems = list(dict.fromkeys(t["problem"] for t in trials))
    rows = -(-len(problems) // columns)
    legend = 19.0
    width, height = columns * PANEL[0], rows * PANEL[1] + legend
    figure = MapFigure(figsize=(width * MM / 72.0, height * MM / 72.0))
    FigureCanvasAgg(figure)
    handles: dict[str, Any] = {}
    for place, problem in enumerate(problems):
        left = (place % columns) * PANEL[0] + MARGIN["left"]
        bottom = height - (place // columns + 1) * PANEL[1] + MARGIN["bottom"]
        axes = figure.add_axes((
            left / width, bottom / height, (PANEL[0] - MARGIN["left"] - MARGIN["right"]) / width,
            (PANEL[1] - MARGIN["top"] - MARGIN["bottom"]) / height,
        ))
        _panel(axes, problem, [t for t in trials if t["problem"] == problem], handles)
    figure.text(
        0.5, 14.5 / height,
        "each point one run on one grid; pale: another run of the same scheme is both quicker and closer",
        ha="center", va="bottom", fontsize=6.5, color=GREY_INK, style="italic",
    )
    figure.legend(
        handles.values(), handles.keys(), loc="lower center", ncols=3, fontsize=7, frameon=False,
        bbox_to_anchor=(0.5, 0.0), handlelength=3.0,
    )
    return figure


def front(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the (seconds, error) points that no other beats in both, from quick to exact."""
    best: list[tuple[float, float]] = []
    for seconds, error in sorted(points):
        if not best or error < best[-1][1]:
            best.append((seconds, error))
    return best


def _panel(axes: Axes, problem: str, trials: Sequence[Mapping[str, Any]], handles: dict[str, Any]) -> None:
    axes.set(xscale="log", yscale="log")
    axes.set_title(problem, fontsize=8, loc="left", color=INK, pad=3)
    for solver in dict.fromkeys(t["solver"] for t in trials):
        points = [(t["seconds"], t["error"]) for t in trials if t["solver"] == solver]
        style = {"markersize": 4.0, "linewidth": 0.9, "markeredgewidth": 0.8, **STYLES.get(solver, OTHER)}
        seconds, errors = zip(*front(points), strict=True)
        (line,) = axes.plot(seconds, errors, **style)
        handles.setdefault(solver, line)
        behind = [p for p in points if p not in front(points)]
        if behind:
            axes.plot(*zip(*behind, strict=True), **{**style, "linestyle": "none", "alpha": 0.45})
    axes.set_xlabel("CPU time of solving (s)", fontsize=7, color=INK, labelpad=1)
    axes.set_ylabel(f"relative error ({trials[0]['norm']})", fontsize=7, color=INK, labelpad=1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:g} %"))
    low, high = axes.get_ylim()
    if high / low < LEAST_RANGE:  # small differences must not look large
        middle = (low * high) ** 0.5
        low, high = axes.set_ylim(middle / LEAST_RANGE**0.5, middle * LEAST_RANGE**0.5)
    few = high / low < 100.0  # too few decades to be read without figures between them
    axes.yaxis.set_minor_locator(LogLocator(subs=(2.0, 5.0) if few else tuple(range(2, 10))))
    axes.yaxis.set_minor_formatter(FuncFormatter(lambda v, _: f"{100 * v:g} %" if few else ""))
    axes.tick_params(which="minor", labelsize=6.5, colors=GREY_INK)
    axes.tick_params(labelsize=6.5, colors=GREY_INK, length=2.5)
    axes.grid(True, which="major", color="#d9d9d9", linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
