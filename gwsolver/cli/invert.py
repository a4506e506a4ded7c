"""``gwsolver invert``: which inflow observed levels of a lake ask for."""

import argparse
import json

NAME = "invert"
HELP = "find the inflow that observed levels of a lake ask for"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", help="case folder with [surface] and [[surface.observed]]")
    parser.add_argument("--node", required=True, metavar="LAKE", help="the lake")
    parser.add_argument("--on", required=True, metavar="NODE.KEY", help="what is changed, as upper_river.flow")
    parser.add_argument("--years", required=True, type=int, nargs="+", metavar="YEAR", help="years of observed levels")


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.run.inversion import asked_for, table
    from gwsolver.run.load import network_of

    found = table(asked_for(network_of(arguments.path), arguments.years, node=arguments.node, on=arguments.on))
    if arguments.as_json:
        print(json.dumps({"status": "ok", "rows": json.loads(found.to_json(orient="records"))}, ensure_ascii=False))
        return 0
    print("inflow at the lake; never to be compared with the levels it was found from")
    print(found.to_string(index=False, float_format=lambda v: f"{v:.2f}"))
    return 0
