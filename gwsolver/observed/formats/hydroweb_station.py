"""Hydroweb, virtual stations of rivers: a header of ``#KEY:: value``, then values parted by blanks.

    #BASIN:: ...
    #GEOID MODEL:: EGM2008
    #COL 1 : DATE(YYYY-MM-DD)
    2016-05-03 05:12 341.250 0.120 : ...

Date, time, orthometric height of the water surface [m], its uncertainty [m]; what comes after the colon (place of the
measurement, height above the ellipsoid, mission) is not read. Download: https://hydroweb.next.theia-land.fr
(HYDROWEB_RIVERS_OPE); columns as its files describe them themselves. 9999.999 is undefined.
"""

import re

from gwsolver.observed.formats.rows import Rows

NAME = "Hydroweb, station"
BEGINS = "'#BASIN:: ...'"
HEADER = re.compile(r"^#\s*([^:\n]+?)\s*::\s*(.*?)\s*$", re.M)
COLUMNS = 4


def recognises(text: str) -> bool:
    """Return whether the first line is ``#KEY:: value``."""
    return HEADER.match(text) is not None


def read(text: str, rows: Rows) -> tuple[str, str]:
    """Read all rows."""
    header = {key.upper(): value for key, value in HEADER.findall(text)}
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if len(parts) < COLUMNS:
            rows.wrong("row", repr(line.strip()[:60]), "date, time, height and uncertainty", number)
        else:
            rows.add(parts[0], parts[2], parts[3], line=number)
    return header.get("ID", ""), header.get("GEOID MODEL", "")
