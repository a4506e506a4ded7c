"""Water that enters the network: a river at a border, a tributary, a spring."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import Problem
from gwsolver.surface.forcing import NOTHING, Forcing
from gwsolver.surface.node import Alone, Books, Floats
from gwsolver.surface.water import Water


@dataclass(frozen=True, eq=False)
class Inflow:
    """A series of inflow.

    Attributes
    ----------
    name, to : str
    flow : Forcing
        [m3/d], >= 0.
    salinity : Forcing
        [kg/m3].
    """

    name: str
    to: str
    flow: Forcing
    salinity: Forcing = NOTHING
    priority: int | None = None
    joins: tuple[str, ...] = ()

    @property
    def outlets(self) -> Mapping[str, str]:
        """One outlet."""
        return {"to": self.to}

    def problems(self) -> Iterator[Problem]:
        """Nothing can be wrong before the series are read."""
        yield from ()

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> "Entering":
        """Return what acts."""
        return Entering(self, members)


class Entering(Alone):
    """The inflow at work."""

    def __init__(self, setting: Inflow, members: int) -> None:
        super().__init__(setting.name, members)
        self._setting = setting

    def expected(self, step: CalendarStep) -> Floats:
        """Return what will come in this step [m3]: others ask for so much less."""
        return np.maximum(self._asked(step), 0.0)

    def _asked(self, step: CalendarStep) -> Floats:
        """Return what the series asks for: below zero where a change takes more than comes."""
        return self.full(self._setting.flow.over(step)) * step.days

    def ask(self, step: CalendarStep, wanted: Sequence[Floats]) -> Sequence[Floats]:
        """Want nothing: nobody stands above."""
        return [np.zeros_like(w) for w in wanted]

    def act(
        self, step: CalendarStep, arriving: Sequence[Water], wanted: Sequence[Floats], books: Sequence[Books]
    ) -> Sequence[Mapping[str, Water]]:
        """Let it in."""
        volume = self.expected(step)
        salt = volume * self._setting.salinity.over(step)
        books[0].tell("inflow", volume, salt)
        books[0].unmet["inflow"] = volume - self._asked(step)
        return [{"to": arriving[0] + Water(volume, salt)}]
