"""Levels of lakes from files of altimetry."""

from pathlib import Path

from gwsolver.core.errors import InputError, Problem
from gwsolver.observed.formats import FORMATS
from gwsolver.observed.formats.rows import Rows
from gwsolver.observed.record import Record


def read_levels(file: str | Path) -> Record:
    """Return the levels of a file in any of the formats.

    Raises
    ------
    InputError
        With everything that is wrong: not there, not a text, of no known format, rows that are no levels.
    """
    name = str(file)
    try:
        text = Path(file).read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError([Problem(f"cannot be read: {error.strerror}", name)]) from None
    known = "\n".join(f"  {one.NAME}: {one.BEGINS}" for one in FORMATS)
    if "\0" in text:
        raise InputError([Problem("not a text", name, hint=f"Ask for ASCII, CSV or JSON in place of netCDF:\n{known}")])
    found = next((one for one in FORMATS if one.recognises(text)), None)
    if found is None:
        raise InputError([Problem("none of the known formats", name, hint=f"Known, by how they begin:\n{known}")])
    rows = Rows(name)
    target, datum = found.read(text, rows)
    problems = rows.problems
    if not problems and not rows.levels:
        problems = [Problem(f"no level in it (read as {found.NAME})", name)]
    if problems:
        raise InputError(problems)
    return Record(found.NAME, target, datum, tuple(rows.levels), rows.left_out)
