"""A delta: reeds and side channels take water, more where more comes, and hold the rest for a while."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import Problem
from gwsolver.surface.forcing import NOTHING, Forcing
from gwsolver.surface.node import Alone, Books, Floats
from gwsolver.surface.nodes.store import released, store_problems
from gwsolver.surface.water import Water, share

MOST = 0.9  # part of what is left after the first loss that evapotranspiration can reach


@dataclass(frozen=True, eq=False)
class Delta:
    """A store with a loss that follows the flow.

    loss = slope Q + min(demand, 0.9 (1 - slope) Q)

    Attributes
    ----------
    name, to : str
    slope : float or ndarray of float64, shape (member,)
        Part of the inflow that overflows into side channels and reeds [-].
    demand : Forcing
        Evapotranspiration of the reeds as far as there is water [m3/d].
    lag : float or ndarray of float64, shape (member,)
        Of its linear store [d].
    salt_kept : float or ndarray of float64, shape (member,)
        Part of the lost water's salt that stays in the delta's soils [-]; the rest goes on with the river.
    initial : float or ndarray of float64, shape (member,)
        Water on its way at the start [m3].
    initial_salinity : float or ndarray of float64, shape (member,)
        [kg/m3]
    """

    name: str
    to: str
    slope: Floats | float = 0.0
    demand: Forcing = NOTHING
    lag: Floats | float = 0.0
    salt_kept: Floats | float = 1.0
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
        for name in ("slope", "salt_kept"):
            value = np.asarray(getattr(self, name))
            if np.any((value < 0.0) | (value > 1.0)):
                yield Problem(name, value=getattr(self, name), allowed="[0, 1]")

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> "Spreading":
        """Return what acts."""
        return Spreading(self, members)


class Spreading(Alone):
    """The delta at work."""

    def __init__(self, setting: Delta, members: int) -> None:
        super().__init__(setting.name, members)
        self._setting = setting
        self.state.volume = np.array(self.full(setting.initial))
        self.state.salt = setting.initial_salinity * self.state.volume
        self._lag, self._slope = self.full(setting.lag), self.full(setting.slope)
        self._kept = self.full(setting.salt_kept)

    def act(
        self, step: CalendarStep, arriving: Sequence[Water], wanted: Sequence[Floats], books: Sequence[Books]
    ) -> Sequence[Mapping[str, Water]]:
        """Lose, keep, pass on."""
        came = arriving[0]
        spread = self._slope * came.volume
        drunk = np.minimum(self.full(self._setting.demand.over(step)) * step.days, MOST * (came.volume - spread))
        lost = spread + drunk
        salt = came.salt * share(lost, came.volume) * self._kept
        books[0].tell("loss", -lost, -salt)
        rest = Water(came.volume - lost, came.salt - salt)
        return [{"to": released(self.state, rest, step.days, self._lag)}]
