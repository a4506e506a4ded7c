"""The answers that others are judged by: small steps, the same for all cells."""

import numpy as np

from gwsolver.bench.small_steps import small_global_steps
from gwsolver.bench.uniform import transport_model, uniform_flow
from gwsolver.core.dis import structured_grid
from gwsolver.core.time import TimeStep
from gwsolver.transport import TransportSolver


def test_they_converge_to_one_answer_that_the_default_comes_close_to():
    grid = structured_grid(np.full(40, 10.0), [10.0], 0.0, [-10.0])
    flow = uniform_flow(grid, (0.1, 0.0, 0.0), end=400.0, inflow_concentration=1.0)
    model = transport_model(grid, longitudinal=10.0)
    coarse, fine = (small_global_steps(model, flow, part=part) for part in (0.6, 0.3))
    default = TransportSolver([model]).advance(flow, flow.end, TimeStep(0, 0, 0.0, flow.end))[0]
    assert fine.stages >= 2 * coarse.stages - 8
    assert np.abs(coarse.concentration - fine.concentration).max() < 2e-3
    assert np.abs(default.concentration - fine.concentration).max() < 5e-3
    assert fine.ledger.closure() < 1e-12
