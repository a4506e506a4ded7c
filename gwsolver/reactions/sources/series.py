"""A table of values in time, in steps or joined by straight lines."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.errors import Problem, outside
from gwsolver.reactions.sources.source import Quantity

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Series:
    """A concentration or mass rate by a table.

    Attributes
    ----------
    times : ndarray of float64, shape (time,)
        Rising [T].
    values : ndarray of float64, shape (time,)
        [M/L**3] or [M/T], >= 0. In steps, each holds from its time to the next, the last for ever; on lines the
        value is zero before the first time and after the last.
    quantity : str
    between : str
        "steps" or "lines".
    """

    times: Floats
    values: Floats
    quantity: Quantity = "rate"
    between: Literal["steps", "lines"] = "steps"

    def problems(self) -> list[Problem]:
        """Return what is wrong with the table."""
        if self.times.shape != self.values.shape or self.times.ndim != 1 or self.times.size == 0:
            return [Problem(f"a series has {self.times.size} times and {self.values.size} values",
                            hint="Give one value for each time, at least one.")]
        found = outside("series value", self.values, "[0, inf)", _row)
        found += outside("series time", self.times, "(-inf, inf)", _row)
        back = np.flatnonzero(~(np.diff(self.times) > 0.0))
        if back.size:
            found.append(Problem(f"series time {self.times[back[0] + 1]:g} follows {self.times[back[0]]:g}",
                                 hint="Times must rise."))
        return found

    def at(self, time: float) -> float:
        """Return the value at a time."""
        if self.between == "lines":
            return float(np.interp(time, self.times, self.values, left=0.0, right=0.0))
        row = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.values[row]) if row >= 0 else 0.0

    def integral(self, start: float, end: float) -> float:
        """Return the integral over an interval: a sum of rectangles or trapezia between the knots in it."""
        start = max(start, float(self.times[0]))
        if self.between == "lines":
            end = min(end, float(self.times[-1]))
        if end <= start:
            return 0.0
        inside = self.times[(self.times > start) & (self.times < end)]
        knots = np.concatenate([[start], inside, [end]])
        value = np.array([self.at(t) for t in knots])
        heights = value[:-1] if self.between == "steps" else 0.5 * (value[:-1] + value[1:])
        some = heights > 0.0  # an interval without end may have none
        return float((heights[some] * np.diff(knots)[some]).sum())


def _row(row: int) -> str:
    return f"row {row + 1}"
