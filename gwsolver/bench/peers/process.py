"""Running a program and counting its CPU time."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gwsolver.core.errors import RunError


def run_counted(command: Sequence[str], folder: Path) -> tuple[str, float]:
    """Run a program in a folder; return what it printed and its CPU time, user and system [s].

    Raises
    ------
    RunError
        If it does not end well; with the last lines it printed.
    """
    before = os.times()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise RunError(f"{Path(command[0]).name} failed in {folder}:\n{last}")
    return done.stdout, seconds
