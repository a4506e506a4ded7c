"""Explicit or implicit: estimates beside what runs really take, and what is chosen when no scheme is named."""

import dataclasses

import numpy as np
import pytest

from gwsolver.bench.cases import line_grid
from gwsolver.bench.heterogeneous import heterogeneous_flow
from gwsolver.bench.uniform import steady_flow, transport_model, uniform_flow
from gwsolver.core.time import StressPeriod, TimeAxis, TimeStep
from gwsolver.transport import TransportSolver
from gwsolver.transport.choice import choose


def column(time, *, n_steps=1, diffusion=0.0, width=1.0, n=20):
    grid = line_grid(np.full(n, width), "x")
    model = transport_model(grid, longitudinal=2.0, diffusion_coefficient=diffusion)
    flow = uniform_flow(grid, (0.25, 0.0, 0.0), end=time, inflow_concentration=1.0)
    return dataclasses.replace(model, time=TimeAxis((StressPeriod(time, n_steps),))), flow


def carry(model, flow, **options):
    solver = TransportSolver([model], **options)
    return solver, solver.advance(flow, flow.end, TimeStep(0, 0, 0.0, flow.end))[0]


@pytest.mark.parametrize("kind", ["column", "heterogeneous"])
def test_the_estimate_is_near_the_work_that_is_done(kind):
    """Within a factor of two; measured: 0.9 to 1.3."""
    if kind == "column":
        model, flow = column(500.0)
    else:
        grid, flow = heterogeneous_flow((3, 20, 30), end=2000.0)
        flow = steady_flow(grid, flow.face_flow, flow.specific_discharge, 2000.0, 1.0)
        model = transport_model(grid, longitudinal=10.0, transverse=1.0)
        model = dataclasses.replace(model, time=TimeAxis((StressPeriod(2000.0),)))
    choice = choose([model], flow)
    _, step = carry(model, flow)
    assert 0.5 < choice.explicit / (step.stages * model.grid.n_cells) < 2.0


def test_ordinary_runs_stay_with_the_default_bit_for_bit():
    model, flow = column(200.0)
    told = []
    solver, step = carry(model, flow, scheme="", on_choice=told.append)
    assert solver.scheme.name == "limited"
    np.testing.assert_array_equal(step.concentration, carry(model, flow)[1].concentration)
    assert len(told) == 1
    assert told[0].endswith("chosen: explicit")


@pytest.mark.parametrize(("case", "endless"), [
    (column(1e5, diffusion=1e3, width=0.05), True), (column(4e5, diffusion=3.0, n_steps=8), False)])
def test_explicit_work_beyond_all_measure_goes_implicit(case, endless):
    model, flow = case
    choice = choose([model], flow)
    assert choice.endless == endless
    assert choice.explicit > 10.0 * choice.implicit
    told = []
    solver, step = carry(model, flow, scheme="", on_choice=told.append)
    assert solver.scheme.name == "implicit"
    assert told[0].endswith("chosen: implicit")
    np.testing.assert_allclose(step.concentration, 1.0, rtol=1e-3)
    assert step.ledger.closure() < 1e-10


def test_what_was_chosen_goes_on_from_its_state():
    model, flow = column(4e5, diffusion=3.0, n_steps=8)
    whole = TimeStep(0, 0, 0.0, flow.end)
    solver, again = (TransportSolver([model], scheme="") for _ in range(2))
    again.restore(solver.state(), flow)  # nothing yet
    solver.advance(flow, 1e5, whole)
    again.restore({key: value.copy() for key, value in solver.state().items()}, flow)
    assert again.scheme.name == "implicit"
    one, other = (s.advance(flow, 2e5, whole)[0] for s in (solver, again))
    np.testing.assert_array_equal(one.concentration, other.concentration)
