"""``gwsolver export``: results for other programs."""

import argparse
import json

NAME = "export"
HELP = "write results as netCDF, CSV or GeoPackage"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("results", help="results folder, or the case folder above it")
    parser.add_argument("--to", default="gpkg", help="nc, csv, gpkg, with commas between them (default: gpkg)")
    parser.add_argument("--out", help="folder (default: export in the results folder)")
    parser.add_argument("--times", default="last",
                        help="last (default), all, or model times or ISO dates with commas between them")
    parser.add_argument("--limit", help='isolines at 0.1, 1, 10 and 100 times this, in the run\'s unit, or with one: '
                                        '"0.01 mg/L" (default: the case\'s limit)')


def run(args: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.results import open_results
    from gwsolver.results.export import export

    formats = [f.strip() for f in args.to.split(",") if f.strip()]
    files = export(open_results(args.results), formats, args.out, times=args.times, limit=args.limit)
    if args.as_json:
        print(json.dumps({"files": [str(f) for f in files]}, ensure_ascii=False))
    else:
        print(*files, sep="\n")
    return 0
