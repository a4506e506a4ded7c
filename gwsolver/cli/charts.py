"""``gwsolver charts``: the figures of a report from results, all of them or those named."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

NAME = "charts"
HELP = "draw receptors against time and the other figures of a report from results"
APART = ("plume_map", "section")  # these have commands of their own


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from gwsolver.core.figures import FIGURES

    parser.add_argument("results", help="results folder, or the case folder above it")
    parser.add_argument("--kind", action="append", metavar="KIND", default=[],
                        help=f"one of {', '.join(k for k in FIGURES if k not in APART)}; may be given several times "
                             "(default: all that the results allow)")
    parser.add_argument("--species", help="name of the species (default: the first)")
    parser.add_argument("--receptor", action="append", metavar="NAME", default=[],
                        help="name of a receptor; may be given several times (default: all)")
    parser.add_argument("--time", action="append", default=[], dest="times", metavar="T",
                        help="model time or ISO date; may be given several times where a figure shows several")
    parser.add_argument("--limit", help='limit in the run\'s unit, or with one: "0.01 mg/L" (default: the case\'s)')
    parser.add_argument("--basin", action="append", metavar="NAME", default=[],
                        help="name of a lake of a network; may be given several times (default: all)")
    parser.add_argument("--years", nargs=2, type=int, metavar=("FIRST", "LAST"), help="of a lake (default: all)")
    parser.add_argument("--lang", default="en", help="en, ru, kk or fr (default: en)")
    parser.add_argument("--width", type=int, default=170, help="85 or 170 mm (default: 170)")
    parser.add_argument("--format", choices=("png", "svg", "pdf"), default="png", help="default: png")
    parser.add_argument("--out", help="folder (default: the results folder)")


def run(args: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.core.errors import InputError, Problem
    from gwsolver.core.figures import FIGURES, NETWORK
    from gwsolver.maps import save_map
    from gwsolver.maps.kinds import KINDS
    from gwsolver.results.folder import writing

    results, network = _open(args.results)
    known = [k for k in FIGURES if k not in APART and (k in NETWORK) == network]
    wrong = [k for k in args.kind if k not in known]
    if wrong:
        raise InputError([Problem("kind", package="charts", value=", ".join(wrong),
                                  allowed="some of " + ", ".join(known))])
    species = args.species or next(iter(results.species), "")
    settings = {"basins": args.basin, "years": args.years, "species": species, "receptors": args.receptor,
                "times": args.times, "limit": args.limit,
                "time": args.times[-1] if args.times else None}
    given = {k for k, v in {**settings, "species": args.species}.items() if v} | {"lang", "width"}
    folder = Path(args.out or results.path)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    files: list[str] = []
    left_out: dict[str, InputError] = {}
    for kind in args.kind or known:
        own: dict[str, Any] = {k: v for k, v in settings.items() if k in FIGURES[kind] and v}
        try:
            figure = KINDS[kind](results, lang=args.lang, width=args.width, **own)
        except InputError as error:
            # Of all figures some may not suit a run; one asked for by name must be drawn, and what is given be right.
            if args.kind or any(p.what.split(":")[0] in given for p in error.problems):
                raise
            left_out[kind] = error
            continue
        name = f"{kind}_{species}.{args.format}" if "species" in FIGURES[kind] else f"{kind}.{args.format}"
        files.append(str(save_map(figure, folder / name)))
    if not files:
        raise next(iter(left_out.values()))
    if args.as_json:
        print(json.dumps({"files": files, "left_out": {k: str(e) for k, e in left_out.items()}}, ensure_ascii=False))
        return 0
    for file in files:
        print(file)
    for kind, why in left_out.items():
        print("not drawn:", why if str(why).startswith(f"{kind}:") else f"{kind}: {why}", file=sys.stderr)
    return 0


def _open(path: str) -> tuple[Any, bool]:
    """Return results, and whether they are of a network of rivers and lakes."""
    from gwsolver.results import open_results
    from gwsolver.results.folder import SURFACE
    from gwsolver.results.reader import read_summary
    from gwsolver.results.surface import open_surface

    _, summary = read_summary(path)
    network = summary.get("kind") == SURFACE
    return (open_surface if network else open_results)(path), network
