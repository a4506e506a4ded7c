"""A lake basin without an outlet: rivers, rain, ground water, evaporation, salt. `body.py` solves it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gwsolver.core.errors import Problem
from gwsolver.surface.forcing import NOTHING, Forcing
from gwsolver.surface.hypsometry import Hypsometry
from gwsolver.surface.ice import Ice
from gwsolver.surface.node import Floats

if TYPE_CHECKING:
    from gwsolver.surface.body import Body

SATURATION = 300.0
"""Salt at which a chloride and sulfate brine is saturated [kg/m3]: textbook, 260 to 350."""


@dataclass(frozen=True, eq=False)
class Lake:
    """One basin.

    Attributes
    ----------
    name : str
    table : Hypsometry
    initial : float or ndarray of float64, shape (member,)
        Level [m].
    initial_salinity : float or ndarray of float64, shape (member,)
        [kg/m3]
    rain, evaporation : Forcing
        [m/d] on the area of the moment; evaporation of fresh water.
    ground_water, ground_salinity : Forcing
        Inflow [m3/d], and its salt [kg/m3].
    withdrawal : Forcing
        Taken out with the lake's salt, as far as there is water [m3/d].
    area_factor : float or ndarray of float64, shape (member,)
        By which areas and volumes of the table are multiplied [-]; one for all basins that are joined.
    salt_slows : float or ndarray of float64, shape (member,)
        Evaporation is less by this part per kg/m3 of salt [m3/kg].
    ice : Ice or None
    carbonate : float or ndarray of float64, shape (member,)
        Part of the salt of rivers that falls out as carbonate on arrival [-].
    sink : float or ndarray of float64, shape (member,)
        First-order loss of dissolved salt by burial and into bays [1/d].
    saturation : float
        Above it salt falls out, below it dissolves again [kg/m3].
    """

    name: str
    table: Hypsometry
    initial: Floats | float
    initial_salinity: Floats | float = 0.0
    rain: Forcing = NOTHING
    evaporation: Forcing = NOTHING
    ground_water: Forcing = NOTHING
    ground_salinity: Forcing = NOTHING
    withdrawal: Forcing = NOTHING
    area_factor: Floats | float = 1.0
    salt_slows: Floats | float = 0.0
    ice: Ice | None = None
    carbonate: Floats | float = 0.0
    sink: Floats | float = 0.0
    saturation: float = SATURATION
    priority: int | None = None
    joins: tuple[str, ...] = ()

    @property
    def outlets(self) -> Mapping[str, str]:
        """None: water leaves to the air, salt to the bed."""
        return {}

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with its values."""
        h = np.asarray(self.initial)
        if np.any((h < self.table.floor) | (h > self.table.top)):
            off = h.min() if h.min() < self.table.floor else h.max()
            yield Problem("initial level", value=f"{off:g} m", allowed=f"[{self.table.floor:g}, {self.table.top:g}]",
                          hint="The stage table covers no more: make it longer, or mend the level.")
        if np.any(np.asarray(self.area_factor) <= 0.0):
            yield Problem("area_factor", value=self.area_factor, allowed="(0, inf)")
        for name in ("initial_salinity", "salt_slows", "sink"):
            if np.any(np.asarray(getattr(self, name)) < 0.0):
                yield Problem(name, value=getattr(self, name), allowed="[0, inf)")
        c = np.asarray(self.carbonate)
        if np.any((c < 0.0) | (c > 1.0)):
            yield Problem("carbonate", value=self.carbonate, allowed="[0, 1]")
        if self.saturation <= 0.0:
            yield Problem("saturation", value=self.saturation, allowed="(0, inf)")

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> "Body":
        """Return what acts: the lake alone, or together with the basins and banks that are joined to it."""
        from gwsolver.surface.body import Body

        return Body(joined, members)
