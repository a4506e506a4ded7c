"""Telling whoever waits how far transport has come."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    Attributes
    ----------
    time : float
        Simulated time [T].
    step_length : float
        Length of the sub-step [T].
    cell : int
        Cell that limits it, -1 if none does.
    reason : str
        Why: "advection", "dispersion", "sink wel-1", ...
    """

    time: float
    step_length: float
    cell: int
    reason: str


class Reporter:
    """Passes progress on, at most a few times per second."""

    def __init__(self, on_progress: Callable[[Progress], None] | None, interval: float = 0.25) -> None:
        self._tell = on_progress
        self._interval = interval
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        """Pass on, unless the last time was a moment ago."""
        now = time.monotonic()
        if self._tell is not None and now >= self._next:
            self._next = now + self._interval
            self._tell(progress)
