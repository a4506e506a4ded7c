"""Draw the exchange of the lake by years and the salinity along the shore, and write data/yearly.csv.

python figures.py results                   docs/figures/shore-exchange.png, shore-map.png, and data/yearly.csv
python figures.py results --lang ru --out FOLDER        the figures in another language
"""

import argparse
import csv
import tomllib
from pathlib import Path

import numpy as np
from build import driving
from ground import Strip, stage_table, strip
from matplotlib import rc_context
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from gwsolver import open_results
from gwsolver.case import read_case
from gwsolver.maps import furniture
from gwsolver.maps.charts.chart import Chart, round_ticks
from gwsolver.maps.charts.keys import Key, draw_rows
from gwsolver.maps.charts.timescale import TimeScale
from gwsolver.maps.page import GREY_INK, INK, MM, SETTINGS, SMALL, MapFigure, Page, text_size
from gwsolver.maps.words import Language, language
from gwsolver.results.reader import Results

HERE = Path(__file__).resolve().parent
Floats = NDArray[np.float64]
PUBLISHED = (0.9, 0.3, 2.6)  # km3/y: the balance of 2000 and the range of what was published
SHORES = (1970, 1987, 2005)
BLUE, SAND, TINT = "#1F4E79", "#C58A3A", "#ECECE6"
CLASSES = (0.0, 0.7, 0.9, 1.2, 1.6, 2.0, 2.2, 2.5, 100.0)
COLOURS = ("#EAF2F7", "#D3E3EC", "#B9CFDD", "#E9E4CF", "#E5CF9C", "#D7A964", "#B4763B", "#7A4521")
WIDE = 170 * MM


def quarters(results: Results) -> tuple[Floats, Floats, Floats]:
    """Return stage [m], exchange [km3] and salinity [g/L] of the lake by quarters."""
    table = results.observations()
    found = {name: table[table["name"] == name]["value"].to_numpy(float)[1:] for name in ("stage", "exchange", "lake")}
    days = np.array([row["days"] for row in driving()[1:]])
    return found["stage"], -found["exchange"] * days / 1e9, found["lake"]  # OBS: positive into the aquifer


def yearly(results: Results) -> list[tuple[float, ...]]:
    """Return (year, level, level of the balance alone, exchange, salinity, salinity of the balance) of each year."""
    rows = driving()[1:]
    stage, exchange, salt = (v.reshape(-1, 4) for v in quarters(results))
    alone = np.array([row["west_level_m"] for row in rows]).reshape(-1, 4)
    theirs = np.array([row["west_g_l"] for row in rows]).reshape(-1, 4)
    return [(rows[4 * i]["year"], round(float(stage[i, -1]), 3), round(float(alone[i, -1]), 3),
             round(float(exchange[i].sum()), 4), round(float(salt[i, -1]), 3), round(float(theirs[i, -1]), 3))
            for i in range(stage.shape[0])]


def panel(page: Page, box: tuple[float, float, float, float], years: tuple[float, float], y: tuple[float, float],
          head: str, unit: str, lang: Language, lowest: bool) -> Chart:
    """Draw an empty chart against years with its name above it."""
    chart = Chart(page, box, years, y, name=head)
    ticks = round_ticks(*y, 6)
    chart.value_ticks(ticks, [lang.number(round(v, 6)) for v in ticks])
    chart.time_ticks(TimeScale(True, "", *years), lang, lowest)
    page.text(box[0], box[3] + 4.0, head, size=7.5, bold=True, name="panel name")
    page.text(box[0] + text_size(head, 7.5, bold=True)[0] + 5.0, box[3] + 4.0, unit, colour=GREY_INK, name="panel unit")
    return chart


def draw_exchange(results: Results, lang: Language, text: dict[str, str]) -> MapFigure:
    """Return level and exchange by years."""
    rows = yearly(results)
    years = np.array([r[0] for r in rows])
    span = (float(years[0]), float(years[-1]) + 1.0)
    at = years[0] + (np.arange(4 * years.size) + 1.0) / 4.0
    stage, exchange = quarters(results)[0], np.array([r[3] for r in rows])
    alone = np.array([row["west_level_m"] for row in driving()[1:]])
    with rc_context(SETTINGS):
        page, left, right = Page(), 0.0, WIDE - 34.0
        value, low, high = PUBLISHED
        lowest = min(0.0, float(exchange.min()))
        close = panel(page, (left, 0.0, right, 60.0), span, (1.1 * lowest, 0.0), text["enlarged"],
                      text["exchange_unit"], lang, True)
        close.axes.bar(years + 0.5, exchange, width=0.82, color=SAND, zorder=4)
        chart = panel(page, (left, 90.0, right, 190.0), span, (lowest - 0.12, high + 0.15), text["exchange"],
                      text["exchange_unit"], lang, False)
        chart.axes.axhspan(low, high, facecolor=TINT, edgecolor="none", zorder=1)
        chart.axes.plot(span, [value, value], color=INK, linewidth=1.4, linestyle=(0, (4, 2)), zorder=5)
        chart.axes.plot(span, [0.0, 0.0], color=INK, linewidth=0.8, zorder=6)
        chart.axes.bar(years + 0.5, exchange, width=0.82, color=SAND, zorder=4)
        upper = panel(page, (left, 220.0, right, 320.0), span, (339.0, 343.5), text["level"], text["level_unit"], lang,
                      False)
        upper.axes.plot(at, alone, color=SAND, linewidth=2.4, zorder=4)
        upper.axes.plot(at, stage, color=BLUE, linewidth=1.0, zorder=5)
        numbers = [lang.number(v) for v in PUBLISHED]
        keys = [Key("line", text["coupled"], "key coupled", BLUE),
                Key("line", text["network"], "key alone", SAND, weight=2.4),
                Key("patch", text["strip"], "key strip", SAND),
                Key("line", text["published"].format(value=numbers[0], low=numbers[1], high=numbers[2]),
                    "key published", INK, (0, (4, 2)))]
        y = draw_rows(page, keys, left, -22.0, right - left)
        strip_top = furniture.draw_banner_strip(page, "illustrative", lang, False, left, 336.0)
        top = furniture.draw_head(page, text["exchange_title"].format(
            by=lang.number(round(-float(exchange.mean()), 3)), published=numbers[0]), text["exchange_below"], False,
            336.0 + strip_top, left, right)
        return page.close(-30.0, y - 2.0, right + 10.0, top)


