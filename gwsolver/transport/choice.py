"""Explicit or implicit: what both would cost, told before a run; the default changes its mind where it is far off.

Explicit work is counted from the pace of cells, that is the part of its mass that can leave a cell per time:
advection with its limited face values, dispersion, sinks. With the same step for all, the fastest cell sets
the steps of all; with local steps cells pay for themselves, times what levels, segments and faces of the finer
side add. Implicit steps are as many as a plume takes to come about and then to change no more, and at least
one for each time step and flow step; each takes two stages of a dozen corrections, and a correction of a cell costs
as much as some fifteen updates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep
from gwsolver.packages.registry import kinds
from gwsolver.transport.explicit.limits import MOST_STEPS
from gwsolver.transport.resolution import resolution_of

Floats = NDArray[np.float64]
STABLE = 0.95  # part of a cell's mass that may leave in a step
FACE_VALUE = 1.5  # largest face value of limited advection over the donor's concentration
LOCAL = 7.0  # local steps: updates over what the paces of the cells ask for (measured: 5 to 9 on the well model)
PLUME_STEPS = 30  # implicit steps until a plume stands (measured: 25 on the well model over 730 days)
CORRECTIONS = 24  # solutions of all cells in a step (measured: 25)
CORRECTION = 15.0  # updates that cost as much as one of them, per cell (measured: 15)
FAR_LESS = 10.0  # explicit work over implicit from which the default gives way
NEARLY_DRY = 0.1  # cells less full than this are solved for within explicit stages


@dataclass(frozen=True)
class Choice:
    """What a run would cost, in updates of cells.

    Attributes
    ----------
    explicit : float
    implicit : float
    endless : bool
        Whether explicit sub-steps would be refused.
    """

    explicit: float
    implicit: float
    endless: bool

    @property
    def scheme(self) -> str:
        """Name of the scheme that is taken."""
        return "implicit" if self.endless or self.explicit > FAR_LESS * self.implicit else "limited"

    def __str__(self) -> str:
        words = {"limited": "explicit", "implicit": "implicit"}
        return (f"work in updates of cells: explicit about {self.explicit:.1e}{' (too many)' if self.endless else ''}, "
                f"implicit about {self.implicit:.1e}; chosen: {words[self.scheme]}")


def choose(models: Sequence[TransportModel], flow: FlowStep) -> Choice:
    """Estimate the work of a run from its first flow step.

    Parameters
    ----------
    models : sequence of TransportModel
        Species on one grid, flow and time axis.
    flow : FlowStep
        Stands for all of them.
    """
    time, explicit, endless = models[0].time, 0.0, False
    n_steps = sum(p.n_steps for p in time.periods)
    longest = max(p.length / p.n_steps for p in time.periods)
    n_flows = max(1, round(time.end / flow.length)) if flow.length > 0.0 else 1
    for model in models:
        pace = paces(model, flow)
        fastest, mean = float(pace.max(initial=0.0)), float(pace.mean()) if pace.size else 0.0
        each = min(fastest, LOCAL * mean) if model.grid.kind == "dis" else fastest
        explicit += max(each * time.end / STABLE, float(n_steps)) * model.grid.n_cells
        endless |= fastest * longest / STABLE > MOST_STEPS
    steps = PLUME_STEPS + max(n_steps, n_flows)
    implicit = steps * CORRECTIONS * CORRECTION * sum(m.grid.n_cells for m in models)
    return Choice(explicit, implicit, endless)


def paces(model: TransportModel, flow: FlowStep) -> Floats:
    """Return what can leave the cells that hold water per time, as a part of what is there, shape (wet cell,) [1/T]."""
    grid, m = model.grid, model.mobile
    resolution = resolution_of(model, flow)
    rate = FACE_VALUE * resolution.leaves + resolution.exchanges
    for package in flow.packages:
        on = (package.cells >= 0) & (package.rates < 0.0)
        rate += np.bincount(package.cells[on], -package.rates[on], grid.n_cells)
    first = next(iter(model.time.steps()))
    for given in (p.at(first).cells for p in model.packages if kinds()[p.kind].fixes == "concentration"):
        rate[given[given >= 0]] = 0.0
    solid = 0.0 if m.nonlinear else m.bulk_density * m.distribution_coefficient
    content = grid.volume * flow.saturation_end * (m.porosity + solid)
    full = flow.saturation_end >= NEARLY_DRY
    found: Floats = rate[full] / content[full]
    return found
