"""A reservoir: a stage table, a rule of release, spill.

What is in store serves in this order: evaporation, the least flow, demands below by priority, the guide curve, spill.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import Problem
from gwsolver.surface.forcing import NOTHING, Forcing
from gwsolver.surface.hypsometry import Hypsometry
from gwsolver.surface.node import Alone, Books, Floats
from gwsolver.surface.water import Water, share

PASSES = 3  # the area follows the mean of old and new volume; each pass gains two digits and more (see `nodes.lake`)


@dataclass(frozen=True, eq=False)
class Reservoir:
    """A lake behind a dam.

    Attributes
    ----------
    name, to : str
    table : Hypsometry
    initial : float or ndarray of float64, shape (member,)
        Volume [m3].
    initial_salinity : float or ndarray of float64, shape (member,)
        [kg/m3]
    dead : float or ndarray of float64, shape (member,)
        Volume below which nothing is released [m3]; evaporation may take it.
    full : float or ndarray of float64, shape (member,), or None
        Volume above which everything is spilled [m3]; None: the table's capacity.
    forced : Forcing or None
        Release as it was or is to be [m3/d]: rules are then not asked, spill is.
    least : Forcing
        Least release [m3/d].
    guide : Forcing or None
        Volume of the guide curve [m3]: what stands above it at the end of a step is released.
    capacity : Forcing or None
        Most that the outlets release [m3/d]; spill comes on top.
    rain, evaporation : Forcing
        [m/d] on the area of the moment.
    """

    name: str
    to: str
    table: Hypsometry
    initial: Floats | float
    initial_salinity: Floats | float = 0.0
    dead: Floats | float = 0.0
    full: Floats | float | None = None
    forced: Forcing | None = None
    least: Forcing = NOTHING
    guide: Forcing | None = None
    capacity: Forcing | None = None
    rain: Forcing = NOTHING
    evaporation: Forcing = NOTHING
    priority: int | None = None
    joins: tuple[str, ...] = ()

    @property
    def outlets(self) -> Mapping[str, str]:
        """One outlet."""
        return {"to": self.to}

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with its values."""
        most = self.table.capacity
        for name in ("initial", "dead", "full"):
            value = getattr(self, name)
            if value is not None and np.any((np.asarray(value) < 0.0) | (np.asarray(value) > most)):
                yield Problem(f"{name} volume", value=f"{np.max(value):g} m3", allowed=f"[0, {most:g}]",
                              hint="The stage table ends there: make it longer, or mend the volume.")
        if self.full is not None and np.any(np.asarray(self.dead) > np.asarray(self.full)):
            yield Problem("the dead volume is larger than the full one", value=f"{np.max(self.dead):g} m3")
        if self.forced is not None and self.guide is not None:
            yield Problem("a release is given and a guide curve too", hint="Leave one of them out.")

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> "Storing":
        """Return what acts."""
        return Storing(self, members)


class Storing(Alone):
    """The reservoir at work."""

    def __init__(self, setting: Reservoir, members: int) -> None:
        super().__init__(setting.name, members)
        s, state = setting, self.state
        self._setting = s
        state.volume = np.array(self.full(s.initial))
        state.salt = s.initial_salinity * state.volume
        state.level = s.table.level_at(state.volume)
        self._dead = self.full(s.dead)
        self._full = self.full(s.table.capacity if s.full is None else s.full)

    def ask(self, step: CalendarStep, wanted: Sequence[Floats]) -> Sequence[Floats]:
        """Want nothing: what is wanted below comes from here."""
        return [np.zeros_like(w) for w in wanted]

    def act(
        self, step: CalendarStep, arriving: Sequence[Water], wanted: Sequence[Floats], books: Sequence[Books]
    ) -> Sequence[Mapping[str, Water]]:
        """Fill, evaporate, release, spill."""
        s, state, came, days = self._setting, self.state, arriving[0], step.days
        assert state.level is not None
        rain, evaporation = self.full(s.rain.over(step)) * days, self.full(s.evaporation.over(step)) * days
        before = state.volume + came.volume
        level = state.level
        for _ in range(PASSES):
            area = s.table.area_at(level)
            gained = rain * area
            lost = np.minimum(evaporation * area, before + gained)
            stock = before + gained - lost
            release, spill, missing = self._release(step, stock, wanted[0])
            volume = stock - release - spill
            level = s.table.level_at(0.5 * (state.volume + volume))
        np.logical_or(self.left, volume > s.table.capacity, out=self.left)
        out = release + spill
        salt = (state.salt + came.salt) * share(out, stock)
        books[0].tell("rain", gained)
        books[0].tell("evaporation", -lost)
        books[0].unmet["evaporation"] = evaporation * area - lost
        books[0].unmet["release"] = missing
        books[0].parts["spill"] = spill
        state.salt = state.salt + came.salt - salt
        state.volume = volume
        state.level = s.table.level_at(volume)
        return [{"to": Water(out, salt)}]

    def _release(self, step: CalendarStep, stock: Floats, wanted: Floats) -> tuple[Floats, Floats, Floats]:
        """Return release, spill and what is missing of the release [m3]."""
        s, days = self._setting, step.days
        usable = np.maximum(stock - self._dead, 0.0)
        if s.forced is not None:
            asked = self.full(s.forced.over(step)) * days
        else:
            asked = np.maximum(self.full(s.least.over(step)) * days, wanted.sum(axis=0))
        could = usable if s.capacity is None else np.minimum(usable, self.full(s.capacity.over(step)) * days)
        release = np.minimum(asked, could)
        missing = asked - release
        if s.guide is not None:
            release = np.minimum(np.maximum(release, stock - self.full(s.guide.over(step))), could)
        return release, np.maximum(stock - release - self._full, 0.0), missing
