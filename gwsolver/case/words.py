"""Fixed words of case.toml: what a value's status may be."""

from typing import Literal, get_args

Status = Literal["published", "textbook", "assumed", "measured", "calibrated"]
STATUSES: tuple[str, ...] = get_args(Status)
