"""A demand at a river: an intake takes its share by priority, part of it comes back.

Who asks with a better priority below is left what he needs; equal priorities share in proportion to what they ask.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import Problem
from gwsolver.surface.forcing import Forcing
from gwsolver.surface.node import Alone, Books, Floats
from gwsolver.surface.nodes.store import released
from gwsolver.surface.water import Water


@dataclass(frozen=True, eq=False)
class Demand:
    """An intake: a town, a canal, or, with an efficiency, irrigated land.

    Attributes
    ----------
    name, to : str
        The river goes on to `to`.
    need : Forcing
        What is to be used up [m3/d]; the intake takes need / efficiency.
    efficiency : float or ndarray of float64, shape (member,)
        Part of the intake that is used up, (0, 1].
    return_share : float or ndarray of float64, shape (member,)
        Part of what is not used up that comes back [-]; the rest is lost to the ground and the air.
    return_to : str
        Where it comes back; "" is `to`.
    return_lag : float or ndarray of float64, shape (member,)
        Of the linear store through which it comes back [d].
    salt_returned : float or ndarray of float64, shape (member,)
        Part of the intake's salt that comes back; the rest stays in the soil [-].
    capacity : Forcing or None
        Most that the intake can take [m3/d].
    rank : int
        Priority, 1 first.
    """

    name: str
    to: str
    need: Forcing
    efficiency: Floats | float = 1.0
    return_share: Floats | float = 0.0
    return_to: str = ""
    return_lag: Floats | float = 0.0
    salt_returned: Floats | float = 0.0
    capacity: Forcing | None = None
    rank: int = 1
    joins: tuple[str, ...] = ()

    @property
    def priority(self) -> int | None:
        """Its rank."""
        return self.rank

    @property
    def outlets(self) -> Mapping[str, str]:
        """The river, and what comes back."""
        return {"to": self.to, "return": self.return_to or self.to}

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with its values."""
        e = np.asarray(self.efficiency)
        if np.any((e <= 0.0) | (e > 1.0)):
            yield Problem("efficiency", value=self.efficiency, allowed="(0, 1]")
        for name in ("return_share", "salt_returned"):
            value = np.asarray(getattr(self, name))
            if np.any((value < 0.0) | (value > 1.0)):
                yield Problem(name, value=getattr(self, name), allowed="[0, 1]")
        if np.any(np.asarray(self.return_lag) < 0.0):
            yield Problem("return_lag", value=f"{np.min(self.return_lag):g} d", allowed="[0, inf)")
        if self.rank < 1:
            yield Problem("priority", value=self.rank, allowed="1, 2, 3, ...: 1 comes first")
        if np.any(np.asarray(self.salt_returned) > 0.0) and not np.any(np.asarray(self.return_share) > 0.0):
            yield Problem("salt_returned is given, but no water comes back to carry it", value=self.salt_returned,
                          hint="Give return_share too, or leave salt_returned out.")

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> "Taking":
        """Return what acts."""
        return Taking(self, members, list(priorities).index(self.rank))


class Taking(Alone):
    """The demand at work."""

    def __init__(self, setting: Demand, members: int, row: int) -> None:
        super().__init__(setting.name, members)
        self._setting, self._row = setting, row
        self._efficiency, self._lag = self.full(setting.efficiency), self.full(setting.return_lag)
        self._share, self._salt = self.full(setting.return_share), self.full(setting.salt_returned)

    def _gross(self, step: CalendarStep) -> tuple[Floats, Floats]:
        """Return what is needed at the intake, and what of it the intake can take [m3]."""
        need = self.full(self._setting.need.over(step)) * step.days / self._efficiency
        most = self._setting.capacity
        return need, need if most is None else np.minimum(need, self.full(most.over(step)) * step.days)

    def ask(self, step: CalendarStep, wanted: Sequence[Floats]) -> Sequence[Floats]:
        """Want the own share too."""
        found = wanted[0].copy()
        found[self._row] += self._gross(step)[1]
        return [found]

    def act(
        self, step: CalendarStep, arriving: Sequence[Water], wanted: Sequence[Floats], books: Sequence[Books]
    ) -> Sequence[Mapping[str, Water]]:
        """Take, use, give back."""
        came, row = arriving[0], self._row
        need, asked = self._gross(step)
        free = np.maximum(came.volume - wanted[0][:row].sum(axis=0), 0.0)
        all_equal = asked + wanted[0][row]
        part = np.divide(free, all_equal, out=np.ones(self.members), where=all_equal > free)
        taken, rest = came.take(np.minimum(asked * part, came.volume))
        used = self._efficiency * taken.volume
        comes_back = self._share * (taken.volume - used)
        salt = np.where(comes_back > 0.0, self._salt * taken.salt, 0.0)
        lost = taken.volume - used - comes_back
        books[0].tell("use", -used, salt - taken.salt)
        books[0].tell("loss", -lost)
        books[0].unmet["intake"] = need - taken.volume
        back = released(self.state, Water(comes_back, salt), step.days, self._lag)
        return [{"to": rest, "return": back}]
