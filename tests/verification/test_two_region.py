"""Immobile domains against exact solutions: closed vessels, and columns (van Genuchten and Wierenga, 1976)."""

from dataclasses import replace

import numpy as np
import pytest

from gwsolver.bench.cases import line_grid
from gwsolver.bench.solutions import mobile_immobile_column, ogata_banks, semi_infinite_third_type, two_vessels
from gwsolver.bench.uniform import carry, transport_model, uniform_flow
from gwsolver.core.aquifer import ImmobileDomain
from gwsolver.core.time import TimeStep
from gwsolver.transport import TransportSolver

SYMMETRIC = dict(seepage_velocity=0.5, dispersion=0.5, mobile_porosity=0.25)


def domain(n, name="ist-1", *, porosity=0.1, transfer=0.01, initial=0.0, kd=0.0, density=0.0, decay=0.0):
    full = lambda v: np.full(n, float(v))  # noqa: E731
    return ImmobileDomain(full(porosity), full(density), full(kd), full(decay), full(decay), name=name,
                          transfer_rate=full(transfer), initial_concentration=full(initial))


@pytest.mark.parametrize("inlet", ["first", "third"])
def test_the_column_solution_has_its_limits(inlet):
    """No exchange: Ogata-Banks and its like. Exchange without end: retardation 1 + n_im / n_m."""
    x = np.linspace(0.5, 30.0, 30)
    exact = {"first": ogata_banks, "third": semi_infinite_third_type}[inlet]
    c, _ = mobile_immobile_column(x, 30.0, **SYMMETRIC, immobile_porosity=0.1, transfer_rate=1e-12, retardation=1.5,
                                  decay_rate=0.01, inlet=inlet)
    np.testing.assert_allclose(
        c, exact(x, 30.0, seepage_velocity=0.5, dispersion=0.5, retardation=1.5, decay_rate=0.015 / 1.5), atol=1e-7)
    c, standing = mobile_immobile_column(x, 30.0, **SYMMETRIC, immobile_porosity=0.1, transfer_rate=1e7, inlet=inlet)
    np.testing.assert_allclose(c, exact(x, 30.0, seepage_velocity=0.5, dispersion=0.5, retardation=1.4), atol=1e-6)
    np.testing.assert_allclose(standing, c, atol=1e-6)


def test_closed_vessels_come_into_equilibrium_exactly():
    """No flow: the exchange is exact whatever the number of steps; two domains are exact to the split."""
    grid = line_grid(np.ones(3), "x")
    model = transport_model(grid, porosity=0.25, initial=1.0, retardation=2.0)
    im = domain(3, porosity=0.1, transfer=0.02, kd=0.5, density=0.4)
    model = replace(model, immobile=(im,))
    flow = uniform_flow(grid, (0.0, 0.0, 0.0), end=12.0)
    step = carry(model, flow)
    mobile, standing = two_vessels(
        12.0, mobile_content=0.5, immobile_content=0.3, transfer=0.02, mobile=1.0, immobile=0.0)
    np.testing.assert_allclose(step.concentration, mobile, rtol=1e-12)
    np.testing.assert_allclose(step.immobile[0].concentration, standing, rtol=1e-12)
    assert step.ledger.closure() < 1e-12
    assert step.immobile[0].ledger.closure() < 1e-12
    booked = {(p, t): (i, o) for p, t, i, o in step.ledger.rows()}
    assert booked["ist-1", "ist"][1] == pytest.approx(3 * 0.3 * standing)


@pytest.mark.parametrize(("transfer", "allowed"), [(1e-3, 2e-3), (0.02, 2e-3), (1.0, 3e-3)])
def test_a_column_with_water_that_stands(transfer, allowed):
    n, dx, time = 120, 0.5, 60.0
    grid = line_grid(np.full(n, dx), "x")
    model = replace(
        transport_model(grid, porosity=0.25, longitudinal=1.0, retardation=1.2, decay_rate=0.002),
        immobile=(domain(n, porosity=0.1, transfer=transfer, kd=0.1, density=0.5, decay=0.004),),
    )
    step = carry(model, uniform_flow(grid, (0.125, 0.0, 0.0), end=time, inflow_concentration=1.0))
    mobile, standing = mobile_immobile_column(
        grid.x, time, **SYMMETRIC, immobile_porosity=0.1, transfer_rate=transfer, retardation=1.2,
        immobile_retardation=1.5, decay_rate=0.002, immobile_decay_rate=0.004)
    assert np.abs(step.concentration - mobile).mean() < allowed * mobile.mean()
    assert np.abs(step.immobile[0].concentration - standing).mean() < allowed * standing.mean()
    assert step.minimum >= 0.0
    assert step.ledger.closure() < 1e-12


