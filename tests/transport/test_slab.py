"""Slab by slab: the same discretisation as the general kernels, exact mass, a window that changes nothing."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver import kernels
from gwsolver.core.dis import structured_grid
from gwsolver.core.steps import PackageFlow
from gwsolver.transport import TransportSolver
from gwsolver.transport.explicit.march import GlobalMarch
from gwsolver.transport.explicit.marches import alike
from gwsolver.transport.explicit.slab import interval as slab_interval
from gwsolver.transport.explicit.slab.march import SlabMarch
from gwsolver.transport.explicit.slab.part import cut
from gwsolver.transport.explicit.species import ExplicitSpecies
from gwsolver.transport.progress import Reporter
from gwsolver.transport.schemes import named
from tests.transport.builders import constant, flow_step, transport_model, uniform_flow, whole

SCHEME = named("limited")
quick = settings(max_examples=25, deadline=None)


def carry(model, flow, march, until=None, scheme=SCHEME):
    """One species over a flow step by a march of our choice."""
    until = flow.end if until is None else until
    species = ExplicitSpecies(model, scheme)
    work = species.begin(flow, until, whole(flow))
    march(work, flow.start, until, Reporter(None))
    return species.finish(work)


def by_slabs(model, scheme=SCHEME):
    """A march over slabs for one species."""
    march = SlabMarch([model], scheme)
    return lambda work, *rest: march([work], *rest)


def random_case(shape, seed, *, even=False, drains=False, diffusion=30.0):
    """Holes, wells, fixed cells, mass sources, decay, sorption; dispersion strong enough for Runge-Kutta steps."""
    rng = np.random.default_rng(seed)
    size = lambda n: np.full(n, 2.0) if even else rng.choice([1.0, 2.0, 2.0, 3.0], n)  # noqa: E731
    idomain = np.where(rng.random(shape) < 0.2, 0, 1)
    idomain.ravel()[0] = 1
    grid = structured_grid(size(shape[2]), size(shape[1]), 10.0, 10.0 - np.cumsum(size(shape[0])), idomain)
    n = grid.n_cells
    wells = PackageFlow("wel-1", "wel", rng.integers(0, n, 2), np.array([3.0, -4.0]), {"c": np.full(2, 5.0)})
    storage = {"storage_yield": rng.normal(size=n)} if drains else {}
    flow = flow_step(
        grid, rng.normal(size=grid.n_faces), discharge=rng.normal(size=(n, 3)), packages=(wells,), end=0.3,
        concentration=0.5, **storage,
    )
    model = transport_model(
        grid, dispersivity=(3.0, 2.0, 1.0, 0.5, 0.2), diffusion=diffusion, kd=0.2, bulk_density=1.5, decay=0.01,
        decay_sorbed=0.003, initial=np.where(rng.random(n) < 0.3, 0.0, rng.random(n)),
        sources=[("wel-1", "c"), ("edge", "c")], packages=[
            constant("cnc-1", "cnc", [n // 2], concentration=[3.0]),
            constant("src-1", "src", [0, n - 1], mass_rate=[7.0, 2.0 if drains else -2.0]),
        ],
    )
    return model, flow


SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 7), st.integers(1, 7))


@quick
@given(SHAPES, st.integers(0, 10**6), st.booleans(), st.booleans())
def test_slabs_do_what_the_general_kernels_do(shape, seed, even, drains):
    """All terms of the discretisation, over a whole interval of Runge-Kutta steps; measured: 2e-6 of the largest."""
    model, flow = random_case(shape, seed, even=even, drains=drains)
    found, expected = carry(model, flow, by_slabs(model)), carry(model, flow, GlobalMarch(model.grid.n_cells))
    assert found.stages == 4 * found.sub_steps
    if expected.stages == found.stages:
        scale = expected.concentration.max()
        np.testing.assert_allclose(found.concentration, expected.concentration, atol=2e-5 * scale)
        for (package, term, into, out), (_, _, other_in, other_out) in zip(
            found.ledger.rows(), expected.ledger.rows(), strict=True
        ):
            assert into == pytest.approx(other_in, rel=1e-4, abs=1e-4), (package, term)
            assert out == pytest.approx(other_out, rel=1e-4, abs=1e-4), (package, term)


@quick
@given(SHAPES, st.integers(0, 10**6), st.booleans(), st.sampled_from([0.0, 30.0]))
def test_nothing_is_negative_and_every_gram_is_booked(shape, seed, drains, diffusion):
    model, flow = random_case(shape, seed, drains=drains, diffusion=diffusion)
    step = carry(model, flow, by_slabs(model))
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-12


def test_mass_is_kept_to_round_off_over_many_sweeps():
    """Each face's flux is one number for both of its cells: a closed box keeps its mass (measured: 2e-16)."""
    rng = np.random.default_rng(3)
    grid = structured_grid(np.full(40, 1.0), np.full(30, 1.0), 3.0, [2.0, 1.0, 0.0])
    model = transport_model(grid, dispersivity=(0.5, 0.1, 0.1), initial=rng.random(grid.n_cells))
    flow = flow_step(grid, rng.normal(size=grid.n_faces), discharge=rng.normal(size=(grid.n_cells, 3)), close=False)
    flow = dataclasses.replace(flow, residual=np.zeros(grid.n_cells), end=20.0)
    species = ExplicitSpecies(model, SCHEME)
    work = species.begin(flow, 20.0, whole(flow))
    before = species.mass.sum()
    by_slabs(model)(work, 0.0, 20.0, Reporter(None))
    assert work.stages > 300
    assert species.mass.sum() == pytest.approx(before, rel=1e-14)


