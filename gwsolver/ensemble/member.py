"""``python -m gwsolver.ensemble.member``: runs one member and keeps what its ensemble needs of it."""

import argparse
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

ORPHAN = 0.5  # seconds between looks at the parent


def main(argv: Sequence[str] | None = None) -> int:
    """Run a member; what goes wrong is told as one object on stdout."""
    from gwsolver.core.errors import GwsolverError

    parser = argparse.ArgumentParser(prog="gwsolver.ensemble.member")
    for text in ("path", "folder", "scenario", "scheme", "flow"):
        parser.add_argument(f"--{text}", default="")
    for number in ("member", "threads"):
        parser.add_argument(f"--{number}", type=int, default=0)
    arguments = parser.parse_args(argv)
    # Shells start background work with Ctrl-C ignored: whoever starts members asks them to stop by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    try:
        run_member(arguments)
    except KeyboardInterrupt as stop:
        return _tell("interrupted", str(stop) or "interrupted", 130)
    except GwsolverError as error:
        return _tell("run", str(error), error.exit_code)
    return 0


def run_member(arguments: argparse.Namespace) -> None:
    """Run the member in a folder of its own, keep what is wanted, remove the folder."""
    from gwsolver.ensemble.folder import EnsembleFolder
    from gwsolver.ensemble.reduce import reduced, save
    from gwsolver.run.api import run
    from gwsolver.run.checkpoint import has_checkpoint

    folder = EnsembleFolder(Path(arguments.folder))
    work = folder.work(arguments.member)
    restart = has_checkpoint(work)
    if not restart:
        shutil.rmtree(work, ignore_errors=True)
    results = run(
        arguments.path, work, scheme=arguments.scheme, threads=arguments.threads, flow=arguments.flow,
        scenario=arguments.scenario, member=arguments.member, members=folder.design, restart=restart)
    save(folder.member(arguments.member), reduced(results, folder.wanted))
    shutil.rmtree(work)


def _follow(parent: int) -> None:
    """Stop, with a checkpoint, when the process that started this one is gone: nobody would read what comes."""
    while os.getppid() == parent:
        time.sleep(ORPHAN)
    os.kill(os.getpid(), signal.SIGINT)


def _tell(status: str, text: str, code: int) -> int:
    print(json.dumps({"status": status, "exit_code": code, "message": text}, ensure_ascii=False))
    return code


if __name__ == "__main__":
    sys.exit(main())
