"""Local time steps while water comes and goes, over many intervals, and with the window that follows the plume."""

import numpy as np
import pytest

from gwsolver.core.dis import structured_grid
from gwsolver.core.time import TimeStep
from gwsolver.transport.explicit import marches
from gwsolver.transport.explicit import species as species_module
from gwsolver.transport.explicit.local import window
from gwsolver.transport.explicit.local.march import LocalMarch
from gwsolver.transport.explicit.march import GlobalMarch
from tests.transport import test_water
from tests.transport.builders import flow_step, transport_model, whole
from tests.transport.test_local import species, well_model


@pytest.fixture
def always_local(monkeypatch):
    """Every solver marches with local steps."""
    monkeypatch.setattr(species_module, "ChosenMarch", lambda grid: LocalMarch())
    monkeypatch.setattr(marches, "suits", lambda grid: False)


@pytest.mark.parametrize(("specific_yield", "specific"), [(0.25, 0.0), (0.2, 0.0), (0.25, 0.1)])
def test_a_uniform_concentration_stays_uniform_in_unsteady_flow(always_local, specific_yield, specific):
    """To the precision of float32 face flows."""
    steps, books, _ = test_water.sloshing(specific_yield, specific=specific, initial=3.0)
    assert max(np.abs(s.concentration - 3.0).max() for s in steps) < 1e-6
    assert books.closure() < 1e-12


@pytest.mark.parametrize("specific_yield", [0.25, 0.15])
def test_mass_is_kept_when_the_water_table_moves(always_local, specific_yield):
    steps, met, gained = test_water.moving_table(specific_yield, "limited")
    assert all(s.minimum >= 0.0 and s.ledger.closure() < 1e-12 for s in steps)
    assert met > 0.0
    assert gained == pytest.approx(met, abs=1e-12 * (steps[0].mass + steps[0].mass_sorbed))


def test_a_cell_that_dries_is_emptied_and_one_that_wets_fills_again(always_local):
    """Its last moments are cut in pieces: the number of steps stays small."""
    grid = structured_grid([10.0, 10.0], [10.0], 1.0, [0.0])
    s = species(transport_model(grid, porosity=0.25, initial=[4.0, 0.0]))
    first = test_water.draining(grid, 0.0, 1.0, drain=True)
    dried = s.advance(first, 1.0, whole(first))
    assert dried.dry.tolist() == [True, False]
    assert dried.concentration[1] == pytest.approx(4.0 * (1.0 - np.exp(-1.0)), rel=0.1)
    assert 0.0 <= dried.minimum <= dried.maximum <= 4.0
    assert dried.sub_steps < 200
    second = test_water.draining(grid, 1.0, 2.0, drain=False)
    wetted = s.advance(second, 2.0, whole(second))
    assert not wetted.dry.any()
    assert wetted.minimum >= 0.0
    assert max(dried.ledger.closure(), wetted.ledger.closure()) < 1e-12


def test_random_unsteady_flow_is_followed_as_by_global_steps():
    """Storage takes up what random flow leaves: closed, never negative, near the global march."""
    rng = np.random.default_rng(4)
    grid = structured_grid(np.full(24, 10.0), np.full(9, 10.0), 10.0, [5.0, 0.0])
    face_flow = rng.normal(0.0, 1.0, grid.n_faces) * np.exp(rng.normal(0.0, 1.0, grid.n_faces))
    net = np.zeros(grid.n_cells)
    np.subtract.at(net, grid.face_cells[:, 0], face_flow)
    np.add.at(net, grid.face_cells[:, 1], face_flow)
    length = 0.3 * (0.25 * grid.volume / np.maximum(np.abs(net), 1e-9)).min()
    after = 0.6 + net * length / (0.25 * grid.volume)
    flow = flow_step(
        grid, face_flow, end=length, saturation=(np.full(grid.n_cells, 0.6), after), close=False, storage_yield=-net,
        discharge=rng.normal(0.0, 0.01, (grid.n_cells, 3)),
    )
    model = transport_model(grid, dispersivity=(5.0, 1.0, 0.1), initial=rng.random(grid.n_cells), decay=0.01)
    local = species(model, LocalMarch()).advance(flow, length, whole(flow))
    exact = species(model, GlobalMarch(grid.n_cells)).advance(flow, length, whole(flow))
    assert local.ledger.closure() < 1e-12
    assert local.minimum >= 0.0
    assert np.abs(local.concentration - exact.concentration).sum() < 0.03 * exact.concentration.sum()


def test_many_short_intervals_use_one_plan_and_close():
    """Equal intervals give the same answer as one long one with as many steps; the plan is made once."""
    model, flow = well_model(decay=1e-3)
    march = LocalMarch()
    s = species(model, march)
    plans, mass = set(), 0.0
    for k in range(40):
        step = s.advance(flow, 2.5 * (k + 1), TimeStep(0, k, 2.5 * k, 2.5 * (k + 1)))
        plans.add(id(march._plan))
        mass = max(mass, step.ledger.closure())
        assert step.minimum >= 0.0
    assert mass < 1e-12
    assert len(plans) == 1
    exact = species(model, GlobalMarch(model.grid.n_cells)).advance(flow, flow.end, whole(flow))
    assert np.abs(step.concentration - exact.concentration).sum() < 0.02 * exact.concentration.sum()


def test_the_window_follows_the_plume_and_tells_its_leak(monkeypatch):
    """A plume in a long grid: most rows are passed over, the answer is that without a window, mass closes."""
    grid = structured_grid(np.full(64, 10.0), np.full(120, 10.0), 0.0, [-5.0])
    rng = np.random.default_rng(2)
    speed = np.exp(rng.normal(0.0, 0.4, 64))
    face_flow = np.zeros(grid.n_faces)
    n = grid.face_cells[:, 0]
    along = np.abs(grid.face_normal[:, 1]) > 0.5
    face_flow[along] = 0.25 * 50.0 * speed[n[along] % 64]
    q = np.column_stack([np.zeros(grid.n_cells), -0.25 * np.tile(speed, 120), np.zeros(grid.n_cells)])
    flow = flow_step(grid, face_flow, end=200.0, discharge=q)
    start = np.exp(-((grid.x - 320.0) ** 2 + (grid.y - 900.0) ** 2) / 1800.0)
    model = transport_model(grid, dispersivity=(5.0, 1.0, 1.0), initial=np.where(start > 1e-9, start, 0.0))
    moving = species(model, LocalMarch()).advance(flow, 200.0, whole(flow))
    monkeypatch.setattr(window, "ALMOST_ALL", 0.0)
    still = species(model, LocalMarch()).advance(flow, 200.0, whole(flow))
    assert moving.stages < 0.8 * still.stages
    assert moving.ledger.closure() < 1e-12
    assert still.figures["window_leak"] == 0.0
    assert moving.figures["window_leak"] < 1e-8
    assert np.abs(moving.concentration - still.concentration).sum() < 1e-8 * still.concentration.sum()