@pytest.mark.parametrize("diffusion", [0.0, 30.0])
def test_any_number_of_threads_gives_the_same_bits(diffusion):
    model, flow = random_case((3, 90, 71), 5, even=True, diffusion=diffusion)
    found = []
    for threads in (1, 2, 3):
        kernels.set_threads(threads)
        found.append(carry(model, flow, by_slabs(model), until=0.02).concentration)
    kernels.set_threads(0)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def spot(n=160, at=20.0):
    """A small plume in a large field, carried across half of it."""
    grid = structured_grid(np.full(n, 1.0), np.full(n, 1.0), 2.0, [1.0, 0.0])
    near = (grid.x - at) ** 2 + (grid.y - at) ** 2
    model = transport_model(
        grid, dispersivity=(0.5, 0.05, 0.05), initial=np.exp(-near / 18.0) * (near < 100.0), porosity=0.25
    )
    return model, uniform_flow(grid, (0.25, 0.25, 0.0), end=50.0)


def test_the_window_follows_a_plume_and_loses_nothing(monkeypatch):
    model, flow = spot()
    seen = carry(model, flow, by_slabs(model))
    monkeypatch.setattr("gwsolver.transport.explicit.slab.window.Window.find", lambda *_: None)
    everywhere = carry(model, flow, by_slabs(model))
    assert 0.0 < seen.figures["window_part"] < 0.5
    assert seen.figures["window_leak"] < 1e-9
    assert "window_part" not in everywhere.figures
    np.testing.assert_allclose(seen.concentration, everywhere.concentration, atol=1e-8 * everywhere.maximum)
    assert seen.ledger.closure() < 1e-12


