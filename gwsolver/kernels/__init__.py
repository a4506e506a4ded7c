"""The gateway to the compiled kernels: picks the build for this CPU, holds the number of threads.

Each ``cython_ext/THEME.pyx`` is compiled once per CPU variant; ``from gwsolver.kernels import THEME``
gives the best one this machine can run. ``GWSOLVER_CPU`` (baseline, avx2, avx512) overrides the
choice, ``GWSOLVER_THREADS`` the number of threads.
"""

import importlib
import importlib.util
import os
import sys
from functools import cache
from types import ModuleType

from gwsolver.kernels._cpu import runnable_variants

# Threads that wait for others soon sleep instead of spinning: on cores shared with other work, long spinning made
# two threads thirty times slower than one, none at all costs a third of small grids' rate on idle cores
# (docs/performance.md). OpenMP reads this when the first kernel is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "500")

PREFERENCE = ("avx512", "avx2", "baseline")
_threads = 0


def _built(theme: str, variant: str) -> bool:
    return importlib.util.find_spec(f"gwsolver.kernels._{theme}_{variant}") is not None


def choose_variant(theme: str) -> str:
    """Return the CPU variant of a kernel that will be used.

    Raises
    ------
    ImportError
        If none is built, or GWSOLVER_CPU names one that is not built.
    """
    asked = os.environ.get("GWSOLVER_CPU", "")
    if asked:
        if asked in PREFERENCE and _built(theme, asked):
            return asked
        built = ", ".join(v for v in PREFERENCE if _built(theme, v))
        raise ImportError(f"GWSOLVER_CPU={asked}: not built; allowed: {built}")
    usable = runnable_variants()
    for variant in PREFERENCE:
        if variant in usable and _built(theme, variant):
            return variant
    raise ImportError(
        f"the kernel '{theme}' is not compiled; install gwsolver with 'python -m pip install .', "
        "or run 'python setup.py build_ext --inplace' in a checkout"
    )


def load(theme: str) -> ModuleType:
    """Return the compiled module of a theme, for this CPU."""
    name = f"{__name__}.{theme}"
    if name not in sys.modules:
        sys.modules[name] = importlib.import_module(f"gwsolver.kernels._{theme}_{choose_variant(theme)}")
    return sys.modules[name]


def __getattr__(theme: str) -> ModuleType:
    if theme.startswith("_"):
        raise AttributeError(theme)
    return load(theme)


def set_threads(n: int) -> None:
    """Set the number of threads that kernels use; 0 for the default."""
    global _threads
    _threads = max(int(n), 0)


def n_threads() -> int:
    """Return the number of threads that kernels use: set, or GWSOLVER_THREADS, or the CPU's cores."""
    return _threads or _default_threads()


@cache
def _default_threads() -> int:
    asked = os.environ.get("GWSOLVER_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
