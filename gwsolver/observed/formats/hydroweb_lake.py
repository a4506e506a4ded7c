"""Hydroweb, lakes and older stations: a line of ``key=value``, comments, then values parted by semicolons.

    lake=NAME;country=...;basin=...;lat=...;lon=...;date=...;first_date=...;last_date=...;type=...;diff=...
    # surface of reference: GGMO2C; ...
    1992.738 ; 1992/09/26 ; 02:35 ;  341.28 ;    0.01 ;  ;  ;

Decimal year, date, time, height above the surface of reference [m], its standard deviation [m]; area, volume and flag
are not read. The comments name the geoid, and the mark of undefined values. Download:
https://hydroweb.next.theia-land.fr (HYDROWEB_LAKES_OPE); the files describe their columns themselves. Cretaux et al.
(2011), Advances in Space Research 47, 1497-1507.
"""

import re

from gwsolver.observed.formats.rows import Rows

NAME = "Hydroweb, lake"
BEGINS = "'lake=NAME;country=...' or 'station=NAME;river=...'"
HEADER = re.compile(r"\s*(?:lake|station)\s*=", re.I)
SURFACE = re.compile(r"^\s*#\s*surface of reference\s*:\s*([^;\n]*)", re.I | re.M)
UNDEFINED = re.compile(r"^\s*#.*undef\w*\s*values?\s*=\s*([\d.]+)", re.I | re.M)
COLUMNS = 5


def recognises(text: str) -> bool:
    """Return whether the first line names a lake or a station."""
    return HEADER.match(text) is not None


def read(text: str, rows: Rows) -> tuple[str, str]:
    """Read all rows."""
    lines = text.splitlines()
    header = {key.strip().lower(): value.strip()
              for key, _, value in (item.partition("=") for item in lines[0].split(";"))}
    if mark := UNDEFINED.search(text):
        rows.undefined = (*rows.undefined, float(mark[1]))
    for number, line in enumerate(lines[1:], 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = [part.strip() for part in line.split(";")]
        if len(parts) < COLUMNS:
            rows.wrong("row", repr(line.strip()[:60]), "decimal year; date; time; height; standard deviation", number)
        else:
            rows.add(parts[1], parts[3], parts[4], line=number)
    surface = SURFACE.search(text)
    return header.get("lake") or header.get("station", ""), header.get("ref") or (surface[1].strip() if surface else "")