def test_two_domains_and_a_restart_give_the_same_bits():
    n = 30
    grid = line_grid(np.ones(n), "x")
    model = replace(transport_model(grid, longitudinal=1.0), immobile=(
        domain(n, "clay", porosity=0.05, transfer=0.003, initial=0.5), domain(n, "silt", porosity=0.2, transfer=0.05)))
    flow = uniform_flow(grid, (0.2, 0.0, 0.0), end=40.0, inflow_concentration=1.0)
    stress = TimeStep(0, 0, 0.0, 40.0)
    through = TransportSolver([model])
    through.advance(flow, 17.0, stress)
    kept = {k: v.copy() for k, v in through.state().items()}
    end = through.advance(flow, 40.0, stress)[0]
    again = TransportSolver([model])
    again.restore(kept, flow)
    resumed = again.advance(flow, 40.0, stress)[0]
    assert np.array_equal(resumed.concentration, end.concentration)
    for a, b in zip(resumed.immobile, end.immobile, strict=True):
        assert np.array_equal(a.concentration, b.concentration)
    assert [d.name for d in end.immobile] == ["clay", "silt"]


def test_fixed_cells_feed_the_water_that_stands():
    """A fixed cell keeps its concentration; what its immobile water takes counts as CNC's."""
    grid = line_grid(np.ones(2), "x")
    model = replace(transport_model(grid, fixed=(np.array([0]), 2.0)), immobile=(domain(2, transfer=0.02),))
    step = carry(model, uniform_flow(grid, (0.0, 0.0, 0.0), end=5.0))
    assert step.concentration[0] == 2.0
    assert step.immobile[0].concentration[0] == pytest.approx(2.0 * (1.0 - np.exp(-0.02 / 0.1 * 5.0)), rel=1e-12)
    booked = {(p, t): (i, o) for p, t, i, o in step.ledger.rows()}
    assert booked["cnc", "cnc"][0] == pytest.approx(booked["ist-1", "ist"][1], rel=1e-12)
    assert step.ledger.closure() < 1e-12


def test_an_isotherm_that_is_all_but_linear_takes_the_steps_of_linear_sorption():
    """Langmuir's S = k p C / (1 + k C) with k C = 1e-9: what solids hold slows the exchange in one as in the other."""
    n, kd = 60, 0.5
    grid, full = line_grid(np.ones(n), "x"), lambda v: np.full(n, float(v))
    found = {}
    for isotherm, k, p in (("linear", kd, 1.0), ("langmuir", 1e-9, kd * 1e9)):
        sorbs = dict(isotherm=isotherm, sorption_parameter=full(p))
        model = transport_model(grid, porosity=0.25, longitudinal=1.0)
        model = replace(model, mobile=replace(model.mobile, bulk_density=full(1.5), distribution_coefficient=full(k),
                                              **sorbs),
                        immobile=(replace(domain(n, porosity=0.1, transfer=0.2), bulk_density=full(0.5),
                                          distribution_coefficient=full(k), **sorbs),))
        found[isotherm] = carry(model, uniform_flow(grid, (0.1, 0.0, 0.0), end=40.0, inflow_concentration=1.0))
    linear, langmuir = found["linear"], found["langmuir"]
    assert any("exchange" in limit.reason for limit in linear.limits)
    assert langmuir.sub_steps == linear.sub_steps
    np.testing.assert_allclose(langmuir.concentration, linear.concentration, atol=1e-7)
    np.testing.assert_allclose(langmuir.immobile[0].concentration, linear.immobile[0].concentration, atol=1e-7)
