"""``gwsolver section``: a vertical section from results."""

import argparse
import json
from pathlib import Path

NAME = "section"
HELP = "draw a vertical section from results"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("results", help="results folder, or the case folder above it")
    parser.add_argument("--species", help="name of the species (default: the first)")
    parser.add_argument("--line", nargs="+", metavar="X,Y",
                        help="two or more points in map coordinates (default: along the axis of the plume)")
    parser.add_argument("--time", help="model time or ISO date (default: the last); the nearest saved time is drawn")
    parser.add_argument("--limit", help='limit in the run\'s unit, or with one: "0.01 mg/L" (default: the case\'s)')
    parser.add_argument("--lang", default="en", help="en, ru, kk or fr (default: en)")
    parser.add_argument("--width", type=int, default=170, help="85 or 170 mm (default: 170)")
    parser.add_argument("--title", help="instead of the finding")
    parser.add_argument("--out", help="file: *.png, *.svg or *.pdf (default: section_<species>.png in the results)")


def run(args: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.maps import save_map, section
    from gwsolver.maps.plume import check_format
    from gwsolver.maps.request import default_species
    from gwsolver.results import open_results

    if args.out:
        check_format(Path(args.out))
    line = None if args.line is None else [point.split(",") for point in args.line]
    results = open_results(args.results)
    species = default_species(results, args.species or "")
    figure = section(results, species, line=line, time=args.time, limit=args.limit, lang=args.lang, width=args.width,
                     title=args.title)
    path = save_map(figure, args.out or Path(results.path) / f"section_{species}.png")
    print(json.dumps({"file": str(path)}, ensure_ascii=False) if args.as_json else path)
    return 0
