"""What a run tells of itself: versions, machine, timings, closure, minimum."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from gwsolver import kernels
from gwsolver.core.clock import Spent

PHASES = ("imports", "reading", "reading flows", "flow", "transport set-up", "reactions", "transport", "writing")
PACKAGES = ("gwsolver", "numpy", "scipy", "flopy", "xarray", "netCDF4")


class Timings:
    """Seconds by phase, of the processor (all threads) and by the clock; a phase inside another is its own."""

    def __init__(self) -> None:
        self._spent: dict[str, Spent] = {}
        self._open: list[str] = []

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time spent inside to a phase, and take it from the phase around it."""
        inside = Spent()
        self._open.append(name)
        try:
            with inside:
                yield
        finally:
            self._open.pop()
            self._add(name, inside, 1.0)
            if self._open:
                self._add(self._open[-1], inside, -1.0)

    def move(self, spent: Spent, source: str, target: str) -> None:
        """Count time that a phase is known to hold as that of another."""
        self._add(target, spent, 1.0)
        self._add(source, spent, -1.0)

    def state(self) -> dict[str, list[float]]:
        """Return the seconds of all phases that are over, for a checkpoint."""
        return {name: [spent.cpu, spent.wall] for name, spent in self._spent.items()}

    def go_on(self, state: Mapping[str, Sequence[float]]) -> None:
        """Add the seconds that were spent before a checkpoint."""
        for name, (cpu, wall) in state.items():
            self._add(name, Spent(cpu, wall), 1.0)

    def wall(self) -> dict[str, float]:
        """Return seconds by the clock, by phase."""
        return {name: self._spent[name].wall for name in PHASES if name in self._spent}

    def cpu(self) -> dict[str, float]:
        """Return seconds of the processor by phase, and of the whole process from its start."""
        return {**{name: self._spent[name].cpu for name in PHASES if name in self._spent},
                "whole process": time.process_time()}

    def _add(self, name: str, spent: Spent, sign: float) -> None:
        own = self._spent.setdefault(name, Spent())
        own.cpu += sign * spent.cpu
        own.wall += sign * spent.wall


def versions() -> dict[str, str]:
    """Return the versions of Python, of gwsolver, and of those packages that took part in the run."""
    loaded = {name: sys.modules[name] for name in PACKAGES if name in sys.modules}
    return {"python": platform.python_version(),
            **{name: str(getattr(module, "__version__", "unknown")) for name, module in loaded.items()}}


@cache
def commit() -> str:
    """Return the commit of the checkout gwsolver runs from, "" if it is installed otherwise."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return ""
    asked = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def machine() -> dict[str, Any]:
    """Return what the machine is, as far as it bears on speed and on the last bits."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "threads": kernels.n_threads(),
        "kernels": kernels.choose_variant("transport_rows"),
    }


def peak_memory_mb() -> float:
    """Return the largest memory the process has held so far [MB]; 0 where it cannot be told."""
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0**2 if sys.platform == "darwin" else 1024.0)
