"""Every transport kernel against its numpy twin, on random small grids with holes and random flow."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver import kernels
from gwsolver.core.dis import structured_grid
from gwsolver.kernels import transport_cells, transport_coefficients
from gwsolver.transport.explicit.cloud import build_cloud
from gwsolver.transport.explicit.coefficients import coefficients
from gwsolver.transport.explicit.ends import Ends
from gwsolver.transport.explicit.rows import build_rows
from gwsolver.transport.explicit.sweeps import CloudSweep, RowSweep
from gwsolver.transport.schemes import named
from gwsolver.transport.sources import boundaries
from gwsolver.transport.water import WaterBalance
from tests.transport import twins
from tests.transport.builders import flow_step, transport_model, whole

LIMITERS = st.sampled_from(["limited", "tvd", "central"])
SINGLE = 1e-6
SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 7), st.integers(1, 7))
quick = settings(max_examples=25, deadline=None)


def random_model(shape, seed, *, holes=0.2, even=False):
    """A grid with uneven spacing and holes, random flow, random concentration, some cells dry."""
    rng = np.random.default_rng(seed)
    size = lambda n: np.full(n, 2.0) if even else rng.choice([1.0, 2.0, 2.0, 3.0], n)  # noqa: E731
    idomain = np.where(rng.random(shape) < holes, 0, 1)
    idomain.ravel()[0] = 1
    grid = structured_grid(size(shape[2]), size(shape[1]), 10.0, 10.0 - np.cumsum(size(shape[0])), idomain)
    model = transport_model(grid, dispersivity=(3.0, 2.0, 1.0, 0.5, 0.2), diffusion=0.01)
    flow = flow_step(grid, rng.normal(size=grid.n_faces), discharge=rng.normal(size=(grid.n_cells, 3)))
    return rng, grid, model, flow, np.where(rng.random(grid.n_cells) < 0.3, 0.0, rng.random(grid.n_cells))


def coefficients_of(rng, model, flow, sweep, scheme="limited"):
    """Coefficients with the upstream rule, some cells of which get water from packages."""
    k = coefficients(model, flow, sweep.faces, sweep.structured, named(scheme))
    b = boundaries(model, flow, whole(flow), WaterBalance(model).step(flow))
    b = dataclasses.replace(b, inflow=b.inflow * (rng.random(b.inflow.size) > 0.5), inflow_concentration=rng.random(
        b.inflow.size))
    rule = Ends(sweep.faces, k.faces[0], b.fixed.size).rule(b)
    k.faces[2] = rule.ratio
    sweep.end_with(k, rule)
    return k, rule


def one_stage(sweep, k, c, source, loss, inverse, threads=1):
    """Mass, integral and concentration after one stage from zero mass."""
    kernels.set_threads(threads)
    mass, integral, after = np.zeros(c.size), np.zeros(c.size), c.copy()
    sweep.stage(k, after, mass, integral, source, loss, inverse, 0.5, 0.25)
    kernels.set_threads(0)
    return mass, integral, after


@quick
@given(SHAPES, st.integers(0, 10**6), st.booleans(), LIMITERS)
def test_row_kernels_equal_their_twin(shape, seed, even, scheme):
    rng, grid, model, flow, c = random_model(shape, seed, even=even)
    wet = rng.random(grid.n_cells) > 0.1
    sweep = RowSweep(build_rows(grid, wet))
    k, rule = coefficients_of(rng, model, flow, sweep, scheme)
    source, loss, inverse = rng.random((3, grid.n_cells))
    mass, integral, after = one_stage(sweep, k, c, source, loss, inverse)
    flux = twins.row_fluxes(grid, wet, sweep.faces, k.faces, c, rule, k.limiter)
    expected = 0.5 * (twins.balance(sweep.faces.cells, flux, c.size) + source - loss * c)
    np.testing.assert_allclose(sweep.flux[:grid.n_faces], flux, atol=1e-12)
    np.testing.assert_allclose(mass, expected, atol=1e-12)
    np.testing.assert_allclose(integral, 0.25 * c)
    np.testing.assert_allclose(after, expected * inverse, atol=1e-12)


@quick
@given(SHAPES, st.integers(0, 10**6), LIMITERS)
def test_cloud_kernels_equal_their_twin(shape, seed, scheme):
    rng, grid, model, flow, c = random_model(shape, seed)
    grid = dataclasses.replace(grid, kind="disv", shape=(shape[0], shape[1] * shape[2]))
    model = dataclasses.replace(model, grid=grid)
    wet = rng.random(grid.n_cells) > 0.1
    sweep = CloudSweep(build_cloud(grid, wet))
    k, rule = coefficients_of(rng, model, flow, sweep, scheme)
    source, loss, inverse = rng.random((3, grid.n_cells))
    mass, _, after = one_stage(sweep, k, c, source, loss, inverse)
    flux = twins.cloud_fluxes(grid, wet, k.faces, c, rule, k.limiter)
    expected = 0.5 * (twins.balance(grid.face_cells, flux, c.size) + source - loss * c)
    # Round-off of float32, over what passes through the faces.
    scale = SINGLE * (np.abs(k.faces[[0, 3]]).max(initial=0.0) + 1.0) * c.max()
    np.testing.assert_allclose(sweep.flux, flux, atol=scale)
    np.testing.assert_allclose(mass, expected, atol=6 * scale)
    np.testing.assert_allclose(after, expected * inverse, atol=6 * scale)
    np.testing.assert_allclose(mass.sum(), (0.5 * (source - loss * c)).sum(), rtol=1e-13, atol=1e-13)  # no flux lost


@quick
@given(SHAPES, st.integers(0, 10**6))
def test_coefficients_equal_their_twin(shape, seed):
    _, grid, model, flow, _ = random_model(shape, seed)
    wet = np.ones(grid.n_cells, bool)
    sweep = RowSweep(build_rows(grid, wet))
    k = coefficients(model, flow, sweep.faces, True, named("limited"))
    a = (3.0, 2.0, 1.0, 0.5, 0.2)
    tensors = [twins.tensor(q, *a, 0.01 * 0.25) for q in flow.specific_discharge]
    expected, rate = twins.face_coefficients(grid, sweep.faces, tensors, flow.face_flow[sweep.faces.order])
    np.testing.assert_allclose(k.faces[[0, 1, 3, 4, 5, 6]], expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(k.rate.sum(axis=0), rate, rtol=1e-9, atol=1e-12)


@quick
@given(st.lists(st.floats(-2, 2).map(lambda x: 0.0 if abs(x) < 1e-3 else x), min_size=3, max_size=3))
def test_dispersion_tensor_equals_its_twin_in_every_direction(q):
    a = (3.0, 2.0, 1.0, 0.5, 0.2)
    found = np.zeros((6, 1))
    transport_coefficients.dispersion_tensor(np.array([q]), *(np.array([x]) for x in a), np.array([0.1]), found)
    d = twins.tensor(np.array(q), *a, 0.1)
    np.testing.assert_allclose(found[:, 0], d[[0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]], rtol=1e-10, atol=1e-12)


@quick
@given(st.integers(1, 60), st.integers(0, 10**6), st.floats(0, 1))
def test_cell_kernels_equal_numpy(n, seed, part):
    rng = np.random.default_rng(seed)
    start, end, mass, before = rng.random((4, n)) + 0.01
    start[0] = end[0] = 0.0
    least = 0.3 * np.maximum(start, end)
    inverse = np.zeros(n)
    transport_cells.inverse_capacity(start, end - start, least, part, inverse, 1)
    content = np.maximum(start + part * (end - start), least)
    np.testing.assert_allclose(inverse, np.divide(1, content, out=np.zeros(n), where=content > 0))

    blended, c = mass.copy(), np.zeros(n)
    transport_cells.blend(before, blended, inverse, 0.25, c, 1)
    np.testing.assert_allclose(blended, 0.25 * before + 0.75 * mass)
    np.testing.assert_allclose(c, blended * inverse)

    sums = np.zeros(4)
    transport_cells.signed_sums(before, mass, start, sums)
    change = (before - mass) * start
    np.testing.assert_allclose(sums[0] + sums[1], change[change > 0].sum(), atol=1e-14)
    np.testing.assert_allclose(sums[2] + sums[3], change[change < 0].sum(), atol=1e-14)


@quick
@given(st.integers(1, 40), st.integers(0, 10**6), st.floats(0, 0.9))
def test_no_stage_within_the_limit_takes_more_than_a_cell_holds(n, seed, part):
    """At the stage's start and, in cells that lose water, at the end of the step."""
    rng = np.random.default_rng(seed)
    start, end, rate = rng.random((3, n)) + 0.01
    least, longest, span, stages = 1e-3 * np.maximum(start, end), np.zeros(1), 2.0, 3.0
    cell = transport_cells.limiting_cell(start, end, least, rate, part, span, stages, 0.95, longest)
    h = longest[0]
    here = np.maximum(start + part * (end - start), least)
    there = np.maximum(start + (part + stages * h / span) * (end - start), least)
    load = h * rate / np.where(end < start, np.minimum(here, there), here)
    assert load.max() <= 0.95 * (1 + 1e-9)
    assert load[cell] == pytest.approx(load.max())


def test_any_number_of_threads_gives_the_same_bits():
    rng, grid, model, flow, c = random_model((3, 60, 71), 7, holes=0.1, even=True)
    wet = np.ones(grid.n_cells, bool)
    source, loss, inverse = np.random.default_rng(1).random((3, grid.n_cells))
    for sweep in (RowSweep(build_rows(grid, wet)), CloudSweep(build_cloud(grid, wet))):
        k, _ = coefficients_of(rng, model, flow, sweep)
        one, two = (one_stage(sweep, k, c, source, loss, inverse, threads) for threads in (1, 2))
        assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
