"""``gwsolver run``: solve a case or a MODFLOW 6 simulation."""

import argparse
import json
import sys
from pathlib import Path

NAME = "run"
HELP = "solve flow and transport of a case folder or a MODFLOW 6 folder"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", help="folder with case.toml or mfsim.nam, or with simulations below it")
    parser.add_argument("--out", metavar="DIR", help="results folder (default: PATH/results)")
    parser.add_argument("--scenario", default="", metavar="NAME", help="a scenario of the case")
    parser.add_argument("--member", type=int, default=0, metavar="N", help="a member of the case's ensemble, in full")
    parser.add_argument("--members", type=int, default=0, metavar="N", help="of so many (default: as the case says)")
    parser.add_argument(
        "--scheme", default="",
        help=f"transport scheme: {', '.join(_schemes())} (default: limited, implicit where that is far less work)",
    )
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="threads (default: all cores)")
    parser.add_argument(
        "--flow", choices=("auto", "solve", "saved"), default="auto",
        help="solve the flow, or take it from saved .hds and .cbc files (default: solve if it can be)",
    )
    parser.add_argument(
        "--restart", action="store_true", help="go on from the checkpoint of an interrupted run in the results folder"
    )
    parser.add_argument(
        "--checkpoint", type=float, default=600.0, metavar="SECONDS",
        help="wall-clock time between checkpoints (default: 600; 0: only when interrupted)",
    )
    parser.add_argument("--no-figures", action="store_true", help="draw no maps after the run")


def _schemes() -> list[str]:
    """Return the names of all schemes without importing them: one file each."""
    folder = Path(__file__).parents[1] / "transport" / "schemes"
    return sorted(p.stem for p in folder.glob("[a-z]*.py"))


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.core.memory import keep_room
    from gwsolver.results.folder import SURFACE
    from gwsolver.run.api import run as solve
    from gwsolver.run.checks import Check, table

    keep_room()
    results = solve(
        arguments.path, arguments.out, scheme=arguments.scheme, threads=arguments.threads, flow=arguments.flow,
        progress=sys.stderr.isatty() and not arguments.as_json, echo=not arguments.as_json,
        checkpoint=arguments.checkpoint, restart=arguments.restart, scenario=arguments.scenario,
        member=arguments.member, members=arguments.members,
    )
    figures = []
    if not arguments.no_figures and (results.species or results.summary.get("kind") == SURFACE):
        from gwsolver.report import draw

        figures = [str(f) for f in draw(results)]
    summary = results.summary
    if arguments.as_json:
        print(json.dumps({**summary, "results": str(results.path), "figures": figures}, ensure_ascii=False))
        return 0
    print(f"finished in {sum(summary['timings'].values()):.1f} s; results in {results.path}")
    for line in table([Check(**row) for row in summary["checks"]]):
        print(f"  {line}")
    for figure in figures:
        print(f"  figure {figure}")
    return 0
