"""Lakes and reaches beside slabs: before each stage they pass mass to cells and take from them.

Of a stage of SSPRK(S,2) a length h/S counts in the end. In S steps of this length features go from the start of h to
its end; stages and steps have the same mean time, which makes both second order together. What a cell gives is found
from its concentration in a stage. In a one-stage step that would be first order in time alone: there it is found from
concentrations half a step ahead, in a line through this and the last step (Adams and Bashforth), within what leaves
cells positive.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gwsolver.transport.explicit.beside.exchange import Exchange
from gwsolver.transport.explicit.slab.layout import EDGE, Ints
from gwsolver.transport.explicit.slab.lists import Actions
from gwsolver.transport.explicit.slab.part import Part
from gwsolver.transport.explicit.work import Work

STAGE = 2  # column of turns
Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Beside(Protocol):
    """What goes on beside the slabs of an interval.

    Attributes
    ----------
    peak : float
        Largest concentration there [M/L**3].
    between_steps : bool
        Whether it acts between steps alone: all stages of a step may then go block by block. Else it acts between
        stages, each of which goes over all slabs.
    """

    peak: float
    between_steps: bool

    def enter(self, part: Part, lanes: Ints) -> None:
        """Act on the arrays of a part from now on, on cells within a window (slab, 2) of the whole layout."""
        ...

    def reached(self, lanes: Ints, least: float) -> Places:
        """Return the places to which more than `least` [M/L**3] may come where a window holds solute."""
        ...

    def around(self, turns: Ints, part: Part, time: float, weight: float) -> Iterator[Ints]:
        """Yield the turns of a step that can be taken in one go; `weight` is what of a stage counts in sums [T].

        Unless `between_steps`, `turns` are those of one stage.
        """
        ...

    def leave(self) -> None:
        """End the interval."""
        ...


class Nothing:
    """No lakes or reaches."""

    peak, between_steps = 0.0, True

    def enter(self, part: Part, lanes: Ints) -> None:
        """Do nothing."""

    def reached(self, lanes: Ints, least: float) -> Places:
        """Return no places."""
        return np.zeros(0, np.int64)

    def around(self, turns: Ints, part: Part, time: float, weight: float) -> Iterator[Ints]:
        """Yield all turns."""
        yield turns

    def leave(self) -> None:
        """Do nothing."""


class Bodies:
    """Lakes and reaches of the one species that is carried.

    Parameters
    ----------
    exchange : Exchange
    actions : Actions
    work : Work
    stages : int
        Of a step.
    """

    def __init__(self, exchange: Exchange, actions: Actions, work: Work, stages: int) -> None:
        self.peak, self.between_steps = exchange.peak, False
        self._exchange, self._work, self._stages = exchange, work, stages
        self._actions, cells = actions, exchange.cells
        where = np.empty(actions.acting.at.size, np.int64)
        where[actions.acting.order[0]] = np.arange(where.size)
        self._entry = where[np.searchsorted(actions.acting_cells[0], cells)]
        self._base = actions.rates[0, self._entry].copy()
        layout = actions.layout
        self._slab, within = np.divmod(actions.acting.at[self._entry] - EDGE, layout.slab)
        self._layer, self._lane = np.divmod(within, layout.n_lanes)
        self._before: tuple[float, Floats] | None = None
        self._inside, self._at, self._to = np.zeros(0, bool), np.zeros(0, np.int64), np.zeros(0, np.int64)

    def enter(self, part: Part, lanes: Ints) -> None:
        """Act on the arrays of a part, on cells within a window."""
        self._part = part
        own, box = part.layout, part.box
        to = np.full(self._actions.acting.at.size, -1)
        to[part.acting] = np.arange(part.acting.size)
        self._inside = self._within(lanes)
        inside = self._inside
        self._to = to[self._entry[inside]]
        slab, lane = self._slab[inside] - box.slabs[0], self._lane[inside] - box.lanes[0]
        self._at = EDGE + (slab * own.n_layers + self._layer[inside]) * own.n_lanes + lane
        self._exchange.shut[:inside.size] = ~inside
        there = to[self._entry]
        part.rates[0, there[there >= 0]] = self._base[there >= 0]

    def reached(self, lanes: Ints, least: float) -> Places:
        """Return the places that features may feed."""
        fed = self._exchange.reached(self._within(lanes), least)
        found: Places = self._actions.acting.at[self._entry[fed]]
        return found

    def around(self, turns: Ints, part: Part, time: float, weight: float) -> Iterator[Ints]:
        """Yield the turns of each stage, having passed on what it exchanges."""
        exchange, flow, c = self._exchange, self._work.flow, np.zeros(self._inside.size)
        for stage in range(self._stages):
            mirror = part.other if stage % 2 else part.mirror
            c[self._inside] = mirror[0, self._at]
            taken = c if self._stages > 1 else self._ahead(c, weight)
            begin, end = ((time + (stage + k) * weight - flow.start) / flow.length for k in (0, 1))
            gain = exchange.advance(taken, weight, (begin, end))
            part.rates[0, self._to] = self._base[self._inside] + gain[self._inside] / weight
            of_stage = turns.copy()
            of_stage[:, STAGE] = stage
            yield of_stage

    def leave(self) -> None:
        """Leave the rates of cells as they are without features."""
        self._actions.rates[0, self._entry] = self._base

    def _ahead(self, c: Floats, length: float) -> Floats:
        """Return the concentrations in the middle of a step of this length."""
        last, self._before = self._before, (length, c.copy())
        if last is None:
            return c
        ahead = c + 0.5 * length / last[0] * (c - last[1])
        found: Floats = np.clip(ahead, 0.5 * c, self._exchange.most(length) * c)
        return found

    def _within(self, lanes: Ints) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = (self._lane >= lanes[self._slab, 0]) & (self._lane < lanes[self._slab, 1])
        return found


def beside(works: Sequence[Work], actions: Actions, stages: int) -> Beside:
    """Return what goes on beside the slabs of these species: features, where there are any, of one species alone."""
    if works[0].beside is None:
        return Nothing()
    (work,) = works
    assert work.beside is not None
    return Bodies(work.beside, actions, work, stages)
