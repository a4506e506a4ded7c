"""What a march over an interval works on: the state of one species and all that stays the same meanwhile."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.transport.explicit.coefficients import Coefficients
from gwsolver.transport.explicit.ends import EndRule
from gwsolver.transport.explicit.limits import Limits
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.sweeps import Sweep
from gwsolver.transport.sources import Boundaries
from gwsolver.transport.water import Capacity

Floats = NDArray[np.float64]


@dataclass(eq=False)
class Work:
    """One species during one interval, which lies within one flow step and one stress step.

    Attributes
    ----------
    model : TransportModel
    scheme : ExplicitScheme
    flow : FlowStep
    coefficients : Coefficients
    boundaries : Boundaries
    capacity : Capacity
    sweep : Sweep
    rule : EndRule
    mass, concentration : ndarray of float64, shape (cell,)
        The state; a march changes it.
    integral : ndarray of float64, shape (cell,)
        Concentration integrated over the interval [M T/L**3], filled by a march.
    taken : ndarray of float64, shape (cell,)
        Mass that SRC took out of cells [M], filled by a march.
    fixed_net : ndarray of float64, shape (entry,)
        Mass that entered cells of given concentration from their neighbours [M], filled by a march.
    limits : Limits
        What limited the sub-steps, filled by a march.
    sub_steps, stages : int
        Steps taken and sweeps over the grid, counted by a march.
    figures : dict of str to float
        What a march has to tell beyond that; see `TransportStep.figures`.
    """

    model: TransportModel
    scheme: ExplicitScheme
    flow: FlowStep
    coefficients: Coefficients
    boundaries: Boundaries
    capacity: Capacity
    sweep: Sweep
    rule: EndRule
    mass: Floats
    concentration: Floats
    integral: Floats = field(init=False)
    taken: Floats = field(init=False)
    fixed_net: Floats = field(init=False)
    limits: Limits = field(default_factory=Limits)
    sub_steps: int = 0
    stages: int = 0
    figures: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin the interval's sums at zero."""
        self.integral = np.zeros(self.mass.size)
        self.taken = np.zeros(self.mass.size)
        self.fixed_net = np.zeros(self.boundaries.fixed_cells.size)

    def part(self, time: float) -> float:
        """Return the place of a time within the flow step, 0 to 1."""
        return min(max((time - self.flow.start) / self.flow.length, 0.0), 1.0)

    def content(self, time: float) -> Floats:
        """Return what cells hold per unit concentration at a time, shape (cell,) [L**3]."""
        k = self.capacity
        return k.start + self.part(time) * (k.end - k.start)
