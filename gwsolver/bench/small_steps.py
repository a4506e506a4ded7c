"""Answers without an error in time: the same small step for all cells, to judge other ways of stepping by."""

import dataclasses

from gwsolver.core.simulation import TransportModel
from gwsolver.core.steps import FlowStep, TransportStep
from gwsolver.core.time import TimeStep
from gwsolver.transport.explicit.march import GlobalMarch
from gwsolver.transport.explicit.scheme import ExplicitScheme
from gwsolver.transport.explicit.species import ExplicitSpecies
from gwsolver.transport.progress import Reporter
from gwsolver.transport.schemes import named


def small_global_steps(model: TransportModel, flow: FlowStep, *, part: float = 0.3) -> TransportStep:
    """Carry a species over one flow step with SSPRK steps in which no cell loses more than a part of its mass."""
    limited = named("limited")
    assert isinstance(limited, ExplicitScheme)
    species = ExplicitSpecies(model, dataclasses.replace(limited, limit=part))
    work = species.begin(flow, flow.end, TimeStep(0, 0, flow.start, flow.end))
    GlobalMarch(model.grid.n_cells)(work, flow.start, flow.end, Reporter(None))
    return species.finish(work)
