"""DAHITI, JSON: what its API answers, https://dahiti.dgfi.tum.de/en/api/doc/v2/download-water-level.

Records with date, height and error (or datetime, wse, wse_u), in a list, below ``data`` beside ``target`` (version 2),
or below ``target`` (version 1 of levels from hypsometry).
"""

import json
from typing import Any

from gwsolver.observed.formats.dahiti_csv import DAYS, ERRORS, LEVELS
from gwsolver.observed.formats.rows import Rows, first

NAME = "DAHITI, JSON"
BEGINS = "'{' or '['"


def recognises(text: str) -> bool:
    """Return whether it begins as JSON does."""
    return text.lstrip()[:1] in ("{", "[")


def read(text: str, rows: Rows) -> tuple[str, str]:
    """Read all records; the file names no datum."""
    try:
        content: Any = json.loads(text)
    except json.JSONDecodeError as wrong:
        rows.wrong(f"not JSON: {wrong.msg}", None, "", wrong.lineno)
        return "", ""
    target = content.get("target") if isinstance(content, dict) else None
    target = target if isinstance(target, dict) else {}
    records = content if isinstance(content, list) else content.get("data", target.get("data"))
    if not isinstance(records, list):
        rows.wrong("no list of records", None, "a list, or one below 'data'")
        return "", ""
    for number, record in enumerate(records, 1):
        one = record if isinstance(record, dict) else {}
        day, level, error = first(DAYS, one), first(LEVELS, one), first(ERRORS, one)
        if day and level:
            rows.add(one[day], one[level], one.get(error), cell=f"record {number}")
        else:
            rows.wrong("record", str(record)[:60], f"one with {' or '.join(DAYS)} and {' or '.join(LEVELS)}",
                       cell=f"record {number}")
    return str(target.get("target_name", "")), ""
