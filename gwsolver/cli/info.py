"""``gwsolver info``: what a case or a simulation holds."""

import argparse
import json
from typing import Any

NAME = "info"
HELP = "show grids, periods, packages and species"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", help="folder with case.toml or mfsim.nam, or with simulations below it")
    parser.add_argument("--flow", choices=("auto", "solve", "saved"), default="auto", help="as for run")


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.run.load import load, surface_of

    network = surface_of(arguments.path)
    if network is not None:
        from gwsolver.run.surface import describe

        _tell_network(describe(network), as_json=arguments.as_json)
        return 0
    described = load(arguments.path, flow=arguments.flow).describe()
    if arguments.as_json:
        print(json.dumps(described, ensure_ascii=False))
        return 0
    for key in ("folder", "title", "status", "crs", "concentration unit"):
        if described[key]:
            print(f"{key:<20}{described[key]}")
    for model in described["models"]:
        print(f"\n{model['model']} ({model['solves']})")
        for key, value in model.items():
            if key not in ("model", "solves"):
                words = " x ".join(map(str, value)) if key == "shape" else (
                    ", ".join(value) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else value
                )
                print(f"  {key:<18}{words}")
    for text in (*described["notes"], *described["warnings"]):
        print(f"\nnote: {text}")
    return 0


def _tell_network(described: dict[str, Any], *, as_json: bool) -> None:
    """Print a network: its nodes, and where water goes from each."""
    if as_json:
        print(json.dumps(described, ensure_ascii=False))
        return
    for key in ("folder", "title", "status", "from", "to", "step"):
        print(f"{key:<20}{described[key]}")
    print()
    for node in described["nodes"]:
        print(f"  {node['kind']:<10} {node['name']:<28} {', '.join(node['to'])}".rstrip())
