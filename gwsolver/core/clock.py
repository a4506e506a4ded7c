"""Time spent by the processor and by the clock on the wall."""

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self


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
        self.cpu -= time.process_time()
        self.wall -= time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop counting."""
        self.cpu += time.process_time()
        self.wall += time.perf_counter()
