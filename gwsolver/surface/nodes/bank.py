"""Ground water in the bank of a lake: a store that drains to the lake or is filled by it. `body.py` solves both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gwsolver.core.errors import Problem
from gwsolver.surface.forcing import NOTHING, Forcing
from gwsolver.surface.node import Floats

if TYPE_CHECKING:
    from gwsolver.surface.body import Body


@dataclass(frozen=True, eq=False)
class Bank:
    """A strip of aquifer along a shore, with one water table.

    Its head is base + S / (Sy A); it gives q = conductance (head - lake level), and takes where that is negative.

    Attributes
    ----------
    name, lake : str
    conductance : float or ndarray of float64, shape (member,)
        [m2/d]
    yields : float or ndarray of float64, shape (member,)
        Specific yield times area: water per metre of its table [m2].
    base : float
        Level below which it gives nothing [m].
    initial : float or ndarray of float64, shape (member,)
        Head [m].
    recharge, salinity : Forcing
        From above [m3/d], and its salt [kg/m3].
    initial_salinity : float or ndarray of float64, shape (member,)
        [kg/m3]
    """

    name: str
    lake: str
    conductance: Floats | float
    yields: Floats | float
    base: float
    initial: Floats | float
    recharge: Forcing = NOTHING
    salinity: Forcing = NOTHING
    initial_salinity: Floats | float = 0.0
    priority: int | None = None

    @property
    def outlets(self) -> Mapping[str, str]:
        """None that lead downstream."""
        return {}

    @property
    def joins(self) -> tuple[str, ...]:
        """The lake."""
        return (self.lake,)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with its values."""
        for name, unit in (("conductance", "m2/d"), ("yields", "m2")):
            if np.any(np.asarray(getattr(self, name)) <= 0.0):
                yield Problem(name, value=f"{np.min(getattr(self, name)):g} {unit}", allowed="(0, inf)")
        if np.any(np.asarray(self.initial) < self.base):
            yield Problem("initial head", value=f"{np.min(self.initial):g} m", allowed=f"[{self.base:g}, inf)",
                          hint="The bank holds nothing below its base.")

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> "Body":
        """Return what acts: the bank with its lake."""
        from gwsolver.surface.body import Body

        return Body(joined, members)
