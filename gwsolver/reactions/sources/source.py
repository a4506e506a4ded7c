"""What every source function offers."""

from typing import Literal, Protocol

from gwsolver.core.errors import Problem

Quantity = Literal["concentration", "rate"]


class Source(Protocol):
    """A concentration [M/L**3] or a mass rate [M/T] in time.

    Attributes
    ----------
    quantity : str
        "concentration" or "rate": what `at` returns.
    """

    @property
    def quantity(self) -> Quantity:
        """Return "concentration" or "rate"."""
        ...

    def problems(self) -> list[Problem]:
        """Return everything that is wrong with the source's values."""
        ...

    def at(self, time: float) -> float:
        """Return the value at a time [M/L**3] or [M/T], never negative."""
        ...

    def integral(self, start: float, end: float) -> float:
        """Return its integral from `start` to `end` [M T/L**3] or [M]: exact, not by the step."""
        ...


class Depleting(Source, Protocol):
    """A source that holds a mass and knows how fast water takes it."""

    def step(self, mass: float, flow: float, length: float) -> tuple[float, float]:
        """Return the mass left and the mass given to the water [M] after a flow [L**3/T] for some time [T].

        Their sum never exceeds `mass`; the difference decayed inside the source. For flows that change in time: start
        with the source's own mass and hand each step what the one before left.
        """
        ...


def mean(source: Source, start: float, end: float) -> float:
    """Return the mean value over an interval, the value itself where the interval has no length."""
    return source.integral(start, end) / (end - start) if end > start else source.at(start)
