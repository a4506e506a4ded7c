"""Loading through flopy: silently, and with whatever it raises turned into a Problem."""

import contextlib
import gc
import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from gwsolver.core.errors import Problem


@contextlib.contextmanager
def silence() -> Any:
    """Keep flopy from printing and warning."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), \
            warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def load_simulation(folder: Path) -> tuple[Any, list[Problem]]:
    """Return flopy's simulation of a folder, or None and why it could not be loaded."""
    with silence():
        from flopy.mf6 import MFSimulation

        try:
            return MFSimulation.load(sim_ws=str(folder), verbosity_level=0), []
        except (Exception, SystemExit) as error:
            problem = _worded(error, folder)
        # flopy leaves the file open that it failed on; close it while warnings are still held.
        gc.collect()
        return None, [problem]


def _worded(error: BaseException, folder: Path) -> Problem:
    """Turn what flopy raises into a Problem that names the file if flopy knows it."""
    text = " ".join(str(error).split())
    package = str(getattr(error, "package", "") or "")
    place = folder / "mfsim.nam"
    for candidate in sorted(folder.iterdir()):
        if candidate.is_file() and candidate.name != "mfsim.nam" and candidate.name in text:
            place = candidate
            break
    cause = getattr(error, "message", None) or text or type(error).__name__
    cause = " ".join(str(cause).split())
    return Problem(f"cannot be read ({cause[:300]})", file=str(place), package=package,
                   hint="Compare the file with MODFLOW 6's description of input and output.")


def array(data: Any) -> np.ndarray | None:
    """Return the values of a flopy array, or None if the package does not give it."""
    if data is None:
        return None
    with silence():
        values = data.get_data()
    return None if values is None else np.asarray(values)


def scalar(data: Any, default: Any = None) -> Any:
    """Return the value of a flopy scalar or keyword, or `default`."""
    if data is None:
        return default
    with silence():
        value = data.get_data()
    return default if value is None else value


def rows(data: Any) -> list[tuple[Any, ...]]:
    """Return the records of a flopy list, an empty list if there are none."""
    value = scalar(data)
    return [] if value is None else [tuple(r) for r in value]


def words(data: Any) -> list[str]:
    """Return the words of a one-line flopy record, without flopy's keyword flags."""
    found = rows(data)
    return [str(w) for w in found[0] if w is not None] if found else []
