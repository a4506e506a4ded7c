"""Fixed words of case.toml: what a value's status may be, what this release does not read."""

import difflib
from collections.abc import Iterable

STATUSES = ("published", "textbook", "assumed", "measured", "calibrated")
# Keys of later releases: known, so that they are refused by name and not taken for slips of the pen.
LATER = {
    "reactions": "Oil dissolution and biodegradation are not in this release.",
    "surface": "Networks of rivers and lakes are not in this release.",
    "scenario": "Scenarios are not in this release; make a copy of the case for each.",
    "ensemble": "Ensembles are not in this release.",
}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` was most likely meant to be, "" if none is near."""
    known = list(known)
    close = difflib.get_close_matches(word.lower(), [k.lower() for k in known], n=1, cutoff=0.5)
    return next((k for k in known if close and k.lower() == close[0]), "")
