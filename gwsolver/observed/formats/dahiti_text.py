"""DAHITI, ASCII: lines of ``#`` with the target, then date, water level [m] and its error [m], parted by blanks.

Header and columns: https://dahiti.dgfi.tum.de/en/products/water-level-altimetry/ (Data Formats); with a time of day
in newer downloads: https://dahiti-api.readthedocs.io. Schwatke et al. (2015), HESS 19, 4345-4364.
"""

import re

from gwsolver.observed.formats.rows import Rows

NAME = "DAHITI, ASCII"
BEGINS = "'# DAHITI-ID : ...', or rows of date, level and error parted by blanks"
HEADER = re.compile(r"#\s*DAHITI-ID\s*:", re.I)
TARGET = re.compile(r"^#\s*Target name\s*:\s*(.*?)\s*$", re.I | re.M)
ROW = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?\s+[-+\d.]+\s+[-+\d.]+\s*$")
TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?$")


def recognises(text: str) -> bool:
    """Return whether the header or the first row is DAHITI's."""
    rows = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return HEADER.match(text) is not None or ROW.match(next(rows, "")) is not None


def read(text: str, rows: Rows) -> tuple[str, str]:
    """Read all rows; the file names no datum."""
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if len(parts) > 1 and TIME.match(parts[1]):
            del parts[1]
        if len(parts) == 3:
            rows.add(*parts, line=number)
        else:
            rows.wrong("row", repr(line.strip()[:60]), "date, level and error", number)
    name = TARGET.search(text)
    return name[1] if name else "", ""
