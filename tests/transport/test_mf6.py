"""MODFLOW 6's discretisation: laws that hold on any grid."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.steps import PackageFlow
from gwsolver.core.time import TimeStep
from gwsolver.transport import TransportSolver
from tests.transport.builders import constant, flow_step, transport_model, uniform_flow, whole

BLOCK = structured_grid([5.0, 9.0, 4.0, 12.0, 7.0, 7.0, 15.0], [8.0, 4.0, 6.0, 13.0, 5.0, 9.0], 10.0, [7.0, 5.0, 0.0])
SPREAD = (5.0, 4.0, 0.5, 0.1, 0.05)


def scattered(grid, **options):
    """A model of everything that acts linearly."""
    wells = PackageFlow("wel-1", "wel", np.array([30, 50]), np.array([20.0, -30.0]), {"c": np.array([5.0, 9.0])})
    model = transport_model(
        grid, dispersivity=SPREAD, diffusion=1e-3, kd=0.2, bulk_density=1.5, decay=0.01, decay_sorbed=0.003,
        initial=np.random.default_rng(5).random(grid.n_cells), sources=[("wel-1", "c"), ("edge", "c")],
        packages=[constant("cnc-1", "cnc", [40, 41], concentration=[3.0, 0.0]),
                  constant("src-1", "src", [60, 61], mass_rate=[7.0, -0.2])], **options,
    )
    return model, uniform_flow(grid, (0.3, -0.2, 0.02), packages=(wells,), end=20.0, concentration=0.5)


@pytest.mark.parametrize("advection", ["upstream", "central", "tvd"])
@pytest.mark.parametrize("xt3d", [True, False])
def test_uniform_concentration_stays_uniform(advection, xt3d):
    model = transport_model(BLOCK, dispersivity=SPREAD, initial=2.0, advection=advection, sources=[("edge", "c")])
    model = replace(model, dispersion=replace(model.dispersion, xt3d=xt3d))
    flow = uniform_flow(BLOCK, (0.3, -0.2, 0.02), end=20.0, concentration=2.0)
    step = TransportSolver([model], scheme="mf6").advance(flow, 20.0, whole(flow))[0]
    np.testing.assert_allclose(step.concentration, 2.0, rtol=1e-12)


@pytest.mark.parametrize("advection", ["upstream", "central", "tvd"])
@pytest.mark.parametrize("xt3d", [True, False])
def test_every_gram_is_booked(advection, xt3d):
    model, flow = scattered(BLOCK, advection=advection)
    model = replace(model, dispersion=replace(model.dispersion, xt3d=xt3d))
    solver = TransportSolver([model], scheme="mf6")
    for k in range(3):
        step = solver.advance(flow, 5.0 * (k + 1), TimeStep(0, k, 5.0 * k, 5.0 * (k + 1)))[0]
        assert step.ledger.closure() < 1e-13


def test_central_weighting_books_what_unequal_spacing_makes():
    """MODFLOW 6 weighs the two rows of a level face alike: mass appears unless the spacing is equal."""
    even = structured_grid(np.full(7, 5.0), np.full(6, 5.0), 10.0, [7.0, 5.0, 0.0])
    made = {}
    for grid in (BLOCK, even):
        model, flow = scattered(grid, advection="central")
        step = TransportSolver([model], scheme="mf6").advance(flow, 20.0, whole(flow))[0]
        made[grid is even] = sum(i + o for package, _, i, o in step.ledger.rows() if package == "advection")
    assert made[True] == 0.0
    assert made[False] > 0.01


@pytest.mark.parametrize("isotherm", ["linear", "freundlich"])
@pytest.mark.parametrize("largest_factorised", [0, 1000])
def test_a_run_goes_on_bit_for_bit(isotherm, largest_factorised, monkeypatch):
    """Factors outlive a step and decide the last bits: those of an earlier step are made again."""
    monkeypatch.setattr("gwsolver.transport.mf6.solve.DIRECT_CELLS", largest_factorised)
    model, flow = scattered(BLOCK, advection="tvd")
    if isotherm == "freundlich":
        exponent = np.full(BLOCK.n_cells, 0.7)
        model = replace(model, mobile=replace(model.mobile, isotherm=isotherm, sorption_parameter=exponent))
    one = TransportSolver([model], scheme="mf6")
    one.advance(flow, 5.0, TimeStep(0, 0, 0.0, 5.0))
    one.advance(flow, 10.0, TimeStep(0, 1, 5.0, 10.0))
    kept = {k: v.copy() for k, v in one.state().items()}
    two = TransportSolver([model], scheme="mf6")
    two.restore(kept, flow)
    last = TimeStep(0, 2, 10.0, 20.0)
    a, b = one.advance(flow, 20.0, last)[0], two.advance(flow, 20.0, last)[0]
    np.testing.assert_array_equal(a.concentration, b.concentration)


def test_the_courant_number_counts_what_sorbs():
    """v dt / (R dx) of a column, R = 1 + rho_b Kd / n; the grid is too coarse where dx exceeds four dispersivities."""
    grid = structured_grid([10.0] * 5, [10.0], 1.0, [0.0])
    model = transport_model(grid, porosity=0.25, kd=0.2, bulk_density=1.5, dispersivity=(2.0, 0.2, 0.2, 0.2, 0.2),
                            initial=1.0, sources=[("edge", "c")])
    flow = uniform_flow(grid, (0.3, 0.0, 0.0), end=20.0, concentration=1.0)
    step = TransportSolver([model], scheme="mf6").advance(flow, 20.0, whole(flow))[0]
    assert step.figures["courant"] == pytest.approx(0.3 * 20.0 / (0.25 + 0.3) / 10.0, rel=1e-12)
    assert step.coarse.peclet == pytest.approx(5.0)
    assert step.coarse.enough == pytest.approx(8.0)


def test_a_cell_without_water_passes_mass_on():
    """Three cells in a row, the middle one empty but passed: its concentration is that of its inflow."""
    grid = structured_grid([10.0, 10.0, 10.0], [10.0], 1.0, [0.0])
    model = transport_model(grid, sources=[("edge", "c")])
    flow = flow_step(grid, np.array([2.0, 2.0]), end=1e6, concentration=3.0)
    saturation = np.array([1.0, 0.0, 1.0])
    flow = replace(flow, saturation_start=saturation, saturation_end=saturation)
    step = TransportSolver([model], scheme="mf6").advance(flow, 5.0, TimeStep(0, 0, 0.0, 5.0))[0]
    assert step.concentration[1] == pytest.approx(step.concentration[0], rel=1e-14)
    assert 0.0 < step.concentration[2] < step.concentration[1] < 3.0
    assert step.ledger.closure() < 1e-14


def test_what_flows_into_a_cell_without_water_is_booked_as_lost_with_it():
    # The last of three cells holds no water at the end, yet its storage takes 0.01 m3/d: nothing there acts on C.
    row = structured_grid([10.0] * 3, [10.0], 10.0, [0.0])
    flow = flow_step(row, np.array([1.0, 0.01]), saturation=(1.0, np.array([1.0, 1.0, 0.0])), end=5.0,
                     storage_specific=np.array([0.0, 0.0, -0.01]), concentration=3.0)
    model = transport_model(row, initial=[3.0, 2.0, 1.0], sources=[("edge", "c")])
    step, = TransportSolver([model], scheme="mf6").advance(flow, 5.0, whole(flow))
    assert step.stages <= 3
    assert step.concentration[2] == 1.0
    # Came with the water of the second cell; the emptied store gives back what it took at the cell's own concentration.
    lost = {row[:2]: row[3] - row[2] for row in step.ledger.rows()}["dry cells", "lost"]
    assert lost == pytest.approx(0.05 * (step.concentration[1] - 1.0), rel=1e-10)
    assert step.ledger.closure(step.mass) < 1e-13
