"""The solver's door: boundaries, books, limits, progress."""

import dataclasses

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.errors import InputError
from gwsolver.core.ledger import Ledger
from gwsolver.core.steps import PackageFlow
from gwsolver.core.time import TimeStep
from gwsolver.transport import TransportSolver
from tests.transport.builders import constant, flow_step, transport_model, uniform_flow, whole

LINE = structured_grid(np.full(20, 10.0), [10.0], 1.0, [0.0])
BLOCK = structured_grid(np.full(9, 10.0), np.full(8, 10.0), 10.0, [8.0, 5.0, 0.0])


def amounts(ledger):
    """In and out by package and term."""
    return {(p, t): (i, o) for p, t, i, o in ledger.rows()}


@pytest.mark.parametrize("scheme", ["limited", "implicit"])
def test_every_gram_is_booked_over_many_steps(scheme):
    """Wells, fixed cells, mass sources, sorption, both decays: closed per step and over the run."""
    wells = PackageFlow("wel-1", "wel", np.array([100, 130]), np.array([20.0, -30.0]), {"c": np.array([5.0, 9.0])})
    evt = PackageFlow("evt-1", "evt", np.array([10, 11]), np.array([-2.0, -1.0]))
    model = transport_model(
        BLOCK, dispersivity=(5.0, 0.5, 0.1), kd=0.2, bulk_density=1.5, decay=0.01, decay_sorbed=0.003,
        initial=np.random.default_rng(2).random(BLOCK.n_cells), sources=[("wel-1", "c"), ("edge", "c")],
        packages=[constant("cnc-1", "cnc", [40, 41], concentration=[3.0, 0.0]),
                  constant("src-1", "src", [60, 61], mass_rate=[7.0, -2.0])],
    )
    flow = uniform_flow(BLOCK, (0.3, -0.2, 0.02), packages=(wells, evt), end=40.0, concentration=0.5)
    solver, total = TransportSolver([model], scheme=scheme), Ledger()
    mass = None
    for k in range(8):
        step = solver.advance(flow, 5.0 * (k + 1), TimeStep(0, k, 5.0 * k, 5.0 * (k + 1)))[0]
        assert step.ledger.closure() < 1e-12
        assert step.minimum >= 0.0
        total.merge(step.ledger)
        mass = step.mass + step.mass_sorbed if mass is None else mass
    assert total.closure() < 1e-12
    booked = amounts(step.ledger)
    assert booked["wel-1", "wel"][0] == pytest.approx(5.0 * 20.0 * 5.0)
    assert booked["src-1", "src"][0] == pytest.approx(35.0)
    assert booked["decay", "sorbed"][1] > 0.0
    cells, rates = step.package_rates["wel-1"]
    assert cells.tolist() == [100, 130]
    assert rates[0] == pytest.approx(100.0)
    assert rates[1] == pytest.approx(-booked["wel-1", "wel"][1] / 5.0)


def test_a_sink_takes_the_concentration_of_its_cell():
    """A lone stirred cell: C = C0 exp(-Q t / W); evaporation takes solute too, as in MODFLOW 6."""
    grid = structured_grid([10.0], [10.0], 1.0, [0.0])
    out = PackageFlow("evt-1", "evt", np.array([0]), np.array([-1.0]))
    into = PackageFlow("rch-1", "rch", np.array([0]), np.array([1.0]))
    flow = flow_step(grid, np.zeros(0), packages=(out, into), end=25.0, close=False)
    solver = TransportSolver([transport_model(grid, initial=2.0)])
    for t in np.linspace(0.5, 25.0, 50):
        step = solver.advance(flow, t, whole(flow))[0]
    assert step.concentration[0] == pytest.approx(2.0 * np.exp(-1.0), rel=1e-4)


def test_decay_of_dissolved_and_sorbed_solute_is_exact_to_the_step():
    """Retardation 1 + rho_b Kd / n = 3; the mean rate is (0.3 + 2 * 0.06) / 3 = 0.14."""
    model = transport_model(LINE, porosity=0.25, initial=1.0, kd=0.25, bulk_density=2.0, decay=0.3, decay_sorbed=0.06)
    flow = flow_step(LINE, np.zeros(LINE.n_faces), end=10.0)
    step = TransportSolver([model]).advance(flow, 10.0, whole(flow))[0]
    np.testing.assert_allclose(step.concentration, np.exp(-1.4), rtol=2e-3)  # measured: 1.2e-3
    booked = amounts(step.ledger)
    assert booked["decay", "dissolved"][1] / booked["decay", "sorbed"][1] == pytest.approx(0.3 / 0.12)
    assert step.limits[0].reason == "decay"


