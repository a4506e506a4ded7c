"""Loading through flopy: silently, and with whatever it raises turned into a Problem."""

import contextlib
import gc
import io
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gwsolver.core.errors import Problem
from gwsolver.modflow.locate import TEXT, read_lines, scan, split
from gwsolver.modflow.plain import ByPeriod, Datum

NUMBERS = {"float": "a number", "int": "a whole number"}


@contextlib.contextmanager
def silence() -> Any:
    """Keep flopy from printing and warning."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), \
            warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def load_simulation(folder: Path, files: Sequence[Path]) -> tuple[Any, list[Problem]]:
    """Return flopy's simulation of a folder, which has these files, or None and why it could not be loaded."""
    with silence():
        from flopy.mf6 import MFSimulation

        try:
            # With pandas flopy passes over a PERIOD block that follows the one before without an empty line
            # (flopy 3.11), and is ten times slower.
            return MFSimulation.load(sim_ws=str(folder), verbosity_level=0, use_pandas=False), []
        except (Exception, SystemExit) as error:
            problems = _undecoded(files) or [_worded(error, folder)]
        # flopy leaves the file open that it failed on; close it while warnings are still held.
        gc.collect()
        return None, problems


def _undecoded(files: Sequence[Path]) -> list[Problem]:
    """Return where files are not the UTF-8 that flopy takes them for."""
    found = []
    for path in files:
        try:
            path.read_text(encoding=TEXT)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            found.append(Problem("the text is not UTF-8", file=str(path), line=line,
                                 hint="Save the file as UTF-8; remarks count too."))
    return found


def _worded(error: BaseException, folder: Path) -> Problem:
    """Turn what flopy raises into a Problem that names the file if flopy knows it."""
    text = " ".join(str(error).split())
    package = str(getattr(error, "package", "") or "")
    place = folder / "mfsim.nam"
    for candidate in sorted(folder.iterdir()):
        if candidate.is_file() and candidate.name != "mfsim.nam" and candidate.name in text:
            place = candidate
            break
    hint = "Compare the file with MODFLOW 6's description of input and output."
    number = re.search(r'Data "(\w+)" with value "([^"]*)" can not be converted to (float|int)', text)
    if number and place.name != "mfsim.nam":
        name, value, kind = number.groups()
        return Problem(f'{name} "{value}" is not {NUMBERS[kind]}', file=str(place), package=package,
                       line=_line_with(place, value) or _line(place, name))
    element = re.search(r'data element "([^"]+)"', text)
    if element:
        name, detail = element[1], text.rpartition("Additional Information:")[2] if "Additional Inf" in text else ""
        detail = re.sub(r"^[ (0-9)]+", "", detail).strip()[:160]
        return Problem(f"{name} cannot be read" + (f" ({detail})" if detail else ""), file=str(place), package=package,
                       line=_line(place, name), hint=hint)
    quoted = _open_quotation(folder) if "quotation" in text else None
    if quoted is not None:
        return Problem("a quotation is not closed", file=str(quoted[0]), line=quoted[1])
    cause = (text or type(error).__name__)[:160]
    return Problem(f"cannot be read ({cause})", file=str(place), package=package, hint=hint)


def _line(path: Path, name: str) -> int | None:
    """Return the line where a block or a record of this name begins."""
    text = scan(path)
    lines = [text.line_of(b.name, name) for b in text.blocks] + [b.line for b in text.blocks if b.name == name.upper()]
    return next((line for line in lines if line is not None), None)


def _open_quotation(folder: Path) -> tuple[Path, int] | None:
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.stat().st_size < 10_000_000 and path.suffix not in (".npz", ".hds", ".cbc", ".grb"):
            for number, text in enumerate(read_lines(path), 1):
                if (text.count('"') % 2 or text.count("'") % 2) and text.lstrip()[:1] not in ("#", "!"):
                    return path, number
    return None


def _line_with(path: Path, word: str) -> int | None:
    """Return the first line that has this word, None if there is none."""
    return next((i for i, text in enumerate(read_lines(path), 1) if word in split(text)), None)


def array(data: Any) -> np.ndarray | None:
    """Return the values of a flopy array, or None if the package does not give it."""
    if data is None:
        return None
    if isinstance(data, Datum):
        return data.get_data()  # type: ignore[no-any-return]
    with silence():
        values = data.get_data(apply_mult=True)
    return None if values is None else np.asarray(values)


def by_period(data: Any) -> dict[Any, Any]:
    """Return data of a stress period by zero-based period; None for a period whose block is empty."""
    if data is None:
        return {}
    if isinstance(data, ByPeriod):
        return data.values
    with silence():
        stored = set(data._data_storage or {})
        # A PERIOD block without entries ends what held before; flopy keeps such blocks apart.
        empty = {key for key, is_empty in getattr(data, "empty_keys", {}).items() if is_empty}
        return {key: None if key in empty else data.get_data(key) for key in sorted(stored | empty)}


def scalar(data: Any, default: Any = None) -> Any:
    """Return the value of a flopy scalar or keyword, or `default`."""
    if data is None:
        return default
    if isinstance(data, Datum):
        value = data.get_data()
    else:
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
