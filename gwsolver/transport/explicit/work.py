"""What a march over an interval works on: the state of one species and all that stays the same meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.transport.explicit.coefficients import Coefficients
from gwsolver.transport.explicit.ends import EndRule
from gwsolver.transport.explicit.general import General
from gwsolver.transport.explicit.limits import Limits
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.sweeps import Sweep, useful_threads
from gwsolver.transport.processes import Cells, Process
from gwsolver.transport.retention import Retention
from gwsolver.transport.sources import Boundaries
from gwsolver.transport.water import LEAST_PART, Capacity

if TYPE_CHECKING:
    from gwsolver.transport.explicit.beside.aquifer import Aquifer
    from gwsolver.transport.explicit.beside.exchange import Exchange

Floats = NDArray[np.float64]
T = TypeVar("T")


@dataclass(eq=False)
class Work:
    """One species during one interval, which lies within one flow step and one stress step.

    Attributes
    ----------
    model : TransportModel
    scheme : ExplicitScheme
    flow : FlowStep
    general : General
        Tables and coefficients of the general kernels, made when first asked for.
    boundaries : Boundaries
    capacity : Capacity
    mass, concentration : ndarray of float64, shape (cell,)
        The state; a march changes it.
    retention : Retention
        Turns mass into concentration.
    processes : tuple of Process
        What acts on single cells between the steps of a march.
    watched : ndarray of int64, shape (watched,)
        Faces of the grid that observations look at.
    watched_mass : ndarray of float64, shape (watched,)
        Mass that passed through them from n to m [M], filled by a march.
    integral : ndarray of float64, shape (cell,)
        Concentration integrated over the interval [M T/L**3], filled by a march.
    taken : ndarray of float64, shape (cell,)
        Mass that SRC took out of cells [M], filled by a march.
    fixed_net : ndarray of float64, shape (entry,)
        Mass that entered cells of given concentration from their neighbours [M], filled by a march.
    passed : ndarray of float64, shape (tracked face,)
        Mass that passed from n to m through the faces of `Grid.tracked_faces` [M], filled by a march.
    limits : Limits
        What limited the sub-steps, filled by a march.
    decayed : tuple of float, or None
        Dissolved and sorbed mass that decayed [M], from marches whose `integral` counts only where packages act.
    sub_steps, stages : int
        Steps taken and sweeps over the grid, counted by a march.
    most : float
        Most mass there has been so far [M]: what is small is small beside this, when a plume is gone too.
    figures : dict of str to float
        What else a march tells (`TransportStep.figures`).
    solved : ndarray of bool, shape (cell,)
        Cells that a march solves for within its stages (`implicit_cells`); they do not limit its steps.
    passing : ndarray of bool, shape (cell,)
        Cells without water that pass water on, whose concentration is what flows through; set by a march.
    aquifer : Aquifer or None
        Of species with lakes or reaches: tells what of the work lies in the aquifer (`share`).
    beside : Exchange or None
        The lakes and reaches beside the work of an aquifer alone; a march lets them go on with it.
    """

    model: TransportModel
    scheme: ExplicitScheme
    flow: FlowStep
    general: General
    boundaries: Boundaries
    capacity: Capacity
    mass: Floats
    concentration: Floats
    retention: Retention
    processes: tuple[Process, ...] = ()
    watched: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    integral: Floats = field(init=False)
    taken: Floats = field(init=False)
    fixed_net: Floats = field(init=False)
    watched_mass: Floats = field(init=False)
    passed: Floats = field(init=False)
    limits: Limits = field(default_factory=Limits)
    decayed: tuple[float, float] | None = None
    sub_steps: int = 0
    stages: int = 0
    most: float = 0.0
    aquifer: "Aquifer | None" = None
    beside: "Exchange | None" = None
    figures: dict[str, float] = field(default_factory=dict)
    solved: NDArray[np.bool_] = field(init=False)
    passing: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        """Begin the interval's sums at zero."""
        self.integral = np.zeros(self.mass.size)
        self.taken = np.zeros(self.mass.size)
        self.passed = np.zeros(self.model.grid.tracked_faces.size)
        self.solved = np.zeros(self.mass.size, bool)
        self.passing = self.solved
        self.fixed_net = np.zeros(self.boundaries.fixed_cells.size)
        self.watched_mass = np.zeros(self.watched.size)
        for process in self.processes:
            process.begin(self.boundaries)

    @cached_property
    def share(self) -> "Work | None":
        """The aquifer's share of the work, where it can be carried by itself (`Aquifer.share`)."""
        return None if self.aquifer is None else self.aquifer.share(self)

    @property
    def plain(self) -> bool:
        """Whether any march will do.

        Concentration is then mass over content, and nothing acts between steps.
        """
        return self.retention.linear and not self.processes

    @property
    def coefficients(self) -> Coefficients:
        """Coefficients of the general kernels."""
        return self.general.coefficients

    @property
    def sweep(self) -> Sweep:
        """Tables of the general kernels."""
        return self.general.sweep

    @property
    def rule(self) -> EndRule:
        """What stands behind donors at ends."""
        return self.general.rule

    @property
    def watched_places(self) -> NDArray[np.int64]:
        """Where the watched faces stand among the general kernels' faces, shape (watched,)."""
        return self.general.places(self.watched)

    def lasting(self, make: Callable[["Work"], T]) -> T:
        """Return `make(self)`, found once for as long as coefficients, boundaries and contents stay."""
        return self.general.lasting(make, lambda: make(self), self.coefficients, self.boundaries, self.capacity)

    def part(self, time: float) -> float:
        """Return the place of a time within the flow step, 0 to 1."""
        return min(max((time - self.flow.start) / self.flow.length, 0.0), 1.0)

    def content(self, time: float) -> Floats:
        """Return what cells hold per unit concentration at a time, shape (cell,) [L**3]."""
        k = self.capacity
        return k.start + self.part(time) * (k.end - k.start)

    @property
    def solid(self) -> Floats:
        """Mass of the solids that `content` does not stand for, shape (cell,) [M]."""
        return np.zeros(self.mass.size) if self.retention.linear else self.capacity.solid

    def surely(self) -> tuple[Floats, Floats]:
        """Return what cells surely hold per unit concentration at both ends of the flow step (`Retention.surely`)."""
        k, most = self.capacity, self.ceiling()
        if self.retention.linear or most == np.inf:
            return k.start, k.end
        return self.retention.surely(k.start, self.solid, most), self.retention.surely(k.end, self.solid, most)

    def ceiling(self) -> float:
        """Return what concentrations stay below [M/L**3]: twice the largest at hand or brought.

        Infinite where mass comes without water: nothing but the water surely holds it then.
        """
        b, mobile = self.boundaries, self.model.mobile
        flows = b.inflow * b.inflow_concentration
        produces = mobile.decay_rate.min() < 0.0 or mobile.decay_rate_sorbed.min() < 0.0
        if produces or np.any(b.source > flows * (1.0 + 1e-9)):
            return np.inf
        return 2.0 * max(
            float(self.concentration.max(initial=0.0)), float(b.inflow_concentration.max(initial=0.0)),
            float(b.fixed_concentration.max(initial=0.0)),
            *(float(d.initial_concentration.max(initial=0.0)) for d in self.model.immobile), 0.0,
        )

    def equilibrate(self, time: float) -> None:
        """Take concentrations from mass at a time."""
        w = np.maximum(self.content(time), self.capacity.least)
        self.retention.concentration(self.mass, w, self.solid, self.concentration, useful_threads(self.mass.size))
        self.concentration[self.boundaries.fixed_cells] = self.boundaries.fixed_concentration

    def act(self, time: float, length: float, reverse: bool = False) -> None:
        """Let the processes act around a time, for this long [T]; concentrations follow."""
        if not self.processes:
            return
        cells, fixed = self.cells(time), self.boundaries.fixed_cells
        given = self.mass[fixed]
        for process in reversed(self.processes) if reverse else self.processes:
            process.act(cells, length)
        self.mass[fixed] = given
        self.equilibrate(time)

    def cells(self, time: float) -> Cells:
        """Return the mobile domain at a time, as processes see it."""
        k = self.capacity
        water = np.maximum(k.water(self.part(time)), LEAST_PART * np.maximum(k.water_start, k.water_end))
        return Cells(self.mass, water, k.solid, k.saturation, self.boundaries, self.retention, k.oil)
