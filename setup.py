"""Build the compiled kernels: each .pyx of cython_ext/ once per CPU variant.

Everything else about the package stands in pyproject.toml. Environment: ``GWSOLVER_OPENMP=0``
builds without OpenMP, ``GWSOLVER_VARIANTS=baseline`` leaves the others out (quick builds).
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HERE = Path(__file__).resolve().parent
SOURCES = Path("cython_ext")
GENERATED = Path("build") / "kernels"
SHARED = "gwsolver.kernels._shared"  # what Cython puts into every module that has arrays: compiled once

# Association of sums stays fixed (no -ffast-math), so that the same build gives the same bits;
# -ffinite-math-only makes tests for NaN unreliable: there are none in kernels.
GCC_FLAGS = [
    "-O3", "-fno-trapping-math", "-fno-math-errno", "-fno-signed-zeros",
    "-ffinite-math-only", "-ffp-contract=fast", "-Wno-unused-function", "-g0",  # debug symbols: a fifth of the time
]
VARIANTS = {
    "baseline": [],
    "avx2": ["-march=haswell"],
    "avx512": ["-march=skylake-avx512", "-mprefer-vector-width=256"],
}


def wanted_variants() -> dict[str, list[str]]:
    """CPU variants for this machine's compiler: all three on x86-64 with GCC or Clang."""
    if sys.platform == "win32" or platform.machine().lower() not in ("x86_64", "amd64"):
        return {"baseline": []}
    names = os.environ.get("GWSOLVER_VARIANTS", ",".join(VARIANTS)).split(",")
    return {name: VARIANTS[name] for name in names}


def openmp_flags() -> tuple[list[str], list[str]]:
    """Compile and link flags for OpenMP, empty if the compiler has none or it is switched off."""
    if os.environ.get("GWSOLVER_OPENMP", "1") == "0":
        return [], []
    if sys.platform == "win32":
        return ["/openmp"], []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.c"
        source.write_text("#include <omp.h>\nint main(void) { return omp_get_max_threads() < 1; }\n")
        compiler = os.environ.get("CC", "cc").split()
        probe = subprocess.run(
            [*compiler, "-fopenmp", str(source), "-o", str(Path(folder) / "probe")], capture_output=True
        )
    return (["-fopenmp"], ["-fopenmp"]) if probe.returncode == 0 else ([], [])


def extensions() -> list[Extension]:
    """Return one extension per kernel file and CPU variant; each needs a source of its own name."""
    compile_openmp, link_openmp = openmp_flags()
    base = [] if sys.platform == "win32" else GCC_FLAGS
    shared = GENERATED / "_shared.c"
    shared.parent.mkdir(parents=True, exist_ok=True)
    found = [Extension(SHARED, [shared.as_posix()], extra_compile_args=base)]
    for source in sorted(SOURCES.glob("*.pyx")):
        for variant, flags in wanted_variants().items():
            name = f"_{source.stem}_{variant}"
            copy = GENERATED / f"{name}.pyx"
            copy.parent.mkdir(parents=True, exist_ok=True)
            if not copy.exists() or copy.read_bytes() != source.read_bytes():
                shutil.copyfile(source, copy)
            found.append(
                Extension(
                    f"gwsolver.kernels.{name}",
                    [copy.as_posix()],
                    include_dirs=[str(SOURCES)],
                    extra_compile_args=[*base, *flags, *compile_openmp],
                    extra_link_args=link_openmp,
                )
            )
    return found


class BuildKernels(build_ext):
    """Compile the variants side by side."""

    def initialize_options(self) -> None:
        """Use all cores."""
        super().initialize_options()
        self.parallel = os.cpu_count()


os.chdir(HERE)
setup(
    ext_modules=cythonize(
        extensions(),
        include_path=[str(SOURCES)],
        # Side by side where processes are forked; elsewhere each would run this file again.
        nthreads=(os.cpu_count() or 1) if sys.platform == "linux" and sys.version_info < (3, 14) else 0,
        compiler_directives={"language_level": 3},
        shared_utility_qualified_name=SHARED,
    ),
    cmdclass={"build_ext": BuildKernels},
)
