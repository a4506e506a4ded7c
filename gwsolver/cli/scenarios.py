"""``gwsolver scenarios``: a case and its alternatives, run and compared."""

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from gwsolver.run.surface_scenarios import SurfaceComparison

# Heads of the printed table, by figure; comparison.csv has the whole words.
SHORT = {
    "time above limit": "above limit", "peak over limit": "peak/limit", "time of peak": "peak at",
    "largest concentration of blended well water": "well: peak", "largest mass rate of the well": "well: mass rate",
    "time of blended well water above limit": "well: above limit", "arrival in blended well water": "well: arrival",
}
NAME = "scenarios"
HELP = "run a case and its scenarios side by side and compare them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", help="case folder with case.toml")
    parser.add_argument("--out", metavar="DIR", help="folder for the results of all (default: PATH/scenarios)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these scenarios, beside the base")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes at a time (default: all cores)")
    parser.add_argument("--scheme", default="", help="transport scheme, as for run")
    parser.add_argument("--flow", choices=("auto", "solve", "saved"), default="auto", help="as for run")
    parser.add_argument("--lang", default="en", help="language of the figure: en, ru, kk or fr (default: en)")
    parser.add_argument("--no-figures", action="store_true", help="draw no figure")


def run(arguments: argparse.Namespace) -> int:
    """Run it; 1 if a scenario failed."""
    from gwsolver.run.load import surface_of
    from gwsolver.run.scenarios import scenarios

    if not arguments.no_figures:
        from gwsolver.maps.words import language

        language(arguments.lang)  # refused now, not after hours
    quiet = arguments.as_json
    network = surface_of(arguments.path)

    def tell(name: str, word: str) -> None:
        if not quiet:
            print(f"{name}: {word}", file=sys.stderr)

    if network is not None:
        from gwsolver.run.surface_scenarios import surface_scenarios

        return _tell_network(surface_scenarios(network, arguments.out, only=arguments.only, tell=tell), quiet=quiet)
    found = scenarios(
        arguments.path, arguments.out, only=arguments.only, jobs=arguments.jobs, scheme=arguments.scheme,
        flow=arguments.flow, tell=tell,
    )
    table = found.write()
    figures = [] if arguments.no_figures else _draw(found, arguments.lang)
    if quiet:
        rows = json.loads(found.tidy.to_json(orient="records", double_precision=15))
        print(json.dumps({
            "status": "failed" if found.failures else "ok", "folder": str(found.folder), "table": str(table),
            "figures": figures, "failures": found.failures, "rows": rows,
        }, ensure_ascii=False))
        return 1 if found.failures else 0
    _print(found)
    print(f"table {table}")
    for figure in figures:
        print(f"figure {figure}")
    for name, words in found.failures.items():
        print(f"error: scenario {name} failed: {words}", file=sys.stderr)
    return 1 if found.failures else 0


def _tell_network(found: "SurfaceComparison", *, quiet: bool) -> int:
    """Print the change of each lake's level at the end, of the case and of its members."""
    table = found.folder / "comparison.csv"
    if quiet:
        print(json.dumps({"status": "ok", "folder": str(found.folder), "table": str(table),
                          "rows": json.loads(found.tidy.to_json(orient="records"))}, ensure_ascii=False))
        return 0
    rows = found.tidy[found.tidy["year"] == found.tidy["year"].max()]
    members = "change p10" in rows
    heads = f"{'':<28}{'node':<14}{'level, m':>10}{'change, m':>11}"
    print(heads + (f"{'P10':>9}{'P90':>9}{'left':>6}" if members else ""))
    for row in rows.to_dict("records"):
        text = f"{row['scenario']:<28}{row['node']:<14}{_number(row['level']):>10}{_number(row['change']):>11}"
        if members:
            text += f"{_number(row['change p10']):>9}{_number(row['change p90']):>9}{row['left']:>6.0f}"
        print(text)
    left = "; left: members above a stage table, counted no further" if members else ""
    print(f"mean levels of {rows['year'].iloc[0]}{left}\ntable {table}")
    return 0


def _number(value: float) -> str:
    return "off table" if math.isnan(value) else f"{value:.2f}"


def _draw(found: Any, lang: str) -> list[str]:
    from gwsolver.maps import alternatives, save_map

    if found.tidy["receptor"].eq("").all():
        return []
    return [str(save_map(alternatives(found, lang=lang), Path(found.folder) / f"alternatives_{lang}.png"))]


def _print(found: Any) -> None:
    """Print all tables; as wide as they need where nobody looks at a terminal."""
    from rich.console import Console

    receptors = found.table()
    receptors = receptors[receptors["receptor"] != ""].drop(columns=[c for c in receptors if c == "run"])
    order = {name: i for i, name in enumerate(dict.fromkeys(receptors["receptor"]))}
    receptors = receptors.sort_values("receptor", key=lambda names: names.map(order), kind="stable")
    receptors = receptors[["receptor", *(c for c in receptors if c != "receptor")]]
    console = Console(width=None if sys.stdout.isatty() else 240, highlight=False)
    if len(receptors):
        console.print(_rich("receptors", receptors))
    masses = found.masses()
    limited = {limit.species for limit in found.info.limits} & set(masses["species"])
    for species in dict.fromkeys(s for s in masses["species"] if s in limited or not limited):
        title = "mass and water" if masses["species"].nunique() == 1 else f"mass and water: {species}"
        console.print(_turned(title, masses[masses["species"] == species]))


def _turned(title: str, masses: "pd.DataFrame") -> Any:
    """Return the masses of one species with a row for each figure that any scenario has, a column for each scenario."""
    from rich import box
    from rich.table import Table

    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("")
    for name in masses["scenario"]:
        shown.add_column(name, justify="right", overflow="fold")
    for head in masses.columns[2:]:
        if masses[head].notna().any():
            figure, _, unit = head.partition(" [")
            shown.add_row(f"{figure}, {unit.removesuffix(']')}" if unit else figure, *map(_cell, masses[head]))
    return shown


def _rich(title: str, table: "pd.DataFrame") -> Any:
    from rich import box
    from rich.table import Table

    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    texts = ("scenario", "receptor", "species")
    if table["species"].nunique() == 1:
        table = table.drop(columns="species")
    for head in table.columns:
        figure, _, unit = head.partition(" [")
        words = SHORT.get(figure, figure) + (f"\n{unit.removesuffix(']')}" if unit not in ("", "-]") else "")
        shown.add_column(words, justify="left" if head in texts else "right", vertical="bottom", overflow="fold")
    rows = [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    for before, row in zip([None, *rows[:-1]], rows, strict=True):
        # A name that stands above needs not stand again.
        first = "" if before is not None and before[0] == row[0] else row[0]
        shown.add_row(first, *row[1:])
    return shown


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or math.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"
