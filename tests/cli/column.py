"""Copies of the small column of ``tests/data/column`` to break, and the command line run in process on them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from gwsolver.cli import main

DATA = Path(__file__).parents[1] / "data"
ROOT = Path(__file__).parents[2]


def column(folder: Path) -> Path:
    """Copy the column's simulation to ``folder/model``."""
    return Path(shutil.copytree(DATA / "column", folder / "model", ignore=shutil.ignore_patterns("build.py", "*.pyc")))


def change(path: Path, old: str, new: str) -> int:
    """Replace a pattern once; return the one-based line it stood in."""
    text = path.read_text()
    found = re.search(old, text)
    assert found, (old, text)
    path.write_text(text[: found.start()] + found.expand(new) + text[found.end():])
    return text.count("\n", 0, found.start()) + 1


def refused(capsys, folder: Path, *options: str, code: int = 2) -> str:
    """Run a folder, which must fail with this exit code and without a traceback; return what it says."""
    capsys.readouterr()
    assert main(["run", str(folder), "--no-figures", *options]) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert "fault of gwsolver" not in err
    assert err.startswith("error: ")
    assert out == ""
    return err


def in_process(folder: Path, *options: str, **how: object) -> "subprocess.Popen[str]":
    """Start ``gwsolver run`` in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; from gwsolver.cli import main; sys.exit(main())", "run", str(folder),
         "--no-figures", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **how,
    )


def present(folder: Path) -> list[str]:
    """Files of a results folder that look finished: no hidden ones."""
    return sorted(p.name for p in folder.glob("*") if not p.name.startswith(".")) if folder.exists() else []
