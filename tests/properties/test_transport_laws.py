"""Laws that transport keeps whatever the model: symmetry, units, mass, bounds, homogeneity, threads."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gwsolver import kernels
from gwsolver.bench.cases import line_grid, oblique_gaussian
from gwsolver.bench.meshes import hexagons
from gwsolver.bench.uniform import carry, transport_model, uniform_flow
from gwsolver.core.aquifer import ImmobileDomain, MobileDomain
from gwsolver.core.steps import PackageFlow
from gwsolver.core.time import TimeStep
from gwsolver.transport import TransportSolver

# Structured grids carry fluxes in float32; measured: 1.4e-7.
ROUND_OFF = 2e-6

few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("axis", [0, 1, 2], ids=["layers", "rows", "columns"])
def test_mirrored_model_gives_the_mirrored_plume(box, axis):
    np.testing.assert_allclose(box.mirrored(axis).solve()[1], np.flip(box.solve()[1], axis), rtol=ROUND_OFF, atol=1e-9)


def test_model_turned_by_a_quarter_gives_the_turned_plume(box):
    np.testing.assert_allclose(box.turned().solve()[1], np.rot90(box.solve()[1], 1, (1, 2)), rtol=ROUND_OFF, atol=1e-9)


def test_model_tipped_over_gives_the_tipped_plume(box):
    """Up and along are alike where both transverse dispersivities are."""
    b = replace(box, vertical=box.transverse)
    tipped = np.swapaxes(b.solve()[1], 0, 2)[::-1, :, ::-1]
    np.testing.assert_allclose(b.tipped().solve()[1], tipped, rtol=ROUND_OFF, atol=1e-9)


@pytest.mark.parametrize(
    ("length", "time", "mass"),
    [(1 / 0.3048, 1.0, 1.0), (1.0, 86400.0, 1.0), (1.0, 1.0, 1e6), (100.0, 1 / 365.25, 1e-3)],
    ids=["feet", "seconds", "micrograms", "centimetres, years, kilograms"],
)
def test_other_units_give_the_same_plume_in_those_units(box, length, time, mass):
    step, c = box.in_units(length, time, mass).solve()
    own_step, own = box.solve()
    np.testing.assert_allclose(c, own * mass / length**3, rtol=ROUND_OFF, atol=1e-9 * mass / length**3)
    assert step.sub_steps == own_step.sub_steps


@few
@given(seed=st.integers(2, 10**6), retardation=st.sampled_from([1.0, 3.0]), decay_rate=st.sampled_from([0.0, 0.05]))
def test_mass_closes_and_stays_within_its_bounds(box_of, seed, retardation, decay_rate):
    b = replace(box_of(seed, (3, 5, 7)), retardation=retardation, decay_rate=decay_rate)
    step, c = b.solve()
    assert step.ledger.closure() < 1e-10  # measured: 1e-15
    assert c.min() >= 0.0
    assert c.max() <= 1.0 + ROUND_OFF


@few
@given(seed=st.integers(2, 10**6), factor=st.sampled_from([2.0, 0.25, 3.7, 1e-9, 1e9]))
def test_so_many_times_the_source_is_so_many_times_the_plume(box_of, seed, factor):
    b = box_of(seed, (3, 5, 7))
    more = replace(b, initial=factor * b.initial, inflow=factor * b.inflow)
    np.testing.assert_allclose(more.solve()[1], factor * b.solve()[1], rtol=ROUND_OFF, atol=1e-9 * factor)


def test_cells_split_in_two_by_a_level_plane_carry_the_same_plume(box):
    """Halves of a layer with half the flow each, and nothing that would spread vertically."""
    b = replace(
        box, thickness=box.thickness[:1], flow_x=box.flow_x[:1], flow_y=box.flow_y[:1], flow_z=box.flow_z[:0],
        inflow=box.inflow[:1], initial=box.initial[:1], vertical=0.0, diffusion=0.0,
    )

    def twice(a, factor=1.0):
        return factor * np.repeat(a, 2, axis=0)

    split = replace(
        b, thickness=twice(b.thickness, 0.5), flow_x=twice(b.flow_x, 0.5), flow_y=twice(b.flow_y, 0.5),
        flow_z=np.zeros_like(b.initial), inflow=twice(b.inflow), initial=twice(b.initial),
    )
    np.testing.assert_allclose(split.solve()[1], twice(b.solve()[1]), rtol=ROUND_OFF, atol=1e-9)


def test_uneven_spacing_does_not_disturb_a_constant_concentration(box):
    b = replace(box, initial=np.ones_like(box.initial), inflow=np.ones_like(box.inflow), decay_rate=0.0)
    np.testing.assert_allclose(b.solve()[1], 1.0, rtol=ROUND_OFF)


def test_constant_concentration_stays_constant_while_the_water_table_moves(box):
    """Storage fills and drains the pores (Sy = n); every source brings C = 1."""
    ones = np.ones_like(box.initial)
    b = replace(box, initial=ones, inflow=ones, decay_rate=0.0, retardation=1.0)
    steady, grid = b.flow(), b.grid()
    rng = np.random.default_rng(3)
    s0, s1 = rng.uniform(0.5, 1.0, (2, grid.n_cells))
    yielded = -grid.volume * b.porosity * (s1 - s0) / b.time
    edge = steady.packages[0]
    rates = np.zeros(grid.n_cells)
    rates[edge.cells] = edge.rates
    rates -= yielded
    package = PackageFlow("edge", "wel", np.arange(grid.n_cells), rates, {"concentration": np.ones(grid.n_cells)})
    flow = replace(
        steady, steady=False, saturation_start=s0, saturation_end=s1, storage_yield=yielded, packages=(package,),
        residual=np.zeros(grid.n_cells),
    )
    step = carry(b.model(), flow)
    np.testing.assert_allclose(step.concentration, 1.0, rtol=ROUND_OFF)
    assert step.ledger.closure() < 1e-10


def test_two_half_steps_of_output_change_little(box):
    """Stopping on the way only shortens one sub-step."""
    model, flow = box.model(), box.flow()
    solver = TransportSolver([model])
    stress = TimeStep(0, 0, 0.0, box.time)
    solver.advance(flow, 0.37 * box.time, stress)
    c = solver.advance(flow, box.time, stress)[0].concentration
    whole = carry(model, flow).concentration
    assert np.abs(c - whole).sum() < 0.01 * whole.sum()


@pytest.mark.parametrize("kind", ["dis", "disv"])
def test_any_number_of_threads_gives_the_same_bits(kind, monkeypatch):
    monkeypatch.setattr("gwsolver.transport.explicit.sweeps.CELLS_PER_THREAD", 1)  # small grids would take one thread
    grid = hexagons(40, 10.0) if kind == "disv" else None
    answers = []
    try:
        for threads in (1, 2, 4):
            kernels.set_threads(threads)
            answers.append(oblique_gaussian(30.0, n=40, travel=20.0, grid=grid).answer)
    finally:
        kernels.set_threads(0)
    assert np.array_equal(answers[0], answers[1])
    assert np.array_equal(answers[0], answers[2])


def test_unstructured_mesh_keeps_mass_and_bounds():
    grid = hexagons(15, 2.0)
    rng = np.random.default_rng(5)
    model = transport_model(
        grid, longitudinal=1.0, transverse=0.1, retardation=2.0, decay_rate=0.02,
        initial=(rng.random(grid.n_cells) < 0.2).astype(float),
    )
    step = carry(model, uniform_flow(grid, (0.2, -0.1, 0.0), end=30.0, inflow_concentration=0.5))
    assert step.ledger.closure() < 1e-12
    assert step.minimum >= 0.0
    assert step.maximum <= 1.0


@pytest.mark.parametrize("scheme", ["limited", "upstream"])
def test_sharp_front_through_uneven_cells_makes_no_new_extremes(scheme):
    """Advection alone, from wide cells into narrow ones and back."""
    spacing = np.array([1.0, 1.0, 0.1, 1.0, 3.0, 0.01, 2.0, 2.0, 0.5, 0.5, 0.5, 5.0, 1.0])
    for reverse in (False, True):
        grid = line_grid(spacing[::-1] if reverse else spacing, "x")
        model = transport_model(grid, initial=((np.arange(13) > 2) & (np.arange(13) < 7)).astype(float))
        flow = uniform_flow(grid, (-0.3 if reverse else 0.3, 0.0, 0.0), end=4.0)
        step = carry(model, flow, scheme=scheme)
        assert step.minimum >= 0.0
        assert step.maximum <= 1.0 + ROUND_OFF


@pytest.mark.parametrize("isotherm", ["linear", "freundlich", "langmuir"])
@few
@given(seed=st.integers(2, 10**6), order=st.sampled_from([0, 1]), n_domains=st.integers(0, 2))
def test_mass_closes_whatever_happens_within_cells(box_of, isotherm, seed, order, n_domains):
    """Random isotherms, decays and immobile domains: every gram is booked, in each domain, and none is negative."""
    b = box_of(seed, (2, 5, 6))
    rng = np.random.default_rng(seed)
    n = b.initial.size

    def some(low, high):
        return rng.uniform(low, high, n)

    def domain(kind, porosity, **more):
        return kind(porosity, some(0.5, 2.0), some(0.0, 0.5), some(0.0, 0.01), some(0.0, 0.01), isotherm=isotherm,
                    sorption_parameter=some(0.4, 1.6), decay_order=order, **more)

    model = replace(
        b.model(), mobile=domain(MobileDomain, some(0.1, 0.3)), immobile=tuple(
            domain(ImmobileDomain, some(0.0, 0.2), name=f"ist-{i}", transfer_rate=some(0.0, 0.05),
                   initial_concentration=some(0.0, 1.0)) for i in range(n_domains)))
    flow = b.flow()
    solver = TransportSolver([model])
    for part in (0.4, 1.0):
        step = solver.advance(flow, part * b.time, TimeStep(0, 0, 0.0, b.time))[0]
        assert step.ledger.closure() < 1e-10
        assert step.minimum >= 0.0
        assert step.maximum <= 1.0 + ROUND_OFF
        for domain_step in step.immobile:
            assert domain_step.ledger.closure() < 1e-10
            assert domain_step.concentration.min() >= 0.0
