"""DAHITI, CSV: a line of names, then values parted by semicolons, levels and their errors in m.

``datetime;wse;wse_u`` (water surface elevation and its uncertainty), in older downloads ``date;height;error`` or
``datetime;water_level;error``: https://dahiti.dgfi.tum.de/en/products/water-level-altimetry/ (Data Formats), and the
names of the API, https://dahiti.dgfi.tum.de/en/api/doc/v2/download-water-level.
"""

from gwsolver.observed.formats.rows import Rows, first

NAME = "DAHITI, CSV"
BEGINS = "'datetime;wse;wse_u' (or date;height;error)"
DAYS, LEVELS, ERRORS = ("datetime", "date"), ("wse", "water_level", "height"), ("wse_u", "error")


def recognises(text: str) -> bool:
    """Return whether the first line that is no comment names a column of dates before a semicolon."""
    return _names(text)[1].partition(";")[0].strip().lower() in DAYS


def read(text: str, rows: Rows) -> tuple[str, str]:
    """Read all rows; the file names neither target nor datum."""
    start, head = _names(text)
    names = [name.strip().lower() for name in head.split(";")]
    place = {name: i for i, name in enumerate(names)}
    day, level, error = first(DAYS, place), first(LEVELS, place), first(ERRORS, place)
    if not level:
        rows.wrong("columns", ", ".join(names), f"one of levels: {', '.join(LEVELS)}", start)
        return "", ""
    for number, line in enumerate(text.splitlines()[start:], start + 1):
        parts = line.split(";")
        if not line.strip() or line.startswith("#"):
            continue
        if len(parts) < len(names):
            rows.wrong("row", repr(line.strip()[:60]), f"{len(names)} values, as the names have", number)
        else:
            sigma = parts[place[error]].strip() if error else None
            rows.add(parts[place[day]], parts[place[level]], sigma, line=number)
    return "", ""


def _names(text: str) -> tuple[int, str]:
    """Return the line of names and its number."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            return number, line
    return 0, ""
