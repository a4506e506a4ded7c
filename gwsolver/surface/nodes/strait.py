"""A strait between two basins: one level above its sill, apart below it. `body.py` solves the basins it joins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gwsolver.core.errors import Problem
from gwsolver.surface.node import Floats

if TYPE_CHECKING:
    from gwsolver.surface.body import Body


@dataclass(frozen=True, eq=False)
class Strait:
    """A strait; its flow is positive from `first` to `second`.

    Attributes
    ----------
    name, first, second : str
        Its own name and those of the basins.
    sill : float
        Level [m] below which no water passes.
    mixing : float or ndarray of float64, shape (member,)
        Water that passes both ways at once, and exchanges salt [m3/d].
    """

    name: str
    first: str
    second: str
    sill: float
    mixing: Floats | float = 0.0
    priority: int | None = None

    @property
    def outlets(self) -> Mapping[str, str]:
        """None that lead downstream."""
        return {}

    @property
    def joins(self) -> tuple[str, ...]:
        """Both basins."""
        return self.first, self.second

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with its values."""
        if self.first == self.second:
            yield Problem("a strait joins two basins", value=f"{self.first} and {self.second}")
        if np.any(np.asarray(self.mixing) < 0.0):
            yield Problem("mixing", value=f"{np.min(self.mixing):g} m3/d", allowed="[0, inf)")

    def start(self, members: int, priorities: Sequence[int], joined: Sequence[Any]) -> "Body":
        """Return what acts: both basins and all that is joined to them."""
        from gwsolver.surface.body import Body

        return Body(joined, members)
