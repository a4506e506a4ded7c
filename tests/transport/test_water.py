"""Solute follows the water when the water comes and goes."""

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.ledger import Ledger
from gwsolver.transport import TransportSolver
from tests.transport.builders import flow_step, transport_model, whole

POROSITY = 0.25
SCHEMES = ("limited", "implicit")


def sloshing(specific_yield, *, specific=0.0, n_steps=5, amplitude=1.5, scheme="limited", **options):
    """Random flow between cells of two layers, taken up by water table (and elastic) storage."""
    rng = np.random.default_rng(1)
    grid = structured_grid(np.full(8, 10.0), np.full(6, 10.0), 10.0, [5.0, 0.0])
    solver = TransportSolver([transport_model(grid, dispersivity=(5.0, 1.0, 0.1), porosity=POROSITY, **options)],
                             scheme=scheme)
    saturation, books, steps = np.full(grid.n_cells, 0.6), Ledger(), []
    for k in range(n_steps):
        flow = rng.normal(size=grid.n_faces) * amplitude
        net = np.zeros(grid.n_cells)
        np.subtract.at(net, grid.face_cells[:, 0], flow)
        np.add.at(net, grid.face_cells[:, 1], flow)
        after = saturation + (1.0 - specific) * net / (grid.volume * specific_yield)
        assert 0.02 < after.min() < after.max() < 1.0
        step = flow_step(
            grid, flow, start=float(k), end=k + 1.0, saturation=(saturation, after), close=False,
            storage_yield=-(1.0 - specific) * net, storage_specific=-specific * net,
        )
        steps.append(solver.advance(step, step.end, whole(step))[0])
        books.merge(steps[-1].ledger)
        saturation = after
    return steps, books, solver


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("specific_yield", "specific"), [(POROSITY, 0.0), (0.2, 0.0), (POROSITY, 0.1)])
def test_a_uniform_concentration_stays_uniform_in_unsteady_flow(specific_yield, specific, scheme):
    """With specific yield like porosity, unlike it, and with a tenth of the water in elastic storage."""
    steps, books, _ = sloshing(specific_yield, specific=specific, initial=3.0, scheme=scheme)
    # Explicit fluxes are float32; measured: 5e-8.
    assert max(np.abs(s.concentration - 3.0).max() for s in steps) < (3e-7 if scheme == "limited" else 1e-12)
    assert books.closure() < 1e-12


def moving_table(specific_yield, scheme):
    """Steps of sorbing solute under a moving water table, the mass met in rewetted ground, and that gained in all."""
    start = np.random.default_rng(3).random(96)
    steps, _, _ = sloshing(specific_yield, initial=start, kd=0.1, bulk_density=1.0, scheme=scheme)
    masses = [s.mass + s.mass_sorbed for s in steps]
    met = sum(into for s in steps[1:] for _, term, into, _ in s.ledger.rows() if term == "rewetted")
    return steps, met, masses[-1] - masses[0]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("specific_yield", [POROSITY, 0.15])
def test_mass_is_kept_when_the_water_table_moves(specific_yield, scheme):
    """What is left behind above the water table is stored, not lost."""
    steps, met, gained = moving_table(specific_yield, scheme)
    assert all(s.minimum >= 0.0 and s.ledger.closure() < 1e-12 for s in steps)
    assert met > 0.0
    assert gained == pytest.approx(met, abs=1e-12 * (steps[0].mass + steps[0].mass_sorbed))


def draining(grid, start, end, *, drain):
    """One cell of two loses its water to the other's sink, or gets it back."""
    volume = POROSITY * grid.volume[0]
    rate = volume if drain else -volume
    return flow_step(
        grid, np.array([rate]), start=start, end=end, storage_yield=np.array([rate, 0.0]),
        saturation=([1.0, 1.0], [0.0, 1.0]) if drain else ([0.0, 1.0], [1.0, 1.0]), concentration=0.0,
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_cell_that_dries_is_emptied_and_one_that_wets_fills_again(scheme):
    grid = structured_grid([10.0, 10.0], [10.0], 1.0, [0.0])
    solver = TransportSolver([transport_model(grid, porosity=POROSITY, initial=[4.0, 0.0])], scheme=scheme)
    first = draining(grid, 0.0, 1.0, drain=True)
    dried = solver.advance(first, 1.0, whole(first))[0]
    assert dried.dry.tolist() == [True, False]
    assert dried.concentration[1] == pytest.approx(4.0 * (1.0 - np.exp(-1.0)), rel=0.03)
    assert dried.maximum <= 4.0
    assert dried.minimum >= 0.0
    assert dried.sub_steps < 60
    second = draining(grid, 1.0, 2.0, drain=False)
    wetted = solver.advance(second, 2.0, whole(second))[0]
    assert not wetted.dry.any()
    assert wetted.minimum >= 0.0
    assert max(dried.ledger.closure(), wetted.ledger.closure()) < 1e-12


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_dry_cell_keeps_its_mass_and_gives_it_back(scheme):
    """A jump from wet to dry without flow, as saved flows may show it."""
    grid = structured_grid([10.0, 10.0], [10.0], 1.0, [0.0])
    solver = TransportSolver([transport_model(grid, porosity=POROSITY, initial=[4.0, 1.0])], scheme=scheme)
    states = []
    for k, saturation in enumerate((1.0, 0.0, 1.0)):
        step = flow_step(grid, np.zeros(1), start=k, end=k + 1.0, saturation=([saturation, 1.0],) * 2)
        states.append(solver.advance(step, step.end, whole(step))[0])
    assert states[1].dry.tolist() == [True, False]
    assert states[1].concentration.tolist() == [0.0, 1.0]
    assert ("storage", "retained") in states[1].ledger.amounts
    assert [s.mass for s in states] == pytest.approx([125.0] * 3, rel=1e-14)
    np.testing.assert_allclose(states[2].concentration, [4.0, 1.0], rtol=1e-14)


def test_flow_that_does_not_balance_is_booked_and_keeps_a_uniform_concentration():
    rng = np.random.default_rng(5)
    grid = structured_grid(np.full(5, 10.0), np.full(4, 10.0), 1.0, [0.0])
    flow = flow_step(grid, rng.normal(size=grid.n_faces), close=False)
    step = TransportSolver([transport_model(grid, initial=2.0)]).advance(flow, 1.0, whole(flow))[0]
    np.testing.assert_allclose(step.concentration, 2.0, rtol=1e-7)  # float32; measured: 4e-9
    assert ("flow", "flow imbalance") in step.ledger.amounts
    assert step.ledger.closure() < 1e-12
