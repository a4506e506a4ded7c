"""Local time steps: conservative, never negative, and the same as one step for all where all go at one pace."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwsolver.bench.cases import oblique_gaussian
from gwsolver.core.dis import structured_grid
from gwsolver.core.steps import PackageFlow
from gwsolver.kernels import set_threads
from gwsolver.transport.explicit import species as species_module
from gwsolver.transport.explicit.local import schedule as schedule_module
from gwsolver.transport.explicit.local.choice import ChosenMarch
from gwsolver.transport.explicit.local.march import LocalMarch
from gwsolver.transport.explicit.march import GlobalMarch
from gwsolver.transport.explicit.slab.march import SlabMarch
from gwsolver.transport.explicit.species import ExplicitSpecies
from gwsolver.transport.progress import Reporter
from gwsolver.transport.schemes import named
from tests.transport import twins
from tests.transport.builders import constant, flow_step, transport_model, uniform_flow, whole

SCHEME = named("limited")


class species:
    """A species that marches as told."""

    def __init__(self, model, march=None):
        self.own, self._march = ExplicitSpecies(model, SCHEME), march or ChosenMarch(model.grid)

    def __getattr__(self, name):
        return getattr(self.own, name)

    def advance(self, flow, until, stress):
        """Carry it to `until`."""
        start = flow.start if self.own.time is None else self.own.time
        work = self.own.begin(flow, until, stress)
        self._march(work, start, until, Reporter(None))
        return self.own.finish(work)


def random_grid(rng, even, hole=True):
    """A small grid, its spacings even or not, perhaps with inactive cells."""
    n_lay, n_row, n_col = rng.integers(1, 5), rng.integers(1, 7), rng.integers(2, 28)
    spacing = (lambda n: np.full(n, 10.0)) if even else (lambda n: rng.uniform(5.0, 20.0, n))
    idomain = np.ones((n_lay, n_row, n_col), int)
    if hole and n_col > 6:
        idomain[:, n_row // 2, 3:5] = 0
    return structured_grid(spacing(n_col), spacing(n_row), 0.0, -np.cumsum(rng.uniform(1.0, 3.0, n_lay)), idomain)


def random_case(seed, even=True, concentration=0.0, uniform=False):
    """A random flow with fast spots, wells, sinks, decay, sorption, fixed cells and mass sources."""
    rng = np.random.default_rng(seed)
    grid = random_grid(rng, even)
    n = grid.n_cells
    flow = rng.normal(0.0, 1.0, grid.n_faces) * np.exp(rng.normal(0.0, 1.5, grid.n_faces))
    wells = PackageFlow("wel-1", "wel", rng.integers(0, n, 2), np.array([30.0, -40.0]), {"c": np.full(2, 5.0)})
    f = flow_step(
        grid, flow, packages=() if uniform else (wells,), end=rng.uniform(5.0, 60.0), concentration=concentration,
        discharge=rng.normal(0.0, 0.05, (n, 3)),
    )
    physics = {} if uniform else dict(
        kd=0.2, bulk_density=1.5, decay=0.01, decay_sorbed=0.003,
        packages=[constant("cnc-1", "cnc", [n // 2], concentration=[3.0]),
                  constant("src-1", "src", [0, n - 1], mass_rate=[7.0, -2.0])],
    )
    model = transport_model(
        grid, dispersivity=(5.0, 0.5, 0.1), initial=concentration if uniform else rng.random(n) * (rng.random(n) < 0.5),
        sources=[("edge", "c")] if uniform else [("wel-1", "c"), ("edge", "c")], **physics,
    )
    return model, f


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), even=st.booleans())
def test_nothing_is_negative_and_every_gram_is_booked(seed, even):
    model, flow = random_case(seed, even)
    s = species(model, LocalMarch())
    for part in (0.3, 1.0):
        step = s.advance(flow, part * flow.end, whole(flow))
        assert step.ledger.closure() < 1e-12
        assert step.minimum >= 0.0
        assert s.mass.min() >= 0.0
        assert np.isfinite(step.concentration).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), even=st.booleans())
def test_a_uniform_concentration_stays_uniform(seed, even):
    """To the precision of float32 face flows."""
    model, flow = random_case(seed, even, concentration=2.0, uniform=True)
    step = species(model, LocalMarch()).advance(flow, flow.end, whole(flow))
    assert step.concentration == pytest.approx(np.full(model.grid.n_cells, 2.0), rel=2e-6)


def corrected(work, plan):
    """H, G1, G2, gamma of faces with the Lax-Wendroff terms of a plan."""
    content = plan.schedule.middle
    return twins.second_order(
        work.model, work.flow, work.sweep.faces, work.coefficients.faces, work.boundaries.fixed, content,
        plan.levels.steps(plan.layout), work.scheme.clip,
    )


def twin(species, second, levels, layout):
    """One step of the slowest cells in plain numpy, faces and cells by their levels."""
    grid = species.model.grid
    b, capacity = species._boundaries, species._capacity
    faces, wet = species._general.sweep.faces, species._general._wet
    k = species._general.coefficients.faces.copy()
    k[[1, 4, 5, 6]] = second
    level = levels.level.astype(int)
    own = level[layout.place // 8]
    n, m = faces.cells.T
    group = level[layout.place[n] // 8]  # the finer level of a group of eight faces
    for axis in range(3):
        for s in np.unique(layout.place[n[faces.axis == axis]] // 8):
            its = (faces.axis == axis) & (layout.place[n] // 8 == s)
            group[its] = max(own[n[its]].max(), own[m[its]].max())
    fine = 2 ** (levels.n_levels - 1)
    mass, c = species.mass.copy(), species.concentration.copy()
    c[b.fixed_cells] = b.fixed_concentration
    for i in range(fine):
        length = levels.length / 2.0**group
        starts = i % (fine // 2**group) == 0
        flux = np.where(starts, length * twins.row_fluxes(grid, wet, faces, k, c, species._general.rule), 0.0)
        mass += twins.balance(faces.cells, flux, grid.n_cells)
        ends = (i + 1) % (fine // 2**own) == 0
        h = levels.length / 2.0**own
        x = (b.decay_dissolved + b.decay_sorbed) * h / capacity.start
        lost = b.loss * h * np.where(x > 0.0, -np.expm1(-x) / np.where(x > 0.0, x, 1.0), 1.0) * c
        took = np.minimum(h * b.taken, 0.05 * (mass + h * b.source - lost))
        mass = np.where(ends, mass + h * b.source - lost - took, mass)
        c = np.where(ends & ~b.fixed, mass / capacity.start, c)
    return mass


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("even", [True, False])
def test_kernels_equal_their_twin(seed, even):
    """Several levels; the difference is that of float32 fluxes."""
    model, flow = random_case(seed, even)
    march, s = LocalMarch(), species(model)
    s._march = lambda work, start, until, report: None
    s.advance(flow, 1e-9, whole(flow))
    s.own.time = 0.0
    s.own.mass[:] = s.own.concentration * s.own._capacity.start
    kept = {}

    def once(work, start, until, report):
        kept["plan"] = march.plan(work, start, until)
        kept["second"] = corrected(work, kept["plan"])
        s._march = march

    s._march = once
    s.advance(flow, flow.end, whole(flow))
    s.own.time = 0.0
    levels = kept["plan"].levels
    expected = twin(s, kept["second"], levels, march.layout)
    march.steps = 1
    s.advance(flow, levels.length, whole(flow))
    free = ~s._boundaries.fixed
    assert s.mass[free] == pytest.approx(expected[free], rel=2e-5, abs=2e-6 * expected.max())


def test_one_level_is_the_global_sweep_with_lax_wendroff_terms(monkeypatch):
    """Where one level serves all cells the march is Euler stages of the global kernel, to float32."""
    monkeypatch.setattr(schedule_module, "longest_step", lambda work, content: 0.25)
    rng = np.random.default_rng(1)
    grid = structured_grid(np.full(30, 10.0), np.full(20, 10.0), 0.0, [-5.0, -10.0])
    model = transport_model(grid, dispersivity=(10.0, 1.0, 0.5), initial=rng.random(grid.n_cells))
    flow = uniform_flow(grid, (0.2, -0.1, 0.01), end=50.0)
    march, s = LocalMarch(), species(model)
    found = {}

    def both(work, start, until, report):
        plan = march.plan(work, start, until)
        assert plan.levels.n_levels == 1
        k = dataclasses.replace(work.coefficients.with_faces(work.coefficients.faces.copy()), cross=True)
        k.faces[[1, 4, 5, 6]] = corrected(work, plan)
        n_steps = round((until - start) / plan.levels.length)
        mass, c, content = work.mass.copy(), work.concentration.copy(), work.content(start)
        zero = np.zeros(grid.n_cells)
        for _ in range(n_steps):
            work.sweep.stage(
                k, c, mass, zero, work.boundaries.source, work.boundaries.loss, 1.0 / content,
                (until - start) / n_steps, 0.0,
            )
        found["swept"], found["steps"] = c, n_steps
        march(work, start, until, report)

    s._march = both
    step = s.advance(flow, 50.0, whole(flow))
    assert step.sub_steps == found["steps"] > 3
    np.testing.assert_allclose(step.concentration, found["swept"], rtol=0.0, atol=1e-6)


@pytest.mark.parametrize("angle", [0.0, 30.0, 45.0])
def test_the_slowest_cells_step_as_the_gaussian_asks(monkeypatch, angle):
    """Grid Peclet 1: stability alone would allow steps that leave 2.0, 1.4 and 1.4 % (L2)."""
    monkeypatch.setattr(species_module, "ChosenMarch", lambda grid: LocalMarch())
    monkeypatch.setattr(SlabMarch, "suits", lambda *_: False)
    solved = oblique_gaussian(angle)
    assert solved.l2 < 0.012
    assert solved.step.figures["levels"] >= 1


@pytest.mark.parametrize("seed", [3, 5])
def test_any_number_of_threads_gives_the_same_bits(seed):
    rng = np.random.default_rng(seed)
    grid = structured_grid(np.full(90, 10.0), np.full(60, 10.0), 0.0, [-2.0, -4.0, -6.0])
    face_flow = rng.normal(0.0, 1.0, grid.n_faces) * np.exp(rng.normal(0.0, 1.5, grid.n_faces))
    flow = flow_step(grid, face_flow, end=20.0, discharge=rng.normal(0.0, 0.05, (grid.n_cells, 3)))
    model = transport_model(grid, dispersivity=(5.0, 0.5, 0.1), initial=rng.random(grid.n_cells), decay=0.01)
    found = []
    try:
        for threads in (1, 2, 3):
            set_threads(threads)
            found.append(species(model, LocalMarch()).advance(flow, 20.0, whole(flow)).concentration)
    finally:
        set_threads(0)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def well_model(decay=0.0):
    """An injection and a pumping well in uniform flow: near them water is much faster."""
    grid = structured_grid(np.full(41, 10.0), np.full(31, 10.0), 0.0, [-5.0])
    x, y = grid.x, grid.y
    potential = np.zeros(grid.n_cells)
    out = {}
    rates = {}
    for name, (i, j), rate in (("in", (15, 10), 60.0), ("out", (15, 30), -60.0)):
        cell = i * 41 + j
        rates[name] = (cell, rate)
        potential -= rate / (4.0 * np.pi) * np.log((x - x[cell]) ** 2 + (y - y[cell]) ** 2 + 40.0)
    n, m = grid.face_cells.T
    face_flow = 2.0 * (potential[n] - potential[m])
    q = np.zeros((grid.n_cells, 3))
    area = 50.0
    for axis in (0, 1):
        own = np.abs(grid.face_normal[:, axis]) > 0.5
        total, count = np.zeros(grid.n_cells), np.zeros(grid.n_cells)
        for side in (0, 1):
            np.add.at(total, grid.face_cells[own, side], face_flow[own] * grid.face_normal[own, axis] / area)
            np.add.at(count, grid.face_cells[own, side], 1.0)
        q[:, axis] = total / count
    net = twins.balance(grid.face_cells, face_flow, grid.n_cells)
    cells = np.flatnonzero(np.abs(net) > 1e-9)
    out = PackageFlow("wells", "wel", cells, -net[cells], {"c": np.where(cells == rates["in"][0], 10.0, 0.0)})
    flow = flow_step(grid, face_flow, discharge=q, packages=(out,), end=100.0)
    model = transport_model(grid, dispersivity=(5.0, 1.0, 1.0), sources=[("wells", "c")], decay=decay)
    return model, flow


def test_local_steps_converge_to_small_global_ones():
    """First order in the part of a cell's mass that may leave in a step; few steps are already close."""
    model, flow = well_model(decay=1e-3)
    exact = species(model, GlobalMarch(model.grid.n_cells)).advance(flow, flow.end, whole(flow))
    errors = []
    for limit in (0.95, 0.5, 0.25):
        s = species(model)
        s.own = ExplicitSpecies(model, dataclasses.replace(SCHEME, limit=limit))
        local = s.advance(flow, flow.end, whole(flow))
        assert local.stages < exact.stages
        errors.append(np.abs(local.concentration - exact.concentration).sum() / exact.concentration.sum())
    assert errors[0] < 0.02
    assert errors[1] < 0.7 * errors[0]
    assert errors[2] < 0.7 * errors[1]


def test_a_mirrored_problem_has_the_mirrored_answer():
    """Rows counted the other way round: the same to float32."""
    model, flow = well_model()
    grid = model.grid
    turn = np.arange(grid.n_cells).reshape(31, 41)[::-1].ravel()
    face = {tuple(sorted(p)): f for f, p in enumerate(grid.face_cells.tolist())}
    n, m = turn[grid.face_cells].T
    sign = np.where(n < m, 1.0, -1.0)
    order = np.array([face[min(a, b), max(a, b)] for a, b in zip(n, m, strict=True)])
    package = flow.packages[0]
    turned = flow_step(
        grid, sign * flow.face_flow[order], discharge=flow.specific_discharge[turn] * np.array([1.0, -1.0, 1.0]),
        packages=(dataclasses.replace(package, cells=turn[package.cells]),), end=100.0,
    )
    straight = species(model, LocalMarch()).advance(flow, 100.0, whole(flow)).concentration
    other = species(model, LocalMarch()).advance(turned, 100.0, whole(turned)).concentration
    assert other[turn] == pytest.approx(straight, rel=1e-4, abs=1e-5 * straight.max())
