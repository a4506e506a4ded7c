"""Where water leaves the network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import Problem
from gwsolver.surface.node import Alone, Books, Floats
from gwsolver.surface.water import Water


@dataclass(frozen=True, eq=False)
class Outlet:
    """An end: the sea, a neighbour's territory, a channel that nobody follows."""

    name: str
    priority: int | None = None
    joins: tuple[str, ...] = ()

    @property
    def outlets(self) -> Mapping[str, str]:
        """None."""
        return {}

    def problems(self) -> Iterator[Problem]:
        """Nothing can be wrong."""
        yield from ()

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> "Leaving":
        """Return what acts."""
        return Leaving(self.name, members)


class Leaving(Alone):
    """The end at work."""

    def ask(self, step: CalendarStep, wanted: Sequence[Floats]) -> Sequence[Floats]:
        """Want nothing."""
        return [np.zeros_like(w) for w in wanted]

    def act(
        self, step: CalendarStep, arriving: Sequence[Water], wanted: Sequence[Floats], books: Sequence[Books]
    ) -> Sequence[Mapping[str, Water]]:
        """Let everything go."""
        books[0].tell("outflow", -arriving[0].volume, -arriving[0].salt)
        return [{}]
