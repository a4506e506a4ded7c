"""``gwsolver hold``: which inflow holds a lake at a level."""

import argparse
import json

NAME = "hold"
HELP = "find the inflow that holds a lake at a level"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", help="case folder with [surface]")
    parser.add_argument("--node", required=True, metavar="LAKE", help="the lake")
    parser.add_argument("--level", required=True, type=float, nargs="+", metavar="M", help="levels, yearly means")
    parser.add_argument("--on", required=True, metavar="NODE.KEY", help="what is changed, as upper_river.flow")


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.run.holding import holding, table
    from gwsolver.run.load import network_of

    case = network_of(arguments.path)
    found = table(holding(case, arguments.level, node=arguments.node, on=arguments.on))
    if arguments.as_json:
        print(json.dumps({"status": "ok", "rows": json.loads(found.to_json(orient="records"))}, ensure_ascii=False))
        return 0
    print(found.to_string(index=False, float_format=lambda v: f"{v:.2f}"))
    return 0
