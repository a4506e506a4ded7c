"""Time series and time-array series, averaged over a time step as MODFLOW 6 does.

Source: MODFLOW 6 description of input and output, "Time-Variable Input"; LINEAR and STEPWISE give the
mean over the step, LINEAREND the value at its end.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
METHODS = ("stepwise", "linear", "linearend")


@dataclass(frozen=True, eq=False)
class Series:
    """Values that change in time: of a number (TS6) or of an array over the plan cells (TAS6).

    Attributes
    ----------
    name : str
        Lower case.
    method : str
        "stepwise", "linear" or "linearend".
    times : ndarray of float64, shape (record,)
        Not decreasing [T]; two equal ones make a jump.
    values : ndarray of float64, shape (record,) or (record, plan cell)
        Scale factor already applied.
    file : str
        For messages.
    """

    name: str
    method: str
    times: Floats
    values: Floats
    file: str = ""

    def covers(self, start: float, end: float) -> bool:
        """Tell whether the series says what holds between `start` and `end`."""
        slack = 1e-9 * max(abs(start), abs(end), 1e-300)
        begins = end if self.method == "linearend" else start
        return bool(self.times[0] <= begins + slack and self.times[-1] >= end - slack)

    def over(self, start: float, end: float) -> Floats:
        """Return the value for a step: its mean from `start` to `end`, or that at `end`."""
        if self.method == "linearend" or end <= start:
            return self._at(end)
        inner = self.times[(self.times > start) & (self.times < end)]
        edges = np.unique(np.concatenate([[start], inner, [end]]))
        # Between records values are constant or linear: the mean of a piece is the value in its middle.
        means = np.stack([self._at(t) for t in 0.5 * (edges[:-1] + edges[1:])])
        return np.asarray(np.tensordot(np.diff(edges), means, axes=1) / (end - start))

    def _at(self, time: float) -> Floats:
        after = int(np.clip(np.searchsorted(self.times, time, side="left"), 0, self.times.size - 1))
        if after == 0 or time >= self.times[-1]:
            return np.asarray(self.values[after])
        share = (time - self.times[after - 1]) / (self.times[after] - self.times[after - 1])
        if self.method == "stepwise":
            return np.asarray(self.values[after if share == 1.0 else after - 1])
        return np.asarray(self.values[after - 1] + share * (self.values[after] - self.values[after - 1]))