def draw_map(results: Results, lang: Language, text: dict[str, str], ground: Strip) -> MapFigure:
    """Return the salinity of the upper sand at the end, and three shores."""
    last = results.concentration("salt").isel(time=-1).to_numpy()
    salt = last.reshape(-1, ground.y.size, ground.x.size)[0]
    x, y = ground.x / 1e3, ground.y / 1e3
    edges_x, edges_y = (np.concatenate([[0.0], np.cumsum(w)]) / 1e3 for w in (ground.widths, ground.heights))
    rows = {r[0]: r for r in yearly(results)}
    with rc_context(SETTINGS):
        page, width = Page(), WIDE - 34.0
        height = width * edges_y[-1] / edges_x[-1] * 1.5
        chart = Chart(page, (0.0, 0.0, width, height), (0.0, float(edges_x[-1])), (float(edges_y[-1]), 0.0), name="map")
        chart.axes.pcolormesh(edges_x, edges_y, salt, cmap=ListedColormap(COLOURS), zorder=2, rasterized=True,
                              norm=BoundaryNorm(CLASSES, len(COLOURS)))
        branch = np.ma.masked_equal(np.where(ground.branch > 0.0, 1.0, 0.0), 0.0)
        chart.axes.pcolormesh(edges_x, edges_y, branch, cmap=ListedColormap(["#2E6FA7"]), zorder=3, rasterized=True)
        keys = []
        for year, dash, colour in zip(SHORES, ("solid", (0, (4, 2)), (0, (1.2, 1.2))), (INK, "#8C1D18", "#5B2A86"),
                                      strict=True):
            level = rows[year][1]
            chart.axes.contour(x, y, ground.land, levels=[level], colors=[colour], linestyles=[dash], linewidths=1.3,
                               zorder=6)
            keys.append(Key("line", text["shore"].format(year=year, level=lang.number(level, decimals=1)),
                            f"key {year}", colour, dash))
        for axis, edges in ((chart.axes.set_xticks, edges_x), (chart.axes.set_yticks, edges_y)):
            ticks = round_ticks(0.0, float(edges[-1]), 6)
            axis(ticks, [lang.number(v) for v in ticks], fontsize=SMALL)
        page.text(0.0, -20.0, text["along"], colour=GREY_INK, name="x")
        page.text(0.0, height + 4.0, text["across"], colour=GREY_INK, name="y")
        below = draw_rows(page, [*keys, Key("patch", text["branches"], "key branches", "#2E6FA7")], 0.0, -34.0, width)
        page.text(0.0, below, text["salinity"], bold=True, name="salinity")
        at = text_size(text["salinity"], SMALL, bold=True)[0] + 8.0
        each = (width - at) / len(COLOURS)
        for i, colour in enumerate(COLOURS):
            page.patch(Rectangle((at + i * each, below - 1.0), each, 7.0, facecolor=colour, edgecolor="#8A8A86",
                                 linewidth=0.4), 26)
            if i:
                page.text(at + i * each, below - 10.0, lang.number(CLASSES[i]), ha="center", name="class")
        page.text(0.0, below - 22.0, text["note"], colour=GREY_INK, name="note")
        banner = furniture.draw_banner_strip(page, "illustrative", lang, False, 0.0, height + 16.0)
        top = furniture.draw_head(page, text["map_title"], text["map_below"].format(year=2024), False,
                                  height + 16.0 + banner, 0.0, width)
        return page.close(-30.0, below - 26.0, width + 10.0, top)


def write_yearly(results: Results) -> None:
    """Write data/yearly.csv: what README and tests quote."""
    with (HERE / "data" / "yearly.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("year", "level_m", "balance_level_m", "to_lake_km3", "salinity_g_l", "balance_salinity_g_l"))
        writer.writerows((int(r[0]), *r[1:]) for r in yearly(results))


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--lang", default="en")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    results = open_results(arguments.results)
    text = tomllib.loads((HERE / "figures.toml").read_text("utf-8"))[arguments.lang]
    out = arguments.out or HERE.parents[2] / "docs" / "figures"
    if arguments.out is None:
        write_yearly(results)
    ground = strip(read_case(HERE).values, stage_table(str(HERE.parent)))
    for name, figure in (("exchange", draw_exchange(results, language(arguments.lang), text)),
                         ("map", draw_map(results, language(arguments.lang), text, ground))):
        figure.savefig(out / f"shore-{name}.png", dpi=200)


if __name__ == "__main__":
    main()
