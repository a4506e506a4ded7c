"""``gwsolver check``: read everything, solve nothing, tell every problem."""

import argparse
import json

NAME = "check"
HELP = "read a case or simulation and tell every problem at once"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", help="folder with case.toml or mfsim.nam, or with simulations below it")
    parser.add_argument("--flow", choices=("auto", "solve", "saved"), default="auto", help="as for run")


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.core.errors import InputError
    from gwsolver.run.load import load, surface_of

    network = surface_of(arguments.path)
    if network is not None:
        assert network.surface is not None
        if arguments.as_json:
            print(json.dumps({"status": "ok", "notes": [], "warnings": []}))
        else:
            print(f"{arguments.path}: nothing wrong was found in {len(network.surface.settings)} nodes")
        return 0
    loaded = load(arguments.path, flow=arguments.flow)
    problems = loaded.check()
    if problems:
        raise InputError(problems)
    if arguments.as_json:
        print(json.dumps({
            "status": "ok", "notes": list(loaded.simulation.notes), "warnings": list(loaded.cautions()),
        }, ensure_ascii=False))
        return 0
    for text in loaded.simulation.notes:
        print(f"note: {text}")
    for text in loaded.cautions():
        print(f"warning: {text}")
    print(f"{arguments.path}: nothing wrong was found")
    return 0
