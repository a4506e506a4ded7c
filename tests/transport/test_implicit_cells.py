"""Cells without water that pass water on: C = what flows in over what flows out, mass closes, nothing is negative."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.core.dis import structured_grid
from gwsolver.core.ledger import Ledger
from gwsolver.core.steps import PackageFlow
from gwsolver.transport import TransportSolver
from tests.transport.builders import flow_step, transport_model, whole

SCHEMES = ("limited", "implicit")
few = settings(max_examples=15, deadline=None)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_dry_cells_hand_on_the_mean_of_what_flows_in(scheme):
    """Recharge of C = 1 falls down three dry cells; in the second a quarter as much comes from a well of C = 6."""
    grid = structured_grid([10.0], [10.0], 40.0, [30.0, 20.0, 10.0, 0.0])
    rain = PackageFlow("rch-1", "rch", np.array([0]), np.array([4.0]), {"c": np.array([1.0])})
    well = PackageFlow("wel-1", "wel", np.array([1]), np.array([1.0]), {"c": np.array([6.0])})
    flow = flow_step(grid, np.array([4.0, 5.0, 5.0]), packages=(rain, well), end=50.0,
                     saturation=([0.0, 0.0, 0.0, 1.0],) * 2)
    model = transport_model(grid, sources=[("rch-1", "c"), ("wel-1", "c")])
    solver = TransportSolver([model], scheme=scheme)
    for until in np.linspace(5.0, 50.0, 10):
        step = solver.advance(flow, until, whole(flow))[0]
    np.testing.assert_allclose(step.concentration[:3], [1.0, 2.0, 2.0], rtol=1e-12 if scheme == "limited" else 1e-6)
    assert step.concentration[3] == pytest.approx(2.0 * (1.0 - np.exp(-5.0 * 50.0 / 250.0)), rel=2e-3)
    assert step.dry.tolist() == [False] * 4
    assert step.ledger.closure() < 1e-12
    assert scheme == "implicit" or step.figures["implicit_cells"] == 0.75


def test_many_short_intervals_use_one_system_and_can_be_paused():
    """Forty and eighty intervals give one answer, also where each asks first how far to go in one go."""
    grid = structured_grid(np.full(6, 10.0), [10.0], 20.0, [10.0, 0.0])
    saturation = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0] + [1.0] * 6)
    rain = PackageFlow("rch-1", "rch", np.array([0]), np.array([4.0]), {"c": np.array([1.0])})
    face_flow = np.zeros(grid.n_faces)
    for i, (n, m) in enumerate(grid.face_cells):
        face_flow[i] = 4.0 if (m == n + 6 and n == 0) or (n >= 6 and m == n + 1) else 0.0
    flow = flow_step(grid, face_flow, packages=(rain,), end=100.0, saturation=(saturation,) * 2)
    found = []
    for parts in (40, 80):
        solver = TransportSolver([transport_model(grid, dispersivity=(5.0, 0.5, 0.1), sources=[("rch-1", "c")])])
        for until in np.linspace(0.0, 100.0, parts + 1)[1:]:
            step = None
            while step is None or step.end < until:
                step = solver.advance_part(flow, until, whole(flow))[0]
        assert step.figures["implicit_cells"] > 0.0
        assert step.figures["courant"] <= 1.0
        found.append(step.concentration)
    assert found[0].max() == pytest.approx(1.0, rel=1e-3)
    np.testing.assert_allclose(found[1], found[0], rtol=0.0, atol=2e-3)


@few
@given(st.integers(0, 10**6), st.sampled_from(SCHEMES))
def test_random_flow_through_random_dry_cells_is_positive_and_closes(seed, scheme):
    rng = np.random.default_rng(seed)
    grid = structured_grid(np.full(6, 10.0), np.full(4, 10.0), 20.0, [10.0, 0.0])
    saturation = rng.choice([0.0, 1e-9, 1e-4, 0.3, 1.0], grid.n_cells, p=[0.3, 0.1, 0.1, 0.1, 0.4])
    start = rng.random(grid.n_cells)
    model = transport_model(grid, dispersivity=(5.0, 0.5, 0.1), initial=start, sources=[("edge", "c")],
                            kd=rng.choice([0.0, 0.2]), bulk_density=1.0, decay=rng.choice([0.0, 0.1]))
    flow = flow_step(grid, rng.normal(size=grid.n_faces) * 10.0, end=20.0, saturation=(saturation,) * 2,
                     concentration=0.5)
    solver = TransportSolver([model], scheme=scheme)
    for until in (7.0, 20.0):
        step = solver.advance(flow, until, whole(flow))[0]
        assert step.minimum >= 0.0
        assert step.maximum <= 1.0 + (1e-9 if scheme == "limited" else np.inf)
        assert step.ledger.closure() < 1e-10


@few
@given(st.integers(0, 10**6), st.sampled_from(SCHEMES))
def test_a_uniform_concentration_stays_uniform_through_dry_cells(seed, scheme):
    rng = np.random.default_rng(seed)
    grid = structured_grid(np.full(5, 10.0), np.full(4, 10.0), 20.0, [10.0, 0.0])
    saturation = rng.choice([0.0, 1e-6, 1.0], grid.n_cells)
    model = transport_model(grid, dispersivity=(5.0, 0.5, 0.1), initial=3.0, sources=[("edge", "c")])
    flow = flow_step(grid, rng.normal(size=grid.n_faces) * 10.0, end=20.0, saturation=(saturation,) * 2,
                     concentration=3.0)
    step = TransportSolver([model], scheme=scheme).advance(flow, 20.0, whole(flow))[0]
    np.testing.assert_allclose(step.concentration[~step.dry], 3.0, rtol=1e-9)


@few
@given(st.integers(0, 10**6), st.sampled_from(SCHEMES))
def test_drying_and_rewetting_keep_every_gram(seed, scheme):
    """Closed boxes of water that jumps and sinks at random: stored and mobile mass stay what they were.

    Water of the initial concentration that is met in pores never wet before is booked as rewetted.
    """
    rng = np.random.default_rng(seed)
    grid = structured_grid(np.full(4, 10.0), np.full(3, 10.0), 20.0, [10.0, 0.0])
    sy = 0.25
    saturation = rng.choice([0.0, 0.4, 1.0], grid.n_cells)
    solver = TransportSolver([transport_model(grid, initial=rng.random(grid.n_cells), kd=rng.choice([0.0, 0.1]),
                                              bulk_density=1.0, dispersivity=(5.0, 0.5, 0.1))], scheme=scheme)
    masses, met, books = [], [], Ledger()
    for k in range(6):
        pairs = grid.face_cells
        water = saturation * grid.volume * sy
        share = rng.random(grid.n_faces) * np.where(rng.random(grid.n_faces) < 0.3, 1.0, 0.0)
        degree = np.bincount(pairs.ravel(), minlength=grid.n_cells)
        face_flow = share * water[pairs[:, 0]] / degree[pairs[:, 0]]
        net = np.bincount(pairs[:, 1], face_flow, grid.n_cells) - np.bincount(pairs[:, 0], face_flow, grid.n_cells)
        room = (1.0 - saturation) * grid.volume * sy
        face_flow *= min(1.0, float((room[net > 0] / net[net > 0]).min(initial=1.0)))
        net = np.bincount(pairs[:, 1], face_flow, grid.n_cells) - np.bincount(pairs[:, 0], face_flow, grid.n_cells)
        after = np.clip(saturation + net / (grid.volume * sy), 0.0, 1.0)
        flow = flow_step(grid, face_flow, start=float(k), end=k + 1.0, saturation=(saturation, after),
                         storage_yield=-net, close=False)
        step = solver.advance(flow, flow.end, whole(flow))[0]
        books.merge(step.ledger)
        masses.append(step.mass + step.mass_sorbed)
        met.append(sum(i - o for _, term, i, o in step.ledger.rows() if term == "rewetted"))
        assert step.minimum >= 0.0
        assert abs(step.ledger.total_in() - step.ledger.total_out()) < 1e-10 * masses[0]
        saturation = np.where(rng.random(grid.n_cells) < 0.2, rng.choice([0.0, 0.5, 1.0], grid.n_cells), after)
    assert abs(books.total_in() - books.total_out()) < 1e-10 * masses[0]
    for k in range(1, 6):
        assert masses[k] - masses[k - 1] == pytest.approx(met[k], abs=1e-10 * masses[0])


def test_a_dry_cell_that_nothing_leaves_does_not_stop_the_others():
    """Round-off of the flow (measured: 3e-15 of the recharge) is all that moves there, and does not even balance."""
    grid = structured_grid([10.0, 10.0], [10.0], 20.0, [10.0, 0.0])
    rain = PackageFlow("rch-1", "rch", np.array([0]), np.array([4.0]), {"c": np.array([1.0])})
    face_flow = np.zeros(grid.n_faces)
    for i, pair in enumerate(grid.face_cells.tolist()):
        face_flow[i] = {(0, 2): 4.0, (1, 3): 1e-14, (2, 3): 4.0}.get(tuple(pair), 0.0)
    flow = flow_step(grid, face_flow, packages=(rain,), end=50.0, saturation=([0.0, 0.0, 1.0, 1.0],) * 2)
    solver = TransportSolver([transport_model(grid, dispersivity=(5.0, 0.5, 0.1), sources=[("rch-1", "c")])],
                             scheme="limited")
    step = solver.advance(flow, 50.0, whole(flow))[0]
    assert step.concentration[0] == pytest.approx(1.0, rel=1e-12)
    assert step.concentration[2] > 0.1
    assert step.ledger.closure() < 1e-12
