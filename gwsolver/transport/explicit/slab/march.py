"""Marching slab by slab: all species that share coefficients, the same sub-step for all cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.memory import zeros
from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.transport.explicit.fields import same_field
from gwsolver.transport.explicit.local.choice import differs
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.slab.field import SlabField
from gwsolver.transport.explicit.slab.interval import Interval
from gwsolver.transport.explicit.slab.layout import Floats32, build_layout
from gwsolver.transport.explicit.slab.lists import Actions
from gwsolver.transport.explicit.turnover import NEARLY_DRY
from gwsolver.transport.explicit.work import Work
from gwsolver.transport.progress import Reporter
from gwsolver.transport.sources import Boundaries
from gwsolver.transport.water import Capacity

Floats = NDArray[np.float64]


class SlabMarch:
    """Carries species of equal coefficients.

    Parameters
    ----------
    models : sequence of TransportModel
    scheme : ExplicitScheme
    """

    def __init__(self, models: Sequence[TransportModel], scheme: ExplicitScheme) -> None:
        self._model = models[0]
        self.layout = build_layout(models[0].grid)
        self.field = SlabField(models[0], self.layout, scheme)
        self._shape = (len(models), self.layout.n_places)
        self._flow: FlowStep | None = None
        self._capacity: Capacity | None = None
        self._actions: Actions | None = None
        self._paces: _Paces | None = None
        self.reasons: dict[int, str] = {}  # what empties cells most, as far as it was asked for

    def __call__(self, works: Sequence[Work], start: float, until: float, report: Reporter) -> None:
        """Carry the works of all species from `start` to `until`."""
        Interval(self, works, start, until).run(report)

    def enter(self, works: Sequence[Work]) -> Actions:
        """Make ready for a flow step and a step of the transport models where they are new; return what acts."""
        flow, capacity = works[0].flow, works[0].capacity
        new = self._flow is None or not self.field.serves(flow, capacity)
        if new:
            self.field.enter(flow, capacity)
        elif capacity is not self._capacity:
            self.field.hold(capacity)
        self._flow, self._capacity = flow, capacity
        boundaries = [w.boundaries for w in works]
        if new or self._actions is None or any(
            a is not b for a, b in zip(self._actions.boundaries, boundaries, strict=True)
        ):
            cells = [np.zeros(0, np.int64) if w.beside is None else w.beside.cells for w in works]
            self._actions = Actions(self.field, boundaries, cells)
            self.reasons = {}
        return self._actions

    @cached_property
    def mass(self) -> Floats:
        """Mass of every species by place; made when first needed, as all arrays of this shape are."""
        return zeros(self._shape, np.float64)

    @cached_property
    def mass_before(self) -> Floats:
        """Masses at the start of a Runge-Kutta step."""
        return zeros(self._shape, np.float64)

    @cached_property
    def mirrors(self) -> tuple[Floats32, Floats32]:
        """Two arrays of concentrations, before and after a stage."""
        return zeros(self._shape, np.float32), zeros(self._shape, np.float32)

    def suits(self, works: Sequence[Work], span: float) -> bool:
        """Return whether one step serves all cells well over this span [T].

        It does not where cells with next to no water pass water on (those are solved for, not stepped through), or
        where cells differ so much in pace that local time steps pay. The tables that tell are then let go.
        """
        paces = self._judge(works)
        suited = not paces.almost_dry and not (
            works[0].scheme.order > 0.0 and differs(paces.mean, paces.fastest, span)
        )
        if not suited and self._actions is not None:
            self.field.let_go()
            self._actions = None
        return suited

    def fastest(self, works: Sequence[Work]) -> float:
        """Return the largest part of its mass that can leave a cell per time [1/T]."""
        return self._judge(works).fastest

    def _judge(self, works: Sequence[Work]) -> "_Paces":
        """Return the paces of cells, those of the last interval where nothing has changed."""
        flow, capacity, boundaries = works[0].flow, works[0].capacity, [w.boundaries for w in works]
        last = self._paces
        if last is None or not last.serve(flow, capacity, boundaries):
            last = self._paces = self._find_paces(works)
        return last

    def _find_paces(self, works: Sequence[Work]) -> "_Paces":
        """Return whether almost dry cells pass water on, and the mean and the largest pace of cells [1/T]."""
        rate, loss = self._leaving(works)
        capacity = works[0].capacity
        little = NEARLY_DRY * works[0].model.mobile.porosity * works[0].model.grid.volume
        low = np.maximum(capacity.start, capacity.end) < little
        content = np.maximum(np.minimum(capacity.start, capacity.end), capacity.least)
        free = (content > 0.0) & (loss >= 0.0)
        pace = (rate[free] + loss[free]) / content[free]
        return _Paces(
            works[0].flow, capacity, [w.boundaries for w in works], bool((rate[low] > 0.0).any()),
            float(pace.mean()) if pace.size else 0.0, float(pace.max(initial=0.0)),
            None if capacity.oil is None else (rate, loss),
        )

    def _leaving(self, works: Sequence[Work]) -> tuple[Floats32, Floats32]:
        """Return what faces and all else can take out of cells [L**3/T], shape (cell,) each; -1: it is given there.

        Where oil has come to keep more or less since, it is what it was.
        """
        last = self._paces
        if last is not None and last.leaving is not None and last.leave(
            works[0].flow, works[0].capacity, [w.boundaries for w in works]
        ):
            return last.leaving
        actions, place = self.enter(works), self.layout.place
        return self.field.plain_rate[place], actions.loss[place]


@dataclass(frozen=True, eq=False)
class _Paces:
    """What part of its mass can leave a cell per time, and what that was found for; `leaving` only beside oil."""

    flow: FlowStep
    capacity: Capacity
    boundaries: Sequence[Boundaries]
    almost_dry: bool
    mean: float
    fastest: float
    leaving: tuple[Floats32, Floats32] | None

    def serve(self, flow: FlowStep, capacity: Capacity, boundaries: Sequence[Boundaries]) -> bool:
        """Return whether they are those of this flow step and these boundaries."""
        return capacity is self.capacity and self._go_on(flow, boundaries)

    def leave(self, flow: FlowStep, capacity: Capacity, boundaries: Sequence[Boundaries]) -> bool:
        """Return whether as much can leave, whatever cells hold: the same flow, boundaries and wet cells."""
        return self._go_on(flow, boundaries) and bool(np.array_equal(capacity.wet, self.capacity.wet))

    def _go_on(self, flow: FlowStep, boundaries: Sequence[Boundaries]) -> bool:
        return same_field(flow, self.flow) and all(a is b for a, b in zip(boundaries, self.boundaries, strict=True))