@pytest.mark.parametrize("dispersivity", [0.05, 0.5])
def test_boxes_around_the_window_give_the_same_bits(monkeypatch, dispersivity):
    """Two species, wells, a fixed cell, SRC, sinks, decay; the plume leaves its box several times."""
    n = 64
    grid = structured_grid(np.full(n, 1.0), np.full(n, 1.0), 2.0, [1.0, 0.0])
    at = n // 2 * n + 14
    initial = np.where((grid.x - 14.0) ** 2 + (grid.y - 32.0) ** 2 < 16.0, 1.0, 0.0)
    model = transport_model(
        grid, dispersivity=(dispersivity, 0.02, 0.02), initial=initial, porosity=0.25, decay=0.01, kd=0.2,
        bulk_density=1.5, decay_sorbed=0.003, sources=[("wel-1", "c")], packages=[
            constant("cnc-1", "cnc", [at + 3], concentration=[0.7]),
            constant("src-1", "src", [at - 2, at + 2], mass_rate=[0.1, -0.05]),
        ],
    )
    other = dataclasses.replace(model, name="other", initial_concentration=0.5 * initial, packages=())
    wells = PackageFlow("wel-1", "wel", np.array([at, at + 5, at + n]), np.array([0.3, -0.2, -0.1]), {"c": np.ones(3)})
    flow = dataclasses.replace(uniform_flow(grid, (0.5, 0.2, 0.0), end=20.0), packages=(wells,))
    cuts, found = [], []
    monkeypatch.setattr(slab_interval, "WORTH_COPYING", 0.0)
    monkeypatch.setattr(slab_interval, "IN_CACHE", 0)
    monkeypatch.setattr(slab_interval, "ROOM", (1, 8))
    monkeypatch.setattr(slab_interval, "cut", lambda *a: cuts.append(a) or cut(*a))
    for large in (0.0, 1.0):
        monkeypatch.setattr(slab_interval, "LARGE", large)
        solver = TransportSolver([model, other])
        found.append([step for until in (7.0, 20.0) for step in solver.advance(flow, until, whole(flow))])
    assert len(cuts) > 5
    for plain, boxed in zip(*found, strict=True):
        assert plain.concentration.tobytes() == boxed.concentration.tobytes()
        assert plain.figures == boxed.figures
        assert plain.figures["window_part"] < 0.7
        assert ("runge_kutta" in plain.figures) == (dispersivity == 0.5)
        for one, two in zip(plain.ledger.rows(), boxed.ledger.rows(), strict=True):
            assert one[:2] == two[:2]
            np.testing.assert_allclose(one[2:], two[2:], rtol=1e-12)
        assert boxed.ledger.closure() < 1e-12


def test_species_of_equal_coefficients_go_together_and_get_what_they_get_alone():
    model, flow = random_case((2, 6, 7), 11)
    other = dataclasses.replace(
        model, name="other", initial_concentration=model.initial_concentration[::-1].copy(), packages=(),
        mobile=dataclasses.replace(model.mobile, decay_rate=np.zeros(model.grid.n_cells)),
    )
    third = dataclasses.replace(other, name="third", mobile=dataclasses.replace(
        model.mobile, distribution_coefficient=2.0 * model.mobile.distribution_coefficient))
    assert alike([model, third, other]) == [[0, 2], [1]]
    together = TransportSolver([model, other]).advance(flow, flow.end, whole(flow))
    for m, step in zip((model, other), together, strict=True):
        alone = TransportSolver([m]).advance(flow, flow.end, whole(flow))[0]
        np.testing.assert_allclose(step.concentration, alone.concentration, rtol=1e-3, atol=1e-4)
        assert step.ledger.closure() < 1e-12


def tank(until, *, limit=0.95):
    """Concentration of a stirred tank that clean water flows through, while solute decays."""
    grid = structured_grid([10.0], [10.0], 1.0, [0.0])
    out = PackageFlow("evt-1", "evt", np.array([0]), np.array([-1.0]))
    into = PackageFlow("rch-1", "rch", np.array([0]), np.array([1.0]))
    flow = flow_step(grid, np.zeros(0), packages=(out, into), end=until, close=False)
    model = transport_model(grid, initial=2.0, decay=0.004)
    scheme = dataclasses.replace(SCHEME, limit=limit)
    return carry(model, flow, by_slabs(model, scheme), scheme=scheme)


def test_sinks_and_decay_of_single_stage_steps_are_second_order(monkeypatch):
    monkeypatch.setattr("gwsolver.transport.explicit.slab.interval.DIFFUSIVE_PECLET", -1.0)
    exact = 2.0 * np.exp(-(1.0 / 25.0 + 0.004) * 25.0)
    errors = [abs(tank(25.0, limit=limit).concentration[0] - exact) for limit in (0.2, 0.1, 0.05)]
    assert errors[0] / errors[1] == pytest.approx(4.0, abs=0.6)
    assert errors[1] / errors[2] == pytest.approx(4.0, abs=0.4)
    assert errors[0] < 0.01 * exact
