"""The command line: one file per command, found by itself."""

import argparse
import importlib
import json
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from types import ModuleType

import gwsolver

# The vectors and small systems of flow gain nothing from threads of BLAS, whose waiting takes most of the
# processor's time: 37 s against 6 s of CPU on 22,400 cells with Newton's method. NumPy reads it when it loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def commands() -> list[ModuleType]:
    """Return the modules of this folder that hold a command."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in names]


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="gwsolver",
        description="Groundwater contamination: a MODFLOW 6 model goes in, a plume map comes out.",
        epilog="Exit codes: 0 finished; 1 ran but failed; 2 bad or unsupported input; 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"gwsolver {gwsolver.__version__}")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", dest="as_json", help="print one machine-readable object")
    shared.add_argument("--debug", action="store_true", help="show where in the code an error arose")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in commands():
        sub = subparsers.add_parser(
            module.NAME, help=module.HELP, description=module.HELP, parents=getattr(module, "PARENTS", [shared])
        )
        module.add_arguments(sub)
        sub.set_defaults(function=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as stop:  # argparse has printed help or what is wrong
        return stop.code if isinstance(stop.code, int) else 2
    try:
        return int(arguments.function(arguments))
    except KeyboardInterrupt as stop:
        return _tell(arguments, "interrupted", str(stop) or "interrupted", 130)
    except BrokenPipeError:
        # The reader of our output went away (`gwsolver info x | head`); nothing is left to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from gwsolver.core.errors import GwsolverError

        if arguments.debug:
            traceback.print_exc()
        if isinstance(error, GwsolverError):
            kind = "input" if error.exit_code == 2 else "run"
            return _tell(arguments, kind, str(error), error.exit_code)
        where = traceback.extract_tb(error.__traceback__)[-1]
        text = (
            f"gwsolver failed in {os.path.basename(where.filename)}, line {where.lineno}: "
            f"{type(error).__name__}: {error}\nThis is a fault of gwsolver, not of your model. "
            "Run again with --debug and report what it prints."
        )
        return _tell(arguments, "internal", text, 1)


def _tell(arguments: argparse.Namespace, kind: str, text: str, code: int) -> int:
    """Say what went wrong, in words on stderr or as one object on stdout."""
    if getattr(arguments, "as_json", False):
        print(json.dumps({"status": kind, "exit_code": code, "message": text}, ensure_ascii=False))
    else:
        print(text if kind == "interrupted" else f"error: {text}", file=sys.stderr)
    return code