def test_fixed_cells_keep_their_concentration_and_book_what_they_give():
    model = transport_model(LINE, dispersivity=(5.0, 0.0, 0.0), sources=[("edge", "c")],
                            packages=[constant("cnc-1", "cnc", [0], concentration=2.0)])
    flow = uniform_flow(LINE, (0.25, 0.0, 0.0), end=60.0, concentration=7.0)
    step = TransportSolver([model]).advance(flow, 60.0, whole(flow))[0]
    assert step.concentration[0] == 2.0
    assert step.maximum <= 2.0
    booked = amounts(step.ledger)
    content = 0.25 * LINE.volume * step.concentration
    assert booked["cnc-1", "cnc"][0] == pytest.approx(content[1:].sum() + booked["edge", "chd"][1], rel=1e-12)
    assert booked["edge", "chd"][0] == 0.0  # nothing else acts in a fixed cell


def test_a_source_that_takes_mass_stops_where_there_is_none():
    model = transport_model(LINE, initial=0.1, packages=[constant("src-1", "src", [3], mass_rate=-50.0)])
    flow = uniform_flow(LINE, (0.25, 0.0, 0.0), end=50.0)
    step = TransportSolver([model]).advance(flow, 50.0, whole(flow))[0]
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-12
    assert 0.0 < amounts(step.ledger)["src-1", "src"][1] < 50.0 * 50.0


def test_limits_name_the_cell_and_the_process():
    well = PackageFlow("wel-1", "wel", np.array([7]), np.array([-90.0]))
    rain = PackageFlow("rch-1", "rch", np.array([7]), np.array([90.0]))
    flow = flow_step(LINE, np.zeros(LINE.n_faces), packages=(well, rain), end=1.0, close=False)
    step = TransportSolver([transport_model(LINE, initial=1.0)]).advance(flow, 1.0, whole(flow))[0]
    assert (step.limits[0].cell, step.limits[0].reason) == (7, "sink wel-1")
    flow = uniform_flow(LINE, (0.25, 0.0, 0.0), end=50.0)
    for dispersivity, reason in ((0.1, "advection"), (80.0, "dispersion")):
        model = transport_model(LINE, initial=1.0, dispersivity=(dispersivity, 0.0, 0.0))
        assert TransportSolver([model]).advance(flow, 50.0, whole(flow))[0].limits[0].reason == reason


def test_sharp_fronts_get_one_stage_and_smooth_ones_four():
    flow = uniform_flow(LINE, (0.25, 0.0, 0.0), end=50.0)
    for dispersivity, stages in ((0.5, 1), (5.0, 4)):
        model = transport_model(LINE, initial=1.0, dispersivity=(dispersivity, 0.0, 0.0))
        step = TransportSolver([model]).advance(flow, 50.0, whole(flow))[0]
        assert step.stages == stages * step.sub_steps


def test_one_flow_step_serves_several_calls():
    """Cut in two, the run is the same but for the length of its sub-steps."""
    model = transport_model(LINE, dispersivity=(5.0, 0.0, 0.0), initial=np.exp(-((LINE.x - 60.0) / 30.0) ** 2))
    flow = uniform_flow(LINE, (0.25, 0.0, 0.0), end=60.0)
    whole_run = TransportSolver([model]).advance(flow, 60.0, whole(flow))[0]
    solver = TransportSolver([model])
    solver.advance(flow, 23.0, whole(flow))
    in_two = solver.advance(flow, 60.0, whole(flow))[0]
    assert (in_two.start, in_two.end) == (23.0, 60.0)
    np.testing.assert_allclose(in_two.concentration, whole_run.concentration, atol=3e-3)  # measured: 2.2e-3


def test_a_thin_first_column_breaks_nothing():
    widths = np.concatenate([[1e-3], np.full(20, 10.0)])
    grid = structured_grid(widths, np.full(5, 10.0), 1.0, [0.0])
    model = transport_model(grid, dispersivity=(1.0, 0.1, 0.1),
                            packages=[constant("cnc-1", "cnc", np.arange(0, 105, 21), concentration=1.0)])
    flow = uniform_flow(grid, (0.25, 0.0, 0.0), end=80.0)
    step = TransportSolver([model]).advance(flow, 80.0, whole(flow))[0]
    c = step.concentration.reshape(5, 21)
    assert step.minimum >= 0.0
    assert step.maximum <= 1.0 + 1e-12
    np.testing.assert_allclose(c, np.broadcast_to(c[0], c.shape), rtol=1e-12)


