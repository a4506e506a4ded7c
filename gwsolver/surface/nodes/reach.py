"""A river reach: water is on its way for a while, and some of it is lost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import Problem
from gwsolver.surface.forcing import NOTHING, Forcing
from gwsolver.surface.node import Alone, Books, Floats
from gwsolver.surface.nodes.store import released, store_problems
from gwsolver.surface.water import Water


@dataclass(frozen=True, eq=False)
class Reach:
    """A linear store with losses to the ground.

    Attributes
    ----------
    name, to : str
    lag : float or ndarray of float64, shape (member,)
        Mean time of travel [d].
    loss_share : float or ndarray of float64, shape (member,)
        Part of the inflow that is lost, with its salt [-].
    loss : Forcing
        Lost beside that as far as there is water, with its salt [m3/d].
    initial : float or ndarray of float64, shape (member,)
        Water on its way at the start [m3].
    initial_salinity : float or ndarray of float64, shape (member,)
        [kg/m3]
    """

    name: str
    to: str
    lag: Floats | float = 0.0
    loss_share: Floats | float = 0.0
    loss: Forcing = NOTHING
    initial: Floats | float = 0.0
    initial_salinity: Floats | float = 0.0
    priority: int | None = None
    joins: tuple[str, ...] = ()

    @property
    def outlets(self) -> Mapping[str, str]:
        """One outlet."""
        return {"to": self.to}

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with its values."""
        yield from store_problems(self.initial, self.lag)
        if np.any((np.asarray(self.loss_share) < 0.0) | (np.asarray(self.loss_share) > 1.0)):
            yield Problem("loss_share", value=self.loss_share, allowed="[0, 1]")

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> "Flowing":
        """Return what acts."""
        return Flowing(self, members)


class Flowing(Alone):
    """The reach at work."""

    def __init__(self, setting: Reach, members: int) -> None:
        super().__init__(setting.name, members)
        self._setting = setting
        self.state.volume = np.array(self.full(setting.initial))
        self.state.salt = setting.initial_salinity * self.state.volume
        self._lag, self._share = self.full(setting.lag), self.full(setting.loss_share)

    def ask(self, step: CalendarStep, wanted: Sequence[Floats]) -> Sequence[Floats]:
        """Want so much that after losses and with what is on its way that arrives below, best priority first."""
        if not wanted[0].any():
            return wanted
        passes = step.days / (self._lag + step.days)
        there = self.state.volume * passes
        kept = (1.0 - self._share) * passes
        found = np.empty_like(wanted[0])
        lost = self.full(self._setting.loss.over(step)) * step.days
        for i, want in enumerate(wanted[0]):
            served = np.minimum(want, there)
            there = there - served
            more = np.divide(want - served, kept, out=np.zeros(self.members), where=kept > 0.0)
            found[i] = np.where(more > 0.0, more + np.divide(
                lost, 1.0 - self._share, out=np.zeros(self.members), where=self._share < 1.0), 0.0)
            lost = np.where(more > 0.0, 0.0, lost)
        return [found]

    def act(
        self, step: CalendarStep, arriving: Sequence[Water], wanted: Sequence[Floats], books: Sequence[Books]
    ) -> Sequence[Mapping[str, Water]]:
        """Lose, keep, pass on."""
        came = arriving[0]
        lost = came.volume * self._share
        lost = lost + np.minimum(self.full(self._setting.loss.over(step)) * step.days, came.volume - lost)
        gone, rest = came.take(np.minimum(lost, came.volume))
        books[0].tell("loss", -gone.volume, -gone.salt)
        return [{"to": released(self.state, rest, step.days, self._lag)}]
