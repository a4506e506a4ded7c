"""``gwsolver ensemble``: a case whose values are uncertain, run many times; probabilities, bands, what matters most."""

import argparse
import json
import sys
from typing import Any

NAME = "ensemble"
HELP = "run the members of a case's ensemble and tell what they say together"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", help="case folder whose case.toml has [ensemble]")
    parser.add_argument("--out", metavar="DIR", help="folder of the ensemble (default: PATH/ensemble)")
    parser.add_argument("--members", type=int, default=0, metavar="N",
                        help="so many members (default: as the case says)")
    parser.add_argument("--jobs", type=int, default=0, metavar="J", help="processes at a time (default: all cores)")
    parser.add_argument("--scenario", default="", metavar="NAME", help="the ensemble of a scenario of the case")
    parser.add_argument("--scheme", default="", help="transport scheme, as for run")
    parser.add_argument("--flow", choices=("auto", "solve", "saved"), default="auto", help="as for run")
    parser.add_argument("--no-figures", action="store_true", help="draw no figures")


def run(arguments: argparse.Namespace) -> int:
    """Run it; 1 if a member failed."""
    from gwsolver.ensemble.api import ensemble

    quiet = arguments.as_json

    def tell(name: str, word: str) -> None:
        if not quiet and word != "running":
            print(f"{name if name == 'base' else f'member {name}'}: {word}", file=sys.stderr)

    found = ensemble(
        arguments.path, arguments.out, members=arguments.members, jobs=arguments.jobs, scheme=arguments.scheme,
        flow=arguments.flow, scenario=arguments.scenario, tell=tell)
    if quiet:
        print(json.dumps({
            "status": "failed" if found.failures else "ok", "folder": str(found.folder),
            "members": found.design.n_members, "finished": found.n,
            "failures": {str(n): words for n, words in found.failures.items()},
        }, ensure_ascii=False))
    else:
        _print(found)
    return 1 if found.failures else 0


def _print(found: Any) -> None:
    """Tell how many finished, what receptors see, what failed."""
    print(f"{found.n} of {found.design.n_members} members finished; ensemble in {found.folder}")
    for species in found.wanted.limits if found.case.receptors else ():
        table = found.indicators(species)
        for receptor, own in table.groupby("receptor", sort=False):
            above = int((own["arrival"] < float("inf")).sum())
            print(f"  {species} at {receptor}: above the limit in {above} of {found.n} members")
    for number, words in found.failures.items():
        print(f"error: member {number} failed: {words}", file=sys.stderr)
