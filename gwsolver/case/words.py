"""Fixed words of case.toml: what a value's status may be, what this release does not read."""

from typing import Literal, get_args

Status = Literal["published", "textbook", "assumed", "measured", "calibrated"]
STATUSES: tuple[str, ...] = get_args(Status)
# Keys of later releases: known, so that they are refused by name and not taken for slips of the pen.
LATER = {
    "surface": "Networks of rivers and lakes are not in this release.",
}
