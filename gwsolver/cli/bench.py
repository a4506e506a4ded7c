"""``gwsolver bench``: runs a benchmark suite and prints its table."""

import argparse
import json
import sys
from pathlib import Path

NAME = "bench"
HELP = "run a suite of benchmarks: verification, performance, work_precision, reliability"
PARENTS: list[argparse.ArgumentParser] = []  # its --json names a file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("suite", metavar="SUITE", help="verification, performance, work_precision or reliability")
    parser.add_argument("--only", default="", metavar="TEXT", help="only problems whose name holds TEXT")
    parser.add_argument(
        "--against", metavar="PEER",
        help="run another program too, where a problem has its input: mf6 (and MT3D-USGS), or pywr",
    )
    parser.add_argument("--debug", action="store_true", help="show where in the code an error arose")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write rows, machine, versions and commit")
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw error against CPU time (work_precision)")


def run(args: argparse.Namespace) -> int:
    """Run the suite; 0 if everything passed, else 1."""
    from gwsolver.bench.machine import describe
    from gwsolver.bench.rows import Check, Trial, as_json, table
    from gwsolver.bench.suites import PEERS, find_peer, run_suite

    if args.against and find_peer(args.against) is None:
        print(PEERS[args.against].absent, file=sys.stderr)
    machine = describe()
    print(f"gwsolver {machine['gwsolver']}, {machine['processor']}, {machine['threads']} threads")

    def tell(name: str) -> None:
        print(f"  {name} ...", file=sys.stderr)

    rows = run_suite(args.suite, against=args.against, only=args.only, on_problem=tell)
    print(table(rows))
    if args.json:
        content = {"suite": args.suite, "machine": machine, "rows": [as_json(row) for row in rows]}
        args.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    trials = [as_json(row) for row in rows if isinstance(row, Trial)]
    if args.figure and trials:
        from gwsolver.maps import work_precision

        work_precision(trials).savefig(args.figure)
    missed = [row.case for row in rows if isinstance(row, Check) and not row.passed]
    if missed:
        print(f"{len(missed)} of {len(rows)} missed: {', '.join(missed)}")
    return 1 if missed else 0
