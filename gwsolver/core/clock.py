"""Time spent by the processor and by the clock on the wall."""

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

ASKED_EVERY = 0.005
"""Seconds for which processor time is carried on by the clock on the wall: asking for it can wait 0.1 ms on the
kernel, which small models would do hundreds of times."""


class _Processor:
    """Processor time of this process, all threads together; never goes back."""

    def __init__(self) -> None:
        self._asked, self._then, self._told = -ASKED_EVERY, 0.0, 0.0

    def __call__(self) -> float:
        """Return it, in seconds."""
        now = time.perf_counter()
        if now - self._asked >= ASKED_EVERY:
            self._then = time.process_time()
            now = self._asked = time.perf_counter()
        self._told = max(self._told, self._then + (now - self._asked))
        return self._told


processor_time = _Processor()


@dataclass
class Spent:
    """Seconds spent inside ``with`` so far.

    Attributes
    ----------
    cpu : float
        Of the processor, all threads together.
    wall : float
        By the clock.
    """

    cpu: float = 0.0
    wall: float = 0.0

    def __enter__(self) -> Self:
        """Begin to count."""
        self.cpu -= processor_time()
        self.wall -= time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop counting."""
        self.cpu += processor_time()
        self.wall += time.perf_counter()
