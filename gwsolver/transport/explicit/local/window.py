"""The moving window: segments without mass, and out of its reach for a while, are passed over."""

import numpy as np
from numpy.typing import NDArray

from gwsolver.kernels import transport_local_window
from gwsolver.transport.explicit.local.beside import Aside
from gwsolver.transport.explicit.local.layout import SEGMENT
from gwsolver.transport.explicit.local.plan import Plan
from gwsolver.transport.explicit.work import Work

Floats32 = NDArray[np.float32]
Bools = NDArray[np.bool_]
NOTHING = 1e-10  # of the largest concentration
PACE = 0.5  # cells per step: no front goes faster where a step empties a cell by 95 % at most
ALMOST_ALL = 0.85
TOO_LEAKY = 1e-9  # of all mass, per step: the window is then drawn wider


class Window:
    """Which segments are worked on during one interval, and what that may have cost.

    Segments that lakes and reaches may feed are among them as soon as these may hold solute.

    Faces on the edge of the window are shut for both sides, so that mass closes as without a window. What
    these faces would have let through is summed up as the leak.

    Attributes
    ----------
    active : ndarray of bool, shape (segment,)
    leak : float
        Most that shut faces may have kept back [M].
    """

    def __init__(self, work: Work, plan: Plan, c: Floats32, aside: Aside) -> None:
        self._layout, self._levels, self._rate = plan.layout, plan.levels, plan.schedule.rate
        layout = plan.layout
        b = work.boundaries
        self._fed = np.zeros(layout.n_segments, np.uint8)
        self._fed[layout.place[b.source > 0.0] // SEGMENT] = 1
        self._fed[layout.place[b.fixed_cells[b.fixed_concentration > 0.0]] // SEGMENT] = 1
        self._ring, self._aside = 4.0, aside
        self.leak = 0.0
        self.active = self._reach(c)
        aside.open_within(self.active)

    def follow(self, c: Floats32) -> bool:
        """Move with the mass if it comes near the edge; return whether the window has changed."""
        if self.active.all():
            return False
        reached = self._reach(c)
        if not (reached & ~self.active).any():
            return False
        self.active = reached
        self._aside.open_within(reached)
        return True

    def note_leak(self, c: Floats32, mass: float) -> None:
        """Add what could have left the window during one step of the slowest cells."""
        step = transport_local_window.leak(
            self.active.view(np.uint8), self._layout.exists.view(np.uint8), self._layout.segment_steps, c, self._rate
        ) * self._levels.length
        self.leak += step
        if step > TOO_LEAKY * mass:
            self._ring *= 2.0

    def _reach(self, c: Floats32) -> Bools:
        """Return the segments that mass can reach in a step of the slowest cells, shape (segment,)."""
        exists, fed = self._layout.exists, self._fed
        least = max(float(c.max(initial=0.0)), self._aside.peak) * NOTHING
        while True:
            found = np.zeros(exists.size, np.uint8)
            transport_local_window.reach(
                exists.view(np.uint8), self._layout.segment_steps, self._levels.level, fed, c, least, PACE, self._ring,
                found,
            )
            if found.sum() > ALMOST_ALL * exists.sum():
                return exists
            more = self._aside.fed(found.view(np.bool_), least)
            if found[more].all():
                return found.view(np.bool_)
            fed = fed.copy()
            fed[more] = 1