def test_without_advection_only_dispersion_moves_solute():
    model = transport_model(LINE, advection="", diffusion=1.0, initial=np.where(LINE.x < 50.0, 1.0, 0.0))
    flow = uniform_flow(LINE, (0.25, 0.0, 0.0), end=20.0, packages=())
    step = TransportSolver([model]).advance(flow, 20.0, whole(flow))[0]
    c = step.concentration
    assert c[4] + c[5] == pytest.approx(1.0, abs=1e-7)  # fluxes are float32; measured: 1.5e-9


@pytest.mark.parametrize("kind", ["dis", "disv"])
def test_a_sharp_front_from_an_inflow_makes_no_new_maximum(kind):
    """Water of concentration 1 enters at the end of a line, or all over three sides of a block.

    Strict along a line but for float32 round-off; limiting direction by direction is not quite so in space
    (measured: 1.1e-3).
    """
    for grid, discharge, over in ((LINE, (0.25, 0.0, 0.0), 1e-6), (BLOCK, (0.2, -0.1, 0.05), 2e-3)):
        shape = grid.shape if kind == "dis" else (grid.shape[0], grid.shape[1] * grid.shape[2])
        model = transport_model(dataclasses.replace(grid, kind=kind, shape=shape), sources=[("edge", "c")])
        flow = uniform_flow(grid, discharge, end=200.0, concentration=1.0)
        solver = TransportSolver([model])
        steps = [solver.advance(flow, t, whole(flow))[0] for t in (10.0, 20.0, 40.0, 80.0, 200.0)]
        rounding = 1e-6 if kind == "disv" else 0.0  # any grid runs in float32
        assert max(s.maximum for s in steps) <= 1.0 + over + rounding


def test_a_scheme_that_does_not_exist_is_refused_by_name():
    with pytest.raises(InputError, match=r"scheme = quick; allowed: one of central, .*limited"):
        TransportSolver([transport_model(LINE)], scheme="quick")


def test_upstream_weighting_smears_as_theory_says():
    """A front spreads with |v| dx / 2 (1 - Courant number of a stage), far more than the limited scheme does."""
    flow = uniform_flow(LINE, (0.25, 0.0, 0.0), end=100.0, concentration=1.0)
    spread = {}
    for scheme in ("limited", "upstream"):
        model = transport_model(LINE, sources=[("edge", "c")])
        c = TransportSolver([model], scheme=scheme).advance(flow, 100.0, whole(flow))[0].concentration
        spread[scheme] = np.sum(c * (1.0 - c))
    assert spread["upstream"] > 2.0 * spread["limited"]


def test_progress_tells_time_step_cell_and_reason():
    told = []
    flow = uniform_flow(LINE, (0.25, 0.0, 0.0), end=500.0, concentration=1.0)
    model = transport_model(LINE, sources=[("edge", "c")])
    TransportSolver([model], on_progress=told.append).advance(flow, 500.0, whole(flow))
    assert told[0].time == told[0].step_length > 0.0
    assert told[0].reason == "advection"
    assert len(told) < 20


@pytest.mark.parametrize("scheme", ["limited", "mf6"])
def test_a_source_falls_to_the_highest_cell_with_water(scheme):
    """HIGHEST_SATURATED: three cells on top of each other, the uppermost dry."""
    grid = structured_grid([10.0], [10.0], 3.0, [2.0, 1.0, 0.0])
    source = constant("src-1", "src", [0, 2], mass_rate=[1.5, 0.5])
    model = transport_model(grid, packages=[dataclasses.replace(source, options={"highest_saturated": True})])
    flow = dataclasses.replace(
        flow_step(grid, np.zeros(2), end=4.0), saturation_start=np.array([0.0, 1.0, 1.0]),
        saturation_end=np.array([0.0, 1.0, 1.0]), head_end=np.array([-1e30, 1.5, 1.5]))
    step = TransportSolver([model], scheme=scheme).advance(flow, 4.0, whole(flow))[0]
    np.testing.assert_allclose(step.concentration, [0.0, 6.0 / 25.0, 2.0 / 25.0], rtol=1e-12)
    assert step.package_rates["src-1"][0].tolist() == [1, 2]


def test_of_two_fixed_concentrations_in_one_cell_the_last_counts():
    model = transport_model(LINE, packages=[constant("cnc-1", "cnc", [3, 3], concentration=[2.0, 5.0])],
                            dispersivity=(5.0, 0.0, 0.0))
    flow = uniform_flow(LINE, (0.25, 0.0, 0.0), end=30.0)
    step = TransportSolver([model]).advance(flow, 30.0, whole(flow))[0]
    assert step.concentration[3] == 5.0
    assert step.ledger.closure() < 1e-12
