"""Which CPU variants of the kernels this machine can run."""

import platform
import sys
from functools import cache
from pathlib import Path

AVX2 = {"avx2", "fma", "bmi1", "bmi2", "movbe"}
AVX512 = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}


def _flags() -> set[str]:
    """Return the CPU's feature flags; empty where the system does not tell."""
    if sys.platform.startswith("linux"):
        info = Path("/proc/cpuinfo")
        lines = info.read_text().splitlines() if info.exists() else []
        return next((set(line.split(":", 1)[1].split()) for line in lines if line.startswith("flags")), set())
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        import subprocess

        asked = ["sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"]
        words = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.lower().split()
        return {w.replace("avx1.0", "avx") for w in words}
    return set()


@cache
def runnable_variants() -> tuple[str, ...]:
    """Return the variants this CPU can run, the plainest first."""
    flags = _flags()
    found = ["baseline"]
    if flags >= AVX2:
        found.append("avx2")
    if flags >= AVX2 | AVX512:
        found.append("avx512")
    return tuple(found)
