"""Where and with what a benchmark was run."""

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

from gwsolver import __version__, kernels
from gwsolver.kernels._cpu import runnable_variants
from gwsolver.run.summary import commit, peak_memory_mb


def describe() -> dict[str, Any]:
    """Return machine, versions, commit and threads as plain data."""
    return {
        "gwsolver": __version__,
        "commit": commit(),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "flopy")},
        "system": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "cpu_variants": list(runnable_variants()),
        "threads": kernels.n_threads(),
    }


def processor() -> str:
    """Return the processor's name as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def peak_memory() -> float | None:
    """Return the largest memory of this process so far [MB]; None where the system does not tell."""
    return peak_memory_mb() or None
