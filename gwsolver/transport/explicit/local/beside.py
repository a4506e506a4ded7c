"""Lakes and reaches beside local steps: they go at the pace of the fastest cell that exchanges water with them."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.beside.exchange import Exchange, Tables
from gwsolver.transport.explicit.local.layout import SEGMENT
from gwsolver.transport.explicit.local.plan import Plan

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Segments = NDArray[np.int64]


class Aside:
    """What the kernel needs of the features beside an interval.

    Parameters
    ----------
    exchange : Exchange or None
    plan : Plan

    Attributes
    ----------
    features, exchange, at, level
        See ``transport_local.march``.
    peak : float
        Largest concentration in features or brought to them [M/L**3].
    """

    def __init__(self, exchange: Exchange | None, plan: Plan) -> None:
        self._exchange = exchange
        self.peak, self.level = 0.0, -1
        self.features, self.exchange, self.at = NONE, np.zeros((4, 1)), np.zeros((2, 0), np.int32)
        if exchange is None:
            self._segment = np.zeros(0, np.int64)
            return
        place = plan.layout.place[exchange.cells]
        self._segment = place.astype(np.int64) // SEGMENT
        level = plan.levels.level[self._segment].astype(np.int32)
        self.peak, self.level, self.features = exchange.peak, int(level.max(initial=0)), exchange.tables
        self.at = np.stack([place, level])
        self.exchange = np.zeros((4, exchange.shut.size))
        self.exchange[2] = -1.0
        self.exchange[3, :place.size] = exchange.most(np.ldexp(plan.levels.length, -level))

    def open_within(self, active: Bools) -> None:
        """Let features exchange mass with cells of active segments, shape (segment,), alone."""
        if self._exchange is not None:
            self._exchange.shut[:self._segment.size] = ~active[self._segment]

    def fed(self, active: Bools, least: float) -> Segments:
        """Return the segments to which features may bring more than `least` [M/L**3] where these hold solute."""
        if self._exchange is None:
            return self._segment
        return self._segment[self._exchange.reached(active[self._segment], least)]


def _none() -> Tables:
    ints, floats = np.zeros(1, np.int32), np.zeros(1)
    return (np.zeros((3, 1), np.int32), ints, floats, ints, floats, ints, floats, np.zeros((6, 1)), np.zeros((5, 1)),
            floats, np.zeros(1, np.uint8))


NONE = _none()
